"""Mistakes in sources and fixed voxels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import Problem
from tissue_sim.signals.check_parts import check_formula, check_quantity, unknown_signal
from tissue_sim.signals.fixed import voxels_of
from tissue_sim.signals.regions import voxel_of, voxels_in
from tissue_sim.signals.settings import FixedSettings, PrescribedMode, SourceSettings, unit_of
from tissue_sim.units import SignalQuantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tissue_sim.signals.settings import SignalSettings
    from tissue_sim.tissue.domain import Grid

    Path = tuple[str | int, ...]

__all__ = ["check_places", "places_warnings"]


def check_places(
    signals: Mapping[str, SignalSettings],
    sources: Sequence[SourceSettings],
    fixed: Sequence[FixedSettings],
    grid: Grid | None,
    masks: Mapping[str, np.ndarray],
    parameters: Mapping[str, float],
) -> Iterator[Problem]:
    """Yield the mistakes of both lists; the parameters are those of `signals.checks.checks`."""
    for number, source in enumerate(sources):
        path: Path = ("sources", number)
        yield from _entry(path, source, signals, grid)
        if not isinstance(source.rate, SignalQuantity):
            where = None if grid is None else voxels_in(source.region, grid)
            at = (*path, "rate")
            yield from check_formula(at, source.rate.tree, grid, parameters, time=0.0, where=where)
        elif source.signal in signals:
            unit = unit_of(signals[source.signal].unit, "1/min")
            yield from check_quantity((*path, "rate"), source.rate, unit)
    for number, entry in enumerate(fixed):
        path = ("fixed", number)
        yield from _entry(path, entry, signals, grid)
        if entry.signal in signals:
            unit = signals[entry.signal].unit
            yield from check_quantity((*path, "value"), entry.value, unit, at_least=0.0)
        yield from _mask((*path, "mask"), entry, grid, masks)
        yield from _listed(path, entry, grid)


def _entry(
    path: Path,
    entry: SourceSettings | FixedSettings,
    signals: Mapping[str, SignalSettings],
    grid: Grid | None,
) -> Iterator[Problem]:
    if entry.signal not in signals:
        yield unknown_signal((*path, "signal"), entry.signal, signals)
    elif isinstance(signals[entry.signal].mode, PrescribedMode):
        yield Problem((*path, "signal"), f"{entry.signal} is prescribed by a formula alone")
    if entry.region is not None and grid is not None and not voxels_in(entry.region, grid).any():
        yield Problem(
            (*path, "region"),
            "no voxel has its centre in this region; make it larger, move it into the domain, or use `point`",
        )


def _mask(
    path: Path, entry: FixedSettings, grid: Grid | None, masks: Mapping[str, np.ndarray]
) -> Iterator[Problem]:
    if entry.mask is None or entry.mask not in masks or grid is None:
        return
    mask = np.asarray(masks[entry.mask])
    if mask.shape != grid.shape:
        yield Problem(path, f"the mask has the shape {mask.shape}; the grid's (nz, ny, nx) is {grid.shape}")
    elif mask.dtype != np.bool_ and not np.isin(mask, (0, 1)).all():
        yield Problem(path, f"a mask holds true and false (or 0 and 1), found {mask.dtype} values")
    elif not np.asarray(mask, dtype=bool).any():
        yield Problem(path, "the mask holds no voxel")


def _listed(path: Path, entry: FixedSettings, grid: Grid | None) -> Iterator[Problem]:
    if grid is None:
        return
    for number, point in enumerate(entry.points or ()):
        if voxel_of(point, grid) is None:
            ends = zip(grid.origin, grid.spacing, reversed(grid.shape), grid.present, strict=True)
            box = ", ".join(f"{a:g} to {a + n * d:g}" for a, d, n, present in ends if present)
            message = f"the point {point} is outside the domain; inside is {box} um, upper ends excluded"
            yield Problem((*path, "points", number), message)
    for number, voxel in enumerate(entry.voxels or ()):
        if any(index >= length for index, length in zip(voxel, grid.shape, strict=True)):
            yield Problem(
                (*path, "voxels", number),
                f"there is no voxel (z, y, x) = {tuple(voxel)}; the grid has {grid.shape}, counted from 0",
            )


def places_warnings(
    signals: Mapping[str, SignalSettings],
    fixed: Sequence[FixedSettings],
    grid: Grid | None,
    masks: Mapping[str, np.ndarray],
) -> Iterator[Problem]:
    """Yield entries of `fixed` that hold voxels which an earlier one holds at another value."""
    if grid is None:
        return
    for name, signal in signals.items():
        entries = [(number, entry) for number, entry in enumerate(fixed) if entry.signal == name]
        if len(entries) < 2:
            continue
        values = np.full(grid.shape, np.nan)
        for number, entry in entries:
            held, value = voxels_of(entry, masks, grid), entry.value.to(signal.unit)
            other = np.flatnonzero(held & ~np.isnan(values) & (values != value))
            if len(other):
                yield Problem(
                    ("fixed", number),
                    f"{len(other)} of its voxels, the first {grid.voxel_text(int(other[0]))}, are held at "
                    f"{values.flat[other[0]]:g} by an entry before it; there it counts, at {value:g}",
                )
            values[held] = value
