"""Case B: waves of division at 18, 36, 54 h, plateaus between them, and what apoptosis leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.exams.curves import OURS, draw_peers, peers
from benchmarks.exams.exam import Exam, Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs
    from tissue_sim import Run

FOUNDERS, CYCLE, SPREAD = 100, 18.0, np.sqrt(0.7**2 + 0.6**2 + 0.3**2 + 0.2**2)
DEATH = 5.31667e-5 * 60.0
"""1/h."""
WAVES = (1, 2, 3)
UNTIL = "duration=64 h"
NO_DEATH = "cell_types.cell.death.apoptosis.rate=0 /min"


class Spheroid(Exam):
    """A hundred cells in step."""

    name = "case_b_spheroid"
    title = "Case B: spheroid without diffusion"

    def examine(self, runs: Runs) -> list[Finding]:
        """Without death the plateaus are exact; with it they follow a branching process."""
        start = _given_cells(runs)
        lineage = runs("case_b_spheroid", start, UNTIL, NO_DEATH, whole=True).lineage()
        generation = _generations(lineage)
        findings: list[Finding] = []
        for wave in WAVES:
            born = lineage.birth_time.to_numpy()[generation == wave] / 60.0
            middle = CYCLE * (wave + 0.5)
            error = SPREAD * np.sqrt(sum(1.0 / (FOUNDERS * 2**k) for k in range(wave)))
            alive = int((lineage.birth_time <= 60.0 * middle).sum())
            findings += [
                Finding.within_errors(f"centre of wave {wave}", born.mean(), CYCLE * wave, error, unit="h"),
                Finding.within_errors(
                    f"width of wave {wave} (sd)", born.std(ddof=1), SPREAD * np.sqrt(wave),
                    SPREAD * np.sqrt(wave / (2.0 * FOUNDERS)), unit="h",
                ),
                Finding.near(f"cells at {middle:g} h without death", alive, FOUNDERS * 2**wave, absolute=0.0),
            ]  # fmt: skip
        run = runs("case_b_spheroid", start, *([UNTIL] if runs.short else []), whole=True)
        return findings + [_with_death(run, wave) for wave in WAVES]

    def draw(self, figure: Figure, runs: Runs) -> None:
        """Draw numbers of live cells over time."""
        axes = figure.add_subplot()
        biodynamo = peers(runs.reference, "spheroid_biodynamo")
        # Their time axis is not in hours; the first doubling, at 18 h, stands at output 385.
        biodynamo["time_h"] = biodynamo.output_index * 18.0 / 385.0
        draw_peers(axes, biodynamo, "time_h", "n_cells")
        tisim = peers(runs.reference, "spheroid_tisim")
        draw_peers(axes, tisim.assign(tool="TiSim (from one cell)"), "time_h", "n_cells")
        time = np.linspace(0.0, 64.0, 200)
        axes.plot(
            time, FOUNDERS * 2.0 ** np.floor(time / CYCLE + 1e-9) * np.exp(-DEATH * time), color="0.75",
            linewidth=5, zorder=0, label="expected, waves without width",
        )  # fmt: skip
        axes.plot(*_live(runs("case_b_spheroid", _given_cells(runs), whole=not runs.short)), **OURS)
        axes.set(xlabel="time (h)", ylabel="live cells", yscale="log", xlim=(0, 96), ylim=(0.8, 6000))
        axes.legend(loc="upper left", ncols=2)


def _given_cells(runs: Runs) -> str:
    """Return the override that starts from the benchmark's positions, as a file of this project's columns."""
    table = pd.read_csv(runs.reference / "permedcoe" / "initial" / "spheroid_100_cells.csv")
    path = (runs.folder / "spheroid_100_cells.csv").absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    table = table.rename(columns={f"{axis}_um": axis for axis in "xyz"})
    table[["x", "y", "z"]].to_csv(path, index=False)
    return f"initial=[{{type: cell, csv: {path}}}]"


def _generations(lineage: pd.DataFrame) -> np.ndarray:
    """Return which division of its line each cell was born in, int64[n]; 0 for founders."""
    count = dict.fromkeys(lineage.cell_id, 0)
    found = pd.Series(0, index=lineage.index)
    for cell in lineage.sort_values(["birth_time", "cell_id"]).itertuples():
        if cell.parent_id:
            count[cell.parent_id] += 1
            count[cell.cell_id] = count[cell.parent_id]
            found[cell.Index] = count[cell.parent_id]
    return found.to_numpy()


def _live(run: Run) -> tuple[np.ndarray, np.ndarray]:
    numbers = run.populations()[("cell", "live")]
    return numbers.index.to_numpy() / 60.0, numbers.to_numpy(np.float64)


def _with_death(run: Run, wave: int) -> Finding:
    """Compare the live cells between two waves with a Galton-Watson process of independent founders.

    A cell survives a cycle with q = exp(-d 18 h) and has two daughters: mean m = 2 q, variance 4 q (1 - q);
    then half a cycle thins them by s (Harris 1963, The theory of branching processes, I.5).
    """
    q, s = np.exp(-DEATH * CYCLE), np.exp(-DEATH * CYCLE / 2)
    m, variance = 2.0 * q, 4.0 * q * (1.0 - q)
    spread = variance * m ** (wave - 1) * (m**wave - 1.0) / (m - 1.0)
    spread = s * s * spread + s * (1.0 - s) * m**wave
    time = CYCLE * (wave + 0.5)
    hours, live = _live(run)
    return Finding.within_errors(
        f"live cells at {time:g} h with apoptosis", float(np.interp(time, hours, live)),
        FOUNDERS * s * m**wave, np.sqrt(FOUNDERS * spread),
    )  # fmt: skip
