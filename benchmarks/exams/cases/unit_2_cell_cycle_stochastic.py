"""Unit test 2: mean and spread of a thousand and more cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.exams.cases.unit_1_cell_cycle_fixed import volumes_by_cell
from benchmarks.exams.curves import OURS, draw_peers, peers
from benchmarks.exams.exam import Exam, Finding

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs

MEAN, SPREAD = 18.0, np.sqrt(0.7**2 + 0.6**2 + 0.3**2 + 0.2**2)
FOUNDERS = 1000
MANY = (
    f"initial=[{{type: cell, box: {{from: [-30, -30, -30], to: [30, 30, 30]}}, packing: random, "
    f"number: {FOUNDERS}}}]"
)


class CellCycleStochastic(Exam):
    """Phases drawn from normal distributions of 10 % standard deviation."""

    name = "unit_2_cell_cycle_stochastic"
    title = "Unit test 2: a cell cycle of random phases"

    def examine(self, runs: Runs) -> list[Finding]:
        """Take the second cycles of a thousand founders' cells: all of them are over after 48 h."""
        run = runs(
            "unit_2_cell_cycle_stochastic",
            MANY,
            "cell_types.cell.mechanics=none",
            "record.every=48 h",
            whole=True,
        )
        cycles = _second_cycles(run.lineage()) / 60.0
        number = len(cycles)
        return [
            Finding.near("second cycles", number, 2 * FOUNDERS, absolute=0.0),
            Finding.within_errors("mean cycle", cycles.mean(), MEAN, SPREAD / np.sqrt(number), unit="h"),
            Finding.within_errors(
                "standard deviation", cycles.std(ddof=1), SPREAD, SPREAD / np.sqrt(2 * number), unit="h"
            ),
        ]

    def draw(self, figure: Figure, runs: Runs) -> None:
        """Volume of every cell over time; one sample each."""
        axes = figure.add_subplot()
        draw_peers(axes, peers(runs.reference, "cellcycle_stochastic"), "time_h", "volume_um3", by="cell")
        for number, track in enumerate(volumes_by_cell(runs("unit_2_cell_cycle_stochastic", whole=True))):
            axes.plot(*track, **{**OURS, "label": OURS["label"] if number == 0 else None})
        for wave in (1, 2):
            half = SPREAD * np.sqrt(wave)
            axes.axvspan(
                MEAN * wave - half, MEAN * wave + half, facecolor="0.85", edgecolor="0.6", hatch="///",
                zorder=0, label="divisions expected, ± 1 sd" if wave == 1 else None,
            )  # fmt: skip
        axes.set(xlabel="time (h)", ylabel="volume of each cell (µm³)", xlim=(0, 48), ylim=(400, 1600))
        axes.legend(ncols=3, loc="upper left")


def _second_cycles(lineage: pd.DataFrame) -> np.ndarray:
    """Return the time from the first division of each founder to those of its two halves, min."""
    births = lineage[lineage.parent_id > 0].sort_values("birth_time")
    by_parent = births.groupby("parent_id").birth_time.apply(list)
    founders = set(lineage.cell_id[lineage.parent_id == 0])
    cycles = []
    for daughter in births.drop_duplicates("parent_id").itertuples():
        if daughter.parent_id in founders:
            for own in (by_parent[daughter.parent_id][1:], by_parent.get(daughter.cell_id, [])):
                cycles += [time - daughter.birth_time for time in own[:1]]
    return np.array(cycles)
