"""Advance a field along one axis by the exact rational function of the time scheme, many lines at once.

The scheme has two real poles; by partial fractions a step is v <- p A^-1 v + q B^-1 v with tridiagonal
A = 1 - gamma_a dt L and B = 1 - gamma_b dt L. Both are solved side by side, forward and backward (Thomas);
scaling by the pivots leaves one multiply-add per solve, direction and voxel, and two for the combination.

A buffer that stays in the cache holds LANES lines: row i has voxel i of every line, LANES numbers of the
first solve, then LANES of the second; after the way back the second half has the result.

Coefficient table, float64[COEFFICIENTS, max(n, SCALARS)], written by
`tissue_sim.signals.solver.line_coefficients`: 0 and 1 forward of the two solves; 2 and 3 backward; 4 and 5
their weights; 6 and 7 corrections that close a periodic line; 8 and 9 what turns the scaled unknowns into the
solves; 10 scalars: 0 and 1 closures of a periodic line, 2 and 3 weights of the solves in the mean over the
step.

Unsigned indices spare numba's test for negative ones, and slices, whose reference counts cost more than the
arithmetic, in the inner loops.
"""

from __future__ import annotations

import numpy as np

from tissue_sim.kernels.compile import kernel

COEFFICIENTS, SCALARS = 11, 4
LANES = 32
ROW = 2 * LANES
ENDS = 4 * LANES
"""Length of the work space for both solves in the first and the last voxel of the lines."""
ALL = np.uint64(LANES)
A1, A2, A3, A4 = np.uint64(ROW), np.uint64(2 * ROW), np.uint64(3 * ROW), np.uint64(4 * ROW)
B0, B1, B2 = np.uint64(LANES), np.uint64(ROW + LANES), np.uint64(2 * ROW + LANES)
B3, B4 = np.uint64(3 * ROW + LANES), np.uint64(4 * ROW + LANES)
ONE, TWO, THREE = np.uint64(1), np.uint64(2), np.uint64(3)


@kernel
def forward_from_field(d, b, c, e, n, stride, first, w):
    """Both solves, forward: g_i = v_i + c_i g_(i-1) and h_i = v_i + e_i h_(i-1), from the field."""
    width = np.uint64(w)
    start = np.uint64(first)
    for x in range(width):
        v = d[start + x]
        b[x] = v
        b[x + B0] = v
    i = 1
    while i + 4 <= n:
        r = np.uint64((i - 1) * ROW)
        at_0 = np.uint64(first + i * stride)
        at_1 = np.uint64(first + (i + 1) * stride)
        at_2 = np.uint64(first + (i + 2) * stride)
        at_3 = np.uint64(first + (i + 3) * stride)
        c0, c1, c2, c3 = c[i], c[i + 1], c[i + 2], c[i + 3]
        e0, e1, e2, e3 = e[i], e[i + 1], e[i + 2], e[i + 3]
        for x in range(width):
            s = r + x
            v = d[at_0 + x]
            g = v + c0 * b[s]
            h = v + e0 * b[s + B0]
            b[s + A1] = g
            b[s + B1] = h
            v = d[at_1 + x]
            g = v + c1 * g
            h = v + e1 * h
            b[s + A2] = g
            b[s + B2] = h
            v = d[at_2 + x]
            g = v + c2 * g
            h = v + e2 * h
            b[s + A3] = g
            b[s + B3] = h
            v = d[at_3 + x]
            g = v + c3 * g
            h = v + e3 * h
            b[s + A4] = g
            b[s + B4] = h
        i += 4
    while i < n:
        r = np.uint64((i - 1) * ROW)
        at_0 = np.uint64(first + i * stride)
        c0, e0 = c[i], e[i]
        for x in range(width):
            s = r + x
            v = d[at_0 + x]
            b[s + A1] = v + c0 * b[s]
            b[s + B1] = v + e0 * b[s + B0]
        i += 1


