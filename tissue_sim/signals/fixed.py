"""Voxels in which a signal is held at a value, for instance vessels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.signals.regions import voxel_of, voxels_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.signals.settings import FixedSettings
    from tissue_sim.tissue.domain import Grid

__all__ = ["fixed_voxels", "voxels_of"]


def voxels_of(fixed: FixedSettings, masks: Mapping[str, np.ndarray], grid: Grid) -> np.ndarray:
    """Return the voxels one entry holds, bool (nz, ny, nx), from its region, list or mask."""
    if fixed.region is not None:
        return voxels_in(fixed.region, grid)
    if fixed.mask is None:  # the settings have one of the four
        listed = [voxel_of(point, grid) for point in fixed.points or ()]
        held = np.zeros(grid.shape, dtype=bool)
        for voxel in (*(fixed.voxels or ()), *(each for each in listed if each is not None)):
            held[tuple(voxel)] = True
        return held
    return np.ascontiguousarray(masks[fixed.mask], dtype=bool).reshape(grid.shape)


def fixed_voxels(
    signal: str,
    unit: str,
    fixed: Sequence[FixedSettings],
    masks: Mapping[str, np.ndarray],
    grid: Grid,
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return where a signal is held and at what.

    Returns
    -------
    mask : bool (nz, ny, nx) or None
    values : float64 (nz, ny, nx), in the signal's unit, 0 elsewhere; None where nothing is held
    """
    mask, values = np.zeros(grid.shape, dtype=bool), np.zeros(grid.shape)
    for entry in fixed:
        if entry.signal == signal:
            held = voxels_of(entry, masks, grid)
            mask |= held
            values[held] = entry.value.to(unit)
    return (mask, values) if mask.any() else (None, None)
