"""When records are due: rounded up to ticks, without drift."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissue_sim.recorder.triggers import Periodic


def test_every_hour_in_ticks_of_six_minutes():
    trigger = Periodic(60.0, 6.0)
    assert [tick for tick in range(31) if trigger.due(tick)] == [0, 10, 20, 30]
    assert [trigger.last_by(tick) for tick in (0, 9, 10, 25)] == [0, 0, 10, 20]


def test_a_period_that_is_no_multiple_of_the_tick_does_not_drift():
    trigger = Periodic(7.0, 6.0)
    # 0, 7, 14, 21, 28, 35, 42 min are rounded up to 0, 12, 18, 24, 30, 36, 42 min.
    assert [6 * tick for tick in range(8) if trigger.due(tick)] == [0, 12, 18, 24, 30, 36, 42]


def test_a_period_shorter_than_a_tick_is_due_at_every_tick():
    assert all(Periodic(0.25, 1.0).due(tick) for tick in range(20))


@pytest.mark.parametrize(
    ("every", "base"), [("60", "0.1"), ("10", "3"), ("0.1", "0.1"), ("0.25", "1"), ("7", "0.3"), ("1", "0.7")]
)
def test_due_ticks_are_the_multiples_rounded_up(every, base):
    exact = Fraction(every) / Fraction(base)
    expected = sorted({math.ceil(k * exact) for k in range(2000)})[:60]
    trigger = Periodic(float(every), float(base))
    assert [tick for tick in range(expected[-1] + 1) if trigger.due(tick)] == expected


def test_a_long_run_stays_on_the_grid():
    assert Periodic(60.0, 0.1).due(600 * 10_000)
    assert not Periodic(60.0, 0.1).due(600 * 10_000 + 1)


def test_decimal_steps_count_as_they_are_written():
    trigger = Periodic(0.3, 0.1)
    assert [tick for tick in range(13) if trigger.due(tick)] == [0, 3, 6, 9, 12]


@given(every=st.floats(0.01, 1e4), base=st.floats(0.01, 10.0), tick=st.integers(0, 10**6))
def test_the_last_due_tick_is_due_and_none_follows_up_to_now(every, base, tick):
    trigger = Periodic(every, base)
    last = trigger.last_by(tick)
    assert last <= tick
    assert trigger.due(last)
    assert not any(trigger.due(other) for other in range(last + 1, min(tick, last + 50) + 1))


def test_a_period_must_be_positive():
    with pytest.raises(ValueError, match="must be positive"):
        Periodic(0.0, 1.0)
