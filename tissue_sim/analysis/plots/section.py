"""A section through the tissue: cells with their true radii over the field of a signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.analysis.plots import plane as planes
from tissue_sim.analysis.plots.colouring import Colouring, colouring_of, default_colour
from tissue_sim.analysis.plots.field import draw_field
from tissue_sim.analysis.plots.membranes import draw_membranes
from tissue_sim.analysis.plots.scale_bar import draw_scale_bar
from tissue_sim.analysis.plots.style import DEAD, label_of
from tissue_sim.errors import RunError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable

    from tissue_sim.analysis.run import Run

__all__ = ["Section", "draw_section"]


@dataclass(frozen=True)
class Section:
    """What was drawn, for colour bars and legends.

    Attributes
    ----------
    cells : Colouring
        How the cells are coloured.
    field : ScalarMappable or None
        Scale of the background.
    field_label : str
        Its label.
    states : tuple of str
        States of dead cells that are seen.
    height : float or None
        Where the plane cuts (um); None where nothing is cut.
    """

    cells: Colouring
    field: ScalarMappable | None
    field_label: str
    states: tuple[str, ...]
    height: float | None


def draw_section(
    axes: Axes, run: Run, *, time: float | str | None = None, color: str | None = None,
    signal: str | None = None,
) -> Section:  # fmt: skip
    """Draw the section at a recorded time.

    Parameters
    ----------
    axes : Axes
        Gets equal scales in both directions and no ticks.
    run : Run
        A 2-D or 3-D tissue.
    time : float or str, optional
        Minutes or text with a unit; the last snapshot by default.
    color : str, optional
        Column the cells are coloured by; see `default_colour`.
    signal : str, optional
        The background; the first recorded signal.

    Raises
    ------
    RunError
        Unknown time, column or signal, or cells of endless size.
    """
    cells = run.cells(time)
    domain = run.header.domain
    plane = planes.plane_of(domain)
    shown, radii = planes.cut_cells(cells, plane)
    if not (np.isfinite(radii).all() and np.isfinite(shown[["x", "y", "z"]].to_numpy()).all()):
        raise RunError(
            "cells lie or reach further than numbers in single precision, in which positions and radii are "
            "recorded, so that they cannot be drawn"
        )
    left, right, bottom, top = planes.view_of(shown, radii, plane, domain)
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", anchor="N", xticks=[], yticks=[])
    name = signal if signal is not None else next(iter(run.signals), None)
    scale = None if name is None else draw_field(axes, run, name, time, plane)
    colouring = colouring_of(run, cells, shown, color or default_colour(run))
    _draw_cells(axes, shown, planes.images_of(shown, radii, plane, domain), radii, colouring)
    draw_membranes(axes, run, plane)
    draw_scale_bar(axes)
    states = tuple(state for state in DEAD if (shown["state"] == state).any())
    label = "" if name is None else label_of(name, run.units[name])
    return Section(colouring, scale, label, states, plane.height if plane.cuts else None)


def _draw_cells(
    axes: Axes,
    shown: pd.DataFrame,
    places: tuple[np.ndarray, np.ndarray],
    radii: np.ndarray,
    colouring: Colouring,
) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Circle

    centres, cell = places
    states = shown["state"].to_numpy(dtype=object)[cell]
    circles = [Circle((x, y), radius) for (x, y), radius in zip(centres, radii[cell], strict=True)]
    for state in ("live", *DEAD):
        rows = np.flatnonzero(states == state)
        if not len(rows):
            continue
        fill, hatch = DEAD.get(state, (None, None))
        axes.add_collection(
            PatchCollection(
                [circles[row] for row in rows],
                facecolors=colouring.colours[cell[rows]] if fill is None else fill,
                edgecolors="0.1" if fill is None else "0.25",
                linewidths=0.25 if fill is None else 0.4,
                hatch=hatch,
                zorder=3,
            ),
            autolim=False,
        )
