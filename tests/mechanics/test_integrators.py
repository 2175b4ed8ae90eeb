"""Order, error bound, state and cost of the integrators, on a cluster of cells in 1-D, 2-D and 3-D."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from tissue_sim.errors import SimulationError
from tissue_sim.mechanics.integrator import integrators
from tissue_sim.mechanics.integrators.adams_bashforth import FORMER
from tissue_sim.mechanics.law import laws

AXES = {1: (True, False, False), 2: (True, False, True), 3: (True, True, True)}
SMOOTH = {"law": "morse", "stiffness": 0.5, "steepness": 2.0, "cutoff": 10.0}
"""A law that does not end within the cluster: no kink limits the order."""
DURATION = 2.0


def cluster(dimensions):
    """Overlapping cells of radius 5 um at the points of a small distorted grid, float64[n, 3]."""
    side = {1: 6, 2: 3, 3: 2}[dimensions]
    ranges = [np.arange(side) if present else np.zeros(1) for present in AXES[dimensions]]
    points = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, 3) * 8.0
    points += np.random.default_rng(3).uniform(-1.0, 1.0, points.shape)
    return (points - points.mean(axis=0)) * AXES[dimensions]


def final(make_tissue, dimensions, step, mechanics, **options):
    """The tissue after `DURATION` minutes."""
    tissue = make_tissue(
        cluster(dimensions), mechanics=mechanics, step=step, present=AXES[dimensions], **options
    )
    for _ in range(round(DURATION / step)):
        tissue.step()
    return tissue


def positions(*arguments, **options):
    return final(*arguments, **options).population["position"].copy()


@pytest.fixture
def exact(make_tissue):
    """What the adaptive integrator gives at a bound of 1e-8 um."""

    def reached(dimensions):
        tight = SMOOTH | {"integrator": "adaptive", "tolerance": 1e-8}
        return positions(make_tissue, dimensions, DURATION, tight)

    return reached


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize(("integrator", "order"), [("euler", 1.0), ("heun", 2.0), ("adams_bashforth", 2.0)])
def test_order_in_one_two_and_three_dimensions(integrator, order, dimensions, make_tissue, exact):
    steps = [0.1, 0.05, 0.025]
    expected = exact(dimensions)
    errors = [
        np.abs(positions(make_tissue, dimensions, step, SMOOTH | {"integrator": integrator}) - expected).max()
        for step in steps
    ]
    assert np.polyfit(np.log(steps), np.log(errors), 1)[0] == pytest.approx(order, abs=0.15)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_error_of_the_adaptive_one_is_in_proportion_to_its_bound(dimensions, make_tissue, exact):
    bounds = np.array([1e-3, 1e-4, 1e-5, 1e-6])
    expected = exact(dimensions)
    errors = np.array(
        [
            np.abs(
                positions(
                    make_tissue, dimensions, DURATION, SMOOTH | {"integrator": "adaptive", "tolerance": bound}
                )
                - expected
            ).max()
            for bound in bounds.tolist()
        ]
    )
    assert (errors < bounds).all()
    assert np.polyfit(np.log(bounds), np.log(errors), 1)[0] == pytest.approx(1.0, abs=0.2)


def test_the_bound_holds_whatever_the_mechanics_step(make_tissue, exact):
    expected = exact(3)
    for step in (0.1, 0.5, 2.0):
        for bound in (1e-1, 1e-3):
            found = positions(make_tissue, 3, step, SMOOTH | {"integrator": "adaptive", "tolerance": bound})
            assert np.abs(found - expected).max() < bound


def test_a_division_makes_the_adaptive_one_divide_its_steps(make_tissue):
    """The cost goes where the motion is: several parts after a division, whole steps at rest."""
    law = {"law": "linear", "stiffness": 4.0, "integrator": "adaptive", "tolerance": 0.01}
    tissue = make_tissue([[0.0, 0.0, 0.0], [30.0, 0.0, 0.0]], mechanics=law, step=1.0)
    counters = tissue.processes[-1].counters
    for _ in range(5):
        tissue.step()
    assert counters()["parts of mechanics steps taken"] == 5
    assert counters()["parts of mechanics steps refused"] == 0
    tissue.ask("division", np.array([1]))
    tissue.step()
    assert counters()["parts of mechanics steps taken"] > 8
    assert counters()["parts of mechanics steps refused"] > 0
    before = counters()["parts of mechanics steps taken"]
    for _ in range(20):
        tissue.step()
    assert counters()["parts of mechanics steps taken"] - before < 60


def test_a_bound_that_cannot_be_met_is_refused(make_tissue):
    """The adhesion of a linear spring jumps where it ends."""
    law = {"law": "linear", "cutoff": 1.5, "integrator": "adaptive", "tolerance": 1e-13}
    tissue = make_tissue([[0, 0, 0], [15.05, 0, 0]], mechanics=law, motility={"speed": 1.0})
    tissue.population["motility_direction"][:] = [[1, 0, 0], [-1, 0, 0]]
    tissue.population["motility.persistence"][:] = 1e300
    with pytest.raises(
        SimulationError, match=r"cannot be computed to 1e-13 um: .* give a larger `tolerance`"
    ):
        tissue.step()


def test_adams_bashforth_by_hand(make_tissue):
    law = {"law": "linear", "stiffness": 2.0, "integrator": "adams_bashforth"}
    tissue = make_tissue([[0, 0, 0], [8, 0, 0]], mechanics=law, step=0.1)
    tissue.step()
    # Euler first: v = 2 (10 - 8) apart on either side.
    assert tissue.population["position"][:, 0] == pytest.approx([-0.4, 8.4])
    tissue.step()
    second = 1.5 * 2.0 * (10.0 - 8.8) - 0.5 * 4.0
    assert tissue.population["position"][:, 0] == pytest.approx([-0.4 - 0.1 * second, 8.4 + 0.1 * second])
    assert tissue.population["velocity"][:, 0] == pytest.approx([-second, second])
    assert tissue.population[FORMER][:, 0] == pytest.approx([-2.4, 2.4])


def test_active_motion_is_not_extrapolated(make_tissue):
    law = {"integrator": "adams_bashforth"}
    tissue = make_tissue([[0, 0, 0]], mechanics=law, motility={"speed": 2.0, "persistence": 0.0})
    for _ in range(3):
        tissue.step()
        assert np.linalg.norm(tissue.population["velocity"]) == pytest.approx(2.0)


def test_cells_that_divide_begin_with_a_step_of_euler(make_tissue):
    law = {"law": "linear", "stiffness": 2.0, "integrator": "adams_bashforth"}
    tissue = make_tissue([[0, 0, 0], [8, 0, 0], [100, 0, 0], [108, 0, 0]], mechanics=law)
    tissue.step()
    tissue.ask("division", np.array([1]))
    tissue.apply_due()
    assert np.isnan(tissue.population[FORMER]).all(axis=1).tolist() == [True, False, False, False, True]
    forces = tissue.processes[-1]._forces.velocity(tissue, tissue.population["position"])
    tissue.step()
    new = [0, 4]
    assert tissue.population["velocity"][new] == pytest.approx(forces[new], rel=1e-12)
    assert tissue.population["velocity"][3, 0] != pytest.approx(forces[3, 0], rel=1e-3)


@pytest.mark.parametrize("integrator", integrators())
def test_a_tissue_taken_over_in_the_middle_goes_on_with_the_same_bits(integrator, make_tissue):
    options = {
        "mechanics": SMOOTH | {"integrator": integrator},
        "motility": {"speed": 0.3, "diffusivity": 0.2},
        "step": 0.2,
        "boundary": ("wall", "periodic", "open"),
        "size": 25.0,
    }
    whole = make_tissue(cluster(3), **options)
    for _ in range(3):
        whole.step()
    rest = make_tissue(np.zeros((0, 3)), **options)
    rest.population.restore(whole.population.state())
    rest.processes[-1].restore(whole.processes[-1].state())
    rest.clock.tick = 3
    for _ in range(4):
        whole.step()
        rest.step()
    assert np.array_equal(whole.population["position"], rest.population["position"])
    assert whole.processes[-1].counters() == rest.processes[-1].counters()


@pytest.mark.parametrize("integrator", ["adams_bashforth", "adaptive"])
def test_one_and_two_threads_give_the_same_bits(integrator, spheroid, make_tissue):
    position, results = spheroid(1500, 0.9), []
    before = numba.get_num_threads()
    try:
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(threads)
            tissue = make_tissue(
                position, mechanics={"integrator": integrator}, motility={"diffusivity": 0.3}, step=0.2
            )
            for _ in range(8):
                tissue.step()
            results.append(tissue.population["position"].copy())
    finally:
        numba.set_num_threads(before)
    assert (results[0] == results[1]).all()


@pytest.mark.parametrize("integrator", integrators())
def test_walls_hold_cells_with_every_integrator(integrator, make_tissue):
    law = SMOOTH | {"integrator": integrator}
    tissue = make_tissue(cluster(3), mechanics=law, boundary="wall", size=9.0, step=0.02)
    before = tissue.population["position"].copy()
    tissue.step()
    moved = before + 0.02 * tissue.population["velocity"]
    assert tissue.population["position"] == pytest.approx(np.clip(moved, -4.5, 4.5), abs=1e-9)
    for _ in range(20):
        tissue.step()
        assert np.abs(tissue.population["position"]).max() <= 4.5


@pytest.mark.parametrize("name", laws())
def test_the_adaptive_one_gets_through_coincident_and_overfull_cells(name, make_tissue, rng):
    law = {"law": name, "integrator": "adaptive"}
    together = make_tissue(np.zeros((5, 3)), mechanics=law)
    full = make_tissue(rng.uniform(-5.0, 5.0, (100, 3)), mechanics=law, boundary="wall", size=12.0)
    for tissue in (together, full):
        for _ in range(10):
            tissue.step()
        assert np.isfinite(tissue.population["position"]).all()
        assert tissue.processes[-1].counters()["parts of mechanics steps taken"] < 300
    distances = np.linalg.norm(np.diff(together.population["position"], axis=0), axis=1)
    assert distances.min() > 1.0
    assert np.abs(full.population["position"]).max() <= 6.0
