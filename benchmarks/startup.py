"""How soon a command answers and how much memory a cell takes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
REPEATS = 5


def seconds_of(*arguments: str) -> float:
    """Median wall time of a command of the command line, s."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "tissue_sim", *arguments], check=True, cwd=ROOT, capture_output=True
        )
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def seconds_to_first_step() -> float:
    """Median time from the command to the end of the first step of the spheroid, s (kernels cached)."""
    code = (
        "import sys; from tissue_sim.simulation import Simulation; "
        "s = Simulation.from_scenario('scenarios/spheroid.yaml'); s.step()"
    )
    times = []
    for _ in range(REPEATS + 1):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def bytes_per_cell(number: int = 200_000) -> float:
    """Memory that the columns of a cell without networks take, spheroid's behaviours included, bytes."""
    from tissue_sim.simulation import Simulation

    simulation = Simulation.from_scenario(
        ROOT / "scenarios" / "spheroid.yaml",
        overrides=[
            "cell_types.tumour.networks=[]",
            "cell_types.tumour.rules=[]",
            "networks={}",
            "measures={}",
        ],
    )
    population = simulation.tissue.population
    rows = population.append(number)
    population["position"][rows] = np.zeros((number, 3))
    return sum(population[name].nbytes for name in population.columns) / number


def resident_bytes_per_cell(few: int = 20_000, many: int = 500_000) -> float:
    """Growth of the peak resident memory per cell that took a step, work arrays included, bytes."""
    peaks = []
    for number in (few, many):
        code = (
            "import resource, numpy as np; from tissue_sim.simulation import Simulation; "
            "s = Simulation.from_scenario('scenarios/spheroid.yaml', overrides=["
            "'cell_types.tumour.networks=[]', 'cell_types.tumour.rules=[]', 'networks={}', 'measures={}', "
            "'domain.size=[1400,1400,1400]']); "
            f"n = round({number} ** (1 / 3)); i = np.arange(n**3); g = np.empty((n**3, 3)); "
            "g[:, 0] = i % n; g[:, 1] = i // n % n; g[:, 2] = i // n**2; g *= 16.0; g -= 8.0 * n; "
            "s._placed = True; s.tissue.add_cells(g, np.zeros(len(g), dtype=np.int64)); del g, i; s.step(); "
            "print(s.tissue.population.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True
        )
        peaks.append([int(word) for word in done.stdout.split()])
    return (peaks[1][1] - peaks[0][1]) / (peaks[1][0] - peaks[0][0])


def main() -> None:
    """Print the figures."""
    print(f"--help answers in                            {seconds_of('--help'):8.2f} s")
    print(f"first step of spheroid.yaml, kernels cached  {seconds_to_first_step():8.2f} s")
    print(f"columns of a cell without networks           {bytes_per_cell():8.0f} B")
    print(f"resident memory per cell, work arrays too    {resident_bytes_per_cell():8.0f} B")


if __name__ == "__main__":
    main()
