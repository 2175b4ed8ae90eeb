"""The column of panels over time: populations where they change, then the measures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tissue_sim.analysis.plots.measures import MeasureGroup, draw_measures, measure_groups
from tissue_sim.analysis.plots.populations import draw_populations, populations_change, populations_key
from tissue_sim.analysis.plots.time_axis import draw_key, key_rows, set_time

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from tissue_sim.analysis.run import Run

__all__ = ["MOST_PANELS", "draw_time_courses"]

MOST_PANELS = 3
"""More would be too low to read; what does not fit is in `Run.measures`."""
KEY_ROW, GAP = 0.135, 0.13
"""Inches above a panel: for every row of its key, and in any case."""


@dataclass(frozen=True)
class Panel:
    """One panel: how it is drawn (axes, height in inches), and the labels of its key."""

    draw: Callable[[Axes, float], None]
    labels: tuple[str, ...]


def draw_time_courses(
    figure: Figure, run: Run, place: tuple[float, float, float, float], time: float | None
) -> list[Axes]:
    """Draw up to three panels into a part of a figure.

    Parameters
    ----------
    figure : Figure
    run : Run
    place : tuple
        Left, bottom, width and height, as parts of the figure.
    time : float or None
        Marked by a thin line, min.

    Returns
    -------
    list of Axes
        From top to bottom.
    """
    panels = _panels(run)
    left, bottom, width, height = place
    wide, high = figure.get_figwidth() * width, figure.get_figheight() * height
    above = [KEY_ROW * key_rows(panel.labels, wide) for panel in panels]
    # The top panel's key stands inside the place; only further panels need a gap above them.
    each = (high - sum(above) - GAP * (len(panels) - 1)) / len(panels)
    drawn: list[Axes] = []
    top = high
    for panel, key in zip(panels, above, strict=True):
        top -= key
        down = bottom + (top - each) / figure.get_figheight()
        axes = figure.add_axes((left, down, width, each / figure.get_figheight()))
        panel.draw(axes, each)
        set_time(axes, run.times, time, label=len(drawn) == len(panels) - 1)
        drawn.append(axes)
        top -= each + GAP
    figure.align_ylabels(drawn)
    return drawn


def _panels(run: Run) -> list[Panel]:
    populations, groups = run.populations(), measure_groups(run)
    panels: list[Panel] = []
    if not groups or populations_change(populations):
        key = populations_key(populations)
        labels = tuple(str(handle.get_label()) for handle in key)
        panels.append(Panel(partial(_draw_populations, populations, key), labels))
    free = MOST_PANELS - len(panels)
    panels.extend(Panel(partial(_draw_measures, run, group), group.lines) for group in groups[:free])
    return panels


def _draw_populations(populations: pd.DataFrame, key: list[Line2D], axes: Axes, height: float) -> None:
    draw_populations(axes, populations, height)
    if key:
        draw_key(axes, key, _width(axes))


def _draw_measures(run: Run, group: MeasureGroup, axes: Axes, height: float) -> None:
    draw_measures(axes, run, group, height)
    if group.lines:
        draw_key(axes, axes.get_lines(), _width(axes))


def _width(axes: Axes) -> float:
    """Return the width of a panel, inches."""
    return float(axes.get_window_extent().width / axes.figure.dpi)
