"""Million voxel-steps per second of the signal solver, one voxel-step being one full second-order step.

    python benchmarks/signals.py [voxels per edge] [threads]

Line splitting: a closed box with decay (the case BioFVM is timed on), SDIRK2 per axis, second order in space
and time, error against the exact decay of a mode of the same grid. Multigrid: the same box with a sink that
varies from voxel to voxel, two implicit stages, error against a step solved to 1e-12.
"""

from __future__ import annotations

import math
import sys
import time
from statistics import median

import numba
import numpy as np

from tissue_sim.signals.solver.faces import FaceCoefficients
from tissue_sim.signals.solver.solver import SignalSolver
from tissue_sim.tissue.domain import Grid

CLOSED = (FaceCoefficients(),) * 6
DIFFUSION, DECAY, SPACING, DT = 1e5, 0.1, 20.0, 0.1


def box(number: int, *, flat: bool = False) -> Grid:
    shape = (1 if flat else number, number, number)
    half = -0.5 * number * SPACING
    return Grid(shape, (SPACING,) * 3, (half,) * 3, present=(True, True, not flat))


def mode(grid: Grid) -> tuple[np.ndarray, float]:
    """Return 1 + the lowest cosine mode, and the mode's rate in the discrete equation."""
    field, rate = np.ones(grid.shape), 0.0
    for axis in range(3):
        number = grid.shape[2 - axis]
        if number > 1:
            form = [1, 1, 1]
            form[2 - axis] = number
            angle = math.pi / number
            field = field * np.cos(angle * (np.arange(number) + 0.5)).reshape(form)
            rate += DIFFUSION / SPACING**2 * (2.0 - 2.0 * math.cos(angle))
    return 1.0 + field, rate


def timed(action, repeats: int) -> float:
    action()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return median(times)


def splitting(number: int, *, flat: bool) -> None:
    grid = box(number, flat=flat)
    solver = SignalSolver(grid, DIFFUSION, DECAY, CLOSED)
    field, rate = mode(grid)
    start = field.copy()
    for _ in range(10):
        solver.step(field, None, None, DT)
    exact = math.exp(-10 * DT * DECAY) * (1.0 + (start - 1.0) * math.exp(-10 * DT * rate))
    error = float(np.linalg.norm(field - exact) / np.linalg.norm(exact))
    seconds = timed(lambda: solver.step(field, None, None, DT), 15)
    print(
        f"line splitting, {'2-D' if flat else '3-D'}, {number} voxels per edge, order 2, dt {DT:g} min, "
        f"ledger on: {field.size / seconds / 1e6:.0f} million voxel-steps/s ({1e3 * seconds:.2f} ms), "
        f"relative L2 error after 1 min {error:.1e}"
    )


def multigrid(number: int) -> None:
    grid = box(number)
    rng = np.random.default_rng(1)
    sink = np.where(rng.random(grid.shape) < 0.1, 10.0 * rng.random(grid.shape), 0.0)
    start = 38.0 * mode(grid)[0]
    best = start.copy()
    SignalSolver(grid, DIFFUSION, DECAY, CLOSED, solver_tolerance=1e-12).step(best, sink, None, DT)
    for tolerance in (1e-3, 1e-6):
        solver = SignalSolver(grid, DIFFUSION, DECAY, CLOSED, solver_tolerance=tolerance)
        field = start.copy()
        report = solver.step(field, sink, None, DT)
        error = float(np.abs(field - best).max() / best.max())
        seconds = timed(lambda: solver.step(start.copy(), sink, None, DT), 3)  # noqa: B023
        print(
            f"multigrid with a sink, 3-D, {number} voxels per edge, order 2, dt {DT:g} min, tolerance "
            f"{tolerance:g}: {field.size / seconds / 1e6:.2f} million voxel-steps/s ({1e3 * seconds:.0f} ms, "
            f"{report.cycles} cycles), largest error {error:.1e}"
        )


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    numba.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    splitting(number, flat=False)
    splitting(10 * number, flat=True)
    multigrid(number)


if __name__ == "__main__":
    main()
