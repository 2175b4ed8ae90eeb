"""Million voxel-steps per second of the signal solver, one voxel-step being one full second-order step.

    python benchmarks/signals.py [voxels per edge] [threads]

Line splitting: a closed box with decay (the case BioFVM is timed on), SDIRK2 per axis, second order in space
and time, error against the exact decay of a mode of the same grid. Multigrid: the same box with a sink that
varies from voxel to voxel, two implicit stages, error against a step solved to 1e-12; then with a diffusion
that jumps 1:1000. Last, ours against PhysiCell's scheme (mode: physicell_lod) on one cosine mode.
"""

from __future__ import annotations

import math
import sys
import time
from statistics import median

import numba
import numpy as np

from tissue_sim.kernels.signals.physicell import sweep_axis
from tissue_sim.signals.cell_rates import CellPlaces, CellRates
from tissue_sim.signals.face_settings import BoundarySettings
from tissue_sim.signals.physicell_lod import HeldVoxels, PhysiCellStep
from tissue_sim.signals.process import SignalsProcess
from tissue_sim.signals.settings import SignalSettings
from tissue_sim.signals.solver.faces import FaceCoefficients
from tissue_sim.signals.solver.solver import SignalSolver
from tissue_sim.tissue.domain import Domain, Grid
from tissue_sim.tissue.model import TissueModel

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


def splitting(number: int, *, flat: bool, precision: str = "float64") -> None:
    grid = box(number, flat=flat)
    solver = SignalSolver(grid, DIFFUSION, DECAY, CLOSED)
    start, rate = mode(grid)
    field = start.astype(precision)
    for _ in range(10):
        solver.step(field, None, None, DT)
    exact = math.exp(-10 * DT * DECAY) * (1.0 + (start - 1.0) * math.exp(-10 * DT * rate))
    error = float(np.linalg.norm(field - exact) / np.linalg.norm(exact))
    seconds = timed(lambda: solver.step(field, None, None, DT), 15)
    if precision == "float32":
        wide = start.copy()
        for _ in range(25):
            solver.step(wide, None, None, DT)
        narrow = start.astype(precision)
        for _ in range(25):
            solver.step(narrow, None, None, DT)
        gap = float(np.abs(narrow - wide).max() / wide.max())
        print(f"float32 beside float64 after 25 steps: largest difference {gap:.1e} of the largest value")
    print(
        f"line splitting, {'2-D' if flat else '3-D'}, {number} voxels per edge, {precision}, order 2, "
        f"dt {DT:g} min, ledger on: {field.size / seconds / 1e6:.0f} million voxel-steps/s "
        f"({1e3 * seconds:.2f} ms), relative L2 error after 1 min {error:.1e}"
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


def varying(number: int) -> None:
    grid = box(number)
    z, y, x = np.meshgrid(*(grid.centres(axis) for axis in (2, 1, 0)), indexing="ij")
    ball = np.sqrt(x**2 + y**2 + z**2) < 0.3 * number * SPACING
    start = 38.0 * mode(grid)[0]
    for name, diffusion in (("one value", np.full(grid.shape, DIFFUSION)),
                            ("1:1000 in a ball", np.where(ball, 1e-3 * DIFFUSION, DIFFUSION))):  # fmt: skip
        solver = SignalSolver(grid, diffusion, DECAY, [None] * 6)
        report = solver.step(start.copy(), None, None, DT)
        seconds = timed(lambda: solver.step(start.copy(), None, None, DT), 3)  # noqa: B023
        print(
            f"diffusion as a field, {name}, 3-D, {number} voxels per edge, order 2, dt {DT:g} min, tolerance "
            f"1e-06: {start.size / seconds / 1e6:.2f} million voxel-steps/s ({1e3 * seconds:.0f} ms, "
            f"{report.cycles} cycles)"
        )


def against_physicell() -> None:
    """A cosine mode, 2-D, 100 voxels per edge, to 1 min: errors against the closed form, time per minute."""
    grid = box(100, flat=True)
    k = math.pi / (100 * SPACING)
    field, _ = mode(grid)
    exact = math.exp(-DECAY) * (1.0 + (field - 1.0) * math.exp(-2.0 * DIFFUSION * k**2))

    def error_of(found: np.ndarray) -> float:
        return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))

    lod = PhysiCellStep(grid, DIFFUSION, DECAY, HeldVoxels(BoundarySettings(), "1", grid, None, None))
    nobody = CellPlaces(np.zeros(0, np.int64), np.zeros(0, bool), np.zeros(0), np.zeros(0), 0)
    cells = CellRates(nobody, (nobody.nothing,) * 6, saturating=False, tissue=None, signal="")
    theirs = field.copy()
    for _ in range(100):
        lod.advance(theirs, cells, 0.01)
    # Its sweeps alone, without the books.
    tables, work = [lod.table(axis, 0.01) for axis in (0, 1)], field.copy()

    def sweeps() -> None:
        for _ in range(100):
            sweep_axis(work.reshape(100, 100, 1), *tables[0])
            sweep_axis(work.reshape(1, 100, 100), *tables[1])

    theirs_seconds = timed(sweeps, 9)
    print(
        "cosine mode, 2-D, 100 voxels per edge, to 1 min: physicell_lod at dt 0.01 min, sweeps alone: "
        f"relative L2 error {error_of(theirs):.1e}, {1e3 * theirs_seconds:.2f} ms per simulated minute "
        f"({field.size * 100 / theirs_seconds / 1e6:.0f} million voxel-steps/s)"
    )
    solver = SignalSolver(grid, DIFFUSION, DECAY, CLOSED)
    for steps in (10, 4):
        ours = field.copy()

        def minute(ours: np.ndarray = ours, steps: int = steps) -> None:
            for _ in range(steps):
                solver.step(ours, None, None, 1.0 / steps)

        minute()
        error, seconds = error_of(ours), timed(minute, 21)
        print(
            f"  ours at dt {1.0 / steps:g} min, ledger on: relative L2 error {error:.1e}, "
            f"{1e3 * seconds:.2f} ms per simulated minute, {theirs_seconds / seconds:.0f} times faster"
        )


def many_signals(number: int) -> None:
    """Whole signals steps of the process, ledger on: one signal, and eight of different diffusion at once."""
    grid = box(number, flat=True)
    upper = (-grid.origin[0], -grid.origin[1], -grid.origin[2])
    domain = Domain(grid.origin, upper, grid.present, ("open",) * 3, grid)
    steps = {"signals": DT, "mechanics": DT, "network": DT, "lifecycle": DT}
    each = []
    for signals in (1, 8):
        tissue = TissueModel(domain, ("a",), steps, seed=1)
        settings = {
            f"s{i}": {"diffusion": 1e4 * (i + 1), "decay": DECAY, "initial": 5} for i in range(signals)
        }
        process = SignalsProcess(
            tissue, {name: SignalSettings.model_validate(given) for name, given in settings.items()}, {}
        )
        each.append(timed(lambda: process.advance(tissue, DT), 101) / signals)  # noqa: B023
    print(
        f"many signals, 2-D, {number} voxels per edge: {1e6 * each[0]:.0f} us a step for one alone, "
        f"{1e6 * each[1]:.0f} us for each of eight at once"
    )


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    numba.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    splitting(number, flat=False)
    splitting(number, flat=False, precision="float32")
    splitting(10 * number, flat=True)
    splitting(10 * number, flat=True, precision="float32")
    multigrid(number)
    varying(number)
    many_signals(100)
    against_physicell()


if __name__ == "__main__":
    main()
