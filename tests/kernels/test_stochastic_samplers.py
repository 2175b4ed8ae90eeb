"""Poisson, binomial and normal numbers by counter: against scipy's laws and naive sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.stochastic.binomial import binomial
from tissue_sim.kernels.stochastic.log_mass import log_binomial, log_poisson
from tissue_sim.kernels.stochastic.normal import normal_pair
from tissue_sim.kernels.stochastic.partition import partition
from tissue_sim.kernels.stochastic.poisson import poisson

KEY = np.uint64(20260101)
NUMBER = 40_000
LEAST_CHANCE = 1e-4


def numbers(sampler, *parameters, number=NUMBER):
    parameters = tuple(float(each) for each in parameters)
    return np.array([sampler(*parameters, KEY, i + 1, 7, 50, 0)[0] for i in range(number)])


def chance(sample: np.ndarray, law) -> float:
    """Return the p-value of a chi-square test with about 30 classes of equal probability."""
    edges = np.unique(law.ppf(np.linspace(0.02, 0.98, 30)))
    observed = np.bincount(np.searchsorted(edges, sample), minlength=len(edges) + 1)
    expected = np.diff(np.concatenate([[0.0], law.cdf(edges), [1.0]])) * len(sample)
    possible = expected > 1e-9
    assert not observed[~possible].any()
    return stats.chisquare(observed[possible], expected[possible]).pvalue


@pytest.mark.parametrize("mean", [0.02, 0.7, 9.99, 10.0, 31.4, 1234.5, 4e7])
def test_poisson_numbers(mean):
    assert chance(numbers(poisson, mean), stats.poisson(mean)) > LEAST_CHANCE


@pytest.mark.parametrize(
    ("n", "p"), [(1, 0.3), (12, 0.5), (1000, 0.009), (25, 0.4), (40, 0.93), (100_000, 0.5), (10**9, 0.37)]
)
def test_binomial_numbers(n, p):
    assert chance(numbers(binomial, n, p), stats.binom(n, p)) > LEAST_CHANCE


def test_normal_pairs():
    pairs = np.array([normal_pair(KEY, i + 1, 7, 50, 0) for i in range(NUMBER)])
    for column in (0, 1):
        assert stats.kstest(pairs[:, column], "norm").pvalue > LEAST_CHANCE
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 5.0 / math.sqrt(NUMBER)
    assert abs(np.corrcoef((pairs**2).T)[0, 1]) < 5.0 / math.sqrt(NUMBER)


@pytest.mark.parametrize("mean", [0.3, 8.0, 100.0, 1e6])
def test_log_poisson(mean):
    for k in {
        0.0,
        1.0,
        2.0,
        *(np.floor(max(0.0, mean + z * math.sqrt(mean))) for z in (-6, -1, 0, 2, 6, 20)),
    }:
        assert log_poisson(k, mean) == pytest.approx(stats.poisson.logpmf(k, mean), rel=1e-9, abs=1e-8)
        assert log_poisson.py_func(k, mean) == pytest.approx(log_poisson(k, mean), rel=1e-9)


def test_log_poisson_of_huge_means_does_not_cancel():
    mean = 1e14
    for z in (-2.0, -0.3, 0.0, 1.0, 3.0):
        expected = stats.norm.logpdf(z) - 0.5 * math.log(mean)
        assert log_poisson(mean + z * 1e7, mean) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("n", "p"), [(1, 0.5), (10, 0.2), (300, 0.77), (10**6, 0.5)])
def test_log_binomial(n, p):
    for k in {0, 1, n // 3, int(n * p), n - 1, n}:
        expected = stats.binom.logpmf(k, n, p)
        assert log_binomial(float(k), float(n), p) == pytest.approx(expected, rel=1e-9, abs=1e-8)


def test_edges():
    assert poisson(0.0, KEY, 1, 0, 50, 3) == (0.0, 3)
    assert binomial(0.0, 0.5, KEY, 1, 0, 50, 3) == (0.0, 3)
    assert binomial(7.0, 0.0, KEY, 1, 0, 50, 3) == (0.0, 3)
    assert binomial(7.0, 1.0, KEY, 1, 0, 50, 3) == (7.0, 3)


@pytest.mark.parametrize(
    ("sampler", "parameters"),
    [(poisson, (3.0,)), (poisson, (77.0,)), (binomial, (9.0, 0.6)), (binomial, (900.0, 0.2))],
)
def test_plain_python_draws_the_same(sampler, parameters):
    for cell in range(1, 40):
        assert sampler.py_func(*parameters, KEY, cell, 3, 50, 5) == sampler(*parameters, KEY, cell, 3, 50, 5)


def test_following_draws_are_independent():
    draw, found = 0, []
    for _ in range(5000):
        value, draw = poisson(25.0, KEY, 1, 0, 50, draw)
        found.append(value)
    assert chance(np.array(found), stats.poisson(25.0)) > LEAST_CHANCE
    assert abs(np.corrcoef(found[1:], found[:-1])[0, 1]) < 5.0 / math.sqrt(5000)


@kernel
def one_by_one(n, share, key, cell_id):
    """A naive binomial number: each molecule by itself."""
    from_philox = 0.0
    for i in range(n):
        u, _ = normal_pair(key, cell_id, 99, 50, i)
        from_philox += 1.0 if u < share else 0.0
    return from_philox


def test_partition_is_that_of_molecules_one_by_one():
    quantile = stats.norm.ppf(0.3)
    naive = [one_by_one(30, quantile, KEY, i) for i in range(1, 4001)]
    kept = np.empty(4000)
    partition(np.full(4000, 30.0), np.full(4000, 0.3), KEY, np.arange(1, 4001), 5, 51, 0, kept)
    assert stats.ks_2samp(naive, kept).pvalue > LEAST_CHANCE
    assert chance(kept, stats.binom(30, 0.3)) > LEAST_CHANCE


def test_partition_keeps_sums_and_fractions():
    amounts = np.array([0.0, 0.25, 7.75, 1e9 + 0.5, -3.0, 12.0])
    kept = np.empty(6)
    partition(amounts, np.full(6, 0.4), KEY, np.arange(1, 7), 5, 51, 0, kept)
    given = amounts - kept
    assert (kept + given == amounts).all()
    assert ((kept >= 0.0) == (amounts >= 0.0)).all()
    fractions = np.abs(amounts) % 1.0
    assert ((np.abs(kept) % 1.0 == fractions) | (np.abs(given) % 1.0 == fractions)).all()
