"""The persistent random walk: its statistics, its directions, its draws."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.tissue.columns import APOPTOTIC
from tissue_sim.tissue.domain import Grid

AXES = {1: (False, False, True), 2: (True, True, False), 3: (True, True, True)}


def walkers(make_tissue, number, dimensions=3, **options):
    motility = {"speed": 2.0, "persistence": 3.0} | options.pop("motility", {})
    return make_tissue(
        np.zeros((number, 3)), mechanics="none", motility=motility, present=AXES[dimensions], **options
    )


def gradient_along_x(dimensions=3, slope=0.5):
    """A field that rises along x, and its grid of 10 um voxels."""
    present = AXES[dimensions]
    shape = tuple(20 if present[axis] else 1 for axis in (2, 1, 0))
    grid = Grid(shape, (10.0,) * 3, tuple(-100.0 if each else -5.0 for each in present), present=present)
    return {"signal": np.broadcast_to(slope * grid.centres(0), shape).copy()}, grid


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_mean_square_displacement(dimensions, make_tissue):
    """MSD = 2 v^2 tau (t - tau (1 - exp(-t/tau))), with steps of dt redrawn at the exact probability."""
    number, dt, steps = 4000, 0.5, 60
    tissue = walkers(make_tissue, number, dimensions, step=dt)
    for _ in range(steps):
        tissue.step()
    squares = (tissue.population["position"] ** 2).sum(axis=1)
    # Velocities k steps apart correlate by q^k: the discrete form of the formula, exact at any step.
    q = np.exp(-dt / 3.0)
    k = np.arange(1, steps)
    expected = (2.0 * dt) ** 2 * (steps + 2.0 * ((steps - k) * q**k).sum())
    time = steps * dt
    assert expected == pytest.approx(2 * 4 * 3.0 * (time - 3.0 * (1 - np.exp(-time / 3.0))), rel=0.005)
    assert abs(squares.mean() - expected) < 3.0 * squares.std() / np.sqrt(number)
    mean = tissue.population["position"].mean(axis=0)
    assert (np.abs(mean) <= 3.0 * np.sqrt(expected / number)).all()


def test_persistence_is_exponential(make_tissue):
    tissue = walkers(make_tissue, 5000, step=0.5)
    tissue.step()
    first = tissue.population["velocity"].copy()
    for steps in range(1, 9):
        tissue.step()
        kept = (tissue.population["velocity"] == first).all(axis=1).mean()
        expected = np.exp(-0.5 * steps / 3.0)
        assert abs(kept - expected) < 3.0 * np.sqrt(expected * (1.0 - expected) / 5000)


@pytest.mark.parametrize(("dimensions", "drift"), [(1, 0.5), (2, 2.0 / np.pi), (3, 2.0 / 3.0)])
def test_bias_of_one_half_drifts_at_the_exact_speed(dimensions, drift, make_tissue):
    """Mean of (u + e)/|u + e| along e: 2/pi in a plane, 2/3 in space; on a line u = -e gives u itself."""
    fields, grid = gradient_along_x(dimensions)
    if dimensions == 1:
        fields["signal"] = 0.5 * np.arange(20.0).reshape(20, 1, 1)
    tissue = walkers(
        make_tissue, 20000, dimensions, fields=fields, grid=grid, step=0.1,
        motility={"persistence": 0.0, "bias": 0.5, "chemotaxis": {"signal": 2.0}},
    )  # fmt: skip
    tissue.step()
    axis = 2 if dimensions == 1 else 0
    along = tissue.population["velocity"][:, axis] / 2.0
    expected = 0.0 if dimensions == 1 else drift
    assert abs(along.mean() - expected) < 3.0 * along.std() / np.sqrt(20000)
    assert np.linalg.norm(tissue.population["velocity"], axis=1) == pytest.approx(2.0)


def test_cells_follow_the_weighted_sum_of_several_gradients(make_tissue):
    """Mean velocity along e = normalise(sum w_k grad rho_k) at bias 1/2: 2/3 of the speed, none across."""
    fields, grid = gradient_along_x()
    fields["other"] = np.broadcast_to(0.1 * grid.centres(1), grid.shape[::-1]).transpose(0, 2, 1).copy()
    fields["ignored"] = 7.0 * fields["other"]
    number, weights = 20000, {"signal": -0.6, "other": 4.0}
    tissue = walkers(
        make_tissue, number, fields=fields, grid=grid, step=0.1,
        motility={"persistence": 0.0, "bias": 0.5, "chemotaxis": weights},
    )  # fmt: skip
    tissue.step()
    # -0.6 x 0.5 along x and 4 x 0.1 along y: 3, 4 and 5.
    along = np.array([-0.6, 0.8, 0.0])
    across = [np.array([0.8, 0.6, 0.0]), np.array([0.0, 0.0, 1.0])]
    velocity = tissue.population["velocity"] / 2.0
    for direction, expected in ((along, 2.0 / 3.0), (across[0], 0.0), (across[1], 0.0)):
        shares = velocity @ direction
        assert abs(shares.mean() - expected) < 3.0 * shares.std() / np.sqrt(number)


@pytest.mark.parametrize(("dimensions", "share"), [(2, 2.0 / np.pi), (3, 2.0 / 3.0)])
def test_a_biased_persistent_walk_drifts_and_spreads_as_it_must(dimensions, share, make_tissue):
    """Mean share v t; variance along e that of a walk whose parts last geometrically many steps.

    Var = s^2 v^2 dt^2 (n + 2 sum (n - k) q^k), s^2 the variance of one direction's component along e: in a
    plane (u + e)/|u + e| is at half the angle of u, so that s^2 = 1/2 - 4/pi^2; in space its cosine has the
    density 2 c, so that s^2 = 1/2 - 4/9.
    """
    fields, grid = gradient_along_x(dimensions, slope=0.01)
    number, dt, steps, persistence = 6000, 0.5, 24, 2.0
    tissue = walkers(
        make_tissue, number, dimensions, fields=fields, grid=grid, step=dt,
        motility={"persistence": persistence, "bias": 0.5, "chemotaxis": {"signal": 1.0}},
    )  # fmt: skip
    for _ in range(steps):
        tissue.step()
    along = tissue.population["position"][:, 0]
    assert abs(along.mean() - share * 2.0 * dt * steps) < 3.0 * along.std() / np.sqrt(number)
    q, k = np.exp(-dt / persistence), np.arange(1, steps)
    variance = (0.5 - share**2) * (2.0 * dt) ** 2 * (steps + 2.0 * ((steps - k) * q**k).sum())
    fourth = ((along - along.mean()) ** 4).mean()
    assert abs(along.var() - variance) < 3.0 * np.sqrt((fourth - variance**2) / number)


def test_full_bias_goes_straight_up_or_down_the_gradient(make_tissue):
    fields, grid = gradient_along_x()
    for weight, sign in ((1e-3, 1.0), (-5.0, -1.0)):
        tissue = walkers(
            make_tissue,
            10,
            fields=fields,
            grid=grid,
            motility={"bias": 1.0, "chemotaxis": {"signal": weight}},
        )
        tissue.step()
        assert tissue.population["velocity"] == pytest.approx(np.tile([2.0 * sign, 0.0, 0.0], (10, 1)))


def test_without_a_gradient_full_bias_is_a_random_walk(make_tissue):
    fields, grid = gradient_along_x(slope=0.0)
    tissue = walkers(
        make_tissue, 4000, fields=fields, grid=grid, motility={"bias": 1.0, "chemotaxis": {"signal": 1.0}}
    )
    tissue.step()
    velocity = tissue.population["velocity"]
    assert np.linalg.norm(velocity, axis=1) == pytest.approx(2.0)
    assert (np.abs(velocity.mean(axis=0)) < 3.0 * 2.0 / np.sqrt(3.0 * 4000)).all()


def test_drift_is_velocity_per_gradient(make_tissue):
    fields, grid = gradient_along_x()
    tissue = walkers(
        make_tissue, 3, fields=fields, grid=grid,
        motility={"speed": 0.0, "drift": {"signal": "4 um^2/min/mmHg"}},
    )  # fmt: skip
    tissue.population["state"][1] = APOPTOTIC
    tissue.step()
    assert tissue.population["velocity"] == pytest.approx(np.array([[2.0, 0, 0], [0, 0, 0], [2.0, 0, 0]]))
    assert (tissue.population["motility_direction"] == 0.0).all()


def test_dead_cells_do_not_crawl(make_tissue):
    tissue = walkers(make_tissue, 4)
    tissue.population["state"][:2] = APOPTOTIC
    tissue.step()
    speeds = np.linalg.norm(tissue.population["velocity"], axis=1)
    assert speeds == pytest.approx([0.0, 0.0, 2.0, 2.0])


def test_a_cells_walk_does_not_depend_on_the_others(make_tissue):
    many, few = walkers(make_tissue, 6), walkers(make_tissue, 6)
    few.population.remove(np.array([False, True, False, False, True, False]))
    for _ in range(30):
        many.step()
        few.step()
    assert (many.population["position"][[1, 4]] == few.population["position"]).all()
    other = walkers(make_tissue, 6, seed=2)
    other.step()
    assert (other.population["motility_direction"] != many.population["motility_direction"]).all()


def test_daughters_choose_their_directions_anew(make_tissue):
    tissue = walkers(make_tissue, 1)
    tissue.step()
    assert np.linalg.norm(tissue.population["motility_direction"]) == pytest.approx(1.0)
    tissue.ask("division", np.array([1]))
    tissue.apply_due()
    assert (tissue.population["motility_direction"] == 0.0).all()
    tissue.step()
    first, second = tissue.population["motility_direction"]
    assert not np.allclose(first, second)


def test_speed_may_differ_from_cell_to_cell(make_tissue):
    tissue = walkers(make_tissue, 3, motility={"speed": 0.0})
    tissue.population["motility.speed"][1] = 5.0
    tissue.step()
    assert np.linalg.norm(tissue.population["velocity"], axis=1) == pytest.approx([0.0, 5.0, 0.0])
