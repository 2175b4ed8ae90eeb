from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from pydantic import ValidationError

from tissue_sim.signals.behaviours import behaviours
from tissue_sim.signals.face_settings import FaceCondition
from tissue_sim.signals.regions import Region, voxels_in
from tissue_sim.signals.settings import (
    ExchangeSettings,
    FixedSettings,
    PrescribedMode,
    SignalSettings,
    SourceSettings,
    unit_of,
)
from tissue_sim.tissue.domain import Grid
from tissue_sim.units import SignalQuantity

GOOD = {"unit": "mmHg", "diffusion": "1e5 um^2/min"}
REGION = {"point": [0, 0, 0]}


def test_the_design_page_example():
    signal = SignalSettings.model_validate(
        {
            **GOOD,
            "decay": "0.1 /min",
            "initial": 38,
            "boundary": {"default": {"value": 38}, "x_min": "periodic", "y_max": {"flux": "-2 mmHg*um/h"}},
            "mode": "transient",
            "tolerance": 1e-3,
        }
    )
    assert signal.boundary.of("z_min") == FaceCondition("value", {"value": SignalQuantity(38)})
    assert signal.boundary.of("x_min").kind == "periodic"
    assert signal.boundary.of("y_max").resolved("mmHg") == {"flux": pytest.approx(-2 / 60)}
    assert signal.initial == SignalQuantity(38)
    assert SignalSettings.model_validate(GOOD).boundary.of("x_min") is None


def test_mixed_face_has_two_numbers():
    face = FaceCondition.parse({"mixed": {"value": "2 uM", "permeability": "60 um/h"}})
    assert face.resolved("nM") == {"value": pytest.approx(2000.0), "permeability": pytest.approx(1.0)}


@pytest.mark.parametrize(
    ("changes", "where", "message"),
    [
        ({"diffusoin": 1}, ("diffusoin",), "Extra inputs"),
        ({"diffusion": "1 um/min"}, ("diffusion",), "wrong dimension"),
        ({"diffusion": -1}, ("diffusion",), "too small"),
        ({"diffusion": float("nan")}, ("diffusion",), "not a finite number"),
        ({"decay": -0.1}, ("decay",), "too small"),
        ({"unit": "mmHgg"}, ("unit",), "unknown unit 'mmHgg'"),
        ({"unit": 3}, ("unit",), "unknown unit 3"),
        ({"initial": ".inf"}, ("initial",), "."),
        ({"initial": "2*(x"}, ("initial",), "."),
        ({"initial": "exp(x, y)"}, ("initial",), "takes 1 argument, found 2"),
        ({"initial": "exq(x)"}, ("initial",), "unknown function 'exq'.*did you mean 'exp'"),
        ({"initial": [1]}, ("initial",), "expected a number"),
        ({"tolerance": 0}, ("tolerance",), "more than 0"),
        ({"mode": "stedy"}, ("mode", "word"), "unknown mode 'stedy'.*did you mean 'steady'"),
        ({"mode": "prescribed"}, ("mode", "word"), "prescribed with its formula"),
        ({"mode": {"prescribd": "x"}}, ("mode", "keys", "prescribd"), "Extra inputs"),
        ({"mode": "steady", "tolerance": 0.1}, (), "tolerance is for transient"),
        ({"boundary": {"x_mn": {"value": 1}}}, ("boundary", "x_mn"), "Extra inputs"),
        ({"boundary": {"x_min": {"vaule": 1}}}, ("boundary", "x_min"), "did you mean 'value'"),
        ({"boundary": {"x_min": "periodc"}}, ("boundary", "x_min"), "did you mean 'periodic'"),
        ({"boundary": {"x_min": 3}}, ("boundary", "x_min"), "'3' is no boundary condition"),
        ({"boundary": {"x_min": "value"}}, ("boundary", "x_min"), "write one of {flux: ...}, {mixed: ...}"),
        ({"boundary": {"x_min": {"value": 1, "flux": 1}}}, ("boundary", "x_min"), "no boundary condition"),
        ({"boundary": {"x_min": {"value": "a"}}}, ("boundary", "x_min", "value"), "not a quantity"),
        (
            {"boundary": {"x_min": {"mixed": {"value": 1}}}},
            ("boundary", "x_min", "mixed", "permeability"),
            "required",
        ),
    ],
)
def test_mistakes_in_a_signal(changes, where, message):
    with pytest.raises(ValidationError, match=f"(?s){message}") as caught:
        SignalSettings.model_validate({**GOOD, **changes})
    assert where in [error["loc"] for error in caught.value.errors()]


