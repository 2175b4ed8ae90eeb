"""A picture of a network's values over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.analysis.plots.style import STYLE, TYPE_COLOURS, label_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tissue_sim.network.simulate import Trajectories

__all__ = ["draw_trajectories"]

LINES = len(TYPE_COLOURS) - 1
"""Most lines in a panel; the last colour, yellow, is hard to see as a line."""
WIDTH, HEIGHT = 3.5, 2.2
"""Of a panel, inches."""


def draw_trajectories(
    trajectories: Trajectories,
    path: Path,
    *,
    time_unit: str = "",
    names: Sequence[str] | None = None,
    dpi: int = 200,
) -> Path:
    """Draw values over time, the median and the middle 90 % where there are several cells.

    Parameters
    ----------
    trajectories : Trajectories
    path : Path
        File to write; its ending says the format.
    time_unit : str
        For the axis.
    names : sequence of str
        What is drawn; everything recorded by default.
    dpi : int

    Returns
    -------
    Path
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = list(names or trajectories.names)
    groups = [shown[i : i + LINES] for i in range(0, len(shown), LINES)] or [[]]
    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH * columns, HEIGHT * rows), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(rows, columns, squeeze=False, sharex=True)
        for axis, group in zip(axes.flat, groups, strict=False):
            _panel(axis, trajectories, group)
        for axis in axes.flat[len(groups) :]:
            axis.set_axis_off()
        for axis in axes[-1]:
            axis.set_xlabel(label_of("time", time_unit))
        figure.savefig(path, dpi=dpi)
    return path


def _panel(axis: Any, trajectories: Trajectories, names: Sequence[str]) -> None:
    for name, colour in zip(names, TYPE_COLOURS, strict=False):
        values = trajectories[name]
        axis.plot(trajectories.times, np.median(values, axis=0), color=colour, linewidth=1.0, label=name)
        if len(values) > 1:
            low, high = np.percentile(values, (5.0, 95.0), axis=0)
            axis.fill_between(trajectories.times, low, high, color=colour, alpha=0.2, linewidth=0.0)
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_ylabel("value" if len(names) != 1 else names[0])
    if len(names) > 1:
        axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
