"""Settings, checks and behaviours of mechanics."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from tissue_sim.errors import SettingsError
from tissue_sim.mechanics.behaviours import behaviours
from tissue_sim.mechanics.checks import checks, step_warnings
from tissue_sim.mechanics.law import laws
from tissue_sim.mechanics.settings import (
    DEFAULT_MECHANICS,
    MechanicsSettings,
    MotilitySettings,
    drift_unit,
    mechanics_settings,
)
from tissue_sim.mechanics.stability import stable_step
from tissue_sim.units import is_unit

STILL = MotilitySettings()


def test_defaults():
    assert DEFAULT_MECHANICS.law == "physicell"
    assert DEFAULT_MECHANICS.contact_distance == 1.25
    assert DEFAULT_MECHANICS.parameters == {"repulsion": 10.0, "adhesion": 0.4, "adhesion_distance": 1.25}
    assert mechanics_settings("none").parameters == {}
    assert mechanics_settings("linear").parameters == {"stiffness": 0.25, "cutoff": 1.0}


def test_quantities_and_forces():
    assert mechanics_settings({"repulsion": "600 um/h"}).parameters["repulsion"] == pytest.approx(10.0)
    spring = {"law": "linear", "stiffness": "3 nN/um", "drag": "2 nN*min/um"}
    assert mechanics_settings(spring).parameters["stiffness"] == pytest.approx(1.5)
    both = {"repulsion": "5 pN", "adhesion": 0.1, "drag": "1e-3 nN*min/um"}
    assert mechanics_settings(both).parameters["repulsion"] == pytest.approx(5.0)
    assert mechanics_settings(both).parameters["adhesion"] == 0.1


@pytest.mark.parametrize(
    ("value", "place", "message"),
    [
        (
            {"law": "physicel"},
            (),
            "allowed are hertz, linear, logarithmic, morse, physicell, quadratic, none, and MODULE.NAME of a "
            "law in a file under `extensions`; did you mean 'physicell'",
        ),
        (3, (), "unknown contact law 3"),
        ({"repulsion": "1 nN"}, ("repulsion",), "is a force; give `drag`"),
        ({"drag": 2.0, "repulsion": 3}, (), "none of repulsion, adhesion is given as a force"),
        ({"adhesion": -1}, ("adhesion",), "too small; allowed is 0 or more"),
        ({"adhesion": "3 mmHg"}, ("adhesion",), "wrong dimension; expected a quantity in um/min"),
        ({"law": "linear", "repulsion": 3}, ("repulsion",), "not permitted"),
        ({"law": "none", "repulsion": 3}, ("repulsion",), "not permitted"),
        ({"repulsio": 3}, ("repulsio",), "not permitted"),
        ({"adhesion_distance": 11}, ("adhesion_distance",), "too large; allowed is 10 or less"),
        ({"contact_distance": 0}, ("contact_distance",), "allowed is more than 0"),
        ({"integrator": "rk4"}, ("integrator",), "'adams_bashforth', 'adaptive', 'euler' or 'heun'"),
        ({"tolerance": 0.1, "integrator": "heun"}, (), "`tolerance` is for `integrator: adaptive`"),
        ({"tolerance": 0, "integrator": "adaptive"}, ("tolerance",), "allowed is more than 0"),
        ({"affinity": {"a": "2 um"}}, ("affinity", "a"), "wrong dimension"),
        ({"drag": 0, "repulsion": "1 nN"}, ("drag",), "allowed is more than 0"),
    ],
)
def test_mistakes_are_located(value, place, message):
    with pytest.raises(ValidationError, match=re.escape(message)) as caught:
        mechanics_settings(value)
    errors = caught.value.errors(include_url=False)
    found = [(one["loc"][1:], one["msg"]) for one in errors]
    assert any(where == place and message in said for where, said in found), found


def test_json_schema_offers_names_and_maps():
    schema = TypeAdapter(MechanicsSettings).json_schema()
    texts = [one for one in schema["anyOf"] if "enum" in one]
    assert texts[0]["enum"] == [*laws(), "none"]
    told = schema["$defs"]["MorseMechanics"]["description"]
    assert "doi:10.1103/PhysRev.34.57" in told
    assert "1/min; spring rate at contact; of a pair the geometric mean" in told
    assert "affinity : dict of cell type to float" in told
    assert {"repulsion", "adhesion", "adhesion_distance"} <= set(
        schema["$defs"]["PhysicellMechanics"]["properties"]
    )


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"speed": -1}, "speed"),
        ({"bias": 2}, "bias"),
        ({"chemotaxis": {"a": "x"}}, "chemotaxis"),
        ({"x": 1}, "x"),
    ],
)
def test_mistakes_of_motility(value, place):
    with pytest.raises(ValidationError, match=place) as caught:
        MotilitySettings(**value)
    assert caught.value.errors()[0]["loc"][0] == place


def test_all_types_share_one_law():
    mechanics = {"a": mechanics_settings("none"), "b": mechanics_settings("linear"), "c": DEFAULT_MECHANICS}
    found = list(checks(mechanics, {}, {}))
    assert [one.path for one in found] == [("c", "mechanics", "law")]
    assert "'b' has linear" in found[0].message
    mechanics = {
        "a": mechanics_settings({"integrator": "adaptive"}),
        "b": mechanics_settings({"integrator": "adaptive", "tolerance": 0.1}),
    }
    assert [one.path for one in checks(mechanics, {}, {})] == [("b", "mechanics", "tolerance")]
    mechanics = {"a": DEFAULT_MECHANICS, "b": mechanics_settings({"integrator": "heun"})}
    assert [one.path for one in checks(mechanics, {}, {})] == [("b", "mechanics", "integrator")]
    assert not list(checks({"a": DEFAULT_MECHANICS, "b": DEFAULT_MECHANICS}, {"a": STILL}, {}))


def test_a_tissue_with_two_laws_is_refused(make_tissue):
    with pytest.raises(SettingsError, match="different contact laws"):
        make_tissue(np.zeros((0, 3)), mechanics=["linear", "physicell"])


def test_signals_of_motility_are_checked():
    motility = MotilitySettings(chemotaxis={"oxigen": 1, "oxygen": 2}, drift={"oxygen": "3 um/min", "x": 1})
    found = list(checks({}, {"tumour": motility}, {"oxygen": "mmHg"}))
    assert [one.path for one in found] == [
        ("tumour", "motility", "chemotaxis", "oxigen"),
        ("tumour", "motility", "drift", "x"),
        ("tumour", "motility", "drift", "oxygen"),
    ]
    assert "did you mean 'oxygen'" in found[0].message
    assert "wrong dimension" in found[2].message
    assert [one.on_key for one in found] == [True, True, False]


@pytest.mark.parametrize("unit", ["mmHg", "1", "mmol/L", "1/min", "/um^3", "nM*um/s"])
def test_drift_units(unit):
    assert is_unit(drift_unit(unit))


def test_behaviours_of_a_cell_type():
    motility = MotilitySettings(speed=2, chemotaxis={"a": -1, "b": 1}, drift={"a": "60 um^2/h/mmHg"})
    listed = behaviours(DEFAULT_MECHANICS, motility, {"a": "mmHg"})
    values = {behaviour.name: value for behaviour, value in listed}
    assert values == {
        "mechanics.repulsion": 10.0, "mechanics.adhesion": 0.4, "motility.speed": 2.0,
        "motility.persistence": 1.0, "motility.bias": 0.0, "motility.diffusivity": 0.0,
        "motility.chemotaxis.a": -1.0,
        "motility.drift.a": pytest.approx(1.0),
    }  # fmt: skip
    assert all(is_unit(behaviour.unit) for behaviour, _ in listed)
    assert "mechanics.stiffness" in {one.name for one, _ in behaviours(mechanics_settings("linear"), STILL)}


@pytest.mark.parametrize(("dimensions", "factor"), [(1, 4.0), (2, 6.0), (3, 8.0)])
def test_stable_step_of_springs(dimensions, factor):
    settings = mechanics_settings({"law": "linear", "stiffness": 5.0})
    assert stable_step(settings, 5.0, dimensions) == pytest.approx(2.0 / (5.0 * factor), rel=1e-4)
    assert stable_step(mechanics_settings("none"), 5.0, 3) == np.inf
    for integrator, share in (("heun", 1.0), ("adams_bashforth", 0.5), ("adaptive", np.inf)):
        other = mechanics_settings({"law": "linear", "stiffness": 5.0, "integrator": integrator})
        assert stable_step(other, 5.0, dimensions) == pytest.approx(share * 2.0 / (5.0 * factor), rel=1e-4)


@pytest.mark.filterwarnings("ignore::tissue_sim.mechanics.stability.StabilityWarning")
@pytest.mark.parametrize("integrator", ["euler", "heun", "adams_bashforth"])
def test_the_stable_step_of_a_chain_is_right(integrator, make_tissue):
    """A packed ring of springs rests below the limit and jitters above it."""

    def jitter(step):
        position = np.zeros((20, 3))
        position[:, 0] = np.arange(20) * 9.0 - 90.0
        position[::2, 0] += 1e-3
        law = {"law": "linear", "stiffness": 1.0, "cutoff": 1.5, "integrator": integrator}
        tissue = make_tissue(
            position, mechanics=law, present=(True, False, False), boundary="periodic", size=180.0, step=step
        )
        for _ in range(100):
            tissue.step()
        return np.abs(np.diff(tissue.population["position"][:, 0]) - 9.0).max()

    law = {"law": "linear", "stiffness": 1.0, "cutoff": 1.5, "integrator": integrator}
    limit = stable_step(mechanics_settings(law), 5.0, 1)
    assert jitter(0.95 * limit) < 1e-5
    assert jitter(1.05 * limit) > 1e-2


def test_steps_that_are_too_long_are_told():
    settings = {"a": mechanics_settings({"law": "linear", "stiffness": 10}), "b": mechanics_settings("none")}
    found = list(step_warnings(settings, {"a": 5.0, "b": 5.0}, 3, 0.1))
    assert [name for name, _ in found] == ["a"]
    assert "mechanics: 0.02 min" in found[0][1]
    assert not list(step_warnings(settings, {"a": 5.0, "b": 5.0}, 3, 0.02))
    assert not list(step_warnings({"a": DEFAULT_MECHANICS}, {"a": 8.41}, 3, 0.1))


def test_settings_import_no_compiler():
    heavy = "[name for name in ('numba', 'h5py', 'mesa') if name in sys.modules]"
    code = f"import sys, tissue_sim.mechanics.checks; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_well_of_the_morse_law_has_a_width():
    with pytest.raises(ValidationError, match="0 is too small; allowed is more than 0"):
        mechanics_settings({"law": "morse", "steepness": 0})


@pytest.mark.parametrize("values", [{"steepness": 1e4}, {"stiffness": 1e300, "steepness": 300}])
def test_laws_that_leave_the_numbers_are_warned_of(values):
    steep = mechanics_settings({"law": "morse", **values})
    assert stable_step(steep, 5.0, 3) == 0.0
    ((name, message),) = step_warnings({"a": steep}, {"a": 5.0}, 3, 0.1)
    assert (name, "no finite speed" in message) == ("a", True)
