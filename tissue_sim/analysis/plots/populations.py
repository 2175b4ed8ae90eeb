"""Numbers of cells over time, by type and state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.analysis.plots.style import LINE_STYLES, TYPE_COLOURS, TYPE_MARKERS
from tissue_sim.analysis.plots.time_axis import LOW_PANEL, label_height, time_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = ["draw_populations", "populations_change", "populations_key"]

MOST_NAMED_LINES = 4
MARKERS_ALONG = 6
LEAST_CHANGE = 0.02


def populations_change(populations: pd.DataFrame) -> bool:
    """Say whether any number changes by more than 2 % of the largest."""
    values = populations.to_numpy(np.float64)
    return bool(values.size) and bool(np.ptp(values, axis=0).max() > LEAST_CHANGE * max(values.max(), 1.0))


def draw_populations(axes: Axes, populations: pd.DataFrame, height: float) -> None:
    """Draw one line for each type and state that ever occurs: colour and marker by type, line style by state.

    Parameters
    ----------
    axes : Axes
        Time to the right.
    populations : DataFrame
        As `Run.populations`.
    height : float
        Of the panel, inches.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    times = populations.index.to_numpy(np.float64)
    _, minutes = time_unit(float(times[-1] - times[0]) if len(times) else 0.0)
    several = len({kind for kind, *_ in _lines(populations)}) > 1
    for kind, state, colour, marker in _lines(populations):
        axes.plot(
            times / minutes, populations[(kind, state)].to_numpy(), LINE_STYLES[state], color=colour,
            linewidth=1.4, marker=marker if several or len(times) < 2 else None, markersize=4,
            markevery=max(1, len(times) // MARKERS_ALONG), label=f"{kind}, {state}",
        )  # fmt: skip
    axes.set_ylabel(label_height("number of cells", height))
    axes.set_ylim(0, max(axes.get_ylim()[1], 1.0))
    ticks = 4 if height < LOW_PANEL else 6
    axes.yaxis.set_major_locator(MaxNLocator(ticks, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def populations_key(populations: pd.DataFrame) -> list[Line2D]:
    """Return what a key must explain: every line, or where they are many, types and states apart."""
    from matplotlib.lines import Line2D

    drawn = list(_lines(populations))
    kinds = {kind: (colour, marker) for kind, _, colour, marker in drawn}
    several = len(kinds) > 1

    def line(colour: str, state: str, marker: str | None, label: str) -> Line2D:
        dashes: Any = LINE_STYLES[state]
        return Line2D([], [], color=colour, linestyle=dashes, marker=marker, markersize=4, label=label)

    if len(drawn) <= MOST_NAMED_LINES:
        # Of a single type, one mention is enough.
        return [
            line(
                colour, state, marker if several else None,
                f"{kind}, {state}" if several or i == 0 else state,
            )
            for i, (kind, state, colour, marker) in enumerate(drawn)
        ]  # fmt: skip
    states = [state for state in LINE_STYLES if any(state == other for _, other, *_ in drawn)]
    return [
        *(line(colour, "live", marker, kind) for kind, (colour, marker) in kinds.items()),
        *(line("0.3", state, None, state) for state in states),
    ]


def _lines(populations: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    """Yield type, state, colour and marker of everything that ever occurs."""
    kinds = list(dict.fromkeys(kind for kind, _ in populations.columns)) if populations.size else []
    for i, kind in enumerate(kinds):
        for state in LINE_STYLES:
            if (kind, state) in populations and populations[(kind, state)].to_numpy().any():
                yield kind, state, TYPE_COLOURS[i % len(TYPE_COLOURS)], TYPE_MARKERS[i % len(TYPE_MARKERS)]
