"""Walls, periodic axes, open domains, missing axes, and steps that are too long."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import SimulationError
from tissue_sim.mechanics.stability import StabilityWarning

QUIET = pytest.mark.filterwarnings("ignore::tissue_sim.mechanics.stability.StabilityWarning")


def drifting(make_tissue, position, velocity, **options):
    """Cells that go straight on at a velocity."""
    tissue = make_tissue(position, mechanics="none", motility={"speed": 1.0, "persistence": 1e300}, **options)
    velocity = np.asarray(velocity, dtype=float)
    speed = np.linalg.norm(velocity, axis=1)
    tissue.population["motility.speed"][:] = speed
    tissue.population["motility_direction"][:] = velocity / speed[:, None]
    return tissue


def test_walls_hold_the_centre(make_tissue):
    tissue = drifting(
        make_tissue, [[48, 0, 0], [0, 0, -49.9]], [[10, 3, 0], [0, 0, -4]], boundary="wall", size=100
    )
    for _ in range(5):
        tissue.step()
    assert tissue.population["position"] == pytest.approx(np.array([[50, 1.5, 0], [0, 0, -50]]))
    assert tissue.population["position"][:, 0].max() <= 50.0
    assert tissue.population["velocity"] == pytest.approx(np.array([[0, 3, 0], [0, 0, 0]]))


def test_periodic_axes_wrap(make_tissue):
    tissue = drifting(
        make_tissue, [[49.5, 0, 0], [-49.5, 0, 0], [0, 0, 0]], [[10, 0, 0], [-10, 0, 0], [10, 0, 0]],
        boundary=("periodic", "open", "wall"), size=100,
    )  # fmt: skip
    tissue.step()
    assert tissue.population["position"][:, 0] == pytest.approx([-49.5, 49.5, 1.0])
    assert tissue.population["velocity"][:, 0] == pytest.approx([10.0, -10.0, 10.0])
    tissue.population["position"][0, 0] = np.nextafter(-50.0, -100.0)
    tissue.population["motility.speed"][0] = 1e-300
    tissue.step()
    assert -50.0 <= tissue.population["position"][0, 0] < 50.0


def test_forces_act_across_a_periodic_face(make_tissue):
    tissue = make_tissue([[-48, 0, 0], [48, 0, 0]], mechanics={"law": "linear", "stiffness": 1.0},
                         boundary="periodic", size=100)  # fmt: skip
    tissue.step()
    assert tissue.population["position"][:, 0] == pytest.approx([-47.4, 47.4])
    assert tissue.population["neighbours"].tolist() == [1, 1]


def test_cells_that_leave_an_open_domain_are_counted(make_tissue):
    tissue = drifting(make_tissue, [[49.5, 0, 0], [0, 0, 0]], [[10, 0, 0], [10, 0, 0]], size=100)
    process = tissue.processes[-1]
    for _ in range(3):
        tissue.step()
    assert process.left_domain == 1
    assert tissue.population["position"][0, 0] == pytest.approx(52.5)
    tissue.population["motility_direction"][0] *= -1.0
    for _ in range(5):
        tissue.step()
    tissue.population["motility_direction"][0] *= -1.0
    for _ in range(10):
        tissue.step()
    assert process.left_domain == 2
    other = drifting(make_tissue, [[0, 0, 0]], [[1, 0, 0]]).processes[-1]
    other.restore(process.state())
    assert other.left_domain == 2


def test_remove_deletes_cells_outside(make_tissue):
    tissue = drifting(
        make_tissue, [[49.5, 0, 0], [0, 49.5, 0], [0, 0, 0]], [[10, 0, 0], [0, 10, 0], [10, 0, 0]],
        boundary=("remove", "open", "open"), size=100,
    )  # fmt: skip
    tissue.step()
    assert tissue.population.size == 3
    tissue.apply_due()
    assert tissue.population["cell_id"].tolist() == [2, 3]


def test_missing_axes_stay_at_zero(make_tissue, rng):
    position = rng.uniform(-20, 20, (60, 3)) * (1, 0, 1)
    tissue = make_tissue(
        position, motility={"speed": 3.0}, present=(True, False, True), boundary="wall", size=50
    )
    for _ in range(20):
        tissue.step()
    assert (tissue.population["position"][:, 1] == 0.0).all()
    assert (tissue.population["velocity"][:, 1] == 0.0).all()
    assert (tissue.population["velocity"][:, [0, 2]] != 0.0).any(axis=0).all()


@pytest.mark.parametrize("number", [0, 1])
def test_an_empty_tissue_and_a_lonely_cell(number, make_tissue):
    tissue = make_tissue(np.full((number, 3), 3.0), mechanics={"integrator": "heun"})
    tissue.step()
    assert (tissue.population["position"] == 3.0).all()
    assert (tissue.population["pressure"] == 0.0).all()


@QUIET
@pytest.mark.parametrize("law", ["physicell", "linear", "logarithmic"])
def test_an_overfull_box_stays_finite(law, make_tissue, rng):
    tissue = make_tissue(
        rng.uniform(-5, 5, (150, 3)), mechanics={"law": law}, boundary="wall", size=12.0, step=0.02
    )
    for _ in range(60):
        tissue.step()
    position = tissue.population["position"]
    assert np.isfinite(position).all()
    assert np.abs(position).max() <= 6.0
    assert tissue.population["pressure"].min() > 100.0


def test_dividing_in_an_overfull_box(make_tissue):
    tissue = make_tissue(np.zeros((1, 3)), boundary="wall", size=12.0)
    for _ in range(6):
        tissue.ask("division", tissue.population["cell_id"].copy())
        for _ in range(3):
            tissue.step()
    assert tissue.population.size == 64
    assert np.abs(tissue.population["position"]).max() <= 6.0


def test_a_position_that_is_no_number_ends_the_simulation(make_tissue):
    tissue = make_tissue([[0, 0, 0], [30, 0, 0], [60, 0, 0]], motility={"speed": 1.0})
    tissue.step()
    tissue.population["motility.speed"][1] = np.inf
    with pytest.raises(
        SimulationError, match=r"process mechanics, time 0\.1 min, cell_id 2: position"
    ) as caught:
        tissue.step()
    assert caught.value.cell_id == 2


def test_a_step_that_is_too_long_warns_once(make_tissue):
    tissue = make_tissue([[0, 0, 0], [8, 0, 0]], mechanics={"law": "linear", "stiffness": 50.0})
    with pytest.warns(
        StabilityWarning, match=r"cell \d moved 2 times its radius in one mechanics step of 0.1 min"
    ):
        tissue.step()
    tissue.population["position"][:] = [[0, 0, 0], [8, 0, 0]]
    tissue.step()


@QUIET
def test_unstable_forces_do_not_blow_up(make_tissue):
    tissue = make_tissue([[0, 0, 0], [8, 0, 0]], mechanics={"law": "linear", "stiffness": 50.0})
    for _ in range(100):
        tissue.step()
    assert np.isfinite(tissue.population["position"]).all()
