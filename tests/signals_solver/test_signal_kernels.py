"""The compiled loops against naive ones, without the JIT, and on one and two threads."""

import os
import subprocess
import sys
import textwrap

import numba
import numpy as np
import pytest

from tissue_sim.kernels.signals import sums, transfer
from tissue_sim.kernels.signals.tridiagonal import solve_line
from tissue_sim.signals.solver.axis import Axis
from tissue_sim.signals.solver.operator import DiscreteOperator
from tissue_sim.signals.solver.scheme import SPLIT_EULER, TWO_POLES
from tissue_sim.signals.solver.solver import FaceCoefficients
from tissue_sim.signals.solver.splitting import LineSplitting
from tissue_sim.signals.solver.summation import extremes, total

CLOSED = FaceCoefficients(0.0, 1.0)


def dense_line(number, coupling, factors, *, periodic):
    matrix = np.zeros((number, number))
    for i in range(number):
        for step, factor in ((-1, factors[0]), (1, factors[1])):
            j = i + step
            matrix[i, i] -= coupling
            if periodic:
                matrix[i, j % number] += coupling
            elif 0 <= j < number:
                matrix[i, j] += coupling
            else:
                matrix[i, i] += coupling * factor
    return matrix


@pytest.mark.parametrize("scheme", [TWO_POLES, SPLIT_EULER], ids=["two poles", "backward Euler"])
@pytest.mark.parametrize("periodic", [False, True], ids=["open", "periodic"])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 2), (2, 3, 5), (7, 5, 3), (9, 35, 6), (6, 4, 37)])
@pytest.mark.parametrize("dt", [1e-3, 10.0])
def test_line_sweeps_are_the_rational_function(shape, periodic, scheme, dt, grid_of):
    grid = grid_of(shape, (20.0, 11.0, 7.0), (periodic,) * 3, (True, True, True))
    faces = [FaceCoefficients(0.0, f) for f in (-1.0, 1.0, 0.4, -1.0, 1.0, 1.0)]
    operator = DiscreteOperator(grid, 1e4, 0.2, faces)
    start = np.random.default_rng(5).random(shape)
    expected = start * np.exp(-0.2 * dt)
    for axis in range(3):
        number = shape[2 - axis]
        own = tuple(face.factor for face in faces[2 * axis : 2 * axis + 2])
        line = dense_line(number, operator.coupling[axis], own, periodic=periodic)
        step = sum(
            weight * np.linalg.inv(np.eye(number) - gamma * dt * line)
            for gamma, weight in zip(scheme.gammas, scheme.weights, strict=True)
        )
        expected = np.moveaxis(np.tensordot(step, expected, axes=(1, 2 - axis)), 0, 2 - axis)
    field = start.copy()
    saved, star = np.empty(shape), None
    if dt > 1.0:
        star = np.random.default_rng(6).random(shape)
        field += star
    done = LineSplitting(operator).advance(field, saved, star, dt, scheme)
    assert done.low == field.min()
    assert done.finite
    if star is not None:
        assert (saved == start + star).all()
        field -= star
    assert field == pytest.approx(expected, rel=1e-9, abs=1e-12)
    change = grid.voxel_volume * (field.sum() - start.sum())
    assert done.flows.sum() - done.lost == pytest.approx(change, rel=1e-10, abs=1e-9 * grid.voxel_volume)


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 17])
def test_the_direct_line_solve(number, periodic):
    rng = np.random.default_rng(number)
    lower, upper = 1 + rng.random(number), 1 + rng.random(number)
    diagonal, f = lower + upper + rng.random(number), rng.random(number)
    matrix = np.diag(diagonal)
    for i in range(number):
        if periodic or i > 0:
            matrix[i, (i - 1) % number] -= lower[i]
        if periodic or i < number - 1:
            matrix[i, (i + 1) % number] -= upper[i]
    u = np.empty(number)
    assert solve_line(lower, diagonal, upper, f, periodic, u) == 0
    assert u == pytest.approx(np.linalg.solve(matrix, f), rel=1e-10)
    plain = np.empty(number)
    solve_line.py_func(lower, diagonal, upper, f, periodic, plain)
    assert plain == pytest.approx(u, rel=1e-13)


def test_a_singular_line_is_reported():
    zero, u = np.zeros(4), np.empty(4)
    assert solve_line(zero, zero, zero, np.ones(4), False, u) == 1


