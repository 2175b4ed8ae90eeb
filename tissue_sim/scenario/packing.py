"""Cells packed into a shape: on the densest lattice, or at random."""

from __future__ import annotations

import math

import numpy as np

from tissue_sim.errors import SettingsError
from tissue_sim.scenario.shapes import Shape

__all__ = ["MOST_CELLS", "expected_number", "hexagonal_packing", "hexagonal_sheet", "random_packing"]

MOST_CELLS = 10_000_000
_MOST_CANDIDATES = 20 * MOST_CELLS
_ROW = math.sqrt(3.0) / 2.0
_LAYER = math.sqrt(2.0 / 3.0)
_CELL_MEASURE = {0: 1.0, 1: 1.0, 2: _ROW, 3: _ROW * _LAYER}
"""Length, area or volume per lattice point over spacing^d; 1/sqrt(2) in 3-D."""


def expected_number(shape: Shape, spacing: float) -> float:
    """Return about how many lattice points a shape holds."""
    number = len(shape.axes)
    return shape.measure / (_CELL_MEASURE[number] * spacing**number)


def hexagonal_packing(shape: Shape, spacing: float, number: int | None = None) -> np.ndarray:
    """Return lattice points inside a shape, float64[n, 3], ordered by z, y, x.

    A line in 1-D, the triangular lattice in 2-D, hexagonal close packing in 3-D; one point stands in the
    middle of the shape.

    Parameters
    ----------
    shape : Shape
    spacing : float
        Distance of nearest neighbours, um.
    number : int, optional
        Only the `number` points nearest to the middle.

    Raises
    ------
    SettingsError
        Too many points, or fewer than `number`.
    """
    boxed = math.prod(2.0 * shape.half[axis] / spacing + 1.0 for axis in shape.axes)
    if expected_number(shape, spacing) > MOST_CELLS or boxed > _MOST_CANDIDATES:
        raise SettingsError(
            f"about {expected_number(shape, spacing):.3g} cells; at most {MOST_CELLS} can be placed"
        )
    parts = [layer[shape.contains(layer)] for layer in _layers(shape, spacing)]
    points = np.concatenate(parts) if parts else np.zeros((0, 3))
    if number is None:
        return points
    if number > len(points):
        raise SettingsError(
            f"only {len(points)} cells fit with spacing {spacing:.4g} um; ask for fewer than {number}, "
            "or give a smaller `spacing` or packing: random"
        )
    squared = ((points - np.array(shape.center)) ** 2).sum(axis=1)
    order = np.argsort(np.round(squared / spacing**2, 9), kind="stable")
    return points[np.sort(order[:number])]


def _layers(shape: Shape, spacing: float) -> list[np.ndarray]:
    """Return the lattice in the bounding box, one array float64[m, 3] per layer of z."""
    if 2 not in shape.axes:
        return [_plane(shape, spacing, shape.center[2], 0.0, 0.0)]
    reach = math.ceil(shape.half[2] / (spacing * _LAYER)) if len(shape.axes) == 3 else 0
    if len(shape.axes) == 3:
        rise = _LAYER * spacing
        return [
            _plane(shape, spacing, shape.center[2] + k * rise, k % 2 / 2.0, k % 2 * _ROW / 3.0)
            for k in range(-reach, reach + 1)
        ]
    return _upright(shape, spacing)


def _upright(shape: Shape, spacing: float) -> list[np.ndarray]:
    """Return the lattice of a shape that is flat in x or y (or a line along z)."""
    swapped = Shape(
        (shape.center[2], shape.center[0] if 0 in shape.axes else shape.center[1], 0.0),
        (shape.half[2], shape.half[0] if 0 in shape.axes else shape.half[1], 0.0),
        tuple(range(len(shape.axes))),
    )
    flat = _plane(swapped, spacing, 0.0, 0.0, 0.0)
    points = np.tile(np.array(shape.center), (len(flat), 1))
    points[:, 2] = flat[:, 0]
    if len(shape.axes) == 2:
        points[:, shape.axes[0]] = flat[:, 1]
    order = np.lexsort((points[:, 0], points[:, 1], points[:, 2]))
    return [points[order]]


def _plane(shape: Shape, spacing: float, z: float, shift_x: float, shift_y: float) -> np.ndarray:
    """Return one layer of the triangular lattice, shifted by parts of the spacing, ordered by y, x."""
    along_x = math.ceil(shape.half[0] / spacing) + 1 if 0 in shape.axes else 0
    along_y = math.ceil(shape.half[1] / (spacing * _ROW)) + 1 if 1 in shape.axes else 0
    i = np.arange(-along_x, along_x + 1, dtype=np.float64)
    j = np.arange(-along_y, along_y + 1, dtype=np.float64)
    odd = np.abs(j) % 2.0 if 0 in shape.axes else np.zeros(len(j))
    row = _ROW if 0 in shape.axes else 1.0
    x = shape.center[0] + (i[None, :] + odd[:, None] / 2.0 + shift_x) * spacing
    y = np.broadcast_to(shape.center[1] + (j[:, None] * row + shift_y) * spacing, x.shape)
    return np.stack([x.ravel(), y.ravel(), np.full(x.size, z)], axis=1)


def hexagonal_sheet(
    rows: int, columns: int, spacing: float, center: tuple[float, float, float]
) -> np.ndarray:
    """Return a sheet of rows x columns points in the x-y plane, float64[n, 3], middle at `center`.

    Every second row is shifted by half a spacing; the sheet tiles a periodic box of columns * spacing by
    rows * spacing * sqrt(3)/2.
    """
    column, row = np.meshgrid(np.arange(columns), np.arange(rows))
    x = (column + 0.25 + (row % 2) / 2.0 - columns / 2.0) * spacing
    y = (row + 0.5 - rows / 2.0) * spacing * _ROW
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    points += np.array(center)
    return points


def random_packing(shape: Shape, number: int, key: int, item: int) -> np.ndarray:
    """Return points distributed uniformly in a shape, float64[number, 3].

    Parameters
    ----------
    key : int
        The seed's key.
    item : int
        Which item of ``initial`` it is: its own sequence of numbers.
    """
    from tissue_sim.kernels.placement import fill_draws
    from tissue_sim.random_numbers import TISSUE, Purpose

    draws = np.empty(3 * number)
    fill_draws(np.uint64(key), TISSUE, item, int(Purpose.PLACEMENT), 0, draws)
    return shape.from_uniform(draws.reshape(number, 3))
