"""Cell types' cycles and deaths: forms, problems, warnings, behaviours."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from tissue_sim.lifecycle.behaviours import behaviours
from tissue_sim.lifecycle.checks import checks, warnings
from tissue_sim.lifecycle.settings import (
    LifecycleSettings,
    LiveCycle,
    PhaseCycle,
    SizerCycle,
    nuclear_fraction,
)


def settings(**keys):
    return LifecycleSettings.model_validate(keys)


def phases(**keys):
    return settings(cycle={"phases": keys})


def test_kinds_of_cycle():
    assert isinstance(settings(cycle={"model": "live", "rate": "0.0432 /h"}).cycle, LiveCycle)
    assert isinstance(settings(cycle={"model": "sizer", "growth": 2, "threshold": 2}).cycle, SizerCycle)
    cycle = phases(G1={"duration": "7 h"}, M={"rate": "0.5 /h", "divides": True}).cycle
    assert isinstance(cycle, PhaseCycle)
    assert cycle.phases["G1"].duration.mean == 420.0
    assert cycle.phases["M"].rate == pytest.approx(0.5 / 60)


def test_defaults():
    cell = settings()
    assert (cell.volume, cell.growth, cell.cycle, cell.death) == (2494.0, 0.0045, None, None)
    assert nuclear_fraction(cell) == 540.0 / 2494.0
    assert nuclear_fraction(settings(volume=1000, nuclear_volume=100)) == 0.1
    death = settings(death={"apoptosis": {}}).death
    assert death.apoptosis.duration.mean == 516.0
    assert death.necrosis.duration.mean == 86400.0
    assert death.apoptosis.rate == death.necrosis.rate == 0.0


def test_axis_is_made_a_unit_vector():
    cycle = settings(cycle={"model": "live", "rate": 1, "axis": [3, 0, 4]}).cycle
    assert cycle.axis == pytest.approx((0.6, 0.0, 0.8))
    assert settings(cycle={"model": "live", "rate": 1, "axis": "random"}).cycle.axis is None


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"cycle": {"model": "liv", "rate": 1}}, "unknown cycle model 'liv'.*did you mean 'live'"),
        ({"cycle": {"rate": 1}}, "a cycle needs `model: live`"),
        ({"cycle": "live"}, "a cycle is a map"),
        ({"cycle": {"model": "live", "rate": -1}}, "-1 is too small; allowed is 0 or more"),
        ({"cycle": {"model": "live", "rate": "1 um"}}, "wrong dimension"),
        ({"cycle": {"model": "live", "rate": 1, "axis": [0, 0, 0]}}, "not all 0"),
        ({"cycle": {"model": "live", "rate": 1, "axis": "up"}}, "'up' is no division axis"),
        ({"cycle": {"model": "live", "rate": 1, "axis": [1, 0]}}, "no division axis"),
        ({"cycle": {"model": "live", "rate": 1, "axis": [1, "a", 0]}}, "three numbers"),
        ({"cycle": {"phases": {}}}, "at least 1 item"),
        ({"cycle": {"phases": {f"p{i}": {"rate": 1} for i in range(256)}}}, "at most 255"),
        ({"cycle": {"phases": {"A": {"duration": -1, "divides": True}}}}, "-1"),
        ({"cycle": {"phases": {"A": {"rate": 1, "target_volume": 0}}}}, "more than 0"),
        ({"cycle": {"phases": {"A": {"rate": 1, "divide": True}}}}, "divide"),
        ({"cycle": {"phases": {"A": {"rate": 1, "next": {"A": 1.5}}}}}, "allowed is 1 or less"),
        ({"cycle": {"model": "sizer", "growth": 1}}, "threshold"),
        ({"cycle": {"model": "sizer", "growth": 1, "threshold": 0}}, "0 is too small"),
        ({"death": {"apoptosis": {"rate": -1}}}, "-1 is too small"),
        ({"death": {"autophagy": {"rate": 1}}}, "autophagy"),
        ({"death": {"necrosis": {"volume": -1}}}, "-1 is too small"),
        ({"volume": 0}, "more than 0"),
        ({"growth": "1 um"}, "wrong dimension"),
    ],
)
def test_refused_values(keys, message):
    with pytest.raises(ValidationError, match=message):
        settings(**keys)


@pytest.mark.parametrize(
    ("keys", "path", "message"),
    [
        ({"A": {"divides": True}}, ("A",), "phase A needs a duration or a rate"),
        ({"A": {"duration": 1, "rate": 1}}, ("A", "rate"), "both duration and rate"),
        (
            {"G1": {"duration": 1, "next": "S2"}, "S": {"rate": 1}},
            ("G1", "next"),
            "no phase 'S2'; known are G1, S; did you mean 'S'?",
        ),
        ({"A": {"rate": 1, "next": {"A": 0.5, "B": 0.5}}}, ("A", "next", "B"), "no phase 'B'; known are A"),
        (
            {"A": {"rate": 1, "next": {"A": 0.5, "B": 0.4}}, "B": {"rate": 1}},
            ("A", "next"),
            "sum to 0.9; they must sum to 1",
        ),
        (
            {"A": {"duration": 0}, "B": {"duration": 0, "divides": True}},
            ("A", "duration"),
            "phase A lasts 0 min and so do all phases from it back to it",
        ),
    ],
)
def test_problems_of_phases(keys, path, message):
    found = list(checks(phases(**keys)))
    assert [problem.path for problem in found] == [("cycle", "phases", *path)]
    assert message in found[0].message


def test_a_phase_without_duration_is_fine_inside_a_longer_loop():
    keys = {"A": {"duration": 0}, "B": {"duration": 5, "divides": True}}
    assert not list(checks(phases(**keys)))


def test_other_problems():
    cell = settings(volume=100, nuclear_volume=200, cycle={"model": "live", "rate": 1, "axis": [0, 0, 1]})
    assert [problem.path for problem in checks(cell, (True, True, False))] == [
        ("nuclear_volume",),
        ("cycle", "axis"),
    ]


def test_warnings():
    assert "never divide" in next(warnings(phases(A={"rate": 1}))).message
    assert "get smaller" in next(warnings(phases(A={"rate": 1, "divides": True}))).message
    lonely = phases(
        A={"rate": 1, "divides": True, "next": "A", "target_volume": 2}, B={"rate": 1, "next": "A"}
    )
    assert [problem.path for problem in warnings(lonely)] == [("cycle", "phases", "B")]
    good = phases(A={"rate": 1, "target_volume": 2}, B={"rate": 1, "divides": True})
    assert not list(warnings(good))
    assert not list(warnings(settings()))


def test_behaviours():
    cell = phases(G1={"rate": 0.1}, S={"duration": 5}, M={"rate": 0.2, "divides": True})
    found = {
        behaviour.name: (behaviour.unit, behaviour.minimum, value) for behaviour, value in behaviours(cell)
    }
    assert found == {
        "growth": ("1/min", 0.0, 0.0045),
        "death.apoptosis.rate": ("1/min", 0.0, 0.0),
        "death.necrosis.rate": ("1/min", 0.0, 0.0),
        "cycle.G1.rate": ("1/min", 0.0, 0.1),
        "cycle.M.rate": ("1/min", 0.0, 0.2),
    }
    live = settings(cycle={"model": "live", "rate": 0.3}, death={"necrosis": {"rate": 0.4}})
    values = {behaviour.name: value for behaviour, value in behaviours(live)}
    assert values["cycle.rate"] == 0.3
    assert values["death.necrosis.rate"] == 0.4
    sizer = settings(cycle={"model": "sizer", "growth": 2, "threshold": 2})
    assert ("cycle.growth", "um^3/min", 2.0) in [(b.name, b.unit, v) for b, v in behaviours(sizer)]


def test_settings_import_neither_numba_nor_scipy():
    code = (
        "import sys, tissue_sim.lifecycle.settings, tissue_sim.lifecycle.checks, "
        "tissue_sim.lifecycle.behaviours; "
        "print([m for m in ('numba', 'scipy', 'h5py', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
