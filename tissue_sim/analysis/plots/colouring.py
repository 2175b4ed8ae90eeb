"""What cells are coloured by, and how: a number through a colour map, or a category."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.analysis.plots.style import DEAD, MISSING, TYPE_COLOURS, label_of
from tissue_sim.errors import RunError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.cm import ScalarMappable

    from tissue_sim.analysis.run import Run

__all__ = ["Colouring", "colouring_of", "default_colour"]

CATEGORIES = ("type", "phase_name")
COLOUR_MAP = "viridis"


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
    """

    colours: np.ndarray
    label: str
    scale: ScalarMappable | None = None
    entries: dict[str, str] = field(default_factory=dict)


def default_colour(run: Run) -> str:
    """Return the first recorded species of a network, else ``type``."""
    return next((name for name in run.columns if "__" in name), "type")


def colouring_of(run: Run, cells: pd.DataFrame, shown: pd.DataFrame, name: str) -> Colouring:
    """Return the colours of the `shown` cells; the range of numbers is that of all live `cells`.

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

    alive = cells.loc[~cells["state"].isin(list(DEAD)), name].to_numpy(np.float64)
    finite = alive[np.isfinite(alive)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if high - low <= 1e-6 * max(abs(high), abs(low)):
        low, high = low - 0.5 * max(abs(low), 1e-12), high + 0.5 * max(abs(high), 1e-12)
    scale = ScalarMappable(Normalize(low, high), colormaps[COLOUR_MAP].with_extremes(bad=MISSING))
    values = np.ma.masked_invalid(shown[name].to_numpy(np.float64))
    unit = run.units.get(name, run.units.get(name.rsplit("_", 1)[0], ""))
    return Colouring(scale.to_rgba(values).reshape(-1, 4), label_of(name, unit), scale)
