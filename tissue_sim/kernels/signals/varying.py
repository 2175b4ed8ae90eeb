"""The operator with a coupling of its own between every two voxels (diffusion as a field), and its multigrid.

Couplings c_x, c_y, c_z, float64[nz, ny, nx]: of a voxel with the next one along x, y, z; the last one's is
around the end, 0 unless the axis wraps. On coarser grids the equation is summed, not averaged, over the fine
voxels, which keeps the matrix symmetric. Grids are halved axis by axis; n is rounded up.
"""

from __future__ import annotations

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel(parallel=True)
def balance(u, cx, cy, cz, base, loss, out):
    """Write the sum of couplings * (neighbour - own), less (base + loss) * own.

    Parameters
    ----------
    u : float64[nz, ny, nx]
    cx, cy, cz : float64[nz, ny, nx]
        Couplings with the next voxel, 1/min.
    base : float64, 1/min
    loss : float64[nz, ny, nx], 1/min
    out : float64[nz, ny, nx]
        Output, unit/min.
    """
    nz, ny, nx = u.shape
    for row in prange(nz * ny):
        z, y = np.int64(row // ny), np.int64(row % ny)
        below, south = z - 1 if z > 0 else nz - 1, y - 1 if y > 0 else ny - 1
        above, north = z + 1 if z < nz - 1 else 0, y + 1 if y < ny - 1 else 0
        for x in range(nx):
            west, east = x - 1 if x > 0 else nx - 1, x + 1 if x < nx - 1 else 0
            own = u[z, y, x]
            total = cx[z, y, x] * (u[z, y, east] - own) + cx[z, y, west] * (u[z, y, west] - own)
            total += cy[z, y, x] * (u[z, north, x] - own) + cy[z, south, x] * (u[z, south, x] - own)
            total += cz[z, y, x] * (u[above, y, x] - own) + cz[below, y, x] * (u[below, y, x] - own)
            out[z, y, x] = total - (base + loss[z, y, x]) * own


@kernel
def relax_row(u, f, inverse, cx, cy, cz, z, y, colour):
    """Update the voxels of one colour in one row."""
    nz, ny, nx = u.shape
    below, south = z - 1 if z > 0 else nz - 1, y - 1 if y > 0 else ny - 1
    above, north = z + 1 if z < nz - 1 else 0, y + 1 if y < ny - 1 else 0
    for x in range((z + y + colour) & 1, nx, 2):
        west, east = x - 1 if x > 0 else nx - 1, x + 1 if x < nx - 1 else 0
        others = cx[z, y, x] * u[z, y, east] + cx[z, y, west] * u[z, y, west]
        others += cy[z, y, x] * u[z, north, x] + cy[z, south, x] * u[z, south, x]
        others += cz[z, y, x] * u[above, y, x] + cz[below, y, x] * u[below, y, x]
        u[z, y, x] = inverse[z, y, x] * (f[z, y, x] + others)


@kernel(parallel=True)
def relax(u, f, inverse, cx, cy, cz, odd_y, odd_z, colour):
    """Update all voxels of one colour, u = inverse (f + sum of couplings * neighbours), in place.

    Parameters
    ----------
    u, f, inverse : float64[nz, ny, nx]
        Unknown, right-hand side, 1/diagonal (0: the voxel is held at 0).
    odd_y, odd_z : bool
        The axis is periodic with an odd number of voxels: two of one colour meet at the seam, and the rows
        at its end follow serially.
    colour : int64
        0 or 1: parity of x + y + z that is updated.
    """
    nz, ny = u.shape[0], u.shape[1]
    for row in prange(nz * ny):
        z, y = np.int64(row // ny), np.int64(row % ny)
        if not ((odd_y and y == ny - 1) or (odd_z and z == nz - 1)):
            relax_row(u, f, inverse, cx, cy, cz, z, y, colour)
    if odd_y:
        for z in range(nz - 1 if odd_z else nz):
            relax_row(u, f, inverse, cx, cy, cz, z, ny - 1, colour)
    if odd_z:
        for y in range(ny):
            relax_row(u, f, inverse, cx, cy, cz, nz - 1, y, colour)


@kernel(parallel=True)
def restrict_axis(fine, weight, coarse):
    """Pass values to the coarser grid of one axis: the transpose of `interpolate_axis`.

    Parameters
    ----------
    fine, weight : float64[outer, n, inner]
        The field as seen along the axis, and each voxel's weight of the coarse voxel beyond its own.
    coarse : float64[outer, ceil(n / 2), inner]
        Output: own children times (1 - weight), plus the neighbours' children next to it times weight.
    """
    outer, n, inner = fine.shape
    m = coarse.shape[1]
    for row in prange(outer * m):
        o, c = np.int64(row // m), np.int64(row % m)
        left, right = 2 * c, min(2 * c + 1, n - 1)
        before = (2 * c - 1) if c > 0 else n - 1
        after = 2 * c + 2 if c < m - 1 else 0
        # A last voxel without a sibling is its coarse voxel: its weight is 0, and it counts once.
        single = right == left
        for i in range(inner):
            total = (1.0 - weight[o, left, i]) * fine[o, left, i]
            if not single:
                total += (1.0 - weight[o, right, i]) * fine[o, right, i]
            total += weight[o, before, i] * fine[o, before, i] + weight[o, after, i] * fine[o, after, i]
            coarse[o, c, i] = total


@kernel(parallel=True)
def interpolate_axis(coarse, weight, fine):
    """Write (1 - weight) times the own coarse value plus weight times the one beyond; as `restrict_axis`."""
    outer, n, inner = fine.shape
    m = coarse.shape[1]
    for row in prange(outer * n):
        o, k = np.int64(row // n), np.int64(row % n)
        own = k // 2
        if k & 1:
            beyond = own + 1 if own < m - 1 else 0
        else:
            beyond = own - 1 if own > 0 else m - 1
        for i in range(inner):
            w = weight[o, k, i]
            fine[o, k, i] = (1.0 - w) * coarse[o, own, i] + w * coarse[o, beyond, i]
