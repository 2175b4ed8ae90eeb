"""Leaps near thresholds against naive loops and first passages, and one leap with critical reactions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tissue_sim.kernels.stochastic.leap import CRITICAL, try_leap
from tissue_sim.kernels.stochastic.thresholds import longest_approach, mark_nearing, time_to_close

KEY = np.uint64(17)
EPSILON = 0.03
# A -> ; -> A; A -> B; B ->
MATRIX = np.array([[-1.0, 0.0], [1.0, 0.0], [-1.0, 1.0], [0.0, -1.0]])
STARTS = np.array([0, 1, 2, 4, 5])
MEMBERS = np.array([0, 0, 0, 1, 1])
CHANGES = np.array([-1.0, 1.0, -1.0, 1.0, -1.0])
TABLES = (STARTS, MEMBERS, CHANGES)


def forms(kernel):
    return [kernel, kernel.py_func]


@pytest.mark.parametrize("form", forms(mark_nearing))
def test_reactions_within_ten_firings_of_a_threshold_are_critical(form):
    movers = np.array([0, 1, 3])
    gaps = np.array([9.5, -30.0, math.nan, 0.0])
    jumps = np.array([[-1.0, 1.0, 1.0, 0.0], [1.0, -1.0, 1.0, 0.0], [0.0, 3.0, 1.0, 0.0]])
    rates = np.array([2.0, 4.0, 8.0, 16.0])
    critical = np.zeros(4, dtype=bool)
    assert form(rates, gaps, jumps, movers, critical) == 2.0  # the last one is at exactly ten firings
    assert critical.tolist() == [True, False, False, False]
    gaps[1] = -29.9
    assert form(rates, gaps, jumps, movers, critical) == 16.0  # the first one has been counted before
    assert critical.tolist() == [True, False, False, True]
    critical[:] = False
    jumps[1, 3] = 0.5  # on the threshold any way leads over it
    assert form(rates, gaps, jumps, movers, critical) == 22.0
    rates[1] = 0.0
    critical[:] = False
    assert form(rates, gaps, jumps, movers, critical) == 18.0


@pytest.mark.parametrize("form", forms(time_to_close))
@pytest.mark.parametrize(
    ("gap", "drift", "variance"), [(50.0, -20.0, 3.0), (-50.0, 20.0, 3.0), (0.3, 0.0, 7.0), (9.0, 5.0, 2.0)]
)
def test_drift_and_noise_close_a_gap_just_in_time(form, gap, drift, variance):
    time = form(gap, drift, variance, EPSILON)
    toward = max(0.0, -drift * math.copysign(1.0, gap))
    assert toward * time + math.sqrt(variance * time / EPSILON) == pytest.approx(abs(gap), rel=1e-12)


@pytest.mark.parametrize("form", forms(time_to_close))
def test_gaps_that_nothing_closes(form):
    assert form(5.0, 3.0, 0.0, EPSILON) == math.inf
    assert form(5.0, -2.0, 0.0, EPSILON) == pytest.approx(2.5)
    assert form(0.0, -2.0, 1.0, EPSILON) == 0.0


def test_a_gap_is_closed_earlier_as_seldom_as_said(rng):
    """First passage of Brownian motion by the reflection principle; epsilon is coarse so that it is seen."""
    time = time_to_close(5.0, 0.0, 4.0, 0.5)
    paths = np.cumsum(rng.normal(0.0, math.sqrt(4.0 * time / 400), (4000, 400)), axis=1)
    chance = math.erfc(math.sqrt(1.0 / (2.0 * 0.5)))
    early = int((paths.max(axis=1) >= 5.0).sum())
    assert stats.binom.cdf(early, 4000, chance) > 1e-4
    assert early == pytest.approx(4000 * chance, rel=0.15)  # paths of steps pass a little less often
    assert math.erfc(math.sqrt(1.0 / (2.0 * EPSILON))) < 1e-8


def test_the_longest_approach_is_that_of_a_naive_loop(rng):
    movers = np.array([0, 2, 3])
    for _ in range(50):
        rates, critical = rng.random(4) * 50.0, rng.random(4) < 0.3
        jumps, span = rng.integers(-2, 3, (3, 3)).astype(float), rng.random() + 0.1
        gaps = rng.integers(-60, 60, 3) + 0.5
        later = gaps + rng.normal(0.0, 5.0, 3)
        gaps[2] = later[2] = math.nan
        for reach_it in (False, True):
            bounds = []
            for c in range(2):
                used = [(jumps[i, c], rates[j]) for i, j in enumerate(movers) if not critical[j]]
                variance = sum(v * v * a for v, a in used)
                if variance > 0.0:
                    drift = (later[c] - gaps[c]) / span + sum(v * a for v, a in used)
                    bound = time_to_close.py_func(gaps[c], drift, variance, EPSILON)
                    least = max(v * v for v, _ in used) / variance
                    bounds.append(max(bound, least) if reach_it else bound)
            expected = min(bounds, default=math.inf)
            arguments = (rates, gaps, later, span, jumps, movers, critical, EPSILON, reach_it)
            assert longest_approach(*arguments) == pytest.approx(expected, rel=1e-12)
            assert longest_approach.py_func(*arguments) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("form", forms(longest_approach))
def test_jumps_to_what_is_no_number_leave_the_other_limits(form):
    """Such as sqrt(X) of a count that a Langevin step would take below 0."""
    gaps, movers, free = np.array([40.0]), np.array([0, 1]), np.zeros(2, dtype=bool)
    jumps, rates = np.array([[math.nan], [-2.0]]), np.array([5.0, 3.0])
    expected = time_to_close(40.0, -6.0, 12.0, EPSILON)
    for wrong in (math.nan, math.inf, -math.inf):
        jumps[0] = wrong
        for reach_it in (False, True):
            found = form(rates, gaps, gaps, 1.0, jumps, movers, free, EPSILON, reach_it)
            assert found == pytest.approx(max(expected, 1.0 / 3.0) if reach_it else expected)
    assert form(rates, gaps, gaps, 1.0, jumps[:1], movers[:1], free, EPSILON, True) == math.inf


def test_a_leap_ends_at_the_first_critical_reaction():
    """It comes at an exponential time and is drawn by rate, while the others are Poisson until then."""
    rates, critical = np.array([3.0, 200.0, 0.0, 1.0]), np.array([True, False, False, True])
    lengths, first, born = [], [], []
    for cell in range(1, 4001):
        counts = np.array([1000.0, 500.0])
        length, draw = try_leap(rates, counts, critical, 4.0, 0.5, *TABLES, KEY, cell, 0, 50, 0, np.empty(2))
        assert draw >= 2
        lengths.append(length)
        first.append((1000.0 - counts[0], 500.0 - counts[1]))
        born.append(counts[0] - 1000.0)
    lengths = np.array(lengths)
    ended = lengths < 0.5
    assert stats.binomtest(int(ended.sum()), 4000, 1.0 - math.exp(-2.0)).pvalue > 1e-4
    inside = lengths[ended]
    law = stats.truncexpon(2.0, scale=0.25)
    assert stats.kstest(inside, law.cdf).pvalue > 1e-4
    second = np.array([b for _, b in first])
    assert set(np.unique(second)) == {0.0, 1.0}
    assert stats.binomtest(int(second[ended].sum()), int(ended.sum()), 0.25).pvalue > 1e-4
    births = np.array(born) + (ended & (second == 0.0))
    errors = births - 200.0 * lengths
    assert abs(errors.mean()) < 4.0 * math.sqrt(200.0 * lengths.mean() / 4000)


@pytest.mark.parametrize("form", forms(try_leap))
def test_a_leap_below_zero_changes_nothing(form):
    counts = np.array([12.0, 0.0])
    rates, critical = np.array([4000.0, 0.0, 0.0, 0.0]), np.zeros(4, dtype=bool)
    length, draw = form(rates, counts, critical, 0.0, 1.0, *TABLES, KEY, 1, 0, 50, 3, np.empty(2))
    assert length == 0.0
    assert draw > 3
    assert counts.tolist() == [12.0, 0.0]
    assert CRITICAL == 10.0
