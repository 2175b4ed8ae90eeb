from __future__ import annotations

import re

import numpy as np
import pytest

from tissue_sim.signals.checks import checks
from tissue_sim.signals.settings import ExchangeSettings, FixedSettings, SignalSettings, SourceSettings
from tissue_sim.tissue.domain import Grid

GRID = Grid((1, 4, 5), (10.0,) * 3, (-25.0, -20.0, -5.0), (False, True, False), (True, True, False))
OXYGEN = {"unit": "mmHg", "diffusion": 1e5, "initial": 38, "boundary": {"default": {"value": 38}}}
PRESCRIBED = {"mode": {"prescribed": "x"}}
ALL = {"all": True}
LUX = {"lux": ("X", "AI"), "unread": None}


def _problems(
    signals=None,
    exchange=None,
    *,
    sources=(),
    fixed=(),
    masks=None,
    grid=GRID,
    carriers=None,
    parameters=None,
):
    found = checks(
        {name: SignalSettings.model_validate(each) for name, each in (signals or {"oxygen": OXYGEN}).items()},
        {"a": {name: ExchangeSettings.model_validate(each) for name, each in (exchange or {}).items()}},
        [SourceSettings.model_validate(each) for each in sources],
        [FixedSettings.model_validate(each) for each in fixed],
        grid=grid,
        parameters=parameters or {},
        networks=LUX,
        carriers=carriers or {"a": ["lux"]},
        masks=masks or {},
    )
    return [(problem.path, problem.message, problem.offset) for problem in found]


def test_a_sound_scenario_has_no_problems():
    exchange = {
        "oxygen": {
            "uptake": {"max": "20 mmHg/min", "half": "1 mmHg"}, "secretion": 1, "saturation": "2 kPa",
            "export": "-3 mmHg*um^3/min", "membrane": {"species": "network.lux.AI", "permeability": 1},
        }
    }  # fmt: skip
    assert not _problems(
        {"oxygen": {**OXYGEN, "initial": "k*exp(-x^2/100)"}, "p": {"mode": {"prescribed": "time + 1 + 0*x"}}},
        exchange,
        sources=[{"signal": "oxygen", "region": {"all": True}, "rate": "-5 mmHg/h"}],
        fixed=[{"signal": "oxygen", "mask": "m.npy", "value": "1 kPa"}],
        masks={"m.npy": np.ones((1, 4, 5), dtype=np.int8)},
        parameters={"k": 3.0},
    )


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"initial": "38 nM"}, ("initial",), "wrong dimension"),
        ({"initial": -1}, ("initial",), "0 or more"),
        ({"initial": "x"}, ("initial",), r"falls to -20 in voxel \(z, y, x\) = \(0, 0, 0\)"),
        ({"initial": "time"}, ("initial",), "'time' is not known here"),
        ({"initial": "xx + 1"}, ("initial",), "unknown name 'xx'"),
        ({"initial": "contact.count()"}, ("initial",), "cannot be used here"),
        ({"initial": "1/(x*0)"}, ("initial",), "no finite value"),
        ({"boundary": {"default": {"value": "38 nM"}}}, ("boundary", "default", "value"), "wrong dimension"),
        ({"boundary": {"x_min": {"value": -3}}}, ("boundary", "x_min", "value"), "0 or more"),
        ({"boundary": {"x_max": {"flux": "3 mmHg"}}}, ("boundary", "x_max", "flux"), "wrong dimension"),
        (
            {"boundary": {"x_max": {"mixed": {"value": 1, "permeability": "1 mmHg"}}}},
            ("boundary", "x_max", "mixed", "permeability"),
            "wrong dimension",
        ),
        (
            {"boundary": {"y_min": {"value": 3}}},
            ("boundary", "y_min"),
            "the y axis is periodic; leave y_min out",
        ),
        ({"boundary": {"x_min": "periodic"}}, ("boundary", "x_min"), "the x axis is not periodic"),
        ({"boundary": {"default": "periodic"}}, ("boundary", "default"), "the axes x are not periodic"),
        ({"boundary": {"z_min": {"value": 3}}}, ("boundary", "z_min"), "no z axis"),
        ({"diffusion": 0, "boundary": {"x_min": {"flux": 3}}}, ("boundary", "x_min"), "diffusion above 0"),
        ({"mode": "steady", "boundary": {"default": {"flux": 1}}}, ("mode",), "no steady state"),
    ],
)
def test_mistakes_in_signals(changes, path, message):
    ((at, text, _),) = _problems({"oxygen": {**OXYGEN, **changes}})
    assert at == ("signals", "oxygen", *path)
    assert re.search(message, text), text


def test_periodic_face_on_a_periodic_axis_is_fine():
    boundary = {"y_min": "periodic", "y_max": "periodic", "default": {"value": 3}}
    assert not _problems({"oxygen": {**OXYGEN, "boundary": boundary}})


