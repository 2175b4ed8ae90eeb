"""Case A: the diameter of a monolayer against the measurements of Bru et al. 1998."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.exams.curves import MEASURED, OURS, draw_peers, peers
from benchmarks.exams.exam import Exam, Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs
    from tissue_sim import Run

HALF_STEP = ("steps.mechanics=0.5 min",)
COMPARED_AT, COMPARED_AT_SHORT = 336.0, 150.0


class Monolayer(Exam):
    """Fitted by three parameters that stand in the scenario."""

    name = "case_a_monolayer"
    title = "Case A: monolayer against Bru et al. 1998"

    def examine(self, runs: Runs) -> list[Finding]:
        """Fit to the measurements (at full length), exponential beginning, error of the mechanics step."""
        run = runs("case_a_monolayer")
        until = f"duration={COMPARED_AT_SHORT if runs.short else COMPARED_AT} h"
        whole, half = (_diameters(runs("case_a_monolayer", until, *more))[1][-1] for more in ((), HALF_STEP))
        hours, diameter = _diameters(run)
        findings = [
            Finding.below("change of the diameter by half the mechanics step", abs(whole / half - 1.0), 0.03),
        ]
        if not runs.short:
            measured = _measured(runs)
            ours = np.interp(measured.time_h, hours, diameter)
            deviation = np.sqrt(((ours - measured.diameter_um) ** 2).mean()) / measured.diameter_um.mean()
            late = hours >= measured.time_h.iloc[0]
            growth = np.polyfit(hours[late], diameter[late], 1)[0]
            slope = np.polyfit(measured.time_h, measured.diameter_um, 1)[0]
            findings += [
                Finding.below("rms deviation of the diameter over its mean, 336-646 h", deviation, 0.05),
                Finding.near("growth of the diameter", growth, slope, relative=0.05, unit="um/h"),
                Finding.near("diameter at 336 h", ours[0], 1140.0, relative=0.05, unit="um"),
            ]
        return findings

    def draw(self, figure: Figure, runs: Runs) -> None:
        """Draw the diameter over time."""
        axes = figure.add_subplot()
        draw_peers(axes, peers(runs.reference, "monolayer"), "time_h", "diameter_um")
        axes.plot(*_diameters(runs("case_a_monolayer")), **OURS)
        measured = _measured(runs)
        axes.plot(measured.time_h, measured.diameter_um, **MEASURED, label="measured, Bru et al. 1998")
        axes.set(xlabel="time (h)", ylabel="diameter (µm)", xlim=(0, 672), ylim=(0, 3400))
        axes.legend(loc="upper left")


def _measured(runs: Runs) -> pd.DataFrame:
    return pd.read_csv(runs.reference / "permedcoe" / "experimental" / "bru1998_monolayer.csv")


def _diameters(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Return times (h) and diameters 2 sqrt(2 <r^2>) (um): those of a disc with the same second moment."""
    found = []
    for time in run.times:
        places = run.cells(time)[["x", "y"]].to_numpy(np.float64)
        found.append(2.0 * np.sqrt(2.0 * ((places - places.mean(axis=0)) ** 2).sum(axis=1).mean()))
    return run.times / 60.0, np.array(found)
