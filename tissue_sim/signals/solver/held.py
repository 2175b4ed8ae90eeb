"""The fixed voxels of an operator as a list."""

from __future__ import annotations

import numpy as np

from tissue_sim.errors import SettingsError

__all__ = ["held_voxels"]


def held_voxels(
    shape: tuple[int, int, int], mask: np.ndarray | None, values: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return flat index, int64[m], and value, float64[m], of the voxels where a mask is true.

    Raises
    ------
    SettingsError
        Shapes that differ, or values that are missing or not finite.
    """
    if mask is None or not np.any(mask):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    if mask.shape != shape:
        raise SettingsError(f"the mask of fixed voxels has shape {mask.shape}; expected {shape}")
    if values is None:
        raise SettingsError("fixed voxels need values")
    index = np.flatnonzero(mask).astype(np.int64)
    chosen = np.broadcast_to(np.asarray(values, dtype=np.float64), shape).reshape(-1)[index]
    if not np.isfinite(chosen).all():
        raise SettingsError("the values of fixed voxels must be finite")
    return index, chosen
