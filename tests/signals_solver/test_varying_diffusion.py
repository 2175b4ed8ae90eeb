"""Diffusion as a field: against direct solves, closed forms, and with jumps of 1:1000."""

import numpy as np
import pytest

from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.kernels.signals import varying
from tissue_sim.signals.solver.coarse_couplings import halved

GRIDS = {
    "line": ((1, 1, 15), (20.0, 20.0, 20.0), (False, False, False)),
    "ring": ((1, 1, 15), (20.0, 20.0, 20.0), (True, False, False)),
    "sheet": ((1, 9, 8), (20.0, 20.0, 20.0), (False, False, False)),
    "odd box": ((3, 5, 7), (20.0, 20.0, 5.0), (False, False, False)),
    "periodic, odd": ((9, 11, 7), (20.0, 10.0, 20.0), (True, True, True)),
    "periodic y": ((5, 6, 7), (20.0, 10.0, 15.0), (False, True, False)),
}


@pytest.fixture(params=list(GRIDS))
def case(request, grid_of, layer_of):
    shape, spacing, periodic = GRIDS[request.param]
    grid = grid_of(shape, spacing, periodic)
    rng = np.random.default_rng(7)
    diffusion = 10.0 ** rng.uniform(1.0, 4.0, shape)
    kinds = (
        ("value", {"value": 3.0}),
        ("mixed", {"value": 3.0, "permeability": 20.0}),
        None,
        ("value", {"value": 2.0}),
        ("mixed", {"value": 3.0, "permeability": 2.0}),
        ("flux", {"flux": 3.0}),
    )
    faces = [
        None if kind is None else layer_of(kind[0], diffusion, grid, place, **kind[1])
        for place, kind in enumerate(kinds)
    ]
    field, sink, source = 2.0 + 10.0 * rng.random(shape), rng.random(shape), rng.random(shape)
    mask = rng.random(shape) < 0.1
    mask.flat[1] = True
    return grid, diffusion, faces, field, sink, source, mask


@pytest.mark.parametrize("dt", [0.01, 10.0])
@pytest.mark.parametrize("fixed", [False, True], ids=["free", "fixed"])
@pytest.mark.parametrize("with_sink", [False, True], ids=["plain", "sink"])
def test_a_step_is_that_of_direct_solves(case, fixed, with_sink, dt, reference, solver_of, gap_of):
    grid, diffusion, faces, field, sink, source, mask = case
    sink = sink if with_sink else None
    held = (mask, 5.0) if fixed else None
    extra = {"fixed_mask": mask, "fixed_values": np.full(grid.shape, 5.0)} if fixed else {}
    solver = solver_of(grid, diffusion, 0.1, faces, solver_tolerance=1e-10, **extra)
    exact = reference(grid, diffusion, 0.1, faces, sink, source, held)
    new = field.copy()
    report = solver.step(new, sink, source, dt)
    expected = exact.implicit(field, dt, euler=report.used_backward_euler)
    assert np.abs(new - expected).max() < 1e-8 * np.abs(expected).max()
    assert report.used_backward_euler == (exact.implicit(field, dt).min() < 0.0)
    assert gap_of(grid, field, new, report, dt, sink=sink, source=source) < 1e-13
    if fixed:
        assert (new[mask] == 5.0).all()


@pytest.mark.parametrize("fixed", [False, True], ids=["free", "fixed"])
def test_the_steady_state_is_that_of_a_direct_solve_and_stays(case, fixed, reference, solver_of, gap_of):
    grid, diffusion, faces, field, sink, source, mask = case
    held = (mask, 5.0) if fixed else None
    extra = {"fixed_mask": mask, "fixed_values": np.full(grid.shape, 5.0)} if fixed else {}
    solver = solver_of(grid, diffusion, 0.1, faces, solver_tolerance=1e-11, **extra)
    expected = reference(grid, diffusion, 0.1, faces, sink, source, held).steady()
    new = field.copy()
    report = solver.steady(new, sink, source, 1e-11)
    assert np.abs(new - expected).max() < 5e-10 * np.abs(expected).max()
    assert gap_of(grid, new, new, report, 1.0, sink=sink, source=source) < 1e-13
    still = new.copy()
    solver.step(still, sink, source, 10.0)
    assert np.abs(still - new).max() < 1e-9 * new.max()


def test_a_field_that_is_the_same_everywhere_is_the_number(grid_of, solver_of):
    """Both ways to take a step: the two poles of line splitting and the stages differ by their errors."""
    grid = grid_of((8, 9, 10))
    rng = np.random.default_rng(1)
    start, sink = rng.random(grid.shape), rng.random(grid.shape)
    one, two = start.copy(), start.copy()
    solver_of(grid, 1e4, 0.1, solver_tolerance=1e-12).step(one, sink, None, 0.1)
    solver_of(grid, np.full(grid.shape, 1e4), 0.1, [None] * 6, solver_tolerance=1e-12).step(
        two, sink, None, 0.1
    )
    assert two == pytest.approx(one, rel=1e-11)


