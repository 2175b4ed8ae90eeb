"""The section of a 1-D tissue: cells along a line, under the curve of a signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.analysis.plots.colouring import colouring_of, default_colour
from tissue_sim.analysis.plots.section import Section
from tissue_sim.analysis.plots.style import DEAD, label_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tissue_sim.analysis.run import Run

__all__ = ["draw_line_section"]

MARKERS = {"live": "o", "apoptotic": "X", "necrotic": "s"}
CELLS_AT = 0.07
BELOW = 0.18


def draw_line_section(
    axes: Axes, run: Run, *, time: float | str | None = None, color: str | None = None,
    signal: str | None = None,
) -> Section:  # fmt: skip
    """Draw a 1-D tissue; parameters and errors as for `draw_section`."""
    cells = run.cells(time)
    domain = run.header.domain
    axis = 0 if domain is None else domain.present.index(True)
    name = signal if signal is not None else next(iter(run.signals), None)
    if name is not None:
        values = run.signal(name, time).ravel()
        axes.plot(run.signal_coordinates()["xyz"[axis]], values, color="0.15", linewidth=1.2, zorder=2)
        axes.set_ylabel(label_of(name, run.units[name]))
        low, high = float(values.min()), float(values.max())
        span = high - low if high > low else max(abs(high), 1.0)
        axes.set_ylim(low - BELOW * span, high + 0.08 * span)
    else:
        axes.set_yticks([])
    colouring = colouring_of(run, cells, cells, color or default_colour(run))
    places = cells["xyz"[axis]].to_numpy(np.float64)
    states = cells["state"].to_numpy(dtype=object)
    for state, marker in MARKERS.items():
        rows = np.flatnonzero(states == state)
        axes.scatter(
            places[rows], np.full(len(rows), CELLS_AT), s=18, marker=marker, linewidths=0.4, zorder=3,
            hatch=None if state == "live" else DEAD[state][1],
            c=colouring.colours[rows] if state == "live" else DEAD[state][0], edgecolors="0.1",
            transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    if domain is not None:
        axes.set_xlim(domain.lower[axis], domain.upper[axis])
    axes.set_xlabel(f"{'xyz'[axis]} (µm)")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    shown = tuple(state for state in DEAD if (states == state).any())
    return Section(colouring, None, "", shown, None)
