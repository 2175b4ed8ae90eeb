"""Where the first cells are: items of `initial` -> arrays, the same for the same scenario and seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SettingsError
from tissue_sim.scenario.cell_files import read_cells
from tissue_sim.scenario.packing import (
    MOST_CELLS,
    expected_number,
    hexagonal_packing,
    hexagonal_sheet,
    random_packing,
)
from tissue_sim.scenario.shapes import padded, shape_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tissue_sim.scenario.initial_settings import InitialItem
    from tissue_sim.tissue.domain import Domain

__all__ = ["CLOSENESS", "Placement", "default_spacing", "number_of_cells", "place", "place_item"]

CLOSENESS = 0.95
"""Default spacing over the diameter of a cell, as PhysiCell's sample projects place cells."""


@dataclass(frozen=True)
class Placement:
    """The first cells.

    Attributes
    ----------
    positions : float64[n, 3], um
    types : int64[n]
        Index of the cell type.
    columns : dict of float64[n]
        Values from csv files, NaN where none is given.
    """

    positions: np.ndarray
    types: np.ndarray
    columns: dict[str, np.ndarray]


def default_spacing(volume: float) -> float:
    """Return 0.95 times the diameter of a sphere of `volume` (um^3), um."""
    return CLOSENESS * 2.0 * math.cbrt(3.0 * volume / (4.0 * math.pi))


def number_of_cells(item: InitialItem, domain: Domain, volume: float) -> int | None:
    """Return how many cells an item gives where that is known without placing them."""
    if item.packing == "random":
        return item.number
    if item.hexagonal is not None:
        return item.hexagonal.rows * item.hexagonal.columns
    if item.shape in ("ball", "disc", "annulus", "box") and item.number is None:
        shape = shape_of(item, domain.present)
        return round(expected_number(shape, item.spacing or default_spacing(volume)))
    return item.number


def place(
    items: Sequence[InitialItem],
    domain: Domain,
    volumes: Mapping[str, float],
    files: Mapping[str, bytes],
    declared: Collection[str],
    key: int,
) -> Placement:
    """Place all items, in the order of the file.

    Parameters
    ----------
    items : sequence of InitialItem
    domain : Domain
    volumes : mapping of cell type to um^3
        In the order of the column ``type``.
    files : mapping
        Contents of the csv files by name.
    declared : collection of str
        Columns that csv files may give.
    key : int
        Key of the random numbers.

    Raises
    ------
    SettingsError
        If an item cannot be placed.
    """
    types = list(volumes)
    positions, kinds, columns = [], [], []
    for number, item in enumerate(items):
        points, extra = place_item(item, number, domain, volumes[item.type], files, declared, key)
        positions.append(points)
        kinds.append(np.full(len(points), types.index(item.type), dtype=np.int64))
        columns.append(extra)
    total = sum(len(points) for points in positions)
    names = dict.fromkeys(name for extra in columns for name in extra)
    return Placement(
        np.concatenate(positions) if positions else np.zeros((0, 3)),
        np.concatenate(kinds) if kinds else np.zeros(0, dtype=np.int64),
        {name: _joined(name, positions, columns, total) for name in names},
    )


def _joined(
    name: str, positions: list[np.ndarray], columns: list[dict[str, np.ndarray]], total: int
) -> np.ndarray:
    values = np.full(total, np.nan)
    first = 0
    for points, extra in zip(positions, columns, strict=True):
        if name in extra:
            values[first : first + len(points)] = extra[name]
        first += len(points)
    return values


def place_item(
    item: InitialItem,
    number: int,
    domain: Domain,
    volume: float,
    files: Mapping[str, bytes],
    declared: Collection[str],
    key: int,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return one item's positions float64[n, 3] and further columns; parameters as in `place`."""
    spacing = item.spacing or default_spacing(volume)
    if item.csv is not None:
        return read_cells(files[item.csv], domain.present, declared)
    if item.point is not None:
        return np.array([padded(item.point)]), {}
    if item.points is not None:
        return np.array([padded(point) for point in item.points]).reshape(-1, 3), {}
    if item.hexagonal is not None:
        sheet = item.hexagonal
        if sheet.rows * sheet.columns > MOST_CELLS:
            raise SettingsError(f"{sheet.rows * sheet.columns} cells; at most {MOST_CELLS} can be placed")
        x, y, z = ((low + high) / 2.0 for low, high in zip(domain.lower, domain.upper, strict=True))
        return hexagonal_sheet(sheet.rows, sheet.columns, sheet.spacing or spacing, (x, y, z)), {}
    shape = shape_of(item, domain.present)
    if item.packing == "random":
        return random_packing(shape, item.number or 0, key, number), {}
    return hexagonal_packing(shape, spacing, item.number), {}
