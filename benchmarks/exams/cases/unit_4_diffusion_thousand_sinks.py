"""Unit test 4, well-posed: a thousand sinks of order zero, clipped at 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.exams.curves import MEASURED, OURS, draw_peers, peers
from benchmarks.exams.exam import Exam, Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs


class DiffusionThousandSinks(Exam):
    """Most of the sinks run out."""

    name = "unit_4_diffusion_thousand_sinks"
    title = "Unit test 4 (well-posed): diffusion to a thousand sinks"

    def examine(self, runs: Runs) -> list[Finding]:
        """Compare the mean over all voxels at the start and in the steady state."""
        _, mean, lowest = _means(runs)
        table = _reference(runs)
        inner = (1728 * mean[-1] - 728 * 10.0) / 1000
        return [
            Finding.near("mean at the start", mean[0], 4.212963, absolute=5e-7, unit="uM"),
            Finding.near("mean in the steady state", mean[-1], 5.554670, relative=1e-5, unit="uM"),
            Finding.near(
                "mean of the voxels with a sink", inner, table.mean_interior_1000_uM.iloc[-1], relative=1e-5,
                unit="uM",
            ),
            Finding("lowest value", lowest, "not below 0", lowest >= 0.0, "uM"),
        ]  # fmt: skip

    def draw(self, figure: Figure, runs: Runs) -> None:
        """Draw the mean over all voxels over time."""
        axes = figure.add_subplot()
        draw_peers(axes, peers(runs.reference, "diffusion_1k_mean"), "time_min", "mean_concentration_uM")
        table = _reference(runs)
        axes.plot(
            table.time_min, table.mean_1728_ftcs_dt001_uM, **MEASURED, label="reference, FTCS at 0.01 min"
        )
        time, mean, _ = _means(runs)
        axes.plot(time, mean, **OURS)
        axes.set(xlabel="time (min)", ylabel="mean concentration (µM)", xlim=(0, 10), ylim=(0, 10.5))
        axes.legend(loc="center right", bbox_to_anchor=(1.0, 0.75), ncols=2)


def _reference(runs: Runs) -> pd.DataFrame:
    table = pd.read_csv(runs.reference / "permedcoe" / "well_posed" / "diffusion_1k.csv")
    return table.rename(columns={"mean_1728_ftcs_dt0.01_uM": "mean_1728_ftcs_dt001_uM"})


def _means(runs: Runs) -> tuple[np.ndarray, np.ndarray, float]:
    """Return times (min), means over all voxels (uM) and the lowest value."""
    run = runs("unit_4_diffusion_thousand_sinks", whole=True)
    fields = [run.signal("substance", time) for time in run.times]
    means = np.array([field.mean(dtype=np.float64) for field in fields])
    return run.times, means, float(min(field.min() for field in fields))
