"""Basement membranes: distance and normal of every shape, force against potential, cells held back."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.codegen.membrane_loop import membrane_loops
from tissue_sim.errors import SettingsError
from tissue_sim.mechanics.basement_membrane_contact import potential, rest_distance, speed
from tissue_sim.mechanics.basement_membranes_settings import membrane_settings
from tissue_sim.mechanics.membrane_shape import shapes
from tissue_sim.tissue.state import restore_state, state_of

FELT = {"repulsion": 10.0, "adhesion": 0.0}
PLANE, LINE = (True, True, False), (True, False, False)
FLOOR = {"plane": {"normal": [0, 0, 1]}}


def membrane(**strengths):
    return {"law": "none", "basement_membrane": FELT | strengths}


def settings_of_both_sides():
    """One of every shape, and those that have sides from outside too."""
    found = []
    for name, shape in shapes().items():
        found.append({name: dict(shape.example)})
        if "side" in shape.settings.model_fields:
            found.append({name: dict(shape.example) | {"side": "outside"}})
    return found


OBLIQUE = [
    {"plane": {"point": [3, -2, 8], "normal": [1, -2, 2]}},
    {"cylinder": {"point": [1, 2, 3], "axis": [1, 1, -1], "radius": 12}},
    {"box": {"from": [-10, -20], "to": [15, 10]}},
]


@pytest.fixture(params=[*settings_of_both_sides(), *OBLIQUE], ids=str)
def some_membrane(request):
    """(distance function with its numbers filled in, settings)."""
    settings = membrane_settings(request.param)
    return (lambda x, y, z: settings.shape.distance(x, y, z, *settings.numbers)), settings


# --- shapes -----------------------------------------------------------------------------------------


def test_the_shapes_are_found():
    assert set(shapes()) >= {"plane", "sphere", "cylinder", "box"}
    for name, shape in shapes().items():
        assert shape.name == name
        assert shape.example


def test_the_normal_is_the_unit_gradient_of_the_distance(some_membrane, rng):
    distance, _ = some_membrane
    away = 0
    for point in rng.uniform(-40, 40, (300, 3)):
        d, *normal = distance(*point)
        assert np.linalg.norm(normal) == pytest.approx(1.0, abs=1e-12)
        h = 1e-5
        gradient = [
            (distance(*(point + h * axis))[0] - distance(*(point - h * axis))[0]) / (2.0 * h)
            for axis in np.eye(3)
        ]
        # Where two faces of a box are equally near the normal jumps.
        if np.linalg.norm(gradient) > 1.0 - 1e-6:
            away += 1
            assert gradient == pytest.approx(normal, abs=1e-6)
            # From a point one comes to the membrane along the normal, and the distance is what one goes.
            assert distance(*(point - d * np.array(normal)))[0] == pytest.approx(0.0, abs=1e-9)
    assert away > 290


def test_distances_of_simple_points():
    def at(settings, *point):
        made = membrane_settings(settings)
        return made.shape.distance(*point, *made.numbers)

    assert at({"plane": {"point": [0, 0, 2], "normal": [0, 0, -3]}}, 7.0, 1.0, 0.5) == (1.5, 0.0, 0.0, -1.0)
    assert at({"sphere": {"center": [1], "radius": 10}}, 5.0, 0.0, 0.0) == (6.0, -1.0, 0.0, 0.0)
    assert at({"sphere": {"radius": 10, "side": "outside"}}, 0.0, 13.0, 0.0) == (3.0, 0.0, 1.0, 0.0)
    assert at({"sphere": {"radius": 10}}, 0.0, 0.0, 0.0) == (10.0, 0.0, 0.0, 0.0)
    assert at({"cylinder": {"axis": [0, 0, 2], "radius": 10}}, 3.0, 4.0, 99.0) == pytest.approx(
        (5, -0.6, -0.8, 0)
    )
    box = {"from": [-10, -20, -30], "to": [10, 20, 30]}
    assert at({"box": box}, 0.0, 17.0, 0.0) == (3.0, 0.0, -1.0, 0.0)
    assert at({"box": box}, 13.0, -24.0, 0.0) == pytest.approx((-5.0, -0.6, 0.8, 0.0))
    assert at({"box": box | {"side": "outside"}}, 13.0, -24.0, 0.0) == pytest.approx((5.0, 0.6, -0.8, 0.0))


def test_compiled_distances_are_those_of_python(some_membrane, rng):
    distance, settings = some_membrane
    numbers = np.array(settings.numbers)
    loops = membrane_loops(settings.shape.distance, speed, len(numbers), stem=settings.shape.name)
    position = rng.uniform(-40, 40, (200, 3))
    found = np.full(200, np.inf)
    loops.nearest(position, numbers, found)
    expected = np.array([distance(*point) for point in position])
    assert found == pytest.approx(expected[:, 0], rel=1e-13, abs=1e-13)
    radius, strength = rng.uniform(3, 8, 200), rng.uniform(1, 10, (2, 200))
    reach, velocity = np.full(200, 1.3), np.ones((200, 3))
    loops.add_velocity(position, radius, *strength, reach, numbers, velocity)
    speeds = [
        speed(*each)
        for each in zip(
            expected[:, 0].tolist(), radius.tolist(), *strength.tolist(), reach.tolist(), strict=True
        )
    ]
    expected = 1.0 + np.array(speeds)[:, None] * expected[:, 1:]
    assert velocity == pytest.approx(expected, rel=1e-11, abs=1e-11)
    assert (velocity != 1.0).any()


def test_a_shape_that_needs_what_is_outside_of_it_is_refused():
    def distance(x, y, z, a):
        return np.hypot(x, y) - a, 0.0, 0.0, 1.0

    with pytest.raises(SettingsError, match="uses np from outside"):
        membrane_loops(distance, speed, 1, stem="wrong")


# --- the force --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "strengths", [(10.0, 0.0, 1.25), (10.0, 4.0, 1.25), (7.0, 3.0, 2.0), (5.0, 5.0, 0.8)]
)
def test_the_speed_is_the_negative_gradient_of_the_potential(strengths):
    h = 1e-5
    for d in np.linspace(-20.0, 20.0, 401):
        slope = (potential(d + h, 6.0, *strengths) - potential(d - h, 6.0, *strengths)) / (2.0 * h)
        assert speed(d, 6.0, *strengths) == pytest.approx(-slope, abs=1e-6)
    assert potential(12.1, 6.0, *strengths) == speed(12.1, 6.0, *strengths) == 0.0


def test_in_front_of_the_membrane_the_formula_is_that_of_physicell():
    for d in np.linspace(0.0, 12.0, 50):
        expected = 100.0 * max(0.0, 1.0 - d / 8.0) ** 2 - 4.0 * max(0.0, 1.0 - d / (1.25 * 8.0)) ** 2
        assert speed(d, 8.0, 100.0, 4.0, 1.25) == pytest.approx(expected, rel=1e-12)


def test_beyond_the_membrane_the_push_back_grows_with_its_slope_there():
    for strengths in ((10.0, 0.0, 1.25), (10.0, 4.0, 1.25)):
        slope = -2.0 * strengths[0] / 5.0 + 2.0 * strengths[1] / (1.25 * 5.0)
        assert speed(-3.0, 5.0, *strengths) == pytest.approx(strengths[0] - strengths[1] - 3.0 * slope)
        assert speed(-1e-9, 5.0, *strengths) == pytest.approx(speed(0.0, 5.0, *strengths))
    assert speed(-3.0, 5.0, -1.0, 0.0, 1.25) == speed(1.0, 0.0, 10.0, 0.0, 1.25) == 0.0


def test_the_force_on_a_tissue_is_the_negative_gradient_of_its_energy(some_membrane, make_tissue, rng):
    _, settings = some_membrane
    given = {settings.shape.name: getattr(settings, settings.shape.name).model_dump(by_alias=True)}
    position = rng.uniform(-40, 40, (60, 3))
    tissue = make_tissue(position, mechanics=membrane(adhesion=3.0), membranes=[given, FLOOR])
    velocity = np.zeros_like(position)
    tissue.processes[0].add_velocity(tissue, position, velocity)
    both = [(each.shape.distance, each.numbers) for each in (settings, membrane_settings(FLOOR))]

    def energy(point):
        return sum(
            potential(distance(*point, *numbers)[0], 5.0, 10.0, 3.0, 1.25) for distance, numbers in both
        )

    h = 1e-5
    wrong = 0
    for point, found in zip(position, velocity, strict=True):
        gradient = [(energy(point + h * axis) - energy(point - h * axis)) / (2.0 * h) for axis in np.eye(3)]
        wrong += not np.allclose(found, -np.array(gradient), atol=1e-5)
    assert wrong <= (1 if settings.shape.name == "box" else 0)


@pytest.mark.parametrize("present", [LINE, PLANE, (True, True, True)])
def test_a_cell_rests_where_repulsion_and_adhesion_are_equal(present, make_tissue):
    """x = R (1 - q)/(1 - q/a), q = sqrt(adhesion/repulsion), from both sides and from beyond the membrane."""
    mechanics = {
        "law": "none",
        "basement_membrane": {"repulsion": 9.0, "adhesion": 4.0, "adhesion_distance": 1.5},
    }
    start = [[1.0, 0, 0], [6.0, 0, 0], [-4.0, 0, 0], [7.6, 0, 0]]
    tissue = make_tissue(start, mechanics=mechanics, membranes=[{"plane": {"normal": [2]}}], present=present)
    for _ in range(600):
        tissue.step()
    expected = 5.0 * (1.0 - 2.0 / 3.0) / (1.0 - 2.0 / 4.5)
    assert rest_distance(5.0, 9.0, 4.0, 1.5) == pytest.approx(expected)
    assert tissue.population["position"][:3, 0] == pytest.approx([expected] * 3, abs=1e-6)
    assert tissue.population["position"][3, 0] == 7.6
    assert tissue.population["membrane_distance"][:3] == pytest.approx([expected] * 3, abs=1e-6)


@pytest.mark.parametrize("mechanics", [None, "linear", "logarithmic", {"integrator": "heun"}])
def test_every_law_and_integrator_feels_membranes(mechanics, make_tissue):
    """A push of 2 um/min into the floor: the centre rests at d = R (1 - sqrt(2/10))."""
    tissue = make_tissue(
        [[0, 0, 5.0]], mechanics=mechanics, membranes=[FLOOR], motility={"speed": 2.0, "persistence": 1e12}
    )
    tissue.population["motility_direction"][:] = [0, 0, -1]
    for _ in range(400):
        tissue.step()
    assert tissue.population["position"][0, 2] == pytest.approx(5.0 * (1.0 - np.sqrt(0.2)), abs=1e-6)


@pytest.mark.parametrize(("integrator", "order"), [("euler", 1), ("heun", 2)])
def test_integrators_keep_their_order_at_a_membrane(integrator, order, make_tissue):
    """Under repulsion alone 1 - d/R = u obeys u' = -(repulsion/R) u^2: d = R (1 - u0/(1 + u0 b t))."""
    mechanics = {"integrator": integrator, "basement_membrane": FELT}
    steps, errors = np.array([0.1, 0.05, 0.025]), []
    for step in steps:
        tissue = make_tissue([[0, 0, 0.5]], mechanics=mechanics, membranes=[FLOOR], step=step)
        for _ in range(round(1.0 / step)):
            tissue.step()
        exact = 5.0 * (1.0 - 0.9 / (1.0 + 0.9 * 2.0 * 1.0))
        errors.append(abs(tissue.population["position"][0, 2] - exact))
    assert np.polyfit(np.log(steps), np.log(errors), 1)[0] == pytest.approx(order, abs=0.15)