@kernel
def backward(b, ends, c, e, p, q, n):
    """Both solves, backward, g_i += c_i g_(i+1) and h_i += e_i h_(i+1), and p_i g_i + q_i h_i into h's place.

    `ends` receives g and h of the last row, then of the first.
    """
    last = np.uint64((n - 1) * ROW)
    for x in range(ALL):
        ends[x] = b[last + x]
        ends[x + B0] = b[last + B0 + x]
    i = n - 2
    while i >= 3:
        r = np.uint64((i - 3) * ROW)
        c3, c2, c1, c0 = c[i], c[i - 1], c[i - 2], c[i - 3]
        e3, e2, e1, e0 = e[i], e[i - 1], e[i - 2], e[i - 3]
        p3, p2, p1, p0 = p[i + 1], p[i], p[i - 1], p[i - 2]
        q3, q2, q1, q0 = q[i + 1], q[i], q[i - 1], q[i - 2]
        for x in range(ALL):
            s = r + x
            g = b[s + A4]
            h = b[s + B4]
            b[s + B4] = p3 * g + q3 * h
            g = b[s + A3] + c3 * g
            h = b[s + B3] + e3 * h
            b[s + B3] = p2 * g + q2 * h
            g = b[s + A2] + c2 * g
            h = b[s + B2] + e2 * h
            b[s + B2] = p1 * g + q1 * h
            g = b[s + A1] + c1 * g
            h = b[s + B1] + e1 * h
            b[s + B1] = p0 * g + q0 * h
            b[s] = b[s] + c0 * g
            b[s + B0] = b[s + B0] + e0 * h
        i -= 4
    while i >= 0:
        r = np.uint64(i * ROW)
        c0, e0, p0, q0 = c[i], e[i], p[i + 1], q[i + 1]
        for x in range(ALL):
            s = r + x
            g = b[s + A1]
            h = b[s + B1]
            b[s + B1] = p0 * g + q0 * h
            b[s] = b[s] + c0 * g
            b[s + B0] = b[s + B0] + e0 * h
        i -= 1
    p0, q0 = p[0], q[0]
    for x in range(ALL):
        g = b[x]
        h = b[x + B0]
        ends[x + A1] = g
        ends[x + B1] = h
        b[x + B0] = p0 * g + q0 * h


@kernel
def result_to_field(d, b, n, stride, first, w):
    """Copy the result from the buffer into the field."""
    width = np.uint64(w)
    for i in range(n):
        at = np.uint64(first + i * stride)
        r = np.uint64(i * ROW + LANES)
        for x in range(width):
            d[at + x] = b[r + x]


@kernel
def mean_at_ends(b, ends, c, n, w):
    """Close periodic lines; return the sums of the mean over the step in the first and the last voxels.

    The mean is the one whose outflow through the ends is exactly what the line loses.
    """
    if c[10, 0] != 0.0:
        for x in range(w):
            s = c[10, 0] * (c[8, 0] * ends[ROW + x] + c[8, n - 1] * ends[x])
            t = c[10, 1] * (c[9, 0] * ends[ROW + LANES + x] + c[9, n - 1] * ends[LANES + x])
            ends[x], ends[LANES + x] = s, t
        for i in range(n):
            r = np.uint64(i * ROW + LANES)
            p, q = c[6, i], c[7, i]
            for x in range(ALL):
                b[r + x] += p * ends[x] + q * ends[B0 + x]
        return 0.0, 0.0
    sum_0, sum_1 = 0.0, 0.0
    p0, q0 = c[10, 2] * c[8, 0], c[10, 3] * c[9, 0]
    p1, q1 = c[10, 2] * c[8, n - 1], c[10, 3] * c[9, n - 1]
    for x in range(w):
        sum_0 += p0 * ends[ROW + x] + q0 * ends[ROW + LANES + x]
        sum_1 += p1 * ends[x] + q1 * ends[LANES + x]
    return sum_0, sum_1


