"""Curves of the other simulators, each tool with its own colour, dashes and marker in every figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

__all__ = ["MEASURED", "OURS", "draw_peers", "peers"]

OURS: dict[str, Any] = {
    "color": "black",
    "linewidth": 1.8,
    "linestyle": "-",
    "zorder": 5,
    "label": "tissue_sim",
}
MEASURED: dict[str, Any] = {
    "color": "black", "linestyle": "", "marker": "D", "markersize": 5, "markerfacecolor": "white",
    "zorder": 6,
}  # fmt: skip
# Okabe and Ito's colours, told apart by dashes and markers as well.
STYLES: dict[str, dict[str, Any]] = {
    "BioDynaMo": {"color": "#0072B2", "linestyle": (0, (6, 2)), "marker": "s"},
    "Chaste": {"color": "#D55E00", "linestyle": (0, (1, 1.2)), "marker": "^"},
    "PhysiCell": {"color": "#009E73", "linestyle": (0, (6, 2, 1, 2)), "marker": "o"},
    "TiSim": {"color": "#CC79A7", "linestyle": (0, (3, 1.5)), "marker": "v"},
}
SECOND_RUN = {"markerfacecolor": "white"}
MARKERS_ON_A_CURVE = 8


def peers(reference: Path, name: str) -> pd.DataFrame:
    """Return one table of permedcoe/peers."""
    return pd.read_csv(reference / "permedcoe" / "peers" / f"{name}.csv")


def draw_peers(axes: Axes, table: pd.DataFrame, x: str, y: str, *, by: str | None = None) -> None:
    """Draw column `y` over `x`, one curve a tool (and a value of column `by`), labelled once a tool."""
    seen: set[str] = set()
    for tool, rows in table.dropna(subset=[y]).groupby("tool", sort=True):
        base = next(name for name in STYLES if str(tool).startswith(name))
        style = {**STYLES[base], **(SECOND_RUN if base in seen else {})}
        seen.add(base)
        parts = [rows] if by is None else [part for _, part in rows.groupby(by)]
        for number, part in enumerate(parts):
            axes.plot(
                part[x], part[y], **style, linewidth=1.0, markersize=4,
                markevery=max(1, len(part) // MARKERS_ON_A_CURVE), label=str(tool) if number == 0 else None,
            )  # fmt: skip