def test_diffusion_is_needed_but_for_a_prescribed_signal():
    with pytest.raises(ValidationError, match="diffusion is missing"):
        SignalSettings.model_validate({"unit": "nM"})
    mode = SignalSettings.model_validate({"mode": {"prescribed": "x*time"}}).mode
    assert isinstance(mode, PrescribedMode)
    assert mode.prescribed.text == "x*time"


@pytest.mark.parametrize(
    ("value", "is_formula"),
    [
        ("38 mmHg", False),
        (3, False),
        ("1e-3", False),
        ("2/x", True),
        ("2 /um", False),
        ("38*exp(-x/100)", True),
    ],
)
def test_initial_is_a_quantity_or_a_formula(value, is_formula):
    initial = SignalSettings.model_validate({**GOOD, "initial": value}).initial
    assert isinstance(initial, SignalQuantity) is not is_formula


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"secretion": "1 /min"}, "secretion needs a saturation"),
        ({"uptake": "3 mmHg/min"}, "wrong dimension"),
        ({"uptake": -1}, "too small"),
        ({"uptake": {"max": 3}}, "half"),
        ({"membrane": {"species": "lux.AI", "permeability": 1}}, "pattern"),
        ({"membrane": {"species": "network.lux.AI", "permeability": "1 um"}}, "wrong dimension"),
        ({"saturaton": 1}, "Extra inputs"),
    ],
)
def test_mistakes_in_exchange(given, message):
    with pytest.raises(ValidationError, match=message):
        ExchangeSettings.model_validate(given)


@pytest.mark.parametrize(
    ("model", "given", "message"),
    [
        (SourceSettings, {"signal": "s", "region": {}, "rate": 1}, "found none"),
        (
            SourceSettings,
            {"signal": "s", "region": {**REGION, "all": True}, "rate": 1},
            "found point and all",
        ),
        (SourceSettings, {"signal": "s", "region": {"bal": {}}, "rate": 1}, "Extra inputs"),
        (
            SourceSettings,
            {"signal": "s", "region": {"ball": {"center": [0], "radius": 0}}, "rate": 1},
            "more than 0",
        ),
        (
            SourceSettings,
            {"signal": "s", "region": {"box": {"from": [1], "to": [0]}}, "rate": 1},
            "counterpart",
        ),
        (
            SourceSettings,
            {"signal": "s", "region": {"annulus": {"center": [0], "inner": 2, "outer": 1}}, "rate": 1},
            "smaller than `outer`",
        ),
        (FixedSettings, {"signal": "s", "value": 1}, "one of the four"),
        (FixedSettings, {"signal": "s", "value": 1, "mask": "a.npy", "region": REGION}, "one of the four"),
        (FixedSettings, {"signal": "s", "value": 1, "points": []}, "at least 1 item"),
        (FixedSettings, {"signal": "s", "value": 1, "voxels": [[0, 1]]}, "at least 3 items"),
        (FixedSettings, {"signal": "s", "value": 1, "voxels": [[0, 1, 0.5]]}, "valid integer"),
    ],
)
def test_mistakes_in_places(model, given, message):
    with pytest.raises(ValidationError, match=message):
        model.model_validate(given)


