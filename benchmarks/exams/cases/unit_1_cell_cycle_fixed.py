"""Unit test 1: divisions at 18 and 36 h exactly, halves that add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.exams.curves import OURS, draw_peers, peers
from benchmarks.exams.exam import Exam, Finding
from benchmarks.exams.runs import SCENARIOS
from tissue_sim import Simulation

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs

GROWTH, GROWING = 0.0045, 11.0 * 60.0
"""1/min; min from the beginning of S to the end of M."""


class CellCycleFixed(Exam):
    """One cell of fixed phases."""

    name = "unit_1_cell_cycle_fixed"
    title = "Unit test 1: a cell cycle of fixed phases"

    def examine(self, runs: Runs) -> list[Finding]:
        """Compare division times, and volumes around the first division in double precision."""
        births = runs("unit_1_cell_cycle_fixed", whole=True).lineage()
        times = np.sort(births.birth_time[births.parent_id > 0].to_numpy()) / 60.0
        before, after = _volumes_around_division()
        grown = 2.0 - np.exp(-GROWTH * GROWING)
        return [
            Finding.near("first division", times[0], 18.0, absolute=1e-9, unit="h"),
            Finding.near("second division, earlier", times[1], 36.0, absolute=1e-9, unit="h"),
            Finding.near("second division, later", times[2], 36.0, absolute=1e-9, unit="h"),
            Finding.near("number of cells after 48 h", len(births), 4, absolute=0.0),
            Finding.near("volume before division / birth volume", before / 523.599, grown, relative=1e-9),
            Finding.near("daughter 1 / mother", after[0] / before, 0.5, absolute=1e-15),
            Finding.near("daughter 2 / mother", after[1] / before, 0.5, absolute=1e-15),
            Finding.near("sum of daughters / mother", after.sum() / before, 1.0, absolute=1e-15),
        ]

    def draw(self, figure: Figure, runs: Runs) -> None:
        """Volume of every cell over time."""
        axes = figure.add_subplot()
        draw_peers(axes, peers(runs.reference, "cellcycle_fixed"), "time_h", "volume_um3", by="cell")
        target = pd.read_csv(runs.reference / "permedcoe" / "experimental" / "target_volume_curve.csv")
        axes.plot(
            target.time_min / 60.0, 5.23599 * target.relative_percent, color="0.6", linewidth=4, zorder=0,
            label="shape aimed at (own time scale)",
        )  # fmt: skip
        run = runs("unit_1_cell_cycle_fixed", whole=True)
        for number, track in enumerate(volumes_by_cell(run)):
            axes.plot(*track, **{**OURS, "label": OURS["label"] if number == 0 else None})
        axes.set(xlabel="time (h)", ylabel="volume of each cell (µm³)", xlim=(0, 48), ylim=(400, 1600))
        axes.legend(ncols=3, loc="upper left")


def volumes_by_cell(run) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (hours, um^3) of every cell of a run, a gap where it divides."""
    tables = [run.cells(time)[["cell_id", "volume"]].assign(hours=time / 60.0) for time in run.times]
    tracks = []
    for _, rows in pd.concat(tables).groupby("cell_id"):
        volume = rows.volume.to_numpy(np.float64)
        # A halved volume is a division: the line is broken there.
        volume[1:][volume[1:] < 0.7 * volume[:-1]] = np.nan
        tracks.append((rows.hours.to_numpy(), volume))
    return tracks


def _volumes_around_division() -> tuple[float, np.ndarray]:
    """Return the mother's volume and her daughters', float64[2], at the first division, um^3."""
    simulation = Simulation.from_scenario(SCENARIOS / "unit_1_cell_cycle_fixed.yaml")
    tissue = simulation.tissue
    while tissue.clock.time < 18 * 60.0:
        simulation.step()
    before = float(tissue.population["volume"][0])
    tissue.apply_due()
    return before, tissue.population["volume"].copy()
