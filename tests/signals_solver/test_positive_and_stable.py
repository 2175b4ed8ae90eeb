"""Values stay positive, modes never grow, mass and books hold, at steps from 1e-3 to 10 min."""

import numpy as np
import pytest

from tissue_sim.signals.solver.solver import FaceCoefficients

CLOSED = FaceCoefficients(0.0, 1.0)
STEPS = [1e-3, 1e-2, 0.1, 1.0, 10.0]
OXYGEN = 1e5


def lowest(field):
    return field.min() / np.abs(field).max()


@pytest.mark.parametrize("dt", STEPS)
@pytest.mark.parametrize("with_sink", [False, True], ids=["split", "multigrid"])
def test_a_point_source_stays_positive_and_keeps_its_mass(dt, with_sink, grid_of, solver_of):
    grid = grid_of((9, 10, 11))
    solver = solver_of(grid, OXYGEN, 0.0)
    sink = np.zeros(grid.shape)
    sink[0, 0, 0] = 1e-9 if with_sink else 0.0
    field = np.zeros(grid.shape)
    field[4, 5, 5] = 1000.0
    taken = 0.0
    for _ in range(4):
        report = solver.step(field, sink, None, dt)
        assert (report.mean_field is not None) == with_sink
        assert lowest(field) >= -1e-12
        taken += 0.0 if report.mean_field is None else dt * float(np.sum(sink * report.mean_field))
        taken -= report.unsolved / grid.voxel_volume
        assert abs(report.unsolved) < 1e-5 * grid.voxel_volume * 1000.0
    assert field.sum() + taken == pytest.approx(1000.0, rel=1e-12)


@pytest.mark.parametrize("dt", STEPS)
@pytest.mark.parametrize("with_sink", [False, True], ids=["split", "multigrid"])
def test_a_front_enters_an_empty_box(dt, with_sink, face_of, grid_of, solver_of, gap_of):
    grid = grid_of((8, 9, 10))
    faces = (face_of("value", OXYGEN, 20.0, value=38.0), *(CLOSED,) * 5)
    solver = solver_of(grid, OXYGEN, 0.1, faces)
    sink = np.full(grid.shape, 20.0) if with_sink else None
    field = np.zeros(grid.shape)
    for _ in range(3):
        before = field.copy()
        report = solver.step(field, sink, None, dt)
        assert lowest(field) >= -1e-12
        assert field.max() <= 38.0 * (1 + 1e-9) or not report.used_backward_euler
        assert gap_of(grid, before, field, report, dt, sink=sink) < 1e-10


@pytest.mark.parametrize("dt", STEPS)
def test_strong_uptake_stays_positive(dt, grid_of, solver_of, gap_of):
    grid = grid_of((8, 9, 10))
    sink = np.zeros(grid.shape)
    sink[2:6, 2:6, 2:6] = 1e4
    solver = solver_of(grid, OXYGEN, 0.1)
    field = np.full(grid.shape, 38.0)
    for _ in range(3):
        before = field.copy()
        report = solver.step(field, sink, None, dt)
        assert lowest(field) >= -1e-12
        assert gap_of(grid, before, field, report, dt, sink=sink) < 1e-10


def test_the_redone_step_is_reported_and_is_backward_euler(grid_of, solver_of, reference):
    grid = grid_of((1, 1, 101))
    field = np.zeros(grid.shape)
    field[0, 0, 50] = 1.0
    expected = reference(grid, OXYGEN, 0.0, (CLOSED,) * 6).implicit(field, 1.0, euler=True)
    report = solver_of(grid, OXYGEN, 0.0).step(field, None, None, 1.0)
    assert report.used_backward_euler
    assert field == pytest.approx(expected, rel=1e-12)


def test_fields_with_negative_values_of_their_own_are_left_to_the_scheme(grid_of, solver_of):
    grid = grid_of((1, 1, 20))
    start = np.cos(np.pi * grid.centres(0) / 400.0 - 0.5 * np.pi).reshape(grid.shape)
    field = start.copy()
    assert not solver_of(grid, 1e3, 0.0).step(field, None, None, 0.1).used_backward_euler
    assert field.min() < 0.0


