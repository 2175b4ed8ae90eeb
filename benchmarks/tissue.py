"""Whole tissues on one thread: seconds for a simulated hour, error beside speed.

    python benchmarks/tissue.py

Oxygen in a box of 100^3 voxels with 100,000 consuming cells at rest (benchmarks/oxygen.yaml): the error is
the largest of any voxel at any of ten times, relative, against steps of 0.25 min. 100,000 confluent cells
with contact law, oxygen and volumes (benchmarks/confluent.yaml): the difference from half the steps.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from tissue_sim.kernels.threads import use_threads
from tissue_sim.simulation import Simulation

HERE = Path(__file__).parent
MINUTES = 60
CONVERGED = 0.25
"""Signals step, min, against which errors are measured; half of it changes the field by 3e-5."""


def advance(name: str, *overrides: str) -> tuple[Simulation, float, dict[int, np.ndarray]]:
    """Return the simulation after an hour, its seconds, and oxygen every 6 min."""
    simulation = Simulation.from_scenario(HERE / name, overrides=list(overrides))
    clock, fields = simulation.tissue.clock, simulation.tissue.fields
    snapshots = {}
    seconds = 0.0
    # The first step places the cells.
    simulation.step()
    while clock.time < MINUTES - 1e-9:
        began = time.perf_counter()
        simulation.step()
        seconds += time.perf_counter() - began
        minute = round(clock.time)
        if abs(clock.time - minute) < 1e-9 and minute % 6 == 0:
            snapshots[minute] = fields["oxygen"].copy()
    return simulation, seconds * MINUTES / (MINUTES - clock.time_of(1)), snapshots


def oxygen() -> None:
    """Print time and error of several steps."""
    converged = advance("oxygen.yaml", f"steps.signals={CONVERGED} min")[2]
    for step in (0.5, 1, 2):
        _, seconds, snapshots = advance("oxygen.yaml", f"steps.signals={step} min")
        error = max(float((np.abs(snapshots[t] - converged[t]) / converged[t]).max()) for t in snapshots)
        print(
            f"  oxygen, 100^3 voxels, 100,000 consuming cells at rest, step {step:g} min: "
            f"{seconds:.1f} s per simulated hour, largest relative error of a voxel {error:.1e}"
        )


def confluent() -> None:
    """Print time and the difference from half the steps."""
    simulation, seconds, snapshots = advance("confluent.yaml")
    finer, _, fine = advance("confluent.yaml", "steps.mechanics=0.05 min", "steps.signals=0.05 min")
    moved = np.abs(simulation.tissue.population["position"] - finer.tissue.population["position"]).max()
    change = max(float((np.abs(snapshots[t] - fine[t]) / fine[t]).max()) for t in snapshots)
    print(
        f"  100,000 confluent cells, 38^3 voxels, forces and exchange, steps 0.1 / 0.1 / 6 min: "
        f"{seconds:.1f} s per simulated hour; half the steps change positions by at most {moved:.1e} um, "
        f"oxygen by {change:.1e}"
    )


def main() -> None:
    """Print one line for each tissue and step."""
    use_threads(1)
    print("whole tissues, one thread")
    oxygen()
    confluent()


if __name__ == "__main__":
    main()
