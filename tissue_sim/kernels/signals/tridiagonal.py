"""Direct solve of one line (a 1-D grid), open or periodic, with any diagonal."""

from __future__ import annotations

import numpy as np

from tissue_sim.kernels.compile import kernel


@kernel
def solve_open(lower, diagonal, upper, f, pivot, u):
    """Solve diagonal_i u_i - lower_i u_(i-1) - upper_i u_(i+1) = f_i; return 1 if singular."""
    n = f.size
    pivot[0] = diagonal[0]
    u[0] = f[0]
    for i in range(1, n):
        if not abs(pivot[i - 1]) > 0.0:
            return 1
        factor = lower[i] / pivot[i - 1]
        pivot[i] = diagonal[i] - factor * upper[i - 1]
        u[i] = f[i] + factor * u[i - 1]
    if not abs(pivot[n - 1]) > 0.0:
        return 1
    u[n - 1] = u[n - 1] / pivot[n - 1]
    for i in range(n - 2, -1, -1):
        u[i] = (u[i] + upper[i] * u[i + 1]) / pivot[i]
    return 0


@kernel
def solve_line(lower, diagonal, upper, f, periodic, u):
    """Solve a line; the periodic one by Sherman-Morrison with a matrix that stays diagonally dominant.

    Parameters
    ----------
    lower, diagonal, upper, f : float64[n]
        diagonal_i u_i - lower_i u_(i-1) - upper_i u_(i+1) = f_i; on a periodic line i - 1 and i + 1 wrap.
    periodic : bool
    u : float64[n]
        Output.

    Returns
    -------
    int
        0; 1 where the matrix is singular.
    """
    n = f.size
    pivot = np.empty(n)
    if not periodic or n < 3:
        full = diagonal.copy()
        low, up = lower.copy(), upper.copy()
        if periodic and n == 1:
            full[0] -= lower[0] + upper[0]
        if periodic and n == 2:
            low[1] += upper[1]
            up[0] += lower[0]
        return solve_open(low, full, up, f, pivot, u)
    a, b = lower[0], upper[n - 1]
    full = diagonal.copy()
    full[0] += a
    full[n - 1] += b
    ends, q = np.zeros(n), np.empty(n)
    ends[0], ends[n - 1] = a, b
    status = solve_open(lower, full, upper, f, pivot, u)
    if status == 0:
        status = solve_open(lower, full, upper, ends, pivot, q)
    if status != 0:
        return status
    below = 1.0 - (q[0] + q[n - 1])
    if not abs(below) > 0.0:
        return 1
    s = (u[0] + u[n - 1]) / below
    for i in range(n):
        u[i] += s * q[i]
    return 0