@pytest.mark.parametrize("dt", STEPS)
@pytest.mark.parametrize("with_sink", [False, True], ids=["split", "multigrid"])
def test_modes_never_grow(dt, with_sink, grid_of, solver_of):
    grid = grid_of((6, 7, 8), (20.0, 10.0, 20.0), (True, False, False))
    solver = solver_of(grid, OXYGEN, 0.05)
    sink = np.full(grid.shape, 0.1) if with_sink else None
    for wave in ((0, 0, 0), (1, 0, 0), (0, 1, 2), (4, 7, 6)):
        parts = [
            np.cos(2 * np.pi * k * (np.arange(n) + 0.5) / n / (1 if axis == 0 else 2))
            for axis, (k, n) in enumerate(zip(wave, (8, 7, 6), strict=True))
        ]
        field = parts[2][:, None, None] * parts[1][None, :, None] * parts[0][None, None, :] + 1e-14
        size = np.abs(field).max()
        for _ in range(4):
            solver.step(field, sink, None, dt)
            assert np.abs(field).max() <= size * (1 + 1e-12)
            size = np.abs(field).max()


@pytest.mark.parametrize("dt", STEPS)
def test_mass_is_conserved_to_round_off(dt, grid_of, solver_of):
    rng = np.random.default_rng(3)
    for periodic in ((False, False, False), (True, False, True)):
        grid = grid_of((7, 5, 3), (20.0, 13.0, 7.0), periodic)
        field = 1.0 + rng.random(grid.shape)
        mass = field.sum()
        solver = solver_of(grid, OXYGEN, 0.0)
        for _ in range(5):
            solver.step(field, None, None, dt)
        assert field.sum() == pytest.approx(mass, rel=1e-12)
        assert np.ptp(field) < 1.0


@pytest.mark.parametrize("dt", STEPS)
def test_the_slab_is_exact_in_its_first_voxel(dt, rows_of, face_of, grid_of, solver_of):
    """Value faces are part of the solve: any step leads to the exact discrete steady state."""
    rows = {row["x_um"]: row["c"] for row in rows_of("slab_dirichlet_decay.csv")}
    grid = grid_of((1, 1, 50))
    face = face_of("value", OXYGEN, 20.0, value=38.0)
    exact = np.zeros(grid.shape)
    solver = solver_of(grid, OXYGEN, 0.1, (face, face, *(CLOSED,) * 4))
    solver.steady(exact, None, None, 1e-12)
    field = np.full(grid.shape, 5.0)
    field[0, 0, ::3] = 50.0
    for _ in range(min(4000, max(20, int(30.0 / dt)))):
        solver.step(field, None, None, dt)
    if dt >= 0.01:
        assert field == pytest.approx(exact, rel=1e-6)
    assert field[0, 0, 0] == pytest.approx(exact[0, 0, 0], rel=1e-3)
    middle = 0.5 * (exact[0, 0, 24] + exact[0, 0, 25])
    assert middle == pytest.approx(rows[0.0], rel=1e-3)


def test_the_slab_in_a_box_with_a_sink_elsewhere(face_of, grid_of, solver_of):
    """The same through multigrid, from a bad initial field at the default step."""
    grid = grid_of((8, 8, 16))
    face = face_of("value", OXYGEN, 20.0, value=38.0)
    sink = np.zeros(grid.shape)
    sink[3:5, 3:5, 7:9] = 30.0
    solver = solver_of(grid, OXYGEN, 0.1, (face, face, *(CLOSED,) * 4))
    exact = np.zeros(grid.shape)
    solver.steady(exact, sink, None, 1e-12)
    field = np.zeros(grid.shape)
    for _ in range(60):
        solver.step(field, sink, None, 0.1)
    assert field == pytest.approx(exact, rel=1e-4)
    assert field[..., 0] == pytest.approx(exact[..., 0], rel=1e-3)


def test_an_uptaking_ball(rows_of, grid_of, solver_of):
    """The uptake sphere: its profile, with the closed form held outside, converges to the tabulated one."""
    radius, diffusion, uptake = 150.0, 1e5, 10.1
    length = np.sqrt(diffusion / uptake)
    grid = grid_of((68, 68, 68), (5.0, 5.0, 5.0))
    z, y, x = np.meshgrid(*(grid.centres(axis) for axis in (2, 1, 0)), indexing="ij")
    r = np.sqrt(x**2 + y**2 + z**2)
    profile = 38.0 * radius * np.sinh(r / length) / (r * np.sinh(radius / length))
    field = np.full(grid.shape, 38.0)
    solver = solver_of(grid, diffusion, uptake, fixed_mask=r >= radius, fixed_values=profile)
    report = solver.steady(field, None, None)
    assert report.residual <= 1e-8
    line = np.diagonal(np.diagonal(field)).copy()
    distance = np.diagonal(np.diagonal(r)).copy()
    inside = distance < radius
    for row in rows_of("uptake_sphere_R150.csv"):
        if distance.min() < row["r_um"] < distance[inside].max():
            order = np.argsort(distance[inside])
            found = np.interp(row["r_um"], distance[inside][order], line[inside][order])
            assert found == pytest.approx(row["c_mmHg"], rel=1e-3)
