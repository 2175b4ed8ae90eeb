"""What all panels over time share: the unit of time, the marked time, keys above the panel."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from tissue_sim.analysis.plots.style import LINE_CYCLE, TYPE_COLOURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = [
    "LOW_PANEL",
    "draw_key",
    "draw_series",
    "key_rows",
    "label_height",
    "set_time",
    "time_text",
    "time_unit",
]

UNITS = (("min", 1.0, 120.0), ("h", 60.0, 7200.0), ("d", 1440.0, math.inf))
"""Unit, its minutes, and the longest time (min) that is shown in it."""
CHARACTER, HANDLE = 0.062, 0.45
"""Inches that a letter of a key and the line before it take."""
LABEL_CHARACTER = 0.061
LOW_PANEL = 1.5
"""Inches below which a panel has room for few ticks."""


def time_unit(duration: float) -> tuple[str, float]:
    """Return the unit a duration (min) is shown in, and its minutes: min, h or d."""
    return next((unit, minutes) for unit, minutes, longest in UNITS if duration < longest)


def time_text(time: float, duration: float) -> str:
    """Return a time of a run (min) as text: ``1.5 h``."""
    unit, minutes = time_unit(duration)
    return f"{time / minutes:.4g} {unit}"


def set_time(axes: Axes, times: np.ndarray, marked: float | None, *, label: bool) -> None:
    """Set limits, ticks and label of the time axis, and mark a time by a thin line.

    Parameters
    ----------
    axes : Axes
    times : float64[n], min
    marked : float or None, min
    label : bool
        False leaves numbers and label to the panel below.
    """
    from matplotlib.ticker import MaxNLocator

    unit, minutes = time_unit(float(times[-1] - times[0]) if len(times) else 0.0)
    if len(times):
        first, last = times[0] / minutes, times[-1] / minutes
        axes.set_xlim(first, last if last > first else first + 1.0)
        if marked is not None and marked < times[-1]:
            axes.axvline(marked / minutes, color="0.5", linewidth=0.7, zorder=0)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 3, 4, 5, 6, 8, 10]))
    if label:
        axes.set_xlabel(f"time ({unit})")
    else:
        axes.tick_params(labelbottom=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def draw_series(axes: Axes, times: np.ndarray, series: Sequence[np.ndarray], names: Sequence[str]) -> None:
    """Draw curves that colour and line style tell apart, labelled by `names`; times in min."""
    _, minutes = time_unit(float(times[-1] - times[0]) if len(times) else 0.0)
    for i, (values, name) in enumerate(zip(series, names, strict=True)):
        style, colour = LINE_CYCLE[i % len(LINE_CYCLE)], TYPE_COLOURS[i % len(TYPE_COLOURS)]
        axes.plot(
            times / minutes, values, style, color=colour, linewidth=1.2, label=name,
            marker="o" if len(times) < 2 else None, markersize=4,
        )  # fmt: skip


def key_rows(labels: Sequence[str], width: float) -> int:
    """Return how many rows the key of these labels takes in a panel of `width` inches; 0 for none."""
    return math.ceil(len(labels) / _key_columns(labels, width)) if labels else 0


def _key_columns(labels: Sequence[str], width: float) -> int:
    """Return the most columns that fit; keys are filled column by column."""
    widths = [len(label) * CHARACTER + HANDLE for label in labels]
    for columns in range(len(labels), 1, -1):
        rows = math.ceil(len(labels) / columns)
        if sum(max(widths[first : first + rows]) for first in range(0, len(labels), rows)) <= width:
            return columns
    return 1


def draw_key(axes: Axes, handles: Sequence[Line2D], width: float) -> None:
    """Explain lines above the panel, where they hide nothing; `width` of the panel in inches."""
    labels = [str(handle.get_label()) for handle in handles]
    axes.legend(
        handles=list(handles), frameon=False, loc="lower left", bbox_to_anchor=(-0.02, 1.0), borderpad=0.25,
        ncols=_key_columns(labels, width), handlelength=2.3, columnspacing=1.0, borderaxespad=0.0,
        labelspacing=0.25,
    )  # fmt: skip


def label_height(text: str, height: float) -> str:
    """Return a label in lines that fit beside a panel of `height` inches."""
    return "\n".join(textwrap.wrap(text, max(10, int(height / LABEL_CHARACTER)), break_long_words=False))
