"""Triggers: multiples of a period, each rounded up to a tick."""

import math
from fractions import Fraction

import pytest

from tissue_sim.recorder.triggers import AtTicks, Periodic


@pytest.mark.parametrize(
    ("every", "base"), [("60", "0.1"), ("10", "3"), ("0.1", "0.1"), ("0.25", "1"), ("7", "0.3"), ("1", "0.7")]
)
def test_due_ticks_are_the_multiples_rounded_up(every, base):
    exact = Fraction(every) / Fraction(base)
    expected = sorted({math.ceil(k * exact) for k in range(2000)})[:60]
    trigger = Periodic(float(every), float(base))
    found = [0]
    while len(found) < len(expected):
        found.append(trigger.next_after(found[-1]))
    assert found == expected
    last = expected[20]
    assert [tick for tick in range(last + 1) if trigger.due(tick)] == expected[:21]
    assert trigger.next_after(-1) == 0


def test_a_long_run_stays_on_the_grid():
    assert Periodic(60.0, 0.1).due(600 * 10_000)
    assert not Periodic(60.0, 0.1).due(600 * 10_000 + 1)
    assert Periodic(60.0, 0.1).next_after(600 * 10_000) == 600 * 10_001


@pytest.mark.parametrize(("every", "base"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 0.0), (math.nan, 1.0)])
def test_a_period_must_be_positive(every, base):
    with pytest.raises(ValueError, match="a period must be positive"):
        Periodic(every, base)


def test_given_ticks():
    trigger = AtTicks((5, 2))
    assert [tick for tick in range(8) if trigger.due(tick)] == [2, 5]
    assert [trigger.next_after(tick) for tick in (0, 2, 5)] == [2, 5, None]
