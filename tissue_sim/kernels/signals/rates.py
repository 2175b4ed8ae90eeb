"""The right-hand side of the discrete equation, without what the faces add."""

from __future__ import annotations

from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel
def rate_at(u, decay, cx, rx, cy, ry, cz, rz, z, y, x):
    """Return the sum of coupling * (neighbour - own) - decay * own in one voxel.

    Couplings c of neighbours and r around the ends of each axis, 1/min.
    """
    nz, ny, nx = u.shape
    own = u[z, y, x]
    west, east = u[z, y, x - 1 if x > 0 else nx - 1], u[z, y, x + 1 if x < nx - 1 else 0]
    south, north = u[z, y - 1 if y > 0 else ny - 1, x], u[z, y + 1 if y < ny - 1 else 0, x]
    down, up = u[z - 1 if z > 0 else nz - 1, y, x], u[z + 1 if z < nz - 1 else 0, y, x]
    total = (cx if x > 0 else rx) * (west - own) + (cx if x < nx - 1 else rx) * (east - own)
    total += (cy if y > 0 else ry) * (south - own) + (cy if y < ny - 1 else ry) * (north - own)
    total += (cz if z > 0 else rz) * (down - own) + (cz if z < nz - 1 else rz) * (up - own)
    return total - decay * own


@kernel(parallel=True)
def right_hand_side(u, sink, decay, cx, rx, cy, ry, cz, rz, out):
    """Write div(D grad u) - decay u - sink u.

    Parameters
    ----------
    u : float64[nz, ny, nx]
    sink : float64[nz, ny, nx] or float64[0, 0, 0], 1/min
    decay : float64, 1/min
    cx, rx, cy, ry, cz, rz : float64
        Per axis: coupling of neighbours and around the ends, 1/min.
    out : float64[nz, ny, nx]
        Output, unit/min.
    """
    nz, ny, nx = u.shape
    for row in prange(nz * ny):
        z, y = row // ny, row % ny
        for x in range(nx):
            value = rate_at(u, decay, cx, rx, cy, ry, cz, rz, z, y, x)
            if sink.size > 0:
                value -= sink[z, y, x] * u[z, y, x]
            out[z, y, x] = value


@kernel
def right_hand_side_at(u, index, decay, cx, rx, cy, ry, cz, rz, out):
    """As `right_hand_side` without sink, in the voxels listed by flat index; out is float64[m]."""
    ny, nx = u.shape[1], u.shape[2]
    for k in range(index.size):
        x, y, z = index[k] % nx, index[k] // nx % ny, index[k] // (nx * ny)
        out[k] = rate_at(u, decay, cx, rx, cy, ry, cz, rz, z, y, x)


@kernel
def add_at(target, index, values):
    """target[index[k]] += values[k], in order; flat float64[n], int64[m], float64[m]."""
    for k in range(index.size):
        target[index[k]] += values[k]


@kernel(parallel=True)
def residual_of_stage(u, f, base, sink, cx, rx, cy, ry, cz, rz, ex, ey, ez, row_sum, row_peak):
    """Write each row's sum of f - A u and its largest |f - A u|, A = base + sink + couplings + faces.

    Parameters
    ----------
    u, f : float64[nz, ny, nx]
    sink : float64[nz, ny, nx] or float64[0, 0, 0], 1/min
    base : float64
        1/(gamma dt) + decay, 1/min.
    cx, rx, cy, ry, cz, rz
        Couplings of the axes.
    ex, ey, ez : float64[nx], float64[ny], float64[nz]
        What the faces add to the diagonal.
    row_sum, row_peak : float64[nz * ny]
        Outputs.
    """
    nz, ny, nx = u.shape
    for row in prange(nz * ny):
        z, y = row // ny, row % ny
        total, rest, peak = 0.0, 0.0, 0.0
        for x in range(nx):
            loss = base + ex[x] + ey[y] + ez[z]
            if sink.size > 0:
                loss += sink[z, y, x]
            value = f[z, y, x] + rate_at(u, loss, cx, rx, cy, ry, cz, rz, z, y, x)
            add = value - rest
            t = total + add
            rest = (t - total) - add
            total = t
            peak = max(peak, abs(value))
        row_sum[row] = total
        row_peak[row] = peak
