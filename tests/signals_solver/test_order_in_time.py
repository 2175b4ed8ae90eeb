"""Order in time of both schemes on both paths, against the matrix exponential of the discrete equation."""

import numpy as np
import pytest

from tissue_sim.signals.solver.implicit import ImplicitStep
from tissue_sim.signals.solver.line_system import LineSystem
from tissue_sim.signals.solver.multigrid import Multigrid
from tissue_sim.signals.solver.operator import DiscreteOperator
from tissue_sim.signals.solver.scheme import BACKWARD_EULER, SPLIT_EULER, TWO_POLES
from tissue_sim.signals.solver.solver import FaceCoefficients, Membrane
from tissue_sim.signals.solver.splitting import LineSplitting

CLOSED = FaceCoefficients(0.0, 1.0)
DIFFUSION, DECAY, TIME = 1e3, 0.3, 1.0
STEPS = [8, 16, 32, 64]


def slope(errors):
    return -np.polyfit(np.log(STEPS), np.log(errors), 1)[0]


def smooth(grid):
    x, y, z = (grid.centres(axis) for axis in range(3))
    form = np.cos(np.pi * x / (x.size * grid.spacing[0]))
    return 5 + (form[None, None, :] * np.cos(y / 40.0)[None, :, None] * np.cos(z / 50.0)[:, None, None])


@pytest.fixture(params=[(1, 1, 12), (1, 6, 7), (4, 5, 6)], ids=["line", "sheet", "box"])
def case(request, grid_of, face_of):
    grid = grid_of(request.param, periodic=(False, True, False))
    face = face_of("mixed", DIFFUSION, 20.0, value=4.0, permeability=30.0)
    faces = (face_of("value", DIFFUSION, 20.0, value=6.0), face, CLOSED, CLOSED, CLOSED, face)
    return grid, faces, smooth(grid)


def test_transient_with_sink_and_source_is_second_order(case, reference, solver_of):
    grid, faces, start = case
    sink, source = 0.2 * start, 1.0 + 0.1 * start**2
    exact = reference(grid, DIFFUSION, DECAY, faces, sink, source).exact(start, TIME)
    solver = solver_of(grid, DIFFUSION, DECAY, faces, solver_tolerance=1e-11)
    errors = []
    for steps in STEPS:
        field = start.copy()
        for _ in range(steps):
            report = solver.step(field, sink, source, TIME / steps)
            assert not report.used_backward_euler
        errors.append(np.abs(field - exact).max())
    assert slope(errors) == pytest.approx(2.0, abs=0.15)


def test_transient_by_line_splitting_is_second_order(case, reference, solver_of):
    grid, faces, start = case
    source = 1.0 + 0.1 * start**2
    exact = reference(grid, DIFFUSION, DECAY, faces, None, source).exact(start, TIME)
    solver = solver_of(grid, DIFFUSION, DECAY, faces)
    errors = []
    for steps in STEPS:
        field = start.copy()
        for _ in range(steps):
            report = solver.step(field, None, source, TIME / steps, lasting_source=True)
            assert report.mean_field is None
            assert not report.used_backward_euler
        errors.append(np.abs(field - exact).max())
    assert slope(errors) == pytest.approx(2.0, abs=0.15)


def test_backward_euler_is_first_order_on_both_paths(case, reference):
    grid, _, start = case
    exact = reference(grid, DIFFUSION, DECAY, (CLOSED,) * 6).exact(start, TIME)
    operator = DiscreteOperator(grid, DIFFUSION, DECAY, (CLOSED,) * 6)
    line = sum(n > 1 for n in operator.numbers) == 1
    system = LineSystem(operator) if line else Multigrid(operator)
    implicit, splitting = ImplicitStep(operator, system, 1e-11), LineSplitting(operator)
    for split in (False, True):
        errors = []
        for steps in STEPS:
            field = start.copy()
            for _ in range(steps):
                if split:
                    splitting.advance(field, np.empty_like(field), None, TIME / steps, SPLIT_EULER)
                else:
                    field = implicit.advance(field, None, None, TIME / steps, BACKWARD_EULER, None).field
            errors.append(np.abs(field - exact).max())
        assert slope(errors) == pytest.approx(1.0, abs=0.15)


def test_membranes_are_second_order(grid_of, solver_of):
    """One closed voxel and one cell: the difference decays by permeability (1 + volume fraction)."""
    grid = grid_of((1, 1, 1), present=(False, False, False))
    solver = solver_of(grid, decay=0.0)
    permeability, fraction = 2.0, 0.5
    exact = np.exp(-permeability * (1 + fraction) * TIME) * 4.0
    errors = []
    for steps in STEPS:
        field = np.full(grid.shape, 5.0)
        cell = Membrane(np.array([0]), np.array([fraction]), np.array([permeability]), np.array([1.0]))
        for _ in range(steps):
            solver.step(field, None, None, TIME / steps, cell)
        errors.append(abs(field[0, 0, 0] - cell.inside[0] - exact))
    assert slope(errors) == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("scheme", [TWO_POLES, SPLIT_EULER], ids=["two poles", "backward Euler"])
def test_stiff_modes_vanish(scheme):
    """L-stability: the factor of a mode tends to 0 and never exceeds 1."""
    z = -np.logspace(-3, 9, 200)
    terms = zip(scheme.gammas, scheme.weights, strict=True)
    factor = sum(weight / (1 - gamma * z) for gamma, weight in terms)
    assert (np.abs(factor) < 1.0).all()
    assert abs(factor[-1]) < 1e-8


def test_cosine_mode(rows_of, grid_of, solver_of):
    """The mode of the reference data: 1e-3 of its amplitude at a practical grid and step."""
    grid = grid_of((1, 1, 50), (20.0, 20.0, 20.0))
    field = (1 + np.cos(np.pi * grid.centres(0) / 500.0)).reshape(grid.shape)
    solver = solver_of(grid, 1e5, 0.0)
    rows = rows_of("cosine_mode_no_flux.csv")
    time, dt = 0.0, 0.01
    for row in rows:
        while time < row["t_min"] - 0.5 * dt:
            assert not solver.step(field, None, None, dt).used_backward_euler
            time += dt
        k = np.pi / 500.0
        expected = 1 + np.cos(k * grid.centres(0)) * (row["c_at_0"] - 1.0)
        assert np.abs(field.ravel() - expected).max() < 1e-3