def test_layers_in_series_are_exact(grid_of, layer_of, solver_of):
    """Between two values the flow through layers is that of their resistances in series."""
    grid = grid_of((1, 1, 30))
    diffusion = np.where(np.arange(30) < 11, 1e5, 1e2)[None, None, :].astype(float)
    faces = [layer_of("value", diffusion, grid, place, value=38.0 * (1 - place)) for place in (0, 1)]
    field = np.zeros(grid.shape)
    report = solver_of(grid, diffusion, 0.0, [*faces, *[None] * 4]).steady(field, None, None)
    flow = 38.0 / (220.0 / 1e5 + 380.0 / 1e2)
    assert report.face_amounts[:2] / grid.voxel_volume * 20.0 == pytest.approx([flow, -flow], rel=1e-10)
    edges = grid.centres(0) + 300.0
    depth = np.where(edges < 220.0, edges / 1e5, 220.0 / 1e5 + (edges - 220.0) / 1e2)
    assert field.ravel() == pytest.approx(38.0 - flow * depth, rel=1e-9)


def slope(sizes, errors):
    return -np.polyfit(np.log(sizes), np.log(errors), 1)[0]


LENGTH, SPREAD, UPTAKE = 240.0, 1500.0, 0.3


def form_of(kind):
    """A wave along x that meets its faces' condition at any time: function, wave number, faces' numbers."""
    if kind == "value":
        return np.cos, np.pi / LENGTH, {"value": 3.0}
    if kind == "mixed":
        k = 0.6 * np.pi / LENGTH
        return np.cos, k, {"value": 3.0, "permeability": 2 * SPREAD * k * np.tan(0.5 * k * LENGTH)}
    return np.sin, (2 if kind == "periodic" else 1) * np.pi / LENGTH, {"flux": 0.0}


@pytest.mark.parametrize("kind", ["value", "flux", "mixed", "periodic", "fixed"])
def test_a_manufactured_solution_is_second_order_in_space_and_time(kind, grid_of, layer_of, solver_of):
    """u = 3 + form(k x) cos(c y) exp(-t), D = SPREAD (2 + sin(c x) cos(c y)); voxels and steps are halved."""
    form, k, numbers = form_of(kind)
    c = 2 * np.pi / LENGTH
    sizes, errors = [11, 15, 21, 31], []
    for number in sizes:
        h = LENGTH / number
        grid = grid_of((1, number, number), (h, h, 20.0), (kind == "periodic", True, False))
        x, y = grid.centres(0)[None, None, :], grid.centres(1)[None, :, None]
        diffusion = SPREAD * (2 + np.sin(c * x) * np.cos(c * y))
        wave = form(k * x) * np.cos(c * y)
        steep = k * (np.cos(k * x) if form is np.sin else -np.sin(k * x)) * np.cos(c * y)
        spread = SPREAD * c * np.cos(c * x) * np.cos(c * y) * steep
        spread += SPREAD * c**2 * np.sin(c * x) * np.sin(c * y) ** 2 * form(k * x)
        spread -= diffusion * (k**2 + c**2) * wave
        faces, held = [None] * 6, {}
        if kind == "fixed":
            # A strip between nodes of the wave: what holds it does not change with time.
            node = np.abs(np.sin(k * x) + 0 * y) < 1e-9
            assert node.any()
            held = {"fixed_mask": node, "fixed_values": np.full(grid.shape, 3.0)}
        elif kind != "periodic":
            faces[:2] = [layer_of(kind, diffusion, grid, place, **numbers) for place in (0, 1)]
        dt, field = 1.0 / number, 3 + wave
        solver = solver_of(grid, diffusion, 0.0, faces, solver_tolerance=1e-9, **held)
        for n in range(number):
            source = (-(wave + spread) + UPTAKE * wave) * np.exp(-(n + 0.5) * dt) + 3 * UPTAKE
            report = solver.step(field, np.full(grid.shape, UPTAKE), source, dt)
            assert not report.used_backward_euler
        error = field - 3 - wave * np.exp(-1.0)
        errors.append((np.sqrt(np.mean(error**2)), np.abs(error).max()))
    mean, largest = np.transpose(errors)
    assert slope(sizes, mean) == pytest.approx(2.0, abs=0.15)
    assert slope(sizes, largest) == pytest.approx(2.0, abs=0.2)