def test_strengths_are_behaviours_and_types_differ(make_tissue):
    mechanics = [{"law": "physicell"}, "none", {"basement_membrane": {"repulsion": 3.0}}]
    tissue = make_tissue(
        np.arange(4)[:, None] * [100.0, 0, 0] + [0, 0, 2.5],
        types=[0, 1, 2, 2],
        mechanics=mechanics,
        membranes=[FLOOR],
    )
    tissue.population["mechanics.basement_membrane.repulsion"][3] = 8.0
    tissue.step()
    assert tissue.population["velocity"][:, 2] == pytest.approx([2.5, 0.0, 0.75, 2.0])
    assert tissue.population["membrane_distance"] == pytest.approx([2.5] * 4)


# --- cells held back --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("membranes", "present"),
    [
        ([{"sphere": {"radius": 14}}], (True, True, True)),
        ([{"cylinder": {"axis": [0, 0, 1], "radius": 20}}], PLANE),
        ([{"box": {"from": [-20, -15], "to": [20, 15]}}], PLANE),
        ([{"plane": {"point": [-30], "normal": [1]}}, {"plane": {"point": [30], "normal": [-1]}}], LINE),
    ],
    ids=["sphere 3-D", "cylinder 2-D", "box 2-D", "planes 1-D"],
)
def test_a_growing_colony_stays_inside(membranes, present, make_tissue):
    """Cells divide until they are packed to about twice their volume; all of them stay on their side."""
    tissue = make_tissue(np.zeros((1, 3)), membranes=membranes, present=present, step=0.05)
    while tissue.population.size < 16:
        for _ in range(60):
            tissue.step()
        tissue.ask("division", tissue.population["cell_id"].copy())
        tissue.apply_due()
        tissue.population["radius"][:] = 5.0
    nearest = []
    for _ in range(600):
        tissue.step()
        nearest.append(tissue.population["membrane_distance"].min())
    free = tissue.population["pressure"].max()
    assert free > 1.0
    # After the last division, whose halves may lie beyond, no centre is beyond the membrane any more.
    assert min(nearest[100:]) > 0.0
    assert np.isfinite(tissue.population["position"]).all()


