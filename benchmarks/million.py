"""One million cells for one day on two threads: cells, time and memory, hour by hour.

    python benchmarks/million.py [hours] [threads]

Runs benchmarks/million.yaml and writes outputs/million.csv and outputs/million.png.
"""

from __future__ import annotations

import csv
import resource
import sys
import time
from pathlib import Path

from tissue_sim.kernels.threads import use_threads
from tissue_sim.simulation import Simulation

HERE = Path(__file__).parent
OUTPUTS = HERE.parent / "outputs"


def resident_gigabytes() -> float:
    """Return the largest memory this process has held, 1e9 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def draw(rows: list[dict[str, float]], file: Path) -> None:
    """Draw cells, wall time and memory over simulated time."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(10, 3), layout="constrained")
    hours = [row["hours"] for row in rows]
    for axis, name, label in zip(
        axes,
        ("cells", "minutes", "gigabytes"),
        ("cells", "wall time / min", "largest memory / GB"),
        strict=True,
    ):
        axis.plot(hours, [row[name] for row in rows])
        axis.set(xlabel="simulated time / h", ylabel=label, xlim=(0, hours[-1]))
    for axis, name in zip(axes[1:], ("minutes", "gigabytes"), strict=True):
        axis.set_ylim(0, 1.15 * max(row[name] for row in rows))
    figure.savefig(file, dpi=110)


def main() -> None:
    """Run, print a line per simulated hour, write the table and the picture."""
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 24.0
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    use_threads(threads)
    print(f"one million cells, {threads} threads")
    began = time.perf_counter()
    simulation = Simulation.from_scenario(HERE / "million.yaml")
    tissue = simulation.tissue
    rows: list[dict[str, float]] = []
    ticks = round(60.0 / tissue.clock.time_of(1))
    while tissue.clock.time < 60.0 * hours - 1e-9:
        simulation.step()
        if tissue.clock.tick % ticks == 0:
            row = {
                "hours": tissue.clock.time / 60.0,
                "cells": tissue.population.size,
                "minutes": (time.perf_counter() - began) / 60.0,
                "gigabytes": resident_gigabytes(),
                "lowest_oxygen": float(tissue.fields["oxygen"].min()),
            }
            rows.append(row)
            print("  " + ", ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)
    print("  seconds by process: " + ", ".join(f"{k} {v:.0f}" for k, v in tissue.timings.items()))
    OUTPUTS.mkdir(exist_ok=True)
    with (OUTPUTS / "million.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    draw(rows, OUTPUTS / "million.png")


if __name__ == "__main__":
    main()
