"""The solver against direct sparse solves of the same equations, and the books of every step."""

import numpy as np
import pytest

from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.signals.solver.solver import FaceCoefficients, Membrane

CLOSED = FaceCoefficients(0.0, 1.0)
GRIDS = {
    "line": ((1, 1, 15), (20.0, 20.0, 20.0), (False, False, False)),
    "ring": ((1, 1, 15), (20.0, 20.0, 20.0), (True, False, False)),
    "sheet": ((1, 9, 8), (20.0, 20.0, 20.0), (False, False, False)),
    "odd box": ((3, 5, 7), (20.0, 20.0, 5.0), (False, False, False)),
    "periodic y": ((5, 6, 7), (20.0, 10.0, 15.0), (False, True, False)),
    "periodic, odd": ((9, 11, 13), (20.0, 20.0, 20.0), (True, True, True)),
    "flat voxels": ((8, 9, 10), (20.0, 20.0, 2.0), (False, False, False)),
}
DIFFUSION = 1e3


def faces_of(grid, face_of):
    dx, dy, dz = grid.spacing
    return (
        face_of("value", DIFFUSION, dx, value=3.0),
        face_of("mixed", DIFFUSION, dx, value=3.0, permeability=20.0),
        CLOSED,
        face_of("value", DIFFUSION, dy, value=2.0),
        face_of("mixed", DIFFUSION, dz, value=3.0, permeability=2.0),
        face_of("flux", DIFFUSION, dz, flux=3.0),
    )


@pytest.fixture(params=list(GRIDS))
def case(request, grid_of, face_of):
    shape, spacing, periodic = GRIDS[request.param]
    grid = grid_of(shape, spacing, periodic)
    rng = np.random.default_rng(7)
    field, sink, source = 2.0 + 10.0 * rng.random(shape), rng.random(shape), rng.random(shape)
    mask = rng.random(shape) < 0.1
    mask.flat[1] = True
    return grid, faces_of(grid, face_of), field, sink, source, mask


@pytest.mark.parametrize("dt", [0.01, 0.5, 10.0])
@pytest.mark.parametrize("fixed", [False, True], ids=["free", "fixed"])
def test_a_step_with_sink_is_that_of_direct_solves(case, fixed, dt, reference, solver_of, gap_of):
    grid, faces, field, sink, source, mask = case
    held = (mask, 5.0) if fixed else None
    extra = {"fixed_mask": mask, "fixed_values": np.full(grid.shape, 5.0)} if fixed else {}
    solver = solver_of(grid, DIFFUSION, 0.1, faces, solver_tolerance=1e-10, **extra)
    exact = reference(grid, DIFFUSION, 0.1, faces, sink, source, held)
    new = field.copy()
    report = solver.step(new, sink, source, dt)
    expected = exact.implicit(field, dt, euler=report.used_backward_euler)
    assert np.abs(new - expected).max() < 1e-8 * np.abs(expected).max()
    assert report.used_backward_euler == (exact.implicit(field, dt).min() < 0.0)
    assert gap_of(grid, field, new, report, dt, sink=sink, source=source) < 1e-13
    if fixed:
        assert (new[mask] == 5.0).all()


@pytest.mark.parametrize("fixed", [False, True], ids=["free", "fixed"])
def test_the_steady_state_is_that_of_a_direct_solve(case, fixed, reference, solver_of, gap_of):
    grid, faces, field, sink, source, mask = case
    held = (mask, 5.0) if fixed else None
    extra = {"fixed_mask": mask, "fixed_values": np.full(grid.shape, 5.0)} if fixed else {}
    solver = solver_of(grid, DIFFUSION, 0.1, faces, **extra)
    expected = reference(grid, DIFFUSION, 0.1, faces, sink, source, held).steady()
    new = field.copy()
    report = solver.steady(new, sink, source, 1e-10)
    assert np.abs(new - expected).max() < 5e-10 * np.abs(expected).max()
    assert gap_of(grid, new, new, report, 1.0, sink=sink, source=source) < 1e-13


@pytest.mark.parametrize("dt", [1e-3, 0.1, 10.0])
def test_line_splitting_keeps_the_steady_state_of_faces_and_source(case, dt, solver_of):
    grid, faces, field, _, source, _ = case
    solver = solver_of(grid, DIFFUSION, 0.1, faces)
    still = field.copy()
    solver.steady(still, None, source, 1e-13)
    new = still.copy()
    report = solver.step(new, None, source, dt, lasting_source=True)
    assert report.mean_field is None
    assert np.abs(new - still).max() < 1e-11 * still.max()


