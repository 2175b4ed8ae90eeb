"""A section through the tissue: cells with their true radii over the field of a signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.analysis.plots import plane as planes
from tissue_sim.analysis.plots.colouring import Colouring, colouring_of, default_colour
from tissue_sim.analysis.plots.scale_bar import draw_scale_bar
from tissue_sim.analysis.plots.style import DEAD, label_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Colormap

    from tissue_sim.analysis.run import Run

__all__ = ["Section", "draw_section"]

# The field is a background: the light part of a map of one hue, on which cells and contours stand out.
FIELD_MAP, FIELD_DARKEST = "Blues", 0.6
CONTOURS = 5
CONTOUR_POINTS = 200


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
        Column the cells are coloured by; the first species of a network, else the cell type.
    signal : str, optional
        The background; the first recorded signal.

    Raises
    ------
    RunError
        Unknown time, column or signal.
    """
    cells = run.cells(time)
    domain = run.header.domain
    plane = planes.plane_of(domain)
    shown, radii = planes.cut_cells(cells, plane)
    left, right, bottom, top = planes.view_of(shown, radii, plane, domain)
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", anchor="N", xticks=[], yticks=[])
    name = signal if signal is not None else next(iter(run.signals), None)
    scale = None if name is None else _draw_field(axes, run, name, time, plane)
    colouring = colouring_of(run, cells, shown, color or default_colour(run))
    _draw_cells(axes, shown, radii, plane, colouring)
    draw_scale_bar(axes)
    states = tuple(state for state in DEAD if (shown["state"] == state).any())
    label = "" if name is None else label_of(name, run.units[name])
    return Section(colouring, scale, label, states, plane.height if plane.cuts else None)


def _draw_field(
    axes: Axes, run: Run, name: str, time: float | str | None, plane: planes.Plane
) -> ScalarMappable | None:
    field = run.signal(name, time)
    domain = run.header.domain
    if domain is None or domain.grid is None:
        return None
    grid = domain.grid
    values = planes.cut_field(field, grid, plane)
    edges = [
        grid.origin[axis] + np.arange(grid.shape[2 - axis] + 1) * grid.spacing[axis]
        for axis in (plane.across, plane.up)
    ]
    image = axes.imshow(
        values, cmap=_light_map(), origin="lower", interpolation="bilinear", zorder=0,
        extent=(edges[0][0], edges[0][-1], edges[1][0], edges[1][-1]),
    )  # fmt: skip
    inside = _within_view(axes, grid.centres(plane.across), grid.centres(plane.up), values)
    low, high = float(inside.min()), float(inside.max())
    if high - low <= 1e-6 * max(abs(low), abs(high)):
        low, high = low - 0.5 * max(abs(low), 1e-12), high + 0.5 * max(abs(high), 1e-12)
    elif min(values.shape) > 1:
        _draw_contours(axes, grid.centres(plane.across), grid.centres(plane.up), values, (low, high))
    image.set_clim(low, high)
    return image


def _light_map() -> Colormap:
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps[FIELD_MAP](np.linspace(0.0, FIELD_DARKEST, 256)))


def _within_view(axes: Axes, across: np.ndarray, up: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the values the window shows, so that the colours are spent on those."""
    columns = _between(across, axes.get_xlim())
    rows = _between(up, axes.get_ylim())
    inside: np.ndarray = values[np.ix_(rows, columns)]
    return inside


def _between(centres: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    inside = np.flatnonzero((centres >= limits[0]) & (centres <= limits[1]))
    return inside if len(inside) else np.array([int(np.argmin(np.abs(centres - sum(limits) / 2)))])


def _draw_contours(
    axes: Axes, across: np.ndarray, up: np.ndarray, values: np.ndarray, limits: tuple[float, float]
) -> None:
    from matplotlib.patheffects import withStroke
    from matplotlib.ticker import MaxNLocator

    levels = [level for level in MaxNLocator(CONTOURS).tick_values(*limits) if limits[0] < level < limits[1]]
    if not levels:
        return
    halo = [withStroke(linewidth=1.4, foreground="white", alpha=0.8)]
    smooth = _refined(across, up, values)
    lines = axes.contour(*smooth, levels=levels, colors="0.1", linewidths=0.6, zorder=5)
    lines.set(path_effects=halo)
    for text in axes.clabel(lines, fontsize=6, fmt="%g", inline_spacing=2):
        text.set(path_effects=halo, zorder=6, clip_on=True)


def _refined(
    across: np.ndarray, up: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the field on a finer grid (cubic spline), so that contours are curves, not polygons."""
    from scipy.interpolate import RectBivariateSpline

    orders = [min(3, number - 1) for number in values.shape]
    fine = [np.linspace(c[0], c[-1], max(len(c), CONTOUR_POINTS)) for c in (across, up)]
    spline = RectBivariateSpline(up, across, values, kx=orders[0], ky=orders[1])
    return fine[0], fine[1], spline(fine[1], fine[0])


def _draw_cells(
    axes: Axes, shown: pd.DataFrame, radii: np.ndarray, plane: planes.Plane, colouring: Colouring
) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Circle

    centres = shown[["xyz"[plane.across], "xyz"[plane.up]]].to_numpy(np.float64)
    states = shown["state"].to_numpy(dtype=object)
    circles = [Circle((x, y), radius) for (x, y), radius in zip(centres, radii, strict=True)]
    for state in ("live", *DEAD):
        rows = np.flatnonzero(states == state)
        if not len(rows):
            continue
        fill, hatch = DEAD.get(state, (None, None))
        axes.add_collection(
            PatchCollection(
                [circles[row] for row in rows],
                facecolors=colouring.colours[rows] if fill is None else fill,
                edgecolors="0.1" if fill is None else "0.25",
                linewidths=0.25 if fill is None else 0.4,
                hatch=hatch,
                zorder=3,
            ),
            autolim=False,
        )
