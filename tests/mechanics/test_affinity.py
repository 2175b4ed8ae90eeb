"""Adhesion between cell types: PhysiCell's formula, the double loop, mistakes, sorting."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import Delaunay

from tissue_sim.codegen.pair_loop import ATTRACTION, source_of_pair_loop
from tissue_sim.errors import ScenarioError, SettingsError
from tissue_sim.mechanics.affinity import affinities
from tissue_sim.mechanics.law import Law, LawParameter, laws
from tissue_sim.mechanics.settings import mechanics_settings
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

EXAMPLES = Path(__file__).parents[2] / "examples"


def velocity_of(tissue):
    return tissue.processes[-1]._forces.velocity(tissue, tissue.population["position"])


def physicell_speed(d, s, own, other):
    """PhysiCell 1.14.2, `add_potentials`: repulsion and adhesion, and the affinity each has to the other."""
    (repulsion_i, adhesion_i, affinity_i), (repulsion_j, adhesion_j, affinity_j) = own, other
    speed = np.sqrt(repulsion_i * repulsion_j) * (1.0 - d / s) ** 2 if d < s else 0.0
    effective = np.sqrt(adhesion_i * affinity_i * adhesion_j * affinity_j)
    return speed - (effective * (1.0 - d / (1.25 * s)) ** 2 if d < 1.25 * s else 0.0)


@pytest.mark.parametrize("d", [4.0, 9.5, 11.0])
def test_pairs_are_those_of_physicell(d, make_tissue):
    first = {"repulsion": 10.0, "adhesion": 0.4, "affinity": {"kind0": 0.5, "kind1": 0.1}}
    second = {"repulsion": 20.0, "adhesion": 3.0, "affinity": {"kind0": 7.0}}
    says = {(0, 0): 0.5, (0, 1): 0.1, (1, 0): 7.0, (1, 1): 1.0}
    strengths = [(10.0, 0.4), (20.0, 3.0)]
    for types in ((0, 0), (0, 1), (1, 0), (1, 1)):
        tissue = make_tissue([[0, 0, 0], [d, 0, 0]], types=types, mechanics=[first, second])
        a, b = types
        expected = physicell_speed(d, 10.0, (*strengths[a], says[a, b]), (*strengths[b], says[b, a]))
        assert velocity_of(tissue)[:, 0] == pytest.approx([-expected, expected], rel=1e-13)


def test_what_one_type_says_counts_by_its_root():
    settings = {
        "a": mechanics_settings({"affinity": {"b": 0.04, "a": 2.0}}),
        "b": mechanics_settings({}),
        "c": mechanics_settings("none"),
    }
    expected = [[2.0, 0.2, 1.0], [0.2, 1.0, 1.0], [1.0, 1.0, 1.0]]
    assert affinities(("a", "b", "c"), settings) == pytest.approx(np.array(expected))
    same = {
        "a": mechanics_settings({"affinity": {"b": 4.0}}),
        "b": mechanics_settings({"affinity": {"a": 0.25}}),
    }
    assert affinities(("a", "b"), same) is None
    assert affinities(("a",), {"a": mechanics_settings("none")}) is None


def test_the_loop_without_affinities_reads_none():
    speed = laws()["physicell"].speed
    plain = source_of_pair_loop(speed, ["geometric", "geometric", "mean"])
    assert "affinity[" not in plain
    assert "likes" not in plain
    scaled = source_of_pair_loop(speed, ["geometric", "shared", "mean"], affinity=1)
    assert "shared_6 * likes" in scaled
    assert "if v < 0.0" not in scaled
    assert "if v < 0.0" in source_of_pair_loop(speed, ["geometric"] * 3, affinity=ATTRACTION)


@pytest.mark.parametrize("name", ["linear", "physicell"])
def test_velocities_are_those_of_the_double_loop(name, spheroid, make_tissue, naive_speeds, rng):
    law, types = laws()[name], np.arange(120) % 3
    given = {"law": name} | ({"cutoff": 1.4} if name == "linear" else {})
    kinds = [
        given | {"affinity": {"kind1": 0.2, "kind0": 3.0}},
        given | {"affinity": {"kind2": 0.0}},
        given,
    ]
    tissue = make_tissue(
        spheroid(120),
        rng.uniform(3.0, 6.0, 120),
        types=types,
        mechanics=kinds,
        boundary="periodic",
        size=45.0,
    )
    table = affinities(
        tissue.cell_types, {f"kind{k}": mechanics_settings(kind) for k, kind in enumerate(kinds)}
    )
    values = list(mechanics_settings(given).parameters.values())
    scaled = [one.name for one in law.parameters].index(law.adhesion) if law.adhesion else None

    def of_pair(i, j):
        factor = table[types[i], types[j]]
        return [value * (factor if k == scaled else 1.0) for k, value in enumerate(values)]

    def likes(i, j):
        return table[types[i], types[j]]

    velocity = velocity_of(tissue)
    expected = naive_speeds(tissue, law, of_pair, None if law.adhesion else likes)
    assert np.abs(velocity - expected).max() < 1e-12 * np.abs(expected).max()
    assert np.abs(velocity.sum(axis=0)).max() < 1e-13 * np.abs(velocity).sum()


SCENARIO = """tissue_sim: 1
duration: 1 min
domain: {size: [200]}
cell_types:
  a:
    mechanics:
      AFFINITY
  b:
    like: a
