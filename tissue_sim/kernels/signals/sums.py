"""Combinations of fields, and sums that do not depend on threads: rows compensated, then added serially."""

from __future__ import annotations

from numba import prange

from tissue_sim.kernels.compile import kernel

BLOCK = 1024


@kernel
def compensated(values):
    """Return the sum of float64[n], compensated (Neumaier 1974, doi:10.1002/zamm.19740540106)."""
    total, rest = 0.0, 0.0
    for k in range(values.size):
        v = values[k]
        t = total + v
        rest += (total - t) + v if abs(total) >= abs(v) else (v - t) + total
        total = t
    return total + rest


@kernel
def block_sum(values):
    """Return the sum of a short float64[n]: eight running sums, added in a fixed order."""
    n = values.size // 8 * 8
    s0, s1, s2, s3, s4, s5, s6, s7 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(0, n, 8):
        s0 += values[k]
        s1 += values[k + 1]
        s2 += values[k + 2]
        s3 += values[k + 3]
        s4 += values[k + 4]
        s5 += values[k + 5]
        s6 += values[k + 6]
        s7 += values[k + 7]
    total = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
    for k in range(n, values.size):
        total += values[k]
    return total


@kernel(parallel=True)
def sum_blocks(values, parts):
    """Write the sum of every BLOCK values of float64[n] into `parts`, float64[ceil(n / BLOCK)]."""
    for k in prange(parts.size):
        parts[k] = block_sum(values[k * BLOCK : min((k + 1) * BLOCK, values.size)])


@kernel
def block_extremes(values):
    """Return the smallest and largest value of a float64[n], n > 0; NaN counts as both infinities."""
    l0, l1, l2, l3 = values[0], values[0], values[0], values[0]
    h0, h1, h2, h3 = values[0], values[0], values[0], values[0]
    bad = False
    n = values.size // 4 * 4
    for k in range(0, n, 4):
        v0, v1, v2, v3 = values[k], values[k + 1], values[k + 2], values[k + 3]
        l0 = v0 if v0 < l0 else l0
        l1 = v1 if v1 < l1 else l1
        l2 = v2 if v2 < l2 else l2
        l3 = v3 if v3 < l3 else l3
        h0 = v0 if v0 > h0 else h0
        h1 = v1 if v1 > h1 else h1
        h2 = v2 if v2 > h2 else h2
        h3 = v3 if v3 > h3 else h3
        bad = bad or v0 != v0 or v1 != v1 or v2 != v2 or v3 != v3
    for k in range(n, values.size):
        l0 = min(l0, values[k])
        h0 = max(h0, values[k])
        bad = bad or values[k] != values[k]
    if bad:
        return -float("inf"), float("inf")
    return min(l0, l1, l2, l3), max(h0, h1, h2, h3)


@kernel(parallel=True)
def extremes(values, low, high):
    """Write the smallest and largest of every BLOCK values of float64[n]."""
    for k in prange(low.size):
        pair = block_extremes(values[k * BLOCK : min((k + 1) * BLOCK, values.size)])
        low[k], high[k] = pair[0], pair[1]


@kernel(parallel=True)
def combine(a, x, b, y, out):
    """Write a x + b y of float64[n] arrays."""
    for k in prange((out.size + BLOCK - 1) // BLOCK):
        for j in range(k * BLOCK, min((k + 1) * BLOCK, out.size)):
            out[j] = a * x[j] + b * y[j]


@kernel(parallel=True)
def dot_blocks(one, two, parts):
    """Write the scalar products of every BLOCK values of two float64[n]."""
    for k in prange(parts.size):
        total = 0.0
        for i in range(k * BLOCK, min((k + 1) * BLOCK, one.size)):
            total += one[i] * two[i]
        parts[k] = total
