"""The field of a signal as the background of a section: colours and contours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.analysis.plots import plane as planes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Colormap, Normalize

    from tissue_sim.analysis.run import Run

__all__ = ["draw_field"]

# The field is a background: the light part of a map of one hue, on which cells and contours stand out.
FIELD_MAP, FIELD_DARKEST = "Blues", 0.6
CONTOURS = 5
CONTOUR_POINTS = 200
LEAST_CHANGE = 0.01
"""A field that varies by less, relative to its size, is shown as even."""
LOGARITHMIC = (30.0, 1e4)
"""Largest over smallest value between which the scale is logarithmic, as for a gradient that decays."""
ROUND = (1.0, 2.0, 5.0)


def draw_field(
    axes: Axes, run: Run, name: str, time: float | str | None, plane: planes.Plane
) -> ScalarMappable | None:
    """Draw a signal in a plane and return its scale; the limits of the axes (um) are already set."""
    from matplotlib.colors import Normalize

    field = run.signal(name, time)
    domain = run.header.domain
    if domain is None or domain.grid is None:
        return None
    grid = domain.grid
    values = planes.cut_field(field, grid, plane)
    across, up = grid.centres(plane.across), grid.centres(plane.up)
    inside = _within_view(axes, across, up, values)
    low, high = float(inside.min()), float(inside.max())
    if high - low <= LEAST_CHANGE * max(abs(low), abs(high)):
        spread = 0.5 * max(abs(low), abs(high), 1e-12)
        scale: Normalize = Normalize(low - spread, high + spread)
    else:
        scale = _scale(low, high)
        if min(values.shape) > 1:
            _draw_contours(axes, across, up, values, scale)
    edges = [
        grid.origin[axis] + np.arange(grid.shape[2 - axis] + 1) * grid.spacing[axis]
        for axis in (plane.across, plane.up)
    ]
    return axes.imshow(
        values, cmap=_light_map(), norm=scale, origin="lower", interpolation="bilinear", zorder=0,
        extent=(edges[0][0], edges[0][-1], edges[1][0], edges[1][-1]),
    )  # fmt: skip


def _scale(low: float, high: float) -> Normalize:
    from matplotlib.colors import LogNorm, Normalize

    logarithmic = low > 0.0 and LOGARITHMIC[0] <= high / low <= LOGARITHMIC[1]
    return LogNorm(low, high, clip=True) if logarithmic else Normalize(low, high)


def _is_logarithmic(scale: Normalize) -> bool:
    from matplotlib.colors import LogNorm

    return isinstance(scale, LogNorm)


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


def _levels(scale: Normalize) -> list[float]:
    """Return round values between the ends; 1, 2, 5, 10, ... or their tens on a logarithmic scale."""
    from matplotlib.ticker import MaxNLocator

    low, high = float(scale.vmin or 0.0), float(scale.vmax or 0.0)
    if not _is_logarithmic(scale):
        return [float(level) for level in MaxNLocator(CONTOURS).tick_values(low, high) if low < level < high]
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    levels = [factor * 10.0**power for power in powers for factor in ROUND]
    inside = [level for level in levels if low < level < high]
    return (
        inside
        if len(inside) <= 2 * CONTOURS
        else [10.0**power for power in powers if low < 10.0**power < high]
    )


def _draw_contours(
    axes: Axes, across: np.ndarray, up: np.ndarray, values: np.ndarray, scale: Normalize
) -> None:
    from matplotlib.patheffects import withStroke

    levels = _levels(scale)
    if not levels:
        return
    halo = [withStroke(linewidth=1.4, foreground="white", alpha=0.8)]
    logarithmic = _is_logarithmic(scale)
    smooth = _refined(across, up, np.log(np.maximum(values, 1e-300)) if logarithmic else values)
    if logarithmic:
        smooth = (*smooth[:2], np.exp(smooth[2]))
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