@pytest.mark.parametrize("dt", [0.01, 0.5, 10.0])
def test_the_books_of_line_splitting_close(case, dt, solver_of, gap_of):
    grid, faces, field, _, source, _ = case
    for own, lasting in ((None, False), (source, True)):
        solver = solver_of(grid, DIFFUSION, 0.1, faces)
        new = field.copy()
        report = solver.step(new, None, own, dt, lasting_source=lasting)
        assert report.mean_field is None
        assert gap_of(grid, field, new, report, dt, source=own) < 1e-12
        assert abs(report.unsolved) < 1e-9 * grid.voxel_volume * field.sum()


@pytest.mark.parametrize("dt", [0.01, 0.5, 10.0])
def test_membranes_conserve_together_with_the_field(case, dt, solver_of, gap_of):
    grid, faces, field, sink, source, mask = case
    solver = solver_of(grid, DIFFUSION, 0.1, faces, fixed_mask=mask, fixed_values=np.full(grid.shape, 5.0))
    place = np.array([1, 3, 3, 14], dtype=np.int64)
    fraction, inside = np.array([0.1, 0.2, 0.3, 0.4]), np.array([1.0, 2.0, 30.0, 0.0])
    membrane = Membrane(place, fraction, np.array([2.0, 3.0, 4.0, 0.0]), inside.copy())
    new = field.copy()
    report = solver.step(new, sink, source, dt, membrane)
    carried = grid.voxel_volume * float(np.sum(fraction * (membrane.inside - inside)))
    assert gap_of(grid, field, new, report, dt, sink=sink, source=source, carried=carried) < 1e-13
    assert membrane.inside[3] == 0.0
    assert (membrane.inside[:3] != inside[:3]).all()


def test_a_membrane_and_its_voxel_meet_at_the_common_mean(grid_of, solver_of):
    grid = grid_of((1, 1, 1), present=(False, False, False))
    solver = solver_of(grid, decay=0.0)
    field = np.full(grid.shape, 4.0)
    membrane = Membrane(np.array([0]), np.array([0.25]), np.array([2.0]), np.array([0.0]))
    for _ in range(40):
        solver.step(field, None, None, 1.0, membrane)
    assert field[0, 0, 0] == pytest.approx(4.0 / 1.25, rel=1e-12)
    assert membrane.inside[0] == pytest.approx(4.0 / 1.25, rel=1e-12)


def test_the_operator_is_the_right_hand_side(case, reference, solver_of):
    grid, faces, field, sink, source, _ = case
    solver = solver_of(grid, DIFFUSION, 0.1, faces)
    exact = reference(grid, DIFFUSION, 0.1, faces, sink, source)
    expected = (exact.matrix @ field.ravel() + exact.constant).reshape(grid.shape)
    assert solver.operator(field, sink, source) == pytest.approx(expected, rel=1e-12, abs=1e-10)


def test_a_closed_box_without_loss_has_no_steady_state(grid_of, solver_of):
    grid = grid_of((4, 4, 4))
    with pytest.raises(SimulationError, match="there is no steady state"):
        solver_of(grid, decay=0.0).steady(np.ones(grid.shape), None, np.ones(grid.shape))


def test_a_field_that_is_not_finite_is_refused_and_kept(grid_of, solver_of):
    grid = grid_of((4, 4, 4))
    field = np.ones(grid.shape)
    field[1, 1, 1] = np.nan
    with pytest.raises(SimulationError, match="not finite"):
        solver_of(grid).step(field, None, None, 0.1)
    assert np.isnan(field).sum() == 1
    with pytest.raises(SimulationError, match="not finite"):
        solver_of(grid).step(field, np.ones(grid.shape), None, 0.1)


def test_settings_that_make_no_sense_are_refused(grid_of, solver_of):
    grid = grid_of((4, 4, 4))
    with pytest.raises(SettingsError, match="must be finite"):
        solver_of(grid, diffusion=-1.0)
    with pytest.raises(SettingsError, match="6 faces"):
        solver_of(grid, faces=(CLOSED,) * 4)
    with pytest.raises(SettingsError, match="has shape"):
        solver_of(grid, fixed_mask=np.ones((2, 2, 2), bool), fixed_values=np.ones((2, 2, 2)))
    with pytest.raises(SettingsError, match="need values"):
        solver_of(grid, fixed_mask=np.ones(grid.shape, bool))


def test_a_step_that_is_not_positive_is_refused(grid_of, solver_of):
    grid = grid_of((4, 4, 4))
    with pytest.raises(SimulationError, match="cannot be taken"):
        solver_of(grid).step(np.ones(grid.shape), None, None, 0.0)
