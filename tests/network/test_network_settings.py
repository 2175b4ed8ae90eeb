"""The `networks:` section: one source, later features refused by name at their own key."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from tissue_sim.network.settings import NetworkSettings


def test_defaults():
    settings = NetworkSettings.model_validate({"equations": "X' = 1", "initial": {"X": "normal(1, 0.1)"}})
    assert (settings.source, settings.method, settings.on_failure) == ("equations", "ode", "stop")
    assert settings.tolerance.relative == 1e-6
    assert settings.tolerance.absolute == 1e-9


@pytest.mark.parametrize(
    ("given", "place", "message"),
    [
        ({}, (), "exactly one of equations, sbml, antimony, bnet, maboss, learned; found none"),
        ({"equations": "x", "sbml": "y"}, (), "found equations and sbml"),
        ({"maboss": {"cfg": "b"}}, ("maboss", "bnd"), "required"),
        ({"maboss": {"bnd": "a", "mutants": {"A": "up"}}}, ("maboss", "mutants", "A"), "'on' or 'off'"),
        ({"equations": "x", "method": "od"}, ("method",), "did you mean 'ode'"),
        ({"equations": "x", "time_unit": "mm"}, ("time_unit",), "no unit of time"),
        ({"equations": "x", "time_unit": "9**9"}, ("time_unit",), "not a unit"),
        ({"equations": "x", "outputs": {"a": {"when": "B"}}}, ("outputs", "a", "condition", "value"), "req"),
        ({"equations": "x", "time_scale": "normal(-9, 0.1)"}, ("time_scale",), "values"),
        ({"equations": "x", "division": {"a": "half"}}, ("division", "a"), "'function'"),
        ({"equations": "x", "tolerance": {"leap": 2.0}}, ("tolerance", "leap"), "too large"),
        ({"equations": "x", "tolerance": {"relative": 0.0}}, ("tolerance", "relative"), "too small"),
        ({"equations": "x", "time_scale": 0.0}, ("time_scale",), "too small"),
        ({"equations": "x", "inputs": {"a": "b +"}}, ("inputs", "a"), "expected"),
        ({"equations": "x", "unknown": 1}, ("unknown",), "Extra"),
    ],
)
def test_mistakes_are_located(given, place, message):
    with pytest.raises(ValidationError, match=message) as caught:
        NetworkSettings.model_validate(given)
    assert tuple(caught.value.errors()[0]["loc"]) == place


def test_settings_are_light_to_import():
    code = (
        "import sys, tissue_sim.network.settings, tissue_sim.network.reader, tissue_sim.network.checks;"
        "print([m for m in ('numba', 'libsbml', 'scipy', 'matplotlib', 'mesa') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