@kernel
def advance_tile(d, b, ends, c, n, stride, first, w):
    """Advance `w` neighbouring lines; returns as `mean_at_ends`."""
    forward_from_field(d, b, c[0], c[1], n, stride, first, w)
    backward(b, ends, c[2], c[3], c[4], c[5], n)
    sums = mean_at_ends(b, ends, c, n, w)
    result_to_field(d, b, n, stride, first, w)
    return sums


@kernel
def forward_from_rows(d, b, c, e, n, first, lane):
    """Both solves, forward, of four lines that follow each other in memory, into lanes from `lane` on."""
    m = np.uint64(n)
    d0, s = np.uint64(first), np.uint64(lane)
    d1 = d0 + m
    d2 = d1 + m
    d3 = d2 + m
    g0, g1, g2, g3 = 0.0, 0.0, 0.0, 0.0
    h0, h1, h2, h3 = 0.0, 0.0, 0.0, 0.0
    for i in range(m):
        p, q = c[i], e[i]
        v0, v1, v2, v3 = d[d0 + i], d[d1 + i], d[d2 + i], d[d3 + i]
        g0, g1, g2, g3 = v0 + p * g0, v1 + p * g1, v2 + p * g2, v3 + p * g3
        h0, h1, h2, h3 = v0 + q * h0, v1 + q * h1, v2 + q * h2, v3 + q * h3
        b[s], b[s + ONE], b[s + TWO], b[s + THREE] = g0, g1, g2, g3
        t = s + B0
        b[t], b[t + ONE], b[t + TWO], b[t + THREE] = h0, h1, h2, h3
        s = s + A1


@kernel
def result_to_rows(d, b, n, first, lane):
    """Copy the result of four lanes from `lane` on into four lines that follow each other in memory."""
    m = np.uint64(n)
    d0, s = np.uint64(first), np.uint64(lane + LANES)
    d1 = d0 + m
    d2 = d1 + m
    d3 = d2 + m
    for i in range(m):
        v0, v1, v2, v3 = b[s], b[s + ONE], b[s + TWO], b[s + THREE]
        d[d0 + i] = v0
        d[d1 + i] = v1
        d[d2 + i] = v2
        d[d3 + i] = v3
        s = s + A1


@kernel
def advance_rows(d, b, ends, c, n, first, w):
    """Advance `w` lines, a multiple of four, that follow each other in memory; returns as `mean_at_ends`."""
    for q in range(0, w, 4):
        forward_from_rows(d, b, c[0], c[1], n, first + q * n, q)
    backward(b, ends, c[2], c[3], c[4], c[5], n)
    sums = mean_at_ends(b, ends, c, n, w)
    for q in range(0, w, 4):
        result_to_rows(d, b, n, first + q * n, q)
    return sums


@kernel
def advance_block(d, b, ends, rest, c, n, first, lines):
    """Advance `lines` lines that follow each other in memory; returns as `mean_at_ends`.

    `rest` is float64[4 n] work space for the last lines where their number is no multiple of four.
    """
    sum_0, sum_1 = 0.0, 0.0
    whole = lines // 4 * 4
    for start in range(0, whole, LANES):
        w = min(LANES, whole - start)
        sums = advance_rows(d, b, ends, c, n, first + start * n, w)
        sum_0 += sums[0]
        sum_1 += sums[1]
    if whole < lines:
        begin, number = first + whole * n, (lines - whole) * n
        rest[:] = 0.0
        for i in range(number):
            rest[i] = d[begin + i]
        sums = advance_rows(rest, b, ends, c, n, 0, 4)
        for i in range(number):
            d[begin + i] = rest[i]
        sum_0 += sums[0]
        sum_1 += sums[1]
    return sum_0, sum_1


@kernel
def advance_across(d, b, ends, c, n, stride, first):
    """Advance all lines of a block float64[n * stride] across its rows; returns as `mean_at_ends`."""
    sum_0, sum_1 = 0.0, 0.0
    for column in range(0, stride, LANES):
        sums = advance_tile(d, b, ends, c, n, stride, first + column, min(LANES, stride - column))
        sum_0 += sums[0]
        sum_1 += sums[1]
    return sum_0, sum_1
