"""Where cells are on the grid and what they sense there."""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel(parallel=True)
def voxel_of_cells(position, origin, spacing, counts, periodic, voxel, outside):
    """Find each cell's voxel; the nearest one for a cell outside.

    Parameters
    ----------
    position : float64[n, 3], um
    origin, spacing : float64[3] (x, y, z), um
    counts : int64[3], voxels along x, y, z
    periodic : int64[3], 1 where the axis wraps
    voxel : int64[n], out: index into the ravelled (nz, ny, nx) field
    outside : uint8[n], out: 1 where the centre is outside along an axis that does not wrap
    """
    for i in prange(position.shape[0]):
        place = np.int64(0)
        out = 0
        for k in range(3):
            axis = 2 - k
            number = counts[axis]
            index = math.floor((position[i, axis] - origin[axis]) / spacing[axis])
            if not math.isfinite(position[i, axis]):
                # Whoever moved the cell raises; here the index only must not lead out of the field.
                index = 0
                out = 1
            elif periodic[axis]:
                index = index - number * math.floor(index / number)
            elif index < 0 or index >= number:
                upper = origin[axis] + number * spacing[axis]
                if position[i, axis] < origin[axis] or position[i, axis] > upper:
                    out = 1
                index = min(max(index, 0), number - 1)
            place = place * number + np.int64(index)
        voxel[i] = place
        outside[i] = out


@kernel(parallel=True)
def gradient_at_voxels(field, voxel, spacing, counts, periodic, gradient):
    """Take the central difference at each cell's voxel; one-sided at the end of an axis that does not wrap.

    Parameters
    ----------
    field : float64[nz * ny * nx], ravelled
    voxel : int64[n]
    spacing : float64[3] (x, y, z), um
    counts, periodic : int64[3]
    gradient : float64[n, 3], out, unit/um
    """
    for i in prange(voxel.shape[0]):
        stride = np.int64(1)
        for axis in range(3):
            number = counts[axis]
            index = (voxel[i] // stride) % number
            if number == 1:
                gradient[i, axis] = 0.0
            else:
                upper, lower, distance = index + 1, index - 1, 2.0
                if periodic[axis]:
                    upper, lower = upper % number, (lower + number) % number
                else:
                    if upper == number:
                        upper, distance = index, distance - 1.0
                    if lower < 0:
                        lower, distance = index, distance - 1.0
                high = field[voxel[i] + (upper - index) * stride]
                low = field[voxel[i] + (lower - index) * stride]
                gradient[i, axis] = (high - low) / (distance * spacing[axis])
            stride *= number
