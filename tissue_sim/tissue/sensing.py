"""What cells feel of the grid: their voxel, the value there, the gradient."""

from __future__ import annotations

import numpy as np

from tissue_sim.kernels.sensing import gradient_at_voxels, voxel_of_cells
from tissue_sim.tissue.domain import Grid

__all__ = ["Sensing"]


class Sensing:
    """Looks cells up on one grid."""

    def __init__(self, grid: Grid) -> None:
        self._origin = np.array(grid.origin, dtype=np.float64)
        self._spacing = np.array(grid.spacing, dtype=np.float64)
        self._counts = np.array(grid.shape[::-1], dtype=np.int64)
        self._periodic = np.array(grid.periodic, dtype=np.int64)

    def voxels(self, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (voxel int64[n], outside bool[n]) of positions float64[n, 3]."""
        voxel = np.empty(len(position), dtype=np.int64)
        outside = np.empty(len(position), dtype=np.uint8)
        voxel_of_cells(
            np.ascontiguousarray(position), self._origin, self._spacing, self._counts, self._periodic,
            voxel, outside,
        )  # fmt: skip
        return voxel, outside.view(np.bool_)

    def gradient(self, field: np.ndarray, voxel: np.ndarray) -> np.ndarray:
        """Return the gradient of a field (nz, ny, nx) at voxels int64[n]; float64[n, 3], unit/um."""
        out = np.empty((len(voxel), 3))
        gradient_at_voxels(field.ravel(), voxel, self._spacing, self._counts, self._periodic, out)
        return out
