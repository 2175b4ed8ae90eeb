"""`domain`: sizes, spacing and the grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tissue_sim.errors import Problem
from tissue_sim.scenario.domain import MOST_VOXELS, make_domain, nearest_spacings, sheet_size, voxels_along
from tissue_sim.scenario.domain_settings import per_axis
from tissue_sim.scenario.placement import default_spacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tissue_sim.scenario.checks.context import Context
    from tissue_sim.scenario.initial_settings import InitialItem

__all__ = ["check_size"]

_AXES = "xyz"


def check_size(context: Context) -> Iterator[Problem]:
    """Yield what is wrong with `domain`; set the context's domain where nothing is."""
    if not context.is_sound("domain"):
        return
    settings = context.settings.domain
    size: Sequence[float] | None = settings.size
    found = []
    if size is None:
        sheet = _periodic_sheet(context)
        if sheet is None:
            yield Problem(
                ("domain",),
                "the key 'size' is missing; write one to three lengths (only a hexagonal sheet on a "
                "periodic domain sets the size itself)",
                on_key=True,
            )
            return
        number, item, volume = sheet
        size = sheet_size(item, default_spacing(volume))
        found += list(_closing(number, item))
    found += [*_lengths(context, len(size)), *_grid(context, size)]
    yield from found
    if not found:
        with_grid = bool(context.declared("signals"))
        context.domain = make_domain(settings, size, with_grid=with_grid)


def _periodic_sheet(context: Context) -> tuple[int, InitialItem, float] | None:
    """Return number, item and cell volume of the first hexagonal sheet on a periodic domain."""
    kinds = per_axis(context.settings.domain.boundary, 2)
    if any(kind != "periodic" for kind in kinds):
        return None
    for number, item in enumerate(context.settings.initial):
        if item.hexagonal is not None:
            kind = context.settings.cell_types.get(item.type)
            return number, item, kind.volume if kind is not None else 1000.0
    return None


def _closing(number: int, item: InitialItem) -> Iterator[Problem]:
    assert item.hexagonal is not None
    if item.hexagonal.rows % 2:
        yield Problem(
            ("initial", number, "hexagonal", "rows"),
            f"{item.hexagonal.rows} rows do not close across a periodic edge; write an even number",
        )


def _lengths(context: Context, axes: int) -> Iterator[Problem]:
    settings = context.settings.domain
    for key in ("spacing", "boundary", "origin"):
        value = getattr(settings, key)
        if isinstance(value, list) and len(value) != axes:
            yield Problem(
                ("domain", key),
                f"{key} has {len(value)} values and the tissue {axes} axes; write one for each",
            )
    if settings.thickness is not None and axes == 3:
        yield Problem(("domain", "thickness"), "thickness is for tissues of one or two sizes", on_key=True)


def _grid(context: Context, size: Sequence[float]) -> Iterator[Problem]:
    settings = context.settings.domain
    if settings.spacing is None:
        if context.declared("signals"):
            yield Problem(
                ("domain",), "the key 'spacing' is missing; signals need the edge of a voxel", on_key=True
            )
        return
    several = isinstance(settings.spacing, list)
    steps = per_axis(settings.spacing, len(size))
    wrong: set[float] = set()
    voxels = 1.0
    for axis, (length, step) in enumerate(zip(size, steps, strict=False)):
        voxels *= max(1.0, length / step)
        if voxels_along(length, step) is not None or (step in wrong and not several):
            continue
        wrong.add(step)
        fitting = " and ".join(f"{value:.10g}" for value in _fitting(size, step, axis, several=several))
        yield Problem(
            ("domain", "spacing", axis) if several else ("domain", "spacing"),
            f"the spacing {step:g} um does not divide the {_AXES[axis]} size {length:g} um; "
            f"the nearest that do are {fitting} um",
        )
    if voxels > MOST_VOXELS:
        yield Problem(("domain", "spacing"), f"{voxels:.2g} voxels; at most {MOST_VOXELS:.2g} are allowed")


def _fitting(size: Sequence[float], step: float, axis: int, *, several: bool) -> list[float]:
    """Return the nearest spacings that divide one length, or all of them where one spacing is for all."""
    if several or all(length == size[axis] for length in size):
        return nearest_spacings(size[axis], step)
    common = _common_spacings(size, step)
    return common or nearest_spacings(size[axis], step)


def _common_spacings(size: Sequence[float], step: float) -> list[float]:
    """Return the nearest spacings below and above `step` that divide every length."""
    shortest = min(size)
    start = max(1, round(shortest / step))
    below = above = 0.0
    for distance in range(2000):
        for number in {start + distance, max(1, start - distance)}:
            value = shortest / number
            if any(voxels_along(length, value) is None for length in size):
                continue
            if value <= step and not below:
                below = value
            if value > step and not above:
                above = value
        if below and (above or distance > start):
            break
    return [value for value in (below, above) if value and math.isfinite(value)]
