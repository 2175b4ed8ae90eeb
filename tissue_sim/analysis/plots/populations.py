"""Numbers of cells over time, by type and state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tissue_sim.analysis.plots.style import LINE_STYLES, TYPE_COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from matplotlib.axes import Axes

    from tissue_sim.analysis.run import Run

__all__ = ["draw_populations"]

MOST_NAMED_LINES = 4
LEGEND_COLUMNS = 3
LEGEND_ROW = 0.085


def draw_populations(axes: Axes, run: Run, *, time: float | None = None) -> None:
    """Draw one line for each type and state that ever occurs: colour by type, line style by state.

    Parameters
    ----------
    axes : Axes
        Time in h to the right.
    run : Run
        Its recorded populations.
    time : float, optional
        Marked by a thin line, min.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    populations = run.populations()
    hours = populations.index.to_numpy() / 60.0
    for kind, state, colour in _lines(populations):
        axes.plot(
            hours, populations[(kind, state)].to_numpy(), LINE_STYLES[state], color=colour, linewidth=1.4,
            marker="o" if len(hours) < 2 else None, markersize=4, label=f"{kind}, {state}",
        )  # fmt: skip
    axes.set(xlabel="time (h)", ylabel="number of cells")
    axes.set_ylim(0, max(axes.get_ylim()[1], 1.0))
    if len(hours):
        axes.set_xlim(hours[0], hours[-1] if hours[-1] > hours[0] else hours[0] + 1.0)
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 3, 4, 5, 6, 8, 10]))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if len(axes.lines) > MOST_NAMED_LINES:
        _draw_key(axes, populations)
    elif axes.lines:
        axes.legend(frameon=False, handlelength=2.6, borderaxespad=0.2)
    if time is not None and len(hours) and time / 60.0 < hours[-1]:
        axes.axvline(time / 60.0, color="0.5", linewidth=0.7, zorder=0)


def _lines(populations: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Yield type, state and colour of everything that ever occurs."""
    kinds = list(dict.fromkeys(kind for kind, _ in populations.columns)) if populations.size else []
    for i, kind in enumerate(kinds):
        for state in LINE_STYLES:
            if (kind, state) in populations and populations[(kind, state)].to_numpy().any():
                yield kind, state, TYPE_COLOURS[i % len(TYPE_COLOURS)]


def _draw_key(axes: Axes, populations: pd.DataFrame) -> None:
    """Explain colours and line styles apart, in room made above the lines."""
    from matplotlib.lines import Line2D

    drawn = list(_lines(populations))
    kinds = {kind: colour for kind, _, colour in drawn}
    states = [state for state in LINE_STYLES if any(state == other for _, other, _ in drawn)]
    handles = [Line2D([], [], color=colour, linewidth=2.5, label=kind) for kind, colour in kinds.items()]
    for state in states:
        dashes: Any = LINE_STYLES[state]
        handles.append(Line2D([], [], color="0.3", linestyle=dashes, label=state))
    rows = -(-len(handles) // LEGEND_COLUMNS)
    axes.set_ylim(0, axes.get_ylim()[1] * (1 + LEGEND_ROW * rows))
    axes.legend(
        handles=handles, frameon=False, loc="upper left", ncols=LEGEND_COLUMNS, handlelength=2.2,
        columnspacing=1.2, borderaxespad=0.0,
    )  # fmt: skip
