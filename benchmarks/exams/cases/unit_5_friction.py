"""Unit test 5: a push lasts one step and leaves nothing behind in overdamped motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.exams.curves import OURS, draw_peers, peers
from benchmarks.exams.exam import Exam, Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs


class Friction(Exam):
    """One cell, pushed once."""

    name = "unit_5_friction"
    title = "Unit test 5: friction"

    def examine(self, runs: Runs) -> list[Finding]:
        """The cell stands at 1 um from the first step on."""
        place = _places(runs)
        return [
            Finding.near("place after the first step", place[1, 0], 1.0, absolute=1e-6, unit="um"),
            Finding.below(
                "largest move afterwards", np.abs(np.diff(place[1:], axis=0)).max(), 0.0, unit="um"
            ),
            Finding.below("largest move across", np.abs(place[:, 1:]).max(), 0.0, unit="um"),
        ]

    def draw(self, figure: Figure, runs: Runs) -> None:
        """Draw the place over time."""
        axes = figure.add_subplot()
        draw_peers(axes, peers(runs.reference, "mechanics_friction"), "time_min", "x_um")
        axes.plot(runs("unit_5_friction", whole=True).times, _places(runs)[:, 0], **OURS)
        axes.set(xlabel="time (min)", ylabel="place along x (µm)", xlim=(0, 10))
        axes.legend(loc="center right")


def _places(runs: Runs) -> np.ndarray:
    run = runs("unit_5_friction", whole=True)
    return np.array([run.cells(time)[["x", "y", "z"]].to_numpy(np.float64)[0] for time in run.times])
