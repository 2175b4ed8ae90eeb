"""From settings to the box and its grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tissue_sim.scenario.domain_settings import DomainSettings, per_axis
from tissue_sim.tissue.domain import Domain, Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.scenario.initial_settings import InitialItem

__all__ = [
    "DEFAULT_THICKNESS",
    "MOST_VOXELS",
    "make_domain",
    "nearest_spacings",
    "sheet_size",
    "voxels_along",
]

DEFAULT_THICKNESS = 1.0
"""um; extent along missing axes where there is no grid; nothing depends on it."""
MOST_VOXELS = 2_000_000_000
_ROUNDING = 1e-9


def sheet_size(item: InitialItem, default_spacing: float) -> list[float]:
    """Return the periodic box [x, y] that a hexagonal sheet tiles, um."""
    sheet = item.hexagonal
    assert sheet is not None
    spacing = sheet.spacing or default_spacing
    return [sheet.columns * spacing, sheet.rows * spacing * math.sqrt(3.0) / 2.0]


def voxels_along(size: float, spacing: float) -> int | None:
    """Return how many voxels fill a length, None where the spacing does not divide it."""
    number = round(size / spacing)
    if number < 1 or abs(size - number * spacing) > _ROUNDING * size:
        return None
    return number


def nearest_spacings(size: float, spacing: float) -> list[float]:
    """Return the spacings that do divide a length, next below and above the one wanted, um."""
    wanted = size / spacing
    numbers = [math.ceil(wanted - _ROUNDING), math.floor(wanted + _ROUNDING)]
    return [size / number for number in dict.fromkeys(numbers) if number >= 1]


def make_domain(settings: DomainSettings, size: Sequence[float], *, with_grid: bool) -> Domain:
    """Return the domain of checked settings.

    Parameters
    ----------
    settings : DomainSettings
    size : sequence of 1 to 3 float
        The settings' own size, or that of a periodic sheet, um.
    with_grid : bool
        Signals are declared.
    """
    axes = len(size)
    spacing = [float(value) for value in per_axis(settings.spacing, axes)] if settings.spacing else []
    thickness = settings.thickness or (spacing[0] if spacing else DEFAULT_THICKNESS)
    origin = settings.origin or [-length / 2.0 for length in size]
    lower = (*origin, *[-thickness / 2.0] * (3 - axes))
    upper = (
        *(low + length for low, length in zip(origin, size, strict=True)),
        *[thickness / 2.0] * (3 - axes),
    )
    x, y, z = (axis < axes for axis in range(3))
    kinds: list[Any] = [*per_axis(settings.boundary, axes), *["open"] * (3 - axes)]
    domain = Domain(_triple(lower), _triple(upper), (x, y, z), (kinds[0], kinds[1], kinds[2]))
    if not with_grid or not spacing:
        return domain
    counts = [voxels_along(length, step) or 1 for length, step in zip(size, spacing, strict=True)]
    nx, ny, nz = (*counts, *[1] * (3 - axes))
    edges = (*(length / count for length, count in zip(size, counts, strict=True)), *[thickness] * (3 - axes))
    grid = Grid((nz, ny, nx), _triple(edges), domain.lower, domain.periodic, domain.present)
    return Domain(domain.lower, domain.upper, domain.present, domain.boundary, grid)


def _triple(values: Sequence[float]) -> tuple[float, float, float]:
    x, y, z = values
    return x, y, z
