"""Forces of a tissue: against the double loop, summing to zero, the same bits however they are computed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from tissue_sim.mechanics.law import laws
from tissue_sim.tissue.columns import NECROTIC
from tissue_sim.tissue.neighbours import NeighbourList


def velocity_of(tissue):
    process = tissue.processes[-1]
    return process._forces.velocity(tissue, tissue.population["position"])


@pytest.mark.parametrize(
    ("name", "boundary"),
    [*((name, "open") for name in laws()), ("physicell", "periodic"), ("linear", "periodic")],
)
def test_velocities_are_those_of_the_double_loop(name, boundary, spheroid, make_tissue, naive_speeds, rng):
    law = laws()[name]
    factors = rng.uniform(0.5, 2.0, 120)
    tissue = make_tissue(
        spheroid(120), rng.uniform(3.0, 6.0, 120), mechanics={"law": name}, boundary=boundary, size=45.0
    )
    own = {}
    for one in law.parameters:
        own[one.name] = np.full(120, one.default) * (factors if one.behaviour else 1.0)
        if one.behaviour:
            tissue.population[f"mechanics.{one.name}"][:] = own[one.name]

    def of_pair(i, j):
        return [
            np.sqrt(own[one.name][i] * own[one.name][j])
            if one.pair == "geometric"
            else 0.5 * (own[one.name][i] + own[one.name][j])
            for one in law.parameters
        ]

    velocity = velocity_of(tissue)
    expected = naive_speeds(tissue, law, of_pair)
    assert np.abs(velocity - expected).max() < 1e-12 * np.abs(expected).max()
    assert np.abs(velocity.sum(axis=0)).max() < 1e-13 * np.abs(velocity).sum()


def test_pressure_and_neighbours(make_tissue):
    tissue = make_tissue([[0, 0, 0], [8, 0, 0], [20.1, 0, 0], [100, 0, 0]])
    tissue.population["state"][1] = NECROTIC
    tissue.step()
    assert tissue.population["pressure"] == pytest.approx([0.04 / 0.02728882] * 2 + [0.0, 0.0])
    assert tissue.population["neighbours"].tolist() == [1, 2, 1, 0]


def test_dead_cells_push_and_are_pushed(make_tissue):
    tissue = make_tissue([[0, 0, 0], [8, 0, 0]], mechanics={"law": "linear", "stiffness": 1.0})
    tissue.population["state"][1] = NECROTIC
    tissue.step()
    assert tissue.population["position"][:, 0] == pytest.approx([-0.2, 8.2])
    assert tissue.population["velocity"][:, 0] == pytest.approx([-2.0, 2.0])


def test_adhesion_distances_of_two_types_are_averaged(make_tissue):
    near, far = {"adhesion_distance": 1.1}, {"adhesion_distance": 1.5}
    tissue = make_tissue([[0, 0, 0], [12.5, 0, 0]], types=[0, 1], mechanics=[near, far])
    expected = laws()["physicell"].speed(12.5, 10.0, 10.0, 0.4, 1.3)
    assert velocity_of(tissue)[0] == pytest.approx([-expected, 0.0, 0.0], rel=1e-12)
    assert expected < 0.0


def test_a_type_without_mechanics_neither_pushes_nor_is_pushed(make_tissue):
    tissue = make_tissue([[0, 0, 0], [8, 0, 0], [16, 0, 0]], types=[0, 1, 0], mechanics=["linear", "none"])
    tissue.step()
    assert (tissue.population["velocity"] == 0.0).all()
    assert tissue.population["neighbours"].tolist() == [1, 2, 1]


def test_no_mechanics_at_all_looks_at_no_pair(make_tissue):
    tissue = make_tissue(np.zeros((2000, 3)), mechanics="none")
    tissue.step()
    assert tissue.neighbours.list.builds == 0
    assert (tissue.population["position"] == 0.0).all()


@pytest.mark.filterwarnings("ignore::tissue_sim.mechanics.stability.StabilityWarning")
@pytest.mark.parametrize("name", laws())
@pytest.mark.parametrize("present", [(True, True, True), (True, False, True), (False, True, False)])
def test_coincident_centres_part(name, present, make_tissue):
    tissue = make_tissue(np.zeros((4, 3)), mechanics={"law": name}, present=present, step=0.01)
    velocity = velocity_of(tissue)
    assert np.isfinite(velocity).all()
    assert np.abs(velocity.sum(axis=0)).max() < 1e-13 * np.abs(velocity).sum()
    assert (velocity[:, ~np.array(present)] == 0.0).all()
    # Cells that are pushed alike stay together until the next draw, in 1-D quite often.
    for _ in range(20):
        tissue.step()
    assert len(np.unique(tissue.population["position"].round(9), axis=0)) == 4
    other = velocity_of(make_tissue(np.zeros((4, 3)), mechanics={"law": name}, present=present, seed=5))
    assert (other != velocity).any() or sum(present) == 1


def run_steps(tissue, steps=12):
    for _ in range(steps):
        tissue.step()
    return np.concatenate([tissue.population[name].ravel() for name in ("position", "velocity", "pressure")])


def test_one_and_two_threads_give_the_same_bits(spheroid, make_tissue):
    position = spheroid(1500, 0.9)
    results = []
    before = numba.get_num_threads()
    try:
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(threads)
            tissue = make_tissue(position, motility={"speed": 2.0})
            results.append(run_steps(tissue))
    finally:
        numba.set_num_threads(before)
    assert (results[0] == results[1]).all()


@pytest.mark.parametrize("boundary", ["open", "periodic"])
def test_the_age_of_the_list_changes_no_bit(boundary, spheroid, make_tissue):
    position = spheroid(700, 0.9)
    results, builds = [], []
    for skin in (0.0001, 0.3, 2.0):
        tissue = make_tissue(position, motility={"speed": 2.0}, boundary=boundary, size=80.0)
        tissue.neighbours.list = NeighbourList(tissue.domain, skin)
        results.append(run_steps(tissue, 30))
        builds.append(tissue.neighbours.list.builds)
    assert (results[0] == results[1]).all()
    assert (results[0] == results[2]).all()
    assert builds[0] > builds[1] > builds[2]


def test_a_tissue_taken_over_in_the_middle_goes_on_with_the_same_bits(spheroid, make_tissue):
    position = spheroid(300, 0.9)
    whole = make_tissue(position, motility={"speed": 1.0})
    run_steps(whole, 7)
    state = whole.population.state()
    rest = make_tissue(np.zeros((0, 3)), motility={"speed": 1.0})
    rest.population.restore(state)
    rest.clock.tick = 7
    assert (run_steps(whole, 7) == run_steps(rest, 7)).all()


SMALL = """
import json, sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from conftest import build_tissue
found = []
for law in ({"integrator": "heun", "affinity": {"kind1": 0.2}}, {"law": "hertz", "integrator": "adaptive"}):
    rng = np.random.default_rng(3)
    tissue = build_tissue(rng.uniform(-9, 9, (10, 3)), motility={"speed": 1.0, "diffusivity": 0.5},
                          mechanics=[law, law], types=np.arange(10) % 2,
                          boundary=("open", "wall", "periodic"), size=30.0)
    for _ in range(2):
        tissue.step()
    starts, others = tissue.neighbours.contacts()
    found.append([tissue.population["position"].tolist(), starts.tolist(), others.tolist()])
print(json.dumps(found))
"""


def test_without_the_compiler_the_numbers_are_the_same():
    def run(disabled):
        environment = os.environ | {"NUMBA_DISABLE_JIT": disabled}
        folder = str(Path(__file__).parent)
        done = subprocess.run(
            [sys.executable, "-c", SMALL, folder], env=environment, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    for compiled, plain in zip(run("0"), run("1"), strict=True):
        assert np.array(plain[0]) == pytest.approx(np.array(compiled[0]), abs=1e-12)
        assert plain[1:] == compiled[1:]
        assert len(plain[2]) > 10
