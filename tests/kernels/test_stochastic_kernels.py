"""Reactions over arrays, leap lengths and Langevin steps against naive loops, compiled and plain."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tissue_sim.kernels.stochastic.codes import KINDS, NEGATIVE, NOT_FINITE, OK, TOO_MANY
from tissue_sim.kernels.stochastic.faults import fault, too_many
from tissue_sim.kernels.stochastic.langevin import langevin_step, rates_of_real_counts
from tissue_sim.kernels.stochastic.leap import highest_order, leap, leap_length, mark_critical
from tissue_sim.kernels.stochastic.normal import normal_pair
from tissue_sim.kernels.stochastic.reactions import chosen, fire, possible

KEY = np.uint64(11)
# A + 2 B -> C; C -> ; -> A; A <-> B
MATRIX = np.array([[-1.0, -2.0, 1.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [-1.0, 1.0, 0.0], [1.0, -1.0, 0.0]])
STARTS = np.concatenate([[0], np.cumsum((MATRIX != 0.0).sum(axis=1))])
MEMBERS = np.concatenate([np.flatnonzero(row) for row in MATRIX])
CHANGES = np.concatenate([row[row != 0.0] for row in MATRIX])
TABLES = (STARTS, MEMBERS, CHANGES)


def forms(kernel):
    return [kernel, kernel.py_func]


@pytest.mark.parametrize("form", forms(possible))
def test_reactions_need_their_molecules(form):
    counts = np.array([3.0, 1.0, 0.0])
    rates = np.array([5.0, 7.0, 2.0, 1.5, 0.5])
    assert form(rates, counts, *TABLES) == (OK, 4.0)
    assert rates.tolist() == [0.0, 0.0, 2.0, 1.5, 0.5]
    assert form(np.array([5.0, -7.0, 2.0, 1.5, 0.5]), counts, *TABLES)[0] == NEGATIVE + KINDS


@pytest.mark.parametrize("form", forms(possible))
@pytest.mark.parametrize(
    ("wrong", "kind"), [(-1e-9, NEGATIVE), (math.nan, NOT_FINITE), (math.inf, NOT_FINITE)]
)
def test_rates_that_cannot_be_are_named(form, wrong, kind):
    rates = np.array([5.0, 7.0, wrong, 1.5, 0.5])
    assert form(rates, np.full(3, 9.0), *TABLES)[0] == kind + KINDS * 2
    assert fault((1.0, wrong)) == fault.py_func((1.0, wrong)) == kind + KINDS
    assert too_many((1.0, 3.0, 2.0)) == too_many.py_func(np.array([1.0, 3.0, 2.0])) == TOO_MANY + KINDS


@pytest.mark.parametrize("form", forms(chosen))
def test_the_choice_is_by_parts_of_the_sum(form):
    rates = np.array([0.0, 2.0, 0.0, 1.0, 0.0])
    assert [form(rates, target) for target in (0.0, 1.99, 2.0, 2.99, 3.0)] == [1, 1, 3, 3, 3]
    assert form(np.zeros(2), 0.0) == -1


@pytest.mark.parametrize("form", forms(fire))
def test_fire_changes_counts(form):
    counts = np.array([30.0, 30.0, 30.0])
    form(counts, 0, 4.0, *TABLES)
    assert counts.tolist() == [26.0, 22.0, 34.0]


@pytest.mark.parametrize("form", forms(mark_critical))
def test_critical_reactions_are_ten_firings_from_the_end(form):
    critical = np.ones(5, dtype=bool)
    rates = np.array([5.0, 7.0, 2.0, 1.5, 0.0])
    assert form(rates, np.array([10.0, 19.0, 9.0]), *TABLES, critical) == 12.0
    assert critical.tolist() == [True, True, False, False, False]
    assert form(rates, np.array([9.0, 20.0, 10.0]), *TABLES, critical) == 6.5


@pytest.mark.parametrize("form", forms(highest_order))
@pytest.mark.parametrize(
    ("order", "multiplicity", "expected"),  # the cases of the paper, section III, at 11 molecules
    [
        (1, 1, 1.0),
        (2, 1, 2.0),
        (2, 2, 2.0 + 1.0 / 10.0),
        (3, 1, 3.0),
        (3, 2, 1.5 * (2.0 + 1.0 / 10.0)),
        (3, 3, 3.0 + 1.0 / 10.0 + 2.0 / 9.0),
    ],
)
def test_highest_orders_are_those_of_the_paper(form, order, multiplicity, expected):
    assert form(11.0, float(order), float(multiplicity)) == pytest.approx(expected, rel=1e-15)


def test_leap_length_is_that_of_a_naive_loop(rng):
    orders, parts = np.array([3.0, 3.0, 0.0]), np.array([1.0, 2.0, 0.0])
    for _ in range(50):
        counts, rates = rng.integers(0, 3000, 3).astype(float), rng.random(5) * 100.0
        critical, work = rng.random(5) < 0.3, np.empty((3, 3))
        bounds = []
        for i in (0, 1):
            used = [(MATRIX[j, i], rates[j]) for j in range(5) if not critical[j] and MATRIX[j, i] != 0.0]
            if used:
                g = highest_order.py_func(counts[i], orders[i], parts[i])
                most = max(0.03 * counts[i] / g, 1.0)
                bounds += [most / abs(sum(v * a for v, a in used)), most**2 / sum(v * v * a for v, a in used)]
                outflow = -sum(v * a for v, a in used if v < 0.0)
                bounds += [2.0 * most / outflow] if outflow else []
        arguments = (rates, counts, critical, *TABLES, orders, parts, 0.03, work)
        expected = min(bounds, default=math.inf)
        assert leap_length(*arguments) == pytest.approx(expected, rel=1e-12)
        assert leap_length.py_func(*arguments) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("form", forms(leap))
def test_a_leap_has_poisson_moments_and_is_refused_below_zero(form):
    counts, critical = np.array([4e4, 4e4, 500.0]), np.array([False, True, False, False, False])
    rates, trial = np.array([20.0, 1e5, 30.0, 0.0, 15.0]), np.empty(3)
    found = []
    for cell in range(1, 2001 if form is leap else 101):
        draw, allowed = form(rates, counts, critical, 2.0, *TABLES, KEY, cell, 0, 50, 0, trial)
        assert allowed
        assert draw == 3 or draw > 3
        found.append(trial - counts)
    mean = 2.0 * (MATRIX[[0, 2, 4]] * rates[[0, 2, 4], None]).sum(axis=0)
    variance = 2.0 * (MATRIX[[0, 2, 4]] ** 2 * rates[[0, 2, 4], None]).sum(axis=0)
    errors = (np.mean(found, axis=0) - mean) / np.sqrt(variance / len(found))
    assert np.abs(errors).max() < 4.0
    assert not form(rates, np.array([1.0, 1.0, 0.0]), critical, 2.0, *TABLES, KEY, 1, 0, 50, 0, trial)[1]


@pytest.mark.parametrize("form", forms(langevin_step))
def test_a_langevin_step_is_drift_and_noise_of_each_reaction(form):
    counts, rates = np.array([4e4, 4e4, 500.0]), np.array([20.0, 5.0, 30.0, 40.0, 15.0])
    expected = counts.copy()
    pairs = [normal_pair(KEY, 3, 4, 50, 6 + d) for d in range(3)]
    for j in range(5):
        expected += MATRIX[j] * (rates[j] * 0.5 + math.sqrt(rates[j] * 0.5) * pairs[j // 2][j % 2])
    assert form(rates, counts, 0.5, *TABLES, KEY, 3, 4, 50, 6) == 9
    np.testing.assert_allclose(counts, expected, rtol=1e-12)


def test_langevin_counts_stay_above_zero_and_sums_stay():
    swap = (np.array([0, 2, 4]), np.array([0, 1, 0, 1]), np.array([-1.0, 1.0, 1.0, -1.0]))
    counts = np.array([2.0, 0.5])
    for draw in range(0, 2000, 1):
        langevin_step(np.array([8.0, 8.0]), counts, 0.3, *swap, KEY, 1, 0, 50, draw)
        assert counts.min() >= 0.0
        assert counts.sum() == pytest.approx(2.5, rel=1e-12)


@pytest.mark.parametrize("form", forms(rates_of_real_counts))
def test_rates_of_real_counts(form):
    rates = np.array([-0.2, 3.0, 1.0, 1.0, 1.0])
    assert form(rates, np.array([4.0, 0.9, 0.0]), *TABLES) == (OK, 3.0)
    assert rates.tolist() == [0.0, 0.0, 1.0, 1.0, 1.0]
    rates = np.array([-0.2, 3.0, 1.0, 1.0, 1.0])
    assert form(rates, np.array([4.0, 1.1, 1.0]), *TABLES)[0] == NEGATIVE
    rates = np.array([0.2, 3.0, 1.0, -1.0, 1.0])
    assert form(rates, np.array([0.0, 1.1, 1.0]), *TABLES)[0] == NEGATIVE + KINDS * 3
