"""Events among equations."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissue_sim.codegen.parser import parse_expression
from tissue_sim.errors import SettingsError
from tissue_sim.network.model import EventAssignment
from tissue_sim.network.reader import Given, readers
from tissue_sim.tissue.distributions import parse_distribution

LINES = """
X' = 1 - k*X       # a rate
at(X > limit and time < 20,   # brackets hold lines together
   X = X - max(limit, 1), k = 2*k)
double = 2*X
at(double > 5, X = 0, delay = 0.5*k, priority = -1, persistent = false, initial = false,
   values_at_trigger = false)
"""


def read(text: str, **shared):
    values = {"k": parse_distribution(0.1), "limit": parse_distribution(3)}
    given = Given(values, {"X": parse_distribution(1)}, ("push",), shared)
    return readers()["equations"].read(text.encode(), "net", given)


def test_events_stand_among_equations():
    first, second = read(LINES).events
    assert first.name == "line 3"
    assert first.trigger == parse_expression("X > limit and time < 20")
    assert first.assignments == (
        EventAssignment("X", parse_expression("X - max(limit, 1)")),
        EventAssignment("k", parse_expression("2*k")),
    )
    assert (first.persistent, first.initial, first.values_at_trigger) == (True, True, True)
    assert (first.delay, first.priority) == (None, None)
    assert (second.persistent, second.initial, second.values_at_trigger) == (False, False, False)
    assert second.delay == parse_expression("0.5*k")
    assert second.priority == parse_expression("-1")


def test_an_event_may_set_a_parameter_of_the_scenario():
    model = read("X' = share\nat(X > 1, share = 0)", share=2.0)
    assert [each.name for each in model.events[0].assignments] == ["share"]
    assert "share" in model.parameter_names


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("at(X > 1)", 0, "the event sets nothing"),
        ("at()", 3, "the expression ends where"),
        ("at(X > 1, X)", 10, "expected 'target = value'; an event reads at"),
        ("at(X > 1, X == 2)", 10, "expected 'target = value'"),
        ("at(X > 1, )", 10, "expected 'target = value'"),
        ("at(X > 1, X = )", 14, "the expression ends where"),
        ("at(X > 1, X = 1/0)", 14, "is not a finite number"),
        ("at(X > 1, X = 2, X = 3)", None, "sets 'X' twice"),
        ("at(X > 1, X = 2, delay = 1, delay = 2)", 28, "'delay' stands twice"),
        ("at(X > 1, X = 2, persistent = 3)", 17, "persistent = takes true or false"),
        ("at(X > 1, Y = 2)", 10, "'Y' is neither"),
        ("at(X > 1, push = 2)", 10, "'push' is neither"),
        ("at(X > 1, y = 2)\ny = X", 10, "'y' is neither"),
        ("at(Y > 1, X = 2)", 3, "unknown name 'Y'"),
        ("at(cell.age > 1, X = 2)", 3, "cannot stand in equations"),
        ("at(X > 1, X = 2", 2, "never closed"),
        ("at(X > 1, X = 2) + 1", 17, "an event stands on a line of its own"),
        ("at('a', X = 2)", 3, "text in quotes"),
        ("at(X = 1, X = 2)", 5, "use == to compare"),
    ],
)
def test_what_is_no_event_is_refused_with_its_place(line, column, message):
    start = "X' = 1\n"
    with pytest.raises(SettingsError, match=message) as caught:
        read(start + line)
    if column is not None:
        assert caught.value.offset == len(start) + column


@given(st.text(alphabet="at(),=X>1 \ndelay'+.", max_size=60))
def test_nothing_but_our_own_errors_comes_out(text):
    with contextlib.suppress(SettingsError):
        read(f"X' = 1\nat(X > 1, X = {text})")
