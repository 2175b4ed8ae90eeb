"""Unit test 3, well-posed: c = 28/3 uM (1 - exp(-30 t/min)) in the voxel with the sink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.exams.curves import OURS, draw_peers, peers
from benchmarks.exams.exam import Exam, Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs

STEPS = (0.01, 0.005, 0.0025, 0.001)
STEADY = 28.0 / 3.0


class DiffusionOneSink(Exam):
    """A sink of order zero amid voxels that are held."""

    name = "unit_3_diffusion_one_sink"
    title = "Unit test 3 (well-posed): diffusion to one sink"

    def examine(self, runs: Runs) -> list[Finding]:
        """Compare with the column exact in time, fit the order, look at the steady state."""
        table = pd.read_csv(runs.reference / "permedcoe" / "well_posed" / "diffusion_1cell.csv")
        table = table[table.time_min <= 0.3]
        errors = [_largest_error(runs, step, table) for step in STEPS]
        order = np.polyfit(np.log(STEPS), np.log(errors), 1)[0]
        steady = central(runs)[-1]
        return [
            Finding.below("largest error at a step of 1e-3 min", errors[-1], 1e-3, unit="uM"),
            Finding.near("order in the step", order, 2.0, absolute=0.1, because="that of the scheme"),
            Finding.near("steady state", steady, STEADY, relative=1e-5, unit="uM"),
        ]

    def draw(self, figure: Figure, runs: Runs) -> None:
        """Draw the voxel with the sink over time."""
        axes = figure.add_subplot()
        draw_peers(axes, peers(runs.reference, "diffusion_1cell_central"), "time_min", "concentration_uM")
        time = np.linspace(0.0, 2.0, 400)
        axes.plot(
            time, STEADY * (1.0 - np.exp(-30.0 * time)), color="0.75", linewidth=5, zorder=0, label="exact"
        )
        axes.plot(runs("unit_3_diffusion_one_sink", whole=True).times, central(runs), **OURS)
        axes.set(xlabel="time (min)", ylabel="concentration in the middle (µM)", xlim=(0, 2), ylim=(0, 10.5))
        axes.legend(loc="lower right")


def central(runs: Runs) -> np.ndarray:
    """Return the middle voxel of the full run over time, uM."""
    run = runs("unit_3_diffusion_one_sink", whole=True)
    return np.array([run.signal("substance", time)[1, 1, 1] for time in run.times], dtype=np.float64)


def _largest_error(runs: Runs, step: float, table: pd.DataFrame) -> float:
    steps = [f"steps.{name}={step} min" for name in ("signals", "mechanics", "network", "lifecycle")]
    run = runs("unit_3_diffusion_one_sink", "duration=0.3 min", "record.every=0.01 min", *steps, whole=True)
    found = [run.signal("substance", time, exact=True)[1, 1, 1] for time in table.time_min]
    return float(np.abs(np.array(found) - table.central_exact_in_time_uM.to_numpy()).max())
