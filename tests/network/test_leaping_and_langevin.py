"""Tau-leaping and the chemical Langevin equation where they hold: moments, order in the step, limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from tissue_sim.network.kind import Draws, kinds
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate

METHODS = ("tau_leaping", "chemical_langevin")
LEAST_CHANCE = 1e-4
LEAP = 0.03


@pytest.fixture
def turnover(make_network):
    return make_network("-> X @ k\nX -> @ d*X", {"k": 20, "d": 0.5}, {"X": 0})


@pytest.fixture
def dimers(make_network):
    text = "A + A -> B @ c*A*(A - 1)/2\nB -> A + A @ r*B"
    return make_network(text, {"c": 1e-4, "r": 0.5}, {"A": 10_000, "B": 0})


def assert_moments(sample, mean, variance, allowed=LEAP):
    """Within `allowed` beyond what chance does in four of its standard deviations."""
    number = len(sample)
    assert abs(sample.mean() - mean) < allowed * math.sqrt(variance) + 4.0 * math.sqrt(variance / number)
    assert abs(sample.var() / variance - 1.0) < allowed + 4.0 * math.sqrt(2.0 / number)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1e3, 1e6])
def test_moments_of_birth_and_death(turnover, method, size):
    found = simulate(
        turnover, [0.0, 1.0, 3.0, 20.0], method=method, cells=6000, seed=3,
        parameters={"k": 0.5 * size}, initial={"X": size},
    )["X"]  # fmt: skip
    for i, time in ((1, 1.0), (2, 3.0), (3, 20.0)):
        assert_moments(found[:, i], size, size * (1.0 - math.exp(-time)))


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_moments_of_dimerisation(dimers, method):
    """At rest P(b) is proportional to (c/2r)^b/((N - 2b)! b!), by detailed balance."""
    found = simulate(dimers, [0.0, 8.0], method=method, cells=6000, seed=5)
    b = np.arange(5001)
    weight = b * math.log(1e-4 / 1.0) - special.gammaln(10_001 - 2 * b) - special.gammaln(b + 1)
    law = np.exp(weight - special.logsumexp(weight))
    mean = (law * b).sum()
    assert_moments(found["B"][:, -1], mean, (law * (b - mean) ** 2).sum())
    np.testing.assert_allclose(found["A"] + 2.0 * found["B"], 10_000.0, rtol=1e-12)


def one_leap_per_step(model, method, steps, cells, parameters, start):
    """With epsilon 1 a leap is as long as the network step."""
    return simulate(
        model, np.linspace(0.0, 1.0, steps + 1), method=method, cells=cells, seed=steps,
        parameters=parameters, initial={"X": start}, tolerance=ToleranceSettings(leap=1.0),
    )["X"][:, -1]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_weak_order_of_mean_and_variance_is_one(turnover, method):
    counts = np.array([2, 4, 8, 16])
    decay = {"k": 0, "d": 1}
    means = [one_leap_per_step(turnover, method, n, 400, decay, 1e6).mean() for n in counts]
    errors = np.abs(np.array(means) / 1e6 - math.exp(-1.0))
    slope = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    assert slope == pytest.approx(1.0, abs=0.15)
    rest = {"k": 1e6, "d": 1}
    variances = [one_leap_per_step(turnover, method, n, 60_000, rest, 1e6).var() for n in counts[:3]]
    errors = np.array(variances) / (1e6 * (1.0 - math.exp(-2.0))) - 1.0
    slope = -np.polyfit(np.log(counts[:3]), np.log(errors), 1)[0]
    assert slope == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize("method", METHODS)
def test_one_leap_has_the_moments_of_euler_steps(turnover, method):
    """The recursions of mean and variance under x + Poisson(k h) - Poisson(d x h), and its Gaussian form."""
    found = one_leap_per_step(turnover, method, 4, 20_000, {"k": 1e5, "d": 1}, 5e5)
    mean, variance = 5e5, 0.0
    for _ in range(4):
        variance = (1.0 - 0.25) ** 2 * variance + 0.25 * (1e5 + mean)
        mean += 0.25 * (1e5 - mean)
    assert_moments(found, mean, variance, allowed=0.0)


def test_few_molecules_decay_by_the_exact_law(turnover):
    """Leaps are short there, so that reactions are made one by one."""
    found = simulate(
        turnover,
        [0.0, 1.0],
        method="tau_leaping",
        cells=20_000,
        parameters={"k": 0, "d": 1},
        initial={"X": 25},
    )["X"][:, -1]
    observed = np.bincount(found.astype(int), minlength=26)
    expected = stats.binom(25, math.exp(-1.0)).pmf(np.arange(26)) * len(found)
    kept = expected > 5.0
    scaled = expected[kept] / expected[kept].sum() * observed[kept].sum()
    assert stats.chisquare(observed[kept], scaled).pvalue > LEAST_CHANCE


@pytest.mark.slow
def test_critical_reactions_beside_large_counts(make_network):
    """A gene of which there is one switches exactly while its product is leapt over."""
    model = make_network(
        "G -> H @ on*G\nH -> G @ off*H\nH -> H + X @ k*H\nX -> @ d*X",
        {"on": 2.0, "off": 3.0, "k": 4e4, "d": 1.0},
        {"G": 1, "H": 0, "X": 0},
    )
    found = simulate(model, [0.0, 12.0], method="tau_leaping", cells=6000, seed=2)
    active, product = found["H"][:, -1], found["X"][:, -1]
    assert set(np.unique(active)) == {0.0, 1.0}
    assert stats.binomtest(int(active.sum()), 6000, 0.4).pvalue > LEAST_CHANCE
    mean, share = 4e4 * 0.4, 0.4 * 0.6
    assert_moments(product, mean, mean + (4e4) ** 2 * share / (1.0 + 5.0))
    assert product.min() >= 0.0


def test_leaps_are_far_fewer_than_reactions(turnover):
    used = {}
    for method in ("gillespie", "tau_leaping"):
        model = turnover.with_initial({"X": turnover.species[0].initial})
        kind = kinds()[method](model, ToleranceSettings(), 0)
        values, places = np.zeros((20, len(kind.names))), np.arange(20)
        values[:, 0] = 1e5
        draws = kind.kernels.first_draws(20)
        kind.kernels.advance(values, places, 1.0, np.uint64(1), places + 1, 0, draws)
        used[method] = draws.mean()
    assert used["gillespie"] > 39_000.0
    assert used["tau_leaping"] < 0.01 * used["gillespie"]


@pytest.mark.parametrize("method", METHODS)
def test_counts_never_become_negative(make_network, method):
    model = make_network(
        "A + A -> B @ c*A*(A - 1)/2\nA -> @ 3 + d*A\n-> A @ 1\nB -> @ r*B",
        {"c": 0.1, "d": 2, "r": 8},
        {"A": 60, "B": 30},
    )
    found = simulate(model, np.linspace(0.0, 10.0, 101), method=method, cells=300, seed=1)
    assert found.values.min() >= 0.0
    assert found["A"][:, -1].max() < 20.0
    if method == "tau_leaping":
        assert (found.values == np.rint(found.values)).all()


def test_leap_follows_the_tolerance(turnover):
    numbers = []
    for leap in (0.01, 0.04):
        kind = kinds()["tau_leaping"](turnover, ToleranceSettings(leap=leap), 0)
        values, places = np.zeros((5, len(kind.names))), np.arange(5)
        kind.start(values, places, places + 1, key=np.uint64(0), tick=0, time=0.0, inputs={})
        values[:, 0], draws = 1e6, kind.kernels.first_draws(5)
        kind.kernels.advance(values, places, 1.0, np.uint64(1), places + 1, 0, draws)
        numbers.append(draws.mean())
    assert numbers[0] / numbers[1] == pytest.approx(4.0, rel=0.2)


@pytest.mark.parametrize("method", METHODS)
def test_half_steps_equal_a_whole_one_in_distribution(turnover, method):
    ends = [
        simulate(
            turnover, np.linspace(0.0, 1.0, n + 1), method=method, cells=6000, seed=n,
            parameters={"k": 2000, "d": 1}, initial={"X": 500},
        )["X"][:, -1]
        for n in (1, 2)
    ]  # fmt: skip
    assert stats.ks_2samp(*ends).pvalue > LEAST_CHANCE


def test_draws_of_a_step_belong_to_its_tick(turnover):
    kind = kinds()["tau_leaping"](turnover, ToleranceSettings(), 0)
    places = np.arange(50)
    ends = []
    for tick in (0, 1):
        values = np.full((50, len(kind.names)), 40.0)
        values[:, -1] = 0.0
        kind.advance(
            values, places, start=0.0, duration=1.0, inputs={}, draws=Draws(np.uint64(3), places + 1, tick)
        )
        ends.append(values[:, 0].copy())
    assert (ends[0] != ends[1]).mean() > 0.7