def test_the_distance_is_known_from_the_start_and_after_division(make_tissue):
    tissue = make_tissue([[0, 0, 8.0]], mechanics="none", membranes=[FLOOR])
    assert tissue.population["membrane_distance"].tolist() == [8.0]
    tissue.ask("division", np.array([1]), axes=np.array([[0, 0, 1.0]]))
    tissue.apply_due()
    assert tissue.population["membrane_distance"] == pytest.approx(tissue.population["position"][:, 2])
    assert np.diff(tissue.population["membrane_distance"])[0] > 1.0


def lively(make_tissue, number=500):
    position = np.random.default_rng(5).uniform(-30, 30, (number, 3))
    membranes = [{"sphere": {"radius": 35}}, {"plane": {"point": [0, 0, -10], "normal": [0, 0, 1]}}]
    return make_tissue(
        position, membranes=membranes, motility={"speed": 2.0}, mechanics={"integrator": "heun"}
    )


def bits(tissue, steps):
    for _ in range(steps):
        tissue.step()
    return np.concatenate([tissue.population[name].ravel() for name in ("position", "membrane_distance")])


@pytest.mark.filterwarnings("ignore::tissue_sim.mechanics.stability.StabilityWarning")
def test_one_and_two_threads_and_a_resumed_tissue_give_the_same_bits(make_tissue, on_threads):
    one, two = on_threads(lambda: bits(lively(make_tissue), 12))
    assert np.array_equal(one, two)
    whole = lively(make_tissue)
    bits(whole, 5)
    rest = lively(make_tissue, 0)
    restore_state(rest, state_of(whole))
    assert np.array_equal(bits(rest, 7), one)
