"""Between the grids of the multigrid hierarchy: residual down, correction up.

A coarse voxel holds one or two fine ones along each axis. Down: the volume-weighted mean. Up: linear
interpolation between coarse centres (orders 1 + 2 > 2, as a second-order operator needs).
"""

from __future__ import annotations

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel(parallel=True)
def average(fine, sx, wx, sy, wy, sz, wz, coarse):
    """Write the volume-weighted mean of the fine voxels of every coarse one.

    Parameters
    ----------
    fine : float64[nz, ny, nx]
    sx, sy, sz : int64[mx], ...
        First fine voxel that each coarse one touches, along each axis.
    wx, wy, wz : float64[mx, 3], ...
        Share in the coarse voxel of that fine one and the next two.
    coarse : float64[mz, my, mx]
        Output.
    """
    mz, my, mx = coarse.shape
    for cz in prange(mz):
        for cy in range(my):
            for cx in range(mx):
                total = 0.0
                for k in range(3):
                    for j in range(3):
                        weight = wz[cz, k] * wy[cy, j]
                        if weight > 0.0:
                            for i in range(3):
                                if wx[cx, i] > 0.0:
                                    total += weight * wx[cx, i] * fine[sz[cz] + k, sy[cy] + j, sx[cx] + i]
                coarse[cz, cy, cx] = total


@kernel
def residual_row(u, f, inverse, cx, rx, cy, ry, cz, rz, z, y, start, step, out):
    """Write the residual of every `step`-th voxel of a row, 0 elsewhere; return the largest |r/diagonal|."""
    nz, ny, nx = u.shape
    centre, own, weight = u[z, y], f[z, y], inverse[z, y]
    south, north = u[z, y - 1 if y > 0 else ny - 1], u[z, y + 1 if y < ny - 1 else 0]
    down, up = u[z - 1 if z > 0 else nz - 1, y], u[z + 1 if z < nz - 1 else 0, y]
    a, b = cy if y > 0 else ry, cy if y < ny - 1 else ry
    c, d = cz if z > 0 else rz, cz if z < nz - 1 else rz
    peak = 0.0
    if step == 2:
        out[:] = 0.0
    for x in range(start, nx, step):
        west = cx * centre[x - 1] if x > 0 else rx * centre[nx - 1]
        east = cx * centre[x + 1] if x < nx - 1 else rx * centre[0]
        others = a * south[x] + b * north[x] + c * down[x] + d * up[x] + (west + east)
        if weight[x] == 0.0:
            out[x] = 0.0
            continue
        change = weight[x] * (own[x] + others) - centre[x]
        out[x] = change / weight[x]
        peak = max(peak, abs(change))
    return peak


@kernel(parallel=True)
def restrict_residual(
    u, f, inverse, cx, rx, cy, ry, cz, rz, all_voxels, sx, wx, sy, wy, sz, wz, coarse, peak
):
    """Write the mean residual of every coarse voxel.

    After a sweep the colour updated last has no residual: only the other is visited, unless `all_voxels`.

    Parameters
    ----------
    u ... rz
        As in `relaxation.relax`.
    all_voxels : bool
    sx, wx, sy, wy, sz, wz
        As in `average`.
    coarse : float64[mz, my, mx]
        Output.
    peak : float64[mz]
        Output: largest |residual / diagonal|.
    """
    mz, my = coarse.shape[0], coarse.shape[1]
    nx = u.shape[2]
    for plane in prange(mz):
        row = np.zeros(nx)
        high = 0.0
        for line in range(my):
            target = coarse[plane, line]
            target[:] = 0.0
            for k in range(3):
                for j in range(3):
                    weight = wz[plane, k] * wy[line, j]
                    if weight > 0.0:
                        z, y = sz[plane] + k, sy[line] + j
                        start, step = (0, 1) if all_voxels else ((z + y) & 1, 2)
                        top = residual_row(u, f, inverse, cx, rx, cy, ry, cz, rz, z, y, start, step, row)
                        high = max(high, top)
                        add_row(row, sx, wx, weight, target)
        peak[plane] = high


@kernel
def add_row(row, sx, wx, weight, target):
    """Add a fine row, weighted, to a coarse one."""
    last = row.size - 1
    for c in range(target.size):
        i = sx[c]
        total = wx[c, 0] * row[i] + wx[c, 1] * row[min(i + 1, last)] + wx[c, 2] * row[min(i + 2, last)]
        target[c] += weight * total


@kernel(parallel=True)
def add_correction(u, free, all_voxels, ax, bx, px, qx, ay, by, py, qy, az, bz, pz, qz, coarse, peak):
    """Add the interpolated coarse correction.

    The next relaxation computes the first colour from the second alone: only the second is corrected, unless
    `all_voxels`.

    Parameters
    ----------
    u : float64[nz, ny, nx]
        Changed in place.
    free : bool[nz, ny, nx] or bool[0, 0, 0]
        False in fixed voxels, which stay.
    all_voxels : bool
    ax, bx : int64[nx]
        The two coarse voxels along x that a fine one is interpolated from, and likewise along y and z.
    px, qx : float64[nx]
        Their weights.
    coarse : float64[mz, my, mx]
    peak : float64[nz]
        Output: largest |correction|.
    """
    nz, ny, nx = u.shape
    mx = coarse.shape[2]
    for z in prange(nz):
        mixed = np.zeros(mx)
        high = 0.0
        for y in range(ny):
            r0, r1 = coarse[az[z], ay[y]], coarse[az[z], by[y]]
            r2, r3 = coarse[bz[z], ay[y]], coarse[bz[z], by[y]]
            w0, w1, w2, w3 = pz[z] * py[y], pz[z] * qy[y], qz[z] * py[y], qz[z] * qy[y]
            for cx in range(mx):
                mixed[cx] = w0 * r0[cx] + w1 * r1[cx] + w2 * r2[cx] + w3 * r3[cx]
            row = u[z, y]
            start, step = (0, 1) if all_voxels else ((z + y + 1) & 1, 2)
            for x in range(start, nx, step):
                if free.size > 0 and not free[z, y, x]:
                    continue
                add = px[x] * mixed[ax[x]] + qx[x] * mixed[bx[x]]
                row[x] += add
                high = max(high, abs(add))
        peak[z] = high


@kernel
def apply_inverse(inverse, f, u):
    """Write u = inverse @ f on the coarsest grid; float64[n, n], float64[n], float64[n] (output)."""
    for i in range(u.size):
        total = 0.0
        for j in range(u.size):
            total += inverse[i, j] * f[j]
        u[i] = total
