"""Quantities with units, hostile ones too."""

from __future__ import annotations

import time

import pytest

from tissue_sim.errors import SettingsError
from tissue_sim.units import Quantity, SignalQuantity, conversion_factor, is_unit, parse_quantity


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("48 h", "min", 2880.0),
        ("2 mm", "um", 2000.0),
        ("1e5 um^2/min", "um^2/min", 1e5),
        ("6 /h", "1/min", 0.1),
        ("0.5 1/s", "1/min", 30.0),
        ("5 mmHg/min", "mmHg/min", 5.0),
        ("2 uM", "nM", 2000.0),
        ("-3.5e-1", "um", -0.35),
        (7, "um", 7.0),
        ("1 pL", "um^3", 1000.0),
        ("1 kPa", "Pa", 1000.0),
        ("3 ms", "s", 0.003),
    ],
)
def test_conversion(text, unit, value):
    assert parse_quantity(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5 mmHg", "wrong dimension"),
        ("5 parsnips", "unknown unit 'parsnips'"),
        ("48 hh", "would be a hectohour"),
        ("five", "is not a quantity"),
        ("9**9**9**9 um", "is not a quantity"),
        ("1" * 100 + " um", "is not a quantity"),
        ("1 um^99", "is not a quantity"),
        ("1e999", "not a finite number"),
        ("٣ um", "is not a quantity"),
        (float("nan"), "not a finite number"),
        (10**400, "not a finite number"),
        (True, "expected a number"),
        (None, "expected a number"),
        ("1 __import__('os')", "is not a quantity"),
    ],
)
def test_refusal_is_quick_and_clear(text, message):
    began = time.perf_counter()
    with pytest.raises(SettingsError, match=message.replace("(", r"\(")):
        parse_quantity(text, "min")
    assert time.perf_counter() - began < 5.0


def test_bounds():
    field = Quantity("1/min", minimum=0.0, maximum=1.0)
    assert field.parse("30 /h") == 0.5
    with pytest.raises(SettingsError, match="too small; allowed is 0 or more"):
        field.parse(-1)
    with pytest.raises(SettingsError, match="too large; allowed is 1 or less"):
        field.parse("2 /min")
    with pytest.raises(SettingsError, match="more than 0"):
        Quantity("um", above=0.0).parse(0)


def test_a_signal_quantity_waits_for_its_signal():
    assert SignalQuantity("300 mmHg/h").to("mmHg/min") == pytest.approx(5.0)
    with pytest.raises(SettingsError, match="wrong dimension"):
        SignalQuantity("300 uM/h").to("mmHg/min")
    assert conversion_factor("h", "h") == 1.0
    assert is_unit("mmHg")
    assert not is_unit("parsnips")