def test_behaviours_have_the_signals_units_and_own_values():
    exchange = {
        "oxygen": ExchangeSettings.model_validate({"uptake": {"max": "2 mmHg/s", "half": 1}}),
        "VEGF": ExchangeSettings.model_validate(
            {"secretion": "6 /h", "saturation": "2 uM", "export": "-3 pM*um^3/min"}
        ),
        "undeclared": ExchangeSettings(),
    }
    found = {
        b.name: (b.unit, value, b.minimum)
        for b, value in behaviours(exchange, {"oxygen": "mmHg", "VEGF": "nM"})
    }
    assert found == {
        "exchange.oxygen.uptake": ("1/min", 0.0, 0.0),
        "exchange.oxygen.export": ("mmHg*um^3/min", 0.0, -np.inf),
        "exchange.oxygen.uptake.max": ("mmHg/min", pytest.approx(120.0), 0.0),
        "exchange.oxygen.uptake.half": ("mmHg", 1.0, 0.0),
        "exchange.VEGF.uptake": ("1/min", 0.0, 0.0),
        "exchange.VEGF.export": ("nM*um^3/min", pytest.approx(-3e-3), -np.inf),
        "exchange.VEGF.secretion": ("1/min", pytest.approx(0.1), 0.0),
        "exchange.VEGF.saturation": ("nM", pytest.approx(2000.0), 0.0),
    }


def test_a_type_without_exchange_has_zero_rates(make_tissue, add_cells):
    made = make_tissue(
        {"s": GOOD}, {"b": {"s": {"secretion": 2, "saturation": 5}}}, cell_types=("a", "b"), shape=(1, 1, 2)
    )
    add_cells(made.tissue, [[0, 0, 0], [0, 0, 0]], types=[0, 1])
    np.testing.assert_array_equal(made.tissue.behaviours.own("exchange.s.secretion"), [0.0, 2.0])


@pytest.mark.parametrize(
    ("unit", "factor", "result"),
    [("mmHg", "1/min", "mmHg/min"), ("1", "um^3/min", "um^3/min"), ("1/um^3", "um^3/min", "1/um^3*um^3/min")],
)
def test_units_of_rates(unit, factor, result):
    assert unit_of(unit, factor) == result
    assert SignalQuantity(f"2 {result}").to(result) == 2.0


def test_a_unit_may_begin_with_a_stroke():
    assert SignalSettings.model_validate({**GOOD, "unit": "/um^3"}).unit == "1/um^3"


@pytest.mark.parametrize(
    ("region", "number"),
    [
        ({"all": True}, 1000),
        ({"point": [-49, 0, 49]}, 1),
        ({"point": [51, 0, 0]}, 0),
        ({"box": {"from": [-50, -50, -50], "to": [0, 50, 50]}}, 500),
        ({"box": {"from": [-50], "to": [-40]}}, 100),
        ({"ball": {"center": [0, 0, 0], "radius": 10}}, 8),
        ({"ball": {"center": [50, 0, 0], "radius": 10}}, 8),
        ({"annulus": {"center": [0, 0, 0], "inner": 10, "outer": 17}}, 24),
    ],
)
def test_regions_hold_the_voxels_whose_centre_is_inside(region, number):
    grid = Grid((10, 10, 10), (10.0,) * 3, (-50.0,) * 3, periodic=(True, False, False))
    mask = voxels_in(Region.model_validate(region), grid)
    assert mask.shape == grid.shape
    assert mask.sum() == number


def test_regions_pass_over_missing_axes_and_know_x_from_z():
    flat = Grid((1, 4, 6), (10.0,) * 3, (-30.0, -20.0, -5.0), present=(True, True, False))
    assert voxels_in(Region.model_validate({"ball": {"center": [0, 0, 100], "radius": 10}}), flat).sum() == 4
    mask = voxels_in(Region.model_validate({"point": [29, -19]}), flat)
    np.testing.assert_array_equal(np.argwhere(mask), [[0, 0, 5]])


def test_settings_are_light_to_import():
    code = (
        "import sys, tissue_sim.signals.settings, tissue_sim.signals.checks;"
        "heavy = {'numba', 'scipy', 'matplotlib', 'h5py', 'pint'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_schemas_can_be_written():
    schema = SignalSettings.model_json_schema()
    faces = schema["$defs"]["BoundarySettings"]["properties"]["x_min"]["anyOf"]
    assert {"const": "periodic"} in faces
    assert ExchangeSettings.model_json_schema()["properties"]["uptake"]
    assert "from" in FixedSettings.model_json_schema()["$defs"]["BoxRegion"]["properties"]
