"""What cells are coloured by, and how: a number through a colour map, or a category."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.analysis.plots.style import DEAD, MISSING, TYPE_COLOURS, label_of
from tissue_sim.analysis.plots.time_axis import time_unit
from tissue_sim.errors import RunError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.cm import ScalarMappable

    from tissue_sim.analysis.run import Run

__all__ = ["Colouring", "colouring_of", "default_colour"]

CATEGORIES = ("type", "phase_name")
COLOUR_MAP = "viridis"
UNCOLOURED = frozenset({"cell_id", "parent_id", "state", "position", "velocity", "radius"})
MOST_LEVELS = 6
TIMES_LOOKED_AT = 20
EXTREMES, WORTH_CUTTING = 0.01, 0.6
"""Share of values beyond either end of the colours; cut where the others span less than that part of all."""


@dataclass(frozen=True)
class Colouring:
    """Fill colours for cells.

    Attributes
    ----------
    colours : float64[n, 4]
        One for each cell that was asked for.
    label : str
        What they show, with its unit.
    scale : ScalarMappable or None
        For a colour bar; None for categories.
    entries : dict
        Category -> colour, for a legend.
    extend : str
        Ends of the colour bar beyond which there are values: ``neither``, ``min``, ``max`` or ``both``.
    """

    colours: np.ndarray
    label: str
    scale: ScalarMappable | None = None
    entries: dict[str, str] = field(default_factory=dict)
    extend: str = "neither"


def default_colour(run: Run) -> str:
    """Return what colours the cells unless something else is asked for.

    The first column named under ``record: columns:``, else the first recorded species of a network, else
    ``type``.
    """
    named = (run.scenario.get("record") or {}).get("columns")
    if isinstance(named, list):
        first = next((name for name in named if name in run.columns and name not in UNCOLOURED), None)
        if first is not None:
            return str(first)
    return next((name for name in run.columns if "__" in name), "type")


def colouring_of(run: Run, cells: pd.DataFrame, shown: pd.DataFrame, name: str) -> Colouring:
    """Return the colours of the `shown` cells; the range of numbers is that of all live cells of the run.

    One range for the whole run makes pictures of different times comparable, and cells that oscillate in
    step look alike. Whole numbers of few values are drawn as categories.

    Raises
    ------
    RunError
        If `name` is no recorded column.
    """
    if name not in cells.columns:
        known = [column for column in cells.columns if column not in ("cell_id", "x", "y", "z")]
        raise RunError(
            f"cells cannot be coloured by '{name}'{did_you_mean(name, known)}; "
            f"recorded are {', '.join(known)}"
        )
    if name in CATEGORIES:
        return _categories(cells, shown, name)
    if name == "state":
        return _categories(cells, shown, "type")
    return _numbers(run, cells, shown, name)


def _categories(cells: pd.DataFrame, shown: pd.DataFrame, name: str) -> Colouring:
    from matplotlib.colors import to_rgba

    dtype = cells[name].dtype
    names = list(dtype.categories) if hasattr(dtype, "categories") else sorted(cells[name].unique())
    present = set(cells[name])
    entries = {
        str(kind): TYPE_COLOURS[i % len(TYPE_COLOURS)] for i, kind in enumerate(names) if kind in present
    }
    colours = np.array([to_rgba(entries[str(kind)]) for kind in shown[name]]).reshape(-1, 4)
    return Colouring(colours, "cell type" if name == "type" else "phase", None, entries)


def _numbers(run: Run, cells: pd.DataFrame, shown: pd.DataFrame, name: str) -> Colouring:
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    values = _live_values(run, cells, name)
    drawn = shown[name].to_numpy(np.float64)
    unit = run.units.get(name, run.units.get(name.rsplit("_", 1)[0], ""))
    if unit == "min" and len(values):
        unit, minutes = time_unit(float(values.max()))
        values, drawn = values / minutes, drawn / minutes
    levels = np.unique(values)
    if 1 < len(levels) <= MOST_LEVELS and np.array_equal(levels, np.rint(levels)):
        return _levels(drawn, levels, label_of(name, unit))
    low, high, extend = _range(values)
    scale = ScalarMappable(Normalize(low, high), colormaps[COLOUR_MAP].with_extremes(bad=MISSING))
    return Colouring(
        scale.to_rgba(np.ma.masked_invalid(drawn)).reshape(-1, 4), label_of(name, unit), scale, extend=extend
    )


def _live_values(run: Run, cells: pd.DataFrame, name: str) -> np.ndarray:
    """Return the finite values of live cells, at the time drawn and at times spread over the run."""
    now = cells.loc[~cells["state"].isin(list(DEAD)), name].to_numpy(np.float64)
    steps = np.unique(np.linspace(0, len(run.times) - 1, TIMES_LOOKED_AT).astype(int))
    others = [run.live_values(name, int(step)) for step in steps] if name in run.columns else []
    values = np.concatenate([now, *others])
    return np.asarray(values[np.isfinite(values)], dtype=np.float64)


def _range(values: np.ndarray) -> tuple[float, float, str]:
    """Return the ends of the colours, and which of them values lie beyond: few extremes do not set them."""
    if not len(values):
        return 0.0, 1.0, "neither"
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-6 * max(abs(high), abs(low)):
        return low - 0.5 * max(abs(low), 1e-12), high + 0.5 * max(abs(high), 1e-12), "neither"
    inner = [float(value) for value in np.quantile(values, (EXTREMES, 1.0 - EXTREMES))]
    if not 0.0 < inner[1] - inner[0] < WORTH_CUTTING * (high - low):
        return low, high, "neither"
    ends = (low < inner[0] - 0.05 * (inner[1] - inner[0]), high > inner[1] + 0.05 * (inner[1] - inner[0]))
    extend = {(True, True): "both", (True, False): "min", (False, True): "max"}.get(ends, "neither")
    return inner[0] if ends[0] else low, inner[1] if ends[1] else high, extend


def _levels(shown: np.ndarray, levels: np.ndarray, label: str) -> Colouring:
    """Draw whole numbers of few values in colours of growing lightness."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    positions = np.linspace(0.0, 1.0, len(levels))
    hexes = [str(to_hex(colormaps[COLOUR_MAP](position))) for position in positions]
    colours = np.tile(np.array(_rgba(MISSING)), (len(shown), 1))
    for level, colour in zip(levels, hexes, strict=True):
        colours[shown == level] = _rgba(colour)
    name = label.partition(",")[0]
    entries = {f"{name} {level:g}": colour for level, colour in zip(levels, hexes, strict=True)}
    return Colouring(colours, label, None, entries)


def _rgba(colour: str) -> tuple[float, float, float, float]:
    from matplotlib.colors import to_rgba

    return to_rgba(colour)
