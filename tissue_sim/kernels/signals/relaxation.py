"""Red-black Gauss-Seidel relaxation of (diagonal - couplings) u = f on one grid of the multigrid hierarchy.

Voxels are coloured like a chessboard; a voxel's neighbours have the other colour, so that the result does not
depend on the order within a colour, nor on threads. Where a periodic axis has an odd number of voxels two of
one colour meet at the seam: the rows at its end ("held" rows) follow serially.
"""

from __future__ import annotations

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel
def relax_row(u, f, inverse, cx, rx, cy, ry, cz, rz, z, y, colour):
    """Update the voxels of one colour in one row."""
    nz, ny, nx = u.shape
    centre, own, weight = u[z, y], f[z, y], inverse[z, y]
    south, north = u[z, y - 1 if y > 0 else ny - 1], u[z, y + 1 if y < ny - 1 else 0]
    down, up = u[z - 1 if z > 0 else nz - 1, y], u[z + 1 if z < nz - 1 else 0, y]
    a, b = cy if y > 0 else ry, cy if y < ny - 1 else ry
    c, d = cz if z > 0 else rz, cz if z < nz - 1 else rz
    start = (z + y + colour) & 1
    if start == 0:
        others = a * south[0] + b * north[0] + c * down[0] + d * up[0]
        if nx > 1:
            others += rx * centre[nx - 1] + cx * centre[1]
        if weight[0] != 0.0:
            centre[0] = weight[0] * (own[0] + others)
        start = 2
    for x in range(start, nx - 1, 2):
        others = a * south[x] + b * north[x] + c * down[x] + d * up[x]
        others += cx * (centre[x - 1] + centre[x + 1])
        if weight[x] != 0.0:
            centre[x] = weight[x] * (own[x] + others)
    x = nx - 1
    if x > 0 and (x - start) % 2 == 0:
        others = a * south[x] + b * north[x] + c * down[x] + d * up[x]
        others += cx * centre[x - 1] + rx * centre[0]
        if weight[x] != 0.0:
            centre[x] = weight[x] * (own[x] + others)


@kernel(parallel=True)
def relax(u, f, inverse, cx, rx, cy, ry, cz, rz, odd_y, odd_z, colour):
    """Update all voxels of one colour, u = inverse (f + sum of couplings * neighbours), in place.

    Parameters
    ----------
    u, f, inverse : float64[nz, ny, nx]
        Unknown, right-hand side, 1/diagonal; 0 in fixed voxels, which stay.
    cx, rx, cy, ry, cz, rz : float64
        Per axis: coupling of neighbours and around the ends (0 unless periodic), 1/min.
    odd_y, odd_z : bool
        The axis is periodic with an odd number of voxels.
    colour : int64
        0 or 1: parity of x + y + z that is updated.
    """
    nz, ny = u.shape[0], u.shape[1]
    for row in prange(nz * ny):
        z, y = row // ny, row % ny
        if not ((odd_y and y == ny - 1) or (odd_z and z == nz - 1)):
            relax_row(u, f, inverse, cx, rx, cy, ry, cz, rz, np.int64(z), np.int64(y), colour)
    if odd_y:
        for z in range(nz - 1 if odd_z else nz):
            relax_row(u, f, inverse, cx, rx, cy, ry, cz, rz, z, ny - 1, colour)
    if odd_z:
        for y in range(ny):
            relax_row(u, f, inverse, cx, rx, cy, ry, cz, rz, nz - 1, y, colour)


@kernel(parallel=True)
def inverse_diagonal(shift, sink, dx, dy, dz, inverse):
    """Write 1/(shift + sink + dx + dy + dz).

    Parameters
    ----------
    shift : float64
        1/(gamma dt) + decay, 1/min.
    sink : float64[nz, ny, nx]
    dx, dy, dz : float64[nx], float64[ny], float64[nz]
        Each axis's part of the diagonal: couplings and faces, 1/min.
    inverse : float64[nz, ny, nx]
        Output.
    """
    nz, ny, nx = inverse.shape
    for z in prange(nz):
        for y in range(ny):
            base = shift + dz[z] + dy[y]
            own, row = sink[z, y], inverse[z, y]
            for x in range(nx):
                row[x] = 1.0 / (base + dx[x] + own[x])


@kernel
def dense_matrix(inverse, cx, rx, cy, ry, cz, rz, matrix):
    """Write the matrix (diagonal - couplings) of one grid.

    Parameters
    ----------
    inverse : float64[nz, ny, nx], 1/diagonal; 0 in fixed voxels, which get the diagonal 1
    cx, rx, cy, ry, cz, rz : float64, as in `relax`
    matrix : float64[n, n], n = nz ny nx, in and out: zeros
    """
    nz, ny, nx = inverse.shape
    for z in range(nz):
        for y in range(ny):
            for x in range(nx):
                i = (z * ny + y) * nx + x
                matrix[i, i] += 1.0 if inverse[z, y, x] == 0.0 else 1.0 / inverse[z, y, x]
                matrix[i, (z * ny + y) * nx + (x - 1) % nx] -= cx if x > 0 else rx
                matrix[i, (z * ny + y) * nx + (x + 1) % nx] -= cx if x < nx - 1 else rx
                matrix[i, (z * ny + (y - 1) % ny) * nx + x] -= cy if y > 0 else ry
                matrix[i, (z * ny + (y + 1) % ny) * nx + x] -= cy if y < ny - 1 else ry
                matrix[i, ((z - 1) % nz * ny + y) * nx + x] -= cz if z > 0 else rz
                matrix[i, ((z + 1) % nz * ny + y) * nx + x] -= cz if z < nz - 1 else rz


@kernel
def put(u, index, values):
    """Set the voxels listed by flat index (fixed voxels) to their values."""
    flat = u.reshape(u.size)
    for k in range(index.size):
        flat[index[k]] = values[k]