@pytest.mark.parametrize(
    ("signals", "exchange", "path", "message"),
    [
        (
            {"oxygen": OXYGEN},
            {"oxygn": {"uptake": 1}},
            ("oxygn",),
            "no signal 'oxygn'.*did you mean 'oxygen'",
        ),
        ({"oxygen": PRESCRIBED}, {"oxygen": {"uptake": 1}}, ("oxygen",), "cells cannot exchange it"),
        (None, {"oxygen": {"saturation": "1 nM"}}, ("oxygen", "saturation"), "wrong dimension"),
        (None, {"oxygen": {"saturation": -1}}, ("oxygen", "saturation"), "0 or more"),
        (None, {"oxygen": {"export": "1 mmHg/min"}}, ("oxygen", "export"), "wrong dimension"),
        (
            None,
            {"oxygen": {"uptake": {"max": "1 mmHg", "half": 1}}},
            ("oxygen", "uptake", "max"),
            "wrong dimension",
        ),
        (None, {"oxygen": {"uptake": {"max": 1, "half": -1}}}, ("oxygen", "uptake", "half"), "0 or more"),
    ],
)
def test_mistakes_in_exchange(signals, exchange, path, message):
    ((at, text, _),) = _problems(signals, exchange)
    assert at == ("cell_types", "a", "exchange", *path)
    assert re.search(message, text), text


@pytest.mark.parametrize(
    ("species", "carriers", "mode", "message", "offset"),
    [
        ("network.lx.AI", ["lux"], "transient", "no network 'lx'.*did you mean 'lux'", 8),
        ("network.lux.IA", ["lux"], "transient", "no species 'IA'; it has X, AI", 12),
        ("network.lux.AI", ["other"], "transient", "cell type 'a' does not carry the network 'lux'", 0),
        ("network.lux.AI", ["lux"], "steady", "needs `mode: transient`", 0),
    ],
)
def test_mistakes_in_membranes(species, carriers, mode, message, offset):
    exchange = {"oxygen": {"membrane": {"species": species, "permeability": 1}}}
    ((at, text, place),) = _problems({"oxygen": {**OXYGEN, "mode": mode}}, exchange, carriers={"a": carriers})
    assert at[:5] == ("cell_types", "a", "exchange", "oxygen", "membrane")
    assert place == offset
    assert re.search(message, text), text


def test_species_of_a_network_that_could_not_be_read_pass():
    exchange = {"oxygen": {"membrane": {"species": "network.unread.S", "permeability": 1}}}
    assert not _problems(None, exchange, carriers={"a": ["unread"]})


@pytest.mark.parametrize(
    ("sources", "fixed", "masks", "path", "message"),
    [
        ([{"signal": "o", "region": ALL, "rate": 1}], [], {}, ("sources", 0, "signal"), "no signal 'o'"),
        ([{"signal": "oxygen", "region": ALL, "rate": "1 nM"}], [], {}, ("sources", 0, "rate"), "wrong dim"),
        (
            [{"signal": "oxygen", "region": {"ball": {"center": [0, 0], "radius": 1}}, "rate": 1}],
            [], {}, ("sources", 0, "region"), "no voxel has its centre in this region",
        ),
        ([], [{"signal": "oxygen", "region": ALL, "value": -1}], {}, ("fixed", 0, "value"), "0 or more"),
        (
            [], [{"signal": "oxygen", "mask": "m", "value": 1}], {"m": np.ones((5, 4, 1), bool)},
            ("fixed", 0, "mask"), r"shape \(5, 4, 1\); the grid's \(nz, ny, nx\) is \(1, 4, 5\)",
        ),
        (
            [], [{"signal": "oxygen", "mask": "m", "value": 1}], {"m": np.full((1, 4, 5), 0.5)},
            ("fixed", 0, "mask"), "true and false",
        ),
        (
            [], [{"signal": "oxygen", "mask": "m", "value": 1}], {"m": np.zeros((1, 4, 5), bool)},
            ("fixed", 0, "mask"), "holds no voxel",
        ),
        (
            [], [{"signal": "oxygen", "points": [[0, 0], [26]], "value": 1}], {},
            ("fixed", 0, "points", 1), r"the point \[26.0\] is outside the domain; inside is",
        ),
        (
            [], [{"signal": "oxygen", "voxels": [[0, 3, 4], [0, 4, 0]], "value": 1}], {},
            ("fixed", 0, "voxels", 1), r"no voxel \(z, y, x\) = \(0, 4, 0\); the grid has \(1, 4, 5\)",
        ),
    ],
)  # fmt: skip
def test_mistakes_in_places(sources, fixed, masks, path, message):
    ((at, text, _),) = _problems(sources=sources, fixed=fixed, masks=masks)
    assert at == path
    assert re.search(message, text), text


def test_sources_of_prescribed_signals_are_refused():
    ((at, text, _),) = _problems(
        {"oxygen": PRESCRIBED, "s": OXYGEN},
        sources=[{"signal": "oxygen", "region": ALL, "rate": 1}],
        grid=None,
    )
    assert at == ("sources", 0, "signal")
    assert "prescribed by a formula alone" in text
