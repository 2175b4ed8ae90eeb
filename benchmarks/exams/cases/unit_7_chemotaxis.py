"""Unit test 7: a cell climbs what spreads from a corner; against an explicit scheme of a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.exams.curves import OURS, draw_peers, peers
from benchmarks.exams.exam import Exam, Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs

VOXELS, SPACING, DIFFUSION, DRIFT = 12, 10.0, 2000.0, 500.0
STEP = 1e-3


class Chemotaxis(Exam):
    """Speed proportional to the gradient."""

    name = "unit_7_chemotaxis"
    title = "Unit test 7: chemotaxis"

    def examine(self, runs: Runs) -> list[Finding]:
        """The path lies on the diagonal and is that of the independent computation."""
        time, place = _path(runs)
        expected = independent_path(time)
        off = np.abs(place - place.mean(axis=1, keepdims=True)).max()
        gap = np.abs(place[:, 0] - expected).max()
        backwards = float(-np.diff(place[:, 0]).min())
        return [
            Finding.below("largest distance from the diagonal, per axis", off, 1e-3, unit="um"),
            Finding.below("largest step away from the source", max(backwards, 0.0), 0.0, unit="um"),
            Finding.below("largest deviation from an explicit scheme at 1e-3 min", gap, 0.05, unit="um"),
            Finding.near(
                "distance from the middle at the end", np.linalg.norm(place[-1]),
                np.sqrt(3.0) * expected[-1], absolute=0.1, unit="um",
            ),
        ]  # fmt: skip

    def draw(self, figure: Figure, runs: Runs) -> None:
        """Draw the distance from the middle over time."""
        axes = figure.add_subplot()
        table = peers(runs.reference, "chemotaxis_biodynamo")
        table["time_min"] = 0.01 * table.output_index
        table["distance_um"] = np.sqrt(table.x_um**2 + table.y_um**2 + table.z_um**2)
        draw_peers(axes, table, "time_min", "distance_um")
        time, place = _path(runs)
        axes.plot(
            time, np.sqrt(3.0) * independent_path(time), color="0.75", linewidth=5, zorder=0,
            label="independent computation",
        )  # fmt: skip
        axes.plot(time, np.linalg.norm(place, axis=1), **OURS)
        axes.set(xlabel="time (min)", ylabel="distance from the middle (µm)", xlim=(0, 10))
        axes.legend(loc="lower right")


def _path(runs: Runs) -> tuple[np.ndarray, np.ndarray]:
    run = runs("unit_7_chemotaxis", whole=True)
    return run.times, np.array(
        [run.cells(time)[["x", "y", "z"]].to_numpy(np.float64)[0] for time in run.times]
    )


def independent_path(times: np.ndarray) -> np.ndarray:
    """Return x = y = z of the cell at these times (min): forward Euler, central differences; um."""
    field = np.zeros((VOXELS,) * 3)
    field[-1, -1, -1] = 10.0
    place, found = 0.0, []
    wanted = np.round(times / STEP).astype(int)
    for number in range(wanted[-1] + 1):
        found += [place] * int((wanted == number).sum())
        k = min(int((place + 60.0) // SPACING), VOXELS - 1)
        up, down = min(k + 1, VOXELS - 1), k - 1
        place += STEP * DRIFT * (field[k, k, up] - field[k, k, down]) / ((up - down) * SPACING)
        place = min(place, 60.0)
        change = np.zeros_like(field)
        for axis in range(3):
            flux = np.diff(field, axis=axis) / SPACING**2
            pad = [(0, 0)] * 3
            pad[axis] = (1, 1)
            change += np.diff(np.pad(flux, pad), axis=axis)
        field += STEP * DIFFUSION * change
        field[-1, -1, -1] = 10.0
    return np.array(found)