def test_sums_and_extremes():
    values = np.random.default_rng(2).normal(size=5000)
    values[::7] *= 1e16
    exact = float(np.sum(values.astype(np.longdouble)))
    assert total(values) == pytest.approx(exact, rel=1e-12, abs=100.0)
    assert extremes(values) == (values.min(), values.max())
    assert sums.block_sum.py_func(values[:100]) == sums.block_sum(values[:100])
    values[17] = np.nan
    assert extremes(values) == (-np.inf, np.inf)
    awkward = np.array([1.0, 1e100, 1.0, -1e100])
    assert sums.compensated(awkward) == 2.0 == sums.compensated.py_func(awkward)


@pytest.mark.parametrize("numbers", [(8, 6, 4), (7, 5, 3), (9, 1, 2)])
def test_coarse_grids_conserve_and_interpolate_straight_lines(numbers):
    axes = [Axis(n, 10.0 * n, 100.0, (np.inf, np.inf), periodic=False) for n in numbers]
    ways = [axis.coarser()[1] for axis in axes]
    shape = tuple(reversed(numbers))
    coarse = np.empty(tuple(way.first.size for way in reversed(ways)))
    fine = np.random.default_rng(4).random(shape)
    transfer.average(fine, *(part for way in ways for part in (way.first, way.share)), coarse)
    assert coarse.mean() == pytest.approx(fine.mean(), rel=1e-13)
    for axis, way in zip(axes, ways, strict=True):
        straight = np.arange(way.first.size, dtype=float)
        fine_line = way.near_weight * straight[way.near] + way.far_weight * straight[way.far]
        places = (np.arange(axis.number) + 0.5) * way.first.size / axis.number - 0.5
        inner = (places >= 0) & (places <= way.first.size - 1)
        assert fine_line[inner] == pytest.approx(places[inner], abs=1e-12)
        assert way.near_weight + way.far_weight == pytest.approx(1.0)


THREE_STEPS = """
    import hashlib, sys
    import numpy as np
    from tissue_sim.signals.solver.solver import FaceCoefficients, Membrane, SignalSolver
    from tissue_sim.tissue.domain import Grid

    nz, ny, nx = (int(n) for n in sys.argv[1].split(","))
    grid = Grid((nz, ny, nx), (20.0, 20.0, 10.0), (0.0, 0.0, 0.0), (False, True, True))
    faces = (FaceCoefficients(76.0, -1.0), FaceCoefficients(1.0, 0.5)) + (FaceCoefficients(),) * 4
    rng = np.random.default_rng(1)
    field, sink = 38 * rng.random((nz, ny, nx)), rng.random((nz, ny, nx))
    mask = rng.random((nz, ny, nx)) < 0.02
    one = SignalSolver(grid, 1e5, 0.1, faces)
    two = SignalSolver(grid, 1e5, 0.1, faces, mask, np.full((nz, ny, nx), 30.0))
    cell = Membrane(np.array([5]), np.array([0.1]), np.array([1.0]), np.array([3.0]))
    spread = 10.0 ** (2.0 + 3.0 * rng.random((nz, ny, nx)))
    three = SignalSolver(grid, spread, 0.1, [None] * 6, mask, np.full((nz, ny, nx), 30.0))
    reports = [
        one.step(field, None, None, 0.1),
        three.step(field, sink, None, 0.1),
        two.step(field, sink, sink, 0.1, cell),
        one.steady(field, sink, None),
    ]
    digest = hashlib.sha256(field.tobytes())
    for report in reports:
        digest.update(np.append(report.face_amounts, [report.decay_amount, report.unsolved]).tobytes())
    print(digest.hexdigest(), repr(float(field.sum())))
"""


def run_steps(shape, **environment):
    command = [sys.executable, "-c", textwrap.dedent(THREE_STEPS), shape]
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    digest, value = done.stdout.split()
    return digest, float(value)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread is all there is")
def test_one_and_two_threads_give_the_same_bits():
    assert run_steps("9,21,33", NUMBA_NUM_THREADS="1") == run_steps("9,21,33", NUMBA_NUM_THREADS="2")


def test_without_the_jit():
    assert run_steps("3,5,6", NUMBA_DISABLE_JIT="1")[1] == pytest.approx(run_steps("3,5,6")[1], rel=1e-10)
