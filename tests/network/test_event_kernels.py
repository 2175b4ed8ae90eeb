"""The kernels of events against plain loops and exact values, with the JIT and without."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tissue_sim.kernels.network import events
from tissue_sim.kernels.philox import uniform
from tissue_sim.random_numbers import Purpose

KEY = np.uint64(3)


def both(function):
    return pytest.mark.parametrize("run", [function, function.py_func], ids=["compiled", "plain"])


@both(events.hermite)
def test_a_cubic_is_met_exactly(run):
    def value(t):
        return 2.0 * t**3 - t**2 + 0.5 * t - 3.0

    def slope(t):
        return 6.0 * t**2 - 2.0 * t + 0.5

    start, h = 0.7, 1.3
    for part in np.linspace(0.0, 1.0, 7):
        got = run(part, h, value(start), slope(start), value(start + h), slope(start + h))
        assert got == pytest.approx(value(start + part * h), abs=1e-13)


@both(events.turning_point)
def test_a_parabola_turns_where_it_turns(run):
    def at(place, lowest):
        return [lowest + (t - place) ** 2 for t in (-1.0, 0.0, 1.0)]

    assert run(*at(0.2, -0.01)) == pytest.approx(0.2)
    assert run(*(-value for value in at(-0.3, -0.01))) == pytest.approx(-0.3)
    assert run(*at(0.2, 0.5)) == 0.0  # far from 0
    assert run(*at(0.9, -0.001)) == pytest.approx(0.9)  # nearest to the last of the three
    assert run(*at(1.2, -0.01)) == 0.0
    assert run(-2.0, -1.0, -2.0) == 0.0  # the middle one is the turning point itself
    assert run(1.0, 2.0, 1.5) == 0.0  # away from 0
    assert run(3.0, 2.0, 1.0) == 0.0
    assert run(1.0, -0.5, 1.0) == 0.0  # seen at a sample already
    assert run(math.nan, 1.0, 2.0) == 0.0


ROOTS = [
    lambda t: t - 0.31,
    lambda t: math.exp(3.0 * t) - 2.0,
    lambda t: (t - 0.63) ** 3,
    lambda t: 1.0 if t > 0.777 else -1e-9,
    lambda t: math.atan(1e6 * (t - 0.123456789)),
    lambda t: t - 1e-9,
]


@both(events.between)
@pytest.mark.parametrize("gap", ROOTS, ids=range(len(ROOTS)))
@pytest.mark.parametrize("known", [True, False])
def test_the_bracket_closes_around_the_first_change(run, gap, known):
    bracket = np.zeros(8)
    bracket[events.HIGH], bracket[events.WIDTH] = 1.0, 1e-12
    other = 0.9  # a second condition that changes later
    low, high = np.zeros(2), np.zeros(2)
    before = np.zeros(2)
    tries = 0

    def look(t, gaps):
        gaps[:] = (gap(t), t - other) if known else math.nan
        return np.array([float(gap(t) > 0.0), float(t > other)])

    look(0.0, low)
    now = look(1.0, high)
    while bracket[events.HIGH] - bracket[events.LOW] > bracket[events.WIDTH]:
        moment = run(bracket, before, now, low, high)
        assert bracket[events.LOW] < moment < bracket[events.HIGH]
        gaps = np.zeros(2)
        found = look(moment, gaps)
        tries += 1
        if found.any():
            bracket[events.HIGH], now, high = moment, found, gaps
        else:
            bracket[events.LOW], low = moment, gaps
    assert gap(bracket[events.LOW]) <= 0.0 < gap(bracket[events.HIGH])
    assert tries <= (130 if known else 45)
    if gap is ROOTS[0] and known:
        assert tries <= 6


def row_of(*slots):
    return np.array([7.0, 7.0, *(value for slot in slots for value in slot)])


@both(events.most_urgent)
def test_the_most_urgent_is_that_of_a_plain_search(run):
    rng = np.random.default_rng(8)
    purpose = int(Purpose.EVENT_ORDER)
    for draw in range(200):
        slots = [
            (float(rng.integers(0, 5)), float(rng.integers(0, 3)), 0.0) for _ in range(rng.integers(0, 7))
        ]
        priorities = rng.choice([math.nan, -1.0, 2.0, 5.0], size=4)
        due = [i for i, slot in enumerate(slots) if slot[0] > 0.0 and slot[1] <= 1.0]
        ranks = {i: -math.inf if math.isnan(p := priorities[int(slots[i][0]) - 1]) else p for i in due}
        best = [i for i in due if ranks[i] == max(ranks.values())]
        place, equal = run(row_of(*slots), 2, 3, 1.0, priorities, KEY, 5, 6, purpose, draw)
        assert equal == len(best)
        if not best:
            assert place == -1
            continue
        pick = 0 if equal == 1 else int(uniform(KEY, 5, 6, purpose, draw) * equal)
        assert place == 2 + 3 * best[pick]


@both(events.earliest)
def test_the_earliest_later_time(run):
    row = row_of((1.0, 5.0), (0.0, 2.0), (2.0, 3.0), (1.0, 1.0))
    assert run(row, 2, 2, 1.0) == 3.0
    assert run(row, 2, 2, -math.inf) == 1.0
    assert run(row, 2, 2, 5.0) == math.inf


@both(events.free_slot)
def test_the_first_empty_slot(run):
    assert run(row_of((1.0, 5.0), (0.0, 2.0)), 2, 2) == 4
    assert run(row_of((1.0, 5.0)), 2, 2) == -1
    assert run(row_of((1.0, 5.0), (0.0,)), 2, 2) == -1  # half a slot is none


@both(events.unresolved)
def test_waves_with_few_samples_are_unresolved_and_slow_or_far_ones_are_not(run):
    def samples(per_period, mean=0.0):
        return [mean + math.sin(0.3 + 2.0 * math.pi * i / per_period) for i in range(5)]

    for per_period in (2.3, 2.7, 3.3, 4.4, 5.2, 7.0):
        assert run(*samples(per_period))
        assert not run(*samples(per_period, mean=5.0))
    for per_period in (15.0, 20.0, 1000.0):
        assert not run(*samples(per_period))
    assert not run(1.0, 1.0, 1.0, 1.0, 1.0)
    assert not run(0.0, math.nan, 1.0, -1.0, 1.0)


@both(events.call_off)
def test_calling_off_empties_all_slots_of_one_event(run):
    row = row_of((1.0, 5.0), (2.0, 2.0), (1.0, 3.0))
    run(row, 2, 2, 0)
    assert row.tolist() == row_of((0.0, 5.0), (2.0, 2.0), (0.0, 3.0)).tolist()
