"""The plane a section shows: which axes, where it cuts, what of the cells and fields lies in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from tissue_sim.tissue.domain import Domain, Grid

__all__ = ["Plane", "cut_cells", "cut_field", "images_of", "plane_of", "view_of"]

MARGIN = 1.12


@dataclass(frozen=True)
class Plane:
    """A plane along two axes.

    Attributes
    ----------
    across, up : int
        Axes (0 x, 1 y, 2 z) drawn to the right and upwards.
    normal : int
        The third axis.
    height : float
        Where the plane cuts it, um.
    cuts : bool
        The tissue extends along the normal, so cells are cut; else all cells lie in the plane.
    """

    across: int
    up: int
    normal: int
    height: float
    cuts: bool


def plane_of(domain: Domain | None) -> Plane:
    """Return z = 0 in 3-D (the middle where 0 is outside), in 2-D the plane the tissue has."""
    present = (True, True, True) if domain is None else domain.present
    if all(present):
        height = 0.0
        if domain is not None and not domain.lower[2] <= 0.0 <= domain.upper[2]:
            height = 0.5 * (domain.lower[2] + domain.upper[2])
        return Plane(0, 1, 2, height, cuts=True)
    missing = max(axis for axis in range(3) if not present[axis])
    across, up = (axis for axis in range(3) if axis != missing)
    return Plane(across, up, missing, 0.0, cuts=False)


def cut_cells(cells: pd.DataFrame, plane: Plane) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the cells the plane meets and the radii of their cuts, um.

    Where the radius was not recorded, cells are drawn with that of a sphere of 2494 um^3 (PhysiCell's default
    cell volume).
    """
    default = (3 * 2494.0 / (4 * np.pi)) ** (1 / 3)
    radii = cells["radius"].to_numpy(np.float64) if "radius" in cells else np.full(len(cells), default)
    if not plane.cuts:
        return cells, radii
    distance = np.abs(cells["xyz"[plane.normal]].to_numpy(np.float64) - plane.height)
    met = distance < radii
    return cells[met], np.sqrt(radii[met] ** 2 - distance[met] ** 2)


def images_of(
    cells: pd.DataFrame, radii: np.ndarray, plane: Plane, domain: Domain | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return where circles are drawn: a cell that reaches over a periodic face is seen on both sides.

    Returns
    -------
    centres : float64[m, 2], um
    rows : int64[m]
        Which of the cells each is; the cells themselves first.
    """
    axes = (plane.across, plane.up)
    centres = cells[["xyz"[axis] for axis in axes]].to_numpy(np.float64)
    rows = np.arange(len(centres))
    if domain is None:
        return centres, rows
    for column, axis in enumerate(axes):
        if not domain.periodic[axis]:
            continue
        low, high = domain.lower[axis], domain.upper[axis]
        for outside, shift in (
            (centres[:, column] - radii[rows] < low, high - low),
            (centres[:, column] + radii[rows] > high, low - high),
        ):
            image = centres[: len(outside)][outside]
            image[:, column] += shift
            centres = np.concatenate([centres, image])
            rows = np.concatenate([rows, rows[: len(outside)][outside]])
    return centres, rows


def cut_field(field: np.ndarray, grid: Grid, plane: Plane) -> np.ndarray:
    """Return the field in the plane, rows upwards: linear between the voxel centres on both sides."""
    centres = grid.centres(plane.normal)
    axis = 2 - plane.normal
    upper = int(np.clip(np.searchsorted(centres, plane.height), 1, max(len(centres) - 1, 1)))
    if len(centres) == 1:
        section = np.take(field, 0, axis=axis)
    else:
        part = np.clip((plane.height - centres[upper - 1]) / (centres[upper] - centres[upper - 1]), 0.0, 1.0)
        section = (1 - part) * np.take(field, upper - 1, axis=axis) + part * np.take(field, upper, axis=axis)
    # (nz, ny, nx) without one axis: rows are the later of the two others, which is `up`.
    return np.asarray(section, dtype=np.float64)


def view_of(
    cells: pd.DataFrame, radii: np.ndarray, plane: Plane, domain: Domain | None
) -> tuple[float, float, float, float]:
    """Return a window (left, right, bottom, top), um: the cells with a margin, within the domain."""
    axes = (plane.across, plane.up)
    if domain is not None:
        lower, upper = (np.array([edge[axis] for axis in axes]) for edge in (domain.lower, domain.upper))
    else:
        lower, upper = np.full(2, -np.inf), np.full(2, np.inf)
    if len(cells) == 0:
        low = np.where(np.isfinite(lower), lower, -50.0)
        high = np.where(np.isfinite(upper), upper, 50.0)
    else:
        positions = cells[["xyz"[axis] for axis in axes]].to_numpy(np.float64)
        low, high = (positions - radii[:, None]).min(axis=0), (positions + radii[:, None]).max(axis=0)
        centre, half = (low + high) / 2, MARGIN * (high - low).max() / 2
        # Cells may have left an open domain; they are shown all the same.
        low = np.minimum(np.maximum(centre - half, lower), low)
        high = np.maximum(np.minimum(centre + half, upper), high)
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])
