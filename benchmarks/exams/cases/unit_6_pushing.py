"""Unit test 6: two driven cells meet and stand where drive and repulsion balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.exams.curves import OURS, draw_peers, peers
from benchmarks.exams.exam import Exam, Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs

BALANCE = 10.0 - 10.0 / 2.5
"""um: the distance at which the spring of 2.5/min gives the driving speed, 10 um/min."""


class Pushing(Exam):
    """Linear contact law."""

    name = "unit_6_pushing"
    title = "Unit test 6: pushing (linear law, 2.5/min)"

    def examine(self, runs: Runs) -> list[Finding]:
        """Distance 30 - 20 t until contact, then the balance of the contact law."""
        time, distance = _distances(runs)
        before = time <= 1.0 + 1e-9
        gap = np.abs(distance[before] - (30.0 - 20.0 * time[before])).max()
        return [
            Finding.below("largest deviation from 30 um - 20 um/min t before contact", gap, 5e-6, unit="um"),
            Finding.near("distance at 1 min", distance[before][-1], 10.0, absolute=5e-6, unit="um"),
            Finding.near("distance at the end", distance[-1], BALANCE, absolute=5e-6, unit="um"),
            Finding(
                "smallest distance", distance.min(), "no cell passes the other", distance.min() > 5.0, "um"
            ),
        ]

    def draw(self, figure: Figure, runs: Runs) -> None:
        """Draw the distance of the centres over time."""
        axes = figure.add_subplot()
        draw_peers(axes, peers(runs.reference, "mechanics_pushing"), "time_min", "distance_um")
        axes.plot(*_distances(runs), **OURS)
        axes.set(xlabel="time (min)", ylabel="distance of the centres (µm)", xlim=(0, 10), ylim=(0, 35))
        axes.legend(loc="upper right")


def _distances(runs: Runs) -> tuple[np.ndarray, np.ndarray]:
    run = runs("unit_6_pushing", whole=True)
    apart = [np.diff(run.cells(time)[["x", "y", "z"]].to_numpy(np.float64), axis=0)[0] for time in run.times]
    return run.times, np.linalg.norm(apart, axis=1)
