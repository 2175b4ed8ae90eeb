"""Brownian motion: its diffusivity, its draws, its equilibrium in a trap."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import SimulationError
from tissue_sim.kernels.mechanics.brownian import BROWNIAN, kick
from tissue_sim.kernels.stochastic.normal import normal_pair
from tissue_sim.mechanics.integrator import integrators
from tissue_sim.random_numbers import Purpose
from tissue_sim.tissue.columns import APOPTOTIC

AXES = {1: (False, False, True), 2: (True, True, False), 3: (True, True, True)}
D = 1.5


def drifters(make_tissue, number, dimensions=3, **options):
    """Cells that feel no forces, all at the origin."""
    motility = {"diffusivity": D} | options.pop("motility", {})
    return make_tissue(
        np.zeros((number, 3)), mechanics="none", motility=motility, present=AXES[dimensions], **options
    )


@pytest.mark.parametrize("boundary", ["open", "periodic"])
@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_mean_square_displacement_is_2_d_D_t(dimensions, boundary, make_tissue):
    """Unwrapped: on periodic axes the velocity column holds the displacement over the step."""
    number, dt, steps = 4000, 0.25, 20
    tissue = drifters(make_tissue, number, dimensions, step=dt, boundary=boundary, size=12.0)
    moved = np.zeros((number, 3))
    for step in range(1, steps + 1):
        tissue.step()
        moved += dt * tissue.population["velocity"]
        if step in (1, 5, steps):
            squares = (moved**2).sum(axis=1)
            expected = 2.0 * dimensions * D * step * dt
            assert abs(squares.mean() - expected) < 3.0 * squares.std() / np.sqrt(number)
    assert (np.abs(moved.mean(axis=0)) <= 3.0 * np.sqrt(2.0 * D * steps * dt / number)).all()
    assert (moved[:, ~np.array(AXES[dimensions])] == 0.0).all()
    along = np.cov(moved[:, np.array(AXES[dimensions])].T).reshape(dimensions, dimensions)
    spread = 2.0 * D * steps * dt * np.sqrt(2.0 / number)
    assert np.abs(along - 2.0 * D * steps * dt * np.eye(dimensions)).max() < 4.0 * spread
    if boundary == "periodic":
        assert np.abs(tissue.population["position"]).max() <= 6.0
    else:
        assert tissue.population["position"] == pytest.approx(moved, abs=1e-9)


@pytest.mark.filterwarnings("ignore::tissue_sim.mechanics.stability.StabilityWarning")
def test_cells_that_cannot_be_found_again_are_named(make_tissue):
    tissue = drifters(make_tissue, 3, motility={"diffusivity": 1e300})
    with pytest.raises(SimulationError, match=r"cell_id 1: position \[.* further away than 1e\+15 um"):
        tissue.step()
    far = drifters(make_tissue, 3, motility={"diffusivity": 1e20})
    far.step()
    assert np.isfinite(far.population["position"].astype(np.float32)).all()
    walled = drifters(make_tissue, 3, motility={"diffusivity": 1e300}, boundary="wall", size=100.0)
    walled.step()
    assert (np.abs(walled.population["position"]) <= 50.0).all()


def test_displacements_are_normal_and_independent_of_each_other(make_tissue):
    tissue = drifters(make_tissue, 20_000, step=0.2)
    tissue.step()
    first = tissue.population["velocity"] * np.sqrt(0.2 / (2.0 * D))
    tissue.step()
    second = tissue.population["velocity"] * np.sqrt(0.2 / (2.0 * D))
    both = np.concatenate([first, second], axis=1)
    assert np.abs(np.corrcoef(both.T) - np.eye(6)).max() < 4.0 / np.sqrt(20_000)
    # Kurtosis of the normal distribution is 3, with a variance of 24 / n.
    assert np.abs((first**4).mean(axis=0) - 3.0).max() < 3.0 * np.sqrt(96.0 / 20_000)


def test_a_cells_kicks_depend_on_nothing_but_itself(make_tissue):
    many, few = drifters(make_tissue, 6), drifters(make_tissue, 6)
    few.population.remove(np.array([False, True, False, False, True, False]))
    many.step()
    few.step()
    assert (many.population["position"][[1, 4]] == few.population["position"]).all()
    other = drifters(make_tissue, 6, seed=2)
    other.step()
    assert (other.population["position"] != many.population["position"]).all()


def test_dead_cells_and_cells_without_diffusivity_rest(make_tissue):
    tissue = drifters(make_tissue, 4)
    tissue.population["state"][0] = APOPTOTIC
    tissue.population["motility.diffusivity"][1] = 0.0
    tissue.population["motility.diffusivity"][2] = 4.0 * D
    twin = drifters(make_tissue, 4)
    tissue.step()
    twin.step()
    assert (tissue.population["position"][:2] == 0.0).all()
    assert tissue.population["position"][2] == pytest.approx(2.0 * twin.population["position"][2])
    assert (tissue.population["position"][3] == twin.population["position"][3]).all()


def test_it_adds_to_crawling(make_tissue):
    """MSD of a persistent random walk plus 2 d D t."""
    number, dt, steps, speed, persistence = 4000, 0.5, 30, 2.0, 3.0
    tissue = drifters(
        make_tissue, number, 2, step=dt, motility={"speed": speed, "persistence": persistence}, radius=50.0
    )
    for _ in range(steps):
        tissue.step()
    squares = (tissue.population["position"] ** 2).sum(axis=1)
    q = np.exp(-dt / persistence)
    k = np.arange(1, steps)
    expected = (speed * dt) ** 2 * (steps + 2.0 * ((steps - k) * q**k).sum()) + 4.0 * D * steps * dt
    assert abs(squares.mean() - expected) < 3.0 * squares.std() / np.sqrt(number)


def test_the_kernel_is_a_loop_over_cells():
    """Against a naive loop over counters, and without the compiler."""
    assert int(Purpose.BROWNIAN) == BROWNIAN
    ids, state = np.array([1, 7, 2**31, 9]), np.array([0, 0, 0, 2], dtype=np.uint8)
    diffusivity, key = np.array([0.5, 2.0, 0.0, 1.0]), np.uint64(11)
    for present in ((1, 1, 1), (0, 1, 0), (0, 0, 1)):
        expected = np.ones((4, 3))
        for row in range(2):
            x, y = normal_pair(key, ids[row], 5, int(Purpose.BROWNIAN), 0)
            z, _ = normal_pair(key, ids[row], 5, int(Purpose.BROWNIAN), 1)
            expected[row] += np.sqrt(2.0 * diffusivity[row] / 0.1) * np.array([x, y, z]) * present
        for function in (kick, getattr(kick, "py_func", kick)):
            velocity = np.ones((4, 3))
            function(ids, state, diffusivity, 0.1, key, 5, np.array(present), velocity)
            assert velocity == pytest.approx(expected, rel=1e-13)


VARIANCE = {
    "euler": lambda a: 1.0 / (1.0 - (1.0 - a) ** 2),
    "heun": lambda a: (1.0 - 0.5 * a) ** 2 / (1.0 - (1.0 - a + 0.5 * a * a) ** 2),
    # Of third order the stationary variance is 1/(2a) (1 + O(a^2)).
    "adaptive": lambda a: 0.5 / a,
}


@pytest.mark.parametrize("integrator", ["euler", "heun", "adaptive"])
def test_two_bound_cells_have_their_equilibrium_variance(integrator, make_tissue):
    """A linear spring: dr = -2k (r - s) dt + sqrt(4D) dW has the variance D/k; exact for the step it has."""
    number, k, dt, diffusivity = 1500, 0.5, 0.2, 0.05
    centres = np.repeat(200.0 * np.arange(number), 2)
    position = np.zeros((2 * number, 3))
    position[:, 0] = centres + np.tile([0.0, 10.0], number)
    tissue = make_tissue(
        position, mechanics={"law": "linear", "stiffness": k, "cutoff": 2.0, "integrator": integrator},
        motility={"diffusivity": diffusivity}, present=(True, False, False), step=dt, size=1e7,
    )  # fmt: skip
    for _ in range(60):
        tissue.step()
    distance = np.diff(tissue.population["position"][:, 0].reshape(-1, 2), axis=1)[:, 0] - 10.0
    expected = 4.0 * diffusivity * dt * VARIANCE[integrator](2.0 * k * dt)
    assert expected == pytest.approx(diffusivity / k, rel=0.12)
    assert abs(distance.mean()) < 3.0 * np.sqrt(expected / number)
    assert abs(distance.var() - expected) < 3.0 * expected * np.sqrt(2.0 / number)


def test_every_integrator_moves_free_cells_alike(make_tissue):
    found = []
    for integrator in integrators():
        tissue = make_tissue(
            np.diag([0.0, 100.0, 200.0]), mechanics={"integrator": integrator}, motility={"diffusivity": D}
        )
        for _ in range(5):
            tissue.step()
        found.append(tissue.population["position"].copy())
    assert all(each == pytest.approx(found[0], abs=1e-10) for each in found)
