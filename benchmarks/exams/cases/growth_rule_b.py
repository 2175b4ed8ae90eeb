"""Growth without mechanics, rule B: mean number of cells of many trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.exams.curves import MEASURED, OURS
from benchmarks.exams.exam import Exam, Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs

T = 24.0 * 60.0
PUBLISHED = {"Chaste": (48.5, 98.0, 196.0, 400.0, 816.0), "shape-resolving model": (53.2, 106, 208, 408, 767)}
"""Read off a published figure at t/T = 6 to 10, to 1-3 %."""
FEWER = "initial=[{type: cell, box: {from: [-30, -30, -30], to: [30, 30, 30]}, packing: random, number: 60}]"


class GrowthRuleB(Exam):
    """Linear growth, division at a drawn size."""

    name = "growth_rule_b"
    title = "Growth without mechanics, rule B"

    def examine(self, runs: Runs) -> list[Finding]:
        """Compare the mean over the trees with the expected one, within the errors of both."""
        expected = pd.read_csv(runs.reference / "population" / "growth_rule_b.csv")
        sizes = _trees(runs, expected.t_over_T.to_numpy())
        means, errors = sizes.mean(axis=0), sizes.std(axis=0, ddof=1) / np.sqrt(len(sizes))
        return [
            Finding.within_errors(
                f"cells of a tree at t/T = {row.t_over_T:g}", mean, row.mean_cells,
                np.hypot(error, row.standard_error),
            )
            for row, mean, error in zip(expected.itertuples(), means, errors, strict=True)
        ]  # fmt: skip

    def draw(self, figure: Figure, runs: Runs) -> None:
        """Draw cells of a tree over time."""
        axes = figure.add_subplot()
        expected = pd.read_csv(runs.reference / "population" / "growth_rule_b.csv")
        for (tool, numbers), marker in zip(PUBLISHED.items(), ("^", "s"), strict=True):
            axes.plot(range(6, 11), numbers, marker=marker, linestyle=":", label=f"{tool}, read off a figure")
        axes.plot(expected.t_over_T, expected.mean_cells, **MEASURED, label="expected from the rule")
        times = np.linspace(0.0, 10.0, 101)
        axes.plot(times, _trees(runs, times).mean(axis=0), **OURS)
        axes.set(xlabel="time / T", ylabel="cells of a tree", yscale="log", xlim=(0, 10.2))
        axes.legend()


def _trees(runs: Runs, times: np.ndarray) -> np.ndarray:
    """Return the number of cells of each founder's tree at times (in units of T); float64[trees, times]."""
    run = runs("growth_rule_b", *([FEWER] if runs.short else []), whole=True)
    lineage = run.lineage()
    # Cells stand in the order of their ids, so a parent before its daughters.
    founder = np.arange(len(lineage))
    place = {cell_id: row for row, cell_id in enumerate(lineage.cell_id)}
    for row, parent in enumerate(lineage.parent_id):
        if parent:
            founder[row] = founder[place[parent]]
    founders = np.flatnonzero(lineage.parent_id == 0)
    born = lineage.birth_time.to_numpy()
    counts = [np.bincount(founder[born <= time * T + 1e-6], minlength=len(lineage)) for time in times]
    return np.array(counts, dtype=np.float64)[:, founders].T