def jumps(grid):
    z, y, x = np.meshgrid(*(grid.centres(axis) for axis in (2, 1, 0)), indexing="ij")
    radius = 0.3 * grid.shape[2] * grid.spacing[0]
    inside = (x**2 + y**2 + z**2 < radius**2) if grid.shape[0] > 1 else x**2 + y**2 < radius**2
    rng = np.random.default_rng(3)
    yield "slow ball", np.where(inside, 1e2, 1e5)
    yield "fast ball", np.where(inside, 1e5, 1e2)
    yield "slow slab", np.where(np.abs(x + 3.0) < 0.5 * radius, 1e2, 1e5)
    membranes = np.full(grid.shape, 1e5)
    membranes[..., grid.shape[2] // 2] = 1e2
    membranes[:, grid.shape[1] // 3] = 1e2
    yield "membranes", membranes
    yield "obstacles", np.where(rng.random(grid.shape) < 0.1, 0.0, 1e5)
    yield "lognormal", 1e4 * np.exp(1.7 * rng.normal(size=grid.shape))


@pytest.mark.parametrize("shape", [(1, 96, 90), (24, 25, 26)], ids=["sheet", "box"])
def test_jumps_of_1_to_1000_hardly_slow_the_solver(shape, grid_of, layer_of, solver_of):
    grid = grid_of(shape)
    even = None
    for name, diffusion in (("even", np.full(shape, 1e5)), *jumps(grid)):
        faces = [layer_of("value", diffusion, grid, 0, value=38.0), *[None] * 5]
        solver = solver_of(grid, diffusion, 0.1, faces)
        field = np.zeros(shape)
        report = solver.steady(field, None, None, 1e-8)
        even = report.cycles if even is None else even
        assert report.cycles <= max(20, 2 * even if name != "lognormal" else 3 * even), name
        assert abs(report.unsolved) < 1e-6 * grid.voxel_volume * field.sum()
        assert field.min() >= -1e-9


@pytest.mark.parametrize("dt", [1e-3, 0.1, 10.0])
def test_positive_and_never_growing_across_jumps(dt, grid_of, layer_of, solver_of, gap_of):
    grid = grid_of((8, 9, 10))
    for _, diffusion in jumps(grid):
        solver = solver_of(grid, diffusion, 0.1, [None] * 6)
        field = np.zeros(grid.shape)
        field[4, 5, 5] = 1000.0
        for _ in range(3):
            before = field.copy()
            report = solver.step(field, None, None, dt)
            assert field.min() >= -1e-12 * before.max()
            assert field.max() <= before.max() * (1 + 1e-12)
            assert gap_of(grid, before, field, report, dt) < 1e-10


def test_where_nothing_moves_and_nothing_is_removed_there_is_no_steady_state(grid_of, layer_of, solver_of):
    grid = grid_of((4, 5, 6))
    diffusion = np.full(grid.shape, 1e3)
    diffusion[2, 2, 2] = 0.0
    faces = [layer_of("value", diffusion, grid, 0, value=38.0), *[None] * 5]
    solver, field = solver_of(grid, diffusion, 0.0, faces), np.full(grid.shape, 7.0)
    solver.steady(field, None, None)
    assert field[2, 2, 2] == 7.0
    with pytest.raises(SimulationError, match="where its diffusion is 0"):
        solver.steady(field, None, np.ones(grid.shape))


def test_fields_that_make_no_sense_are_refused(grid_of, solver_of):
    grid = grid_of((4, 4, 4))
    with pytest.raises(SettingsError, match="has shape"):
        solver_of(grid, np.ones((2, 2, 2)), 0.0, [None] * 6)
    with pytest.raises(SettingsError, match="must be finite"):
        solver_of(grid, np.full(grid.shape, np.nan), 0.0, [None] * 6)


def test_the_varying_loops_without_the_jit():
    """The compiled right-hand side and relaxation equal the plain ones; interpolation and its transpose."""
    rng = np.random.default_rng(2)
    shape = (3, 4, 5)
    u, f, loss = rng.random(shape), rng.random(shape), rng.random(shape)
    couplings = [rng.random(shape) for _ in range(3)]
    expected = -(0.3 + loss) * u
    for axis, each in enumerate(couplings):
        there = each * (np.roll(u, -1, 2 - axis) - u)
        expected += there - np.roll(there, 1, 2 - axis)
    for run in (varying.balance, varying.balance.py_func):
        out = np.empty(shape)
        run(u, *couplings, 0.3, loss, out)
        assert out == pytest.approx(expected, rel=1e-12)
    inverse = 1.0 / (0.3 + loss + sum(c + np.roll(c, 1, 2 - axis) for axis, c in enumerate(couplings)))
    one, two = u.copy(), u.copy()
    varying.relax(one, f, inverse, *couplings, False, True, 1)
    varying.relax.py_func(two, f, inverse, *couplings, False, True, 1)
    assert one == pytest.approx(two, rel=1e-13)
    odd = np.add.outer(np.add.outer(np.arange(3), np.arange(4)), np.arange(5)) % 2 == 1
    assert (one[~odd] == u[~odd]).all()
    couplings[2][-1] = 0.0
    for axis, length in ((0, 3), (1, 2), (2, 2)):
        way, coarse = halved(tuple(couplings), axis)
        assert coarse[0].shape[2 - axis] == length
        small = rng.random(coarse[0].shape)
        assert np.vdot(way.up(small), u) == pytest.approx(np.vdot(small, way.down(u)), rel=1e-13)
        assert way.up(np.ones(coarse[0].shape)) == pytest.approx(np.ones(shape))
        assert way.down(u).sum() == pytest.approx(u.sum(), rel=1e-13)
