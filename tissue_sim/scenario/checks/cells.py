"""`initial`: whether the cells can be placed, and lie inside the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import Problem, SettingsError
from tissue_sim.scenario.initial_settings import InitialItem
from tissue_sim.scenario.packing import MOST_CELLS
from tissue_sim.scenario.placement import number_of_cells, place_item
from tissue_sim.scenario.shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.scenario.checks.context import Context
    from tissue_sim.scenario.positions import Path
    from tissue_sim.tissue.domain import Domain

__all__ = ["check_cells", "csv_columns"]

_AXES = "xyz"
_TOLERANCE = 1e-9
_FEW_CELLS = 200_000
"""Up to here lattices are laid out to see how many cells lie outside; beyond, their bounding box decides."""


def csv_columns(settings: object) -> tuple[str, ...]:
    """Return the columns that csv files may give beside the coordinates."""
    return (*getattr(settings, "columns", ()), "volume")


def check_cells(context: Context) -> Iterator[tuple[Problem, bool]]:
    """Yield (problem, whether it is only a warning) for items that cannot be placed or lie outside."""
    if context.domain is None:
        return
    known = 0
    for number, item in enumerate(context.settings.initial):
        kind = context.settings.cell_types.get(item.type)
        volume = kind.volume if kind is not None else 1000.0
        flat = list(_coordinates(number, item, context.domain))
        yield from ((problem, False) for problem in flat)
        if flat or (item.csv is not None and item.csv not in context.files.contents):
            continue
        try:
            found = list(_placed(context, number, item, volume))
            yield from found
            known += 0 if found else number_of_cells(item, context.domain, volume) or 0
        except SettingsError as error:
            path = _shape_path(number, item) if item.number is None else ("initial", number, "number")
            yield Problem(path, error.message), False
    if known > 1.1 * MOST_CELLS:
        yield Problem(("initial",), f"about {known:.3g} cells; at most {MOST_CELLS} can be placed"), False


def _shape_path(number: int, item: InitialItem) -> Path:
    return ("initial", number, item.shape)


def _coordinates(number: int, item: InitialItem, domain: Domain) -> Iterator[Problem]:
    """Yield coordinates along axes that the tissue does not have."""
    path = _shape_path(number, item)
    places: list[tuple[Path, list[float]]] = []
    if item.point is not None:
        places.append((path, item.point))
    places += [((*path, i), point) for i, point in enumerate(item.points or ())]
    for round_shape in (item.ball, item.disc, item.annulus):
        if round_shape is not None:
            places.append(((*path, "center"), round_shape.center))
    if item.box is not None:
        places += [((*path, "from"), item.box.lower), ((*path, "to"), item.box.upper)]
    for place, point in places:
        for axis, value in enumerate(point):
            if value != 0.0 and not domain.present[axis]:
                yield Problem(
                    (*place, axis),
                    f"the tissue has no {_AXES[axis]} axis; leave this coordinate out or write 0",
                )


def _placed(
    context: Context, number: int, item: InitialItem, volume: float
) -> Iterator[tuple[Problem, bool]]:
    domain = context.domain
    assert domain is not None
    if item.packing == "random" or (number_of_cells(item, domain, volume) or 0) > _FEW_CELLS:
        yield from _bounding_box(context, number, item, volume)
        return
    points, _ = place_item(
        item, number, domain, volume, context.files.contents, csv_columns(context.settings), 0
    )
    if not len(points):
        yield Problem(_shape_path(number, item), "no cell fits here; make the region larger"), False
        return
    for axis in range(3):
        if not domain.present[axis]:
            continue
        margin = _TOLERANCE * (domain.upper[axis] - domain.lower[axis])
        outside = (points[:, axis] < domain.lower[axis] - margin) | (
            points[:, axis] > domain.upper[axis] + margin
        )
        if outside.any():
            first = points[np.flatnonzero(outside)[0], axis]
            what = f"{int(outside.sum())} of {len(points)} cells lie" if len(points) > 1 else "the cell lies"
            yield _outside(
                _point_path(number, item, outside), domain, axis, f"{what} outside, the first at", first
            )
            return


def _point_path(number: int, item: InitialItem, outside: np.ndarray) -> Path:
    path = _shape_path(number, item)
    return (*path, int(np.flatnonzero(outside)[0])) if item.points is not None else path


def _bounding_box(
    context: Context, number: int, item: InitialItem, volume: float
) -> Iterator[tuple[Problem, bool]]:
    domain = context.domain
    assert domain is not None
    if item.hexagonal is not None:
        return
    expected = number_of_cells(item, domain, volume) or 0
    if expected > MOST_CELLS:
        message = f"about {expected:.3g} cells; at most {MOST_CELLS} can be placed"
        yield Problem(_shape_path(number, item), message), False
        return
    shape = shape_of(item, domain.present)
    for axis in shape.axes:
        for edge in (shape.center[axis] - shape.half[axis], shape.center[axis] + shape.half[axis]):
            margin = _TOLERANCE * (domain.upper[axis] - domain.lower[axis])
            if not domain.lower[axis] - margin <= edge <= domain.upper[axis] + margin:
                yield _outside(
                    _shape_path(number, item), domain, axis, "the region reaches outside, to", edge
                )
                return


def _outside(path: Path, domain: Domain, axis: int, what: str, value: float) -> tuple[Problem, bool]:
    name, kind = _AXES[axis], domain.boundary[axis]
    extent = f"{domain.lower[axis]:g} to {domain.upper[axis]:g} um"
    place = f"{what} {name} = {value:.6g}; the domain goes from {extent}"
    if kind in ("open", "remove"):
        fate = (
            "they are removed at once" if kind == "remove" else "outside, cells exchange nothing with signals"
        )
        return Problem(path, f"{place} ({fate})"), True
    return Problem(
        path, f"{place} and its {name} axis is {kind}; move them inside or make the domain larger"
    ), False
