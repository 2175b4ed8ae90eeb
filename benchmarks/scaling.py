"""How cost grows: cells 1e3 to 1e6, voxels 1e4 to 1e7, threads 1 and 2.

    python benchmarks/scaling.py

Mechanics: a close packed tissue whose cells crawl, rebuilds of the neighbour list included. Signals: line
splitting in an empty box, and multigrid with a sink that differs from voxel to voxel, both second order in
space and time, ledger on.
"""

from __future__ import annotations

import time
from statistics import median

import numpy as np

from benchmarks.mechanics import tissue_of
from benchmarks.signals import CLOSED, DECAY, DIFFUSION, DT, box, mode
from tissue_sim.kernels.threads import most_threads, use_threads
from tissue_sim.signals.solver.solver import SignalSolver

CELLS = (1_000, 10_000, 100_000, 1_000_000)
EDGES = (22, 46, 100, 215)
"""Voxels per edge: 1e4, 1e5, 1e6, 1e7 voxels."""
REPEATS = 3


def seconds_of(action, repeats: int = REPEATS) -> float:
    """Return the median time of an action, s; its first call is not timed."""
    action()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return median(times)


def mechanics(number: int) -> float:
    """Return us per cell and step."""
    tissue = tissue_of(number, speed=1.0)
    steps = 40 if number >= 100_000 else 400
    for _ in range(10):
        tissue.step()

    def several() -> None:
        for _ in range(steps):
            tissue.step()

    return 1e6 * seconds_of(several, 1 if number > 100_000 else REPEATS) / steps / number


def splitting(edge: int) -> float:
    """Return ns per voxel and step."""
    grid = box(edge)
    solver = SignalSolver(grid, DIFFUSION, DECAY, CLOSED)
    field, _ = mode(grid)
    repeats = max(1, int(1e6 / field.size))

    def several() -> None:
        for _ in range(repeats):
            solver.step(field, None, None, DT)

    return 1e9 * seconds_of(several) / repeats / field.size


def multigrid(edge: int) -> float:
    """Return ns per voxel and step."""
    grid = box(edge)
    rng = np.random.default_rng(1)
    sink = np.where(rng.random(grid.shape) < 0.1, 10.0 * rng.random(grid.shape), 0.0)
    field = 38.0 * mode(grid)[0]
    solver = SignalSolver(grid, DIFFUSION, DECAY, CLOSED)
    repeats = max(1, int(2e5 / field.size))

    def several() -> None:
        for _ in range(repeats):
            solver.step(field, sink, None, DT)

    return 1e9 * seconds_of(several) / repeats / field.size


def table(name: str, unit: str, sizes: tuple[int, ...], labels: list[str], measure) -> None:
    """Print the costs of one kind of work for every size and number of threads."""
    threads = range(1, min(2, most_threads()) + 1)
    costs = {}
    for number in threads:
        use_threads(number)
        costs[number] = [measure(size) for size in sizes]
    print(f"  {name}, {unit}")
    print("    " + " ".join(f"{label:>10}" for label in ["size", *labels]))
    for number, row in costs.items():
        print(f"    {number:>8} t " + " ".join(f"{cost:10.3g}" for cost in row))
    if 2 in costs:
        ratios = [one / two for one, two in zip(costs[1], costs[2], strict=True)]
        print("    " + " ".join([f"{'ratio':>10}"] + [f"{ratio:10.2f}" for ratio in ratios]))


def main() -> None:
    """Print three tables."""
    print("growth of cost")
    table("mechanics", "us per cell and step", CELLS, [f"{number:g}" for number in CELLS], mechanics)
    voxels = [f"{edge**3:.0e}" for edge in EDGES]
    table("line splitting", "ns per voxel and step", EDGES, voxels, splitting)
    table("multigrid with a sink", "ns per voxel and step", EDGES, voxels, multigrid)


if __name__ == "__main__":
    main()