extensions: [own_force_law.py]
initial:
  - {type: a, point: [0]}
  - {type: b, point: [20]}
"""


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("affinity: {c: 2}", "7:18", "there is no cell type 'c'; there are a, b"),
        ("affinity: {b: -1}", "7:21", "allowed is 0 or more"),
        ("affinity: {b: 1 um}", "7:21", "wrong dimension"),
        ("affinity: 3", "7:17", "map"),
        ("{law: hertz, affinity: {b: 2}}", "7:20", "pulls no cells together"),
        ("{law: linear, affinity: {b: 2}}", "7:21", "pulls no cells together"),
        ("{law: none, affinity: {b: 2}}", "7:19", "unknown key 'affinity'"),
        ("{law: own_force_law.MORSE, affinity: {c: 2}}", "7:45", "there is no cell type 'c'"),
        ("tolerance: 1 um", "7:7", "`tolerance` is for `integrator: adaptive`, and this one is euler"),
    ],
)
def test_mistakes_are_located(text, place, message, tmp_path):
    with pytest.raises(ScenarioError, match=re.escape(message)) as caught:
        load_scenario_text(SCENARIO.replace("AFFINITY", text), EXAMPLES)
    found = {f"{each.line}:{each.column}": each.message for each in caught.value.problems}
    assert place in found, found
    assert message in found[place]


def test_a_law_of_ones_own_has_affinities_too():
    def speed_of(affinity):
        text = SCENARIO.replace("AFFINITY", f"{{law: own_force_law.MORSE, affinity: {{b: {affinity}}}}}")
        simulation = Simulation(load_scenario_text(text, EXAMPLES), allow_code=True)
        simulation.step()
        return simulation.tissue.population["velocity"][0, 0]

    assert speed_of(1.0) > 0.0
    # Type b is `like` a and says it of its own kind.
    assert speed_of(0.25) == pytest.approx(0.5 * speed_of(1.0), rel=1e-12)


def test_a_law_may_name_the_parameter_that_is_its_adhesion():
    def spring(d, s, k, pull):
        return k * (s - d) if d < s else -pull * (d - s) * (1.5 * s - d)

    parameters = (LawParameter("k", "1/min", 1.0, ""), LawParameter("pull", "1", 0.1, ""))
    assert Law("own", parameters, spring, adhesion="pull").adhesion == "pull"
    with pytest.raises(SettingsError, match=r"its adhesion is 'pul', which must be one of its parameters"):
        Law("own", parameters, spring, adhesion="pul")


# --- The potential of a whole tissue, every law found and one of a user's own -------------------------------


def own_law():
    spec = importlib.util.spec_from_file_location("own_force_law", EXAMPLES / "own_force_law.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.MORSE


def energy(law, values, position, radius, table):
    """Sum of the potential over all pairs of cells, um^2/min."""
    total = 0.0
    names = [one.name for one in law.parameters]
    for i in range(len(position)):
        for j in range(i):
            d, s = np.linalg.norm(position[i] - position[j]), radius[i] + radius[j]
            pair = list(values)
            if law.adhesion:
                pair[names.index(law.adhesion)] *= table[i, j]
                one = law.potential(d, s, *pair)
            else:
                # The pulling part, beyond s, is scaled; the pushing part goes on from where that ends.
                beyond = law.potential(max(d, s), s, *pair)
                one = table[i, j] * beyond + law.potential(d, s, *pair) - beyond
            if law.curvature:
                one *= 2.0 * np.sqrt(radius[i] * radius[j]) / s
            total += one
    return total


LIKING = ("linear", "physicell", "own")


@pytest.mark.parametrize(
    ("name", "liking"), [*((name, False) for name in [*laws(), "own"]), *((name, True) for name in LIKING)]
)
def test_forces_are_minus_the_gradient_of_the_energy_of_the_tissue(name, liking, make_tissue, spheroid, rng):
    law = own_law() if name == "own" else laws()[name]
    if law.potential is None:
        pytest.skip("a law without a potential")
    number = 14
    affinity = {"kind1": 0.3} if liking else {}
    if name != "own":
        given = {"law": name, "affinity": affinity} | ({"cutoff": 1.4} if name == "linear" else {})
    else:
        given = mechanics_settings({"law": "own_force_law.MORSE", "affinity": affinity})
        given = type("Resolved", (type(given),), {"contact_law": law})(**given.model_dump(by_alias=True))
    types, radius = np.arange(number) % 2, rng.uniform(3.0, 6.0, number)
    tissue = make_tissue(spheroid(number), radius, types=types, mechanics=[given, given])
    velocity, position = velocity_of(tissue), tissue.population["position"].copy()
    assert tissue.processes[-1]._forces.law is law
    values = [one.default for one in law.parameters]
    if name == "linear":
        values[1] = 1.4
    assert np.abs(velocity.sum(axis=0)).max() < 1e-13 * np.abs(velocity).sum()
    # Both types like type 1 by 0.3 only: pairs of it by that, unlike pairs by its root.
    likes = np.sqrt(np.where(types == 1, 0.3 if liking else 1.0, 1.0))
    table = np.outer(likes, likes)
    h = 1e-5
    for i in range(number):
        for axis in range(3):
            ends = []
            for sign in (1.0, -1.0):
                moved = position.copy()
                moved[i, axis] += sign * h
                ends.append(energy(law, values, moved, radius, table))
            slope = (ends[0] - ends[1]) / (2.0 * h)
            assert velocity[i, axis] == pytest.approx(-slope, rel=1e-6, abs=1e-6)


# --- Sorting ------------------------------------------------------------------------------------------------


def unlike_contacts(position, types):
    """Share of unlike contacts: edges of the Delaunay triangulation up to 1.6 median lengths."""
    corners = Delaunay(position).simplices
    edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    length = np.linalg.norm(position[edges[:, 0]] - position[edges[:, 1]], axis=1)
    edges = edges[length <= 1.6 * np.median(length)]
    return float((types[edges[:, 0]] != types[edges[:, 1]]).mean())


def sheet(number):
    """The points of a hexagonal sheet next to the origin, 9.5 um apart."""
    i, j = np.meshgrid(np.arange(-10, 11), np.arange(-10, 11), indexing="ij")
    points = np.stack([i + 0.5 * (j % 2), j * np.sqrt(0.75), 0 * i], axis=-1).reshape(-1, 3) * 9.5
    return points[np.argsort((points**2).sum(axis=1), kind="stable")][:number]


@pytest.mark.filterwarnings("ignore::tissue_sim.mechanics.stability.StabilityWarning")
@pytest.mark.parametrize(("cross", "least", "most"), [(0.05, 0.0, 0.3), (1.0, 0.42, 0.6), (3.0, 0.6, 1.0)])
def test_cells_sort_mix_or_stay_as_their_affinities_say(cross, least, most, make_tissue):
    """100 cells of two types, mixed at random: half of the contacts are unlike ones at the start."""
    types = np.random.default_rng(5).permutation(np.arange(100) % 2)
    strong = {"adhesion": 3.0, "adhesion_distance": 1.5}
    kinds = [strong | {"affinity": {"kind1": cross}}, strong | {"affinity": {"kind0": cross}}]
    tissue = make_tissue(
        sheet(100), types=types, mechanics=kinds, motility={"diffusivity": 0.5}, present=(True, True, False)
    )
    assert unlike_contacts(tissue.population["position"][:, :2], types) == pytest.approx(0.51, abs=0.01)
    for _ in range(2000):
        tissue.step()
    assert least <= unlike_contacts(tissue.population["position"][:, :2], types) <= most
