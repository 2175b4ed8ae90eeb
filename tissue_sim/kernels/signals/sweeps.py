"""Advance a whole field along its axes: `lines` for every line, shared among threads.

Every line is advanced alike whatever the number of threads; sums are those of fixed blocks.
"""

from __future__ import annotations

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.signals.lines import ENDS, LANES, ROW, advance_across, advance_block, advance_tile

SMALL_PLANE = 40_000
"""Voxels of a plane that stays in the cache while both its axes are advanced."""
ROWS_AT_ONCE = 4 * LANES
"""Lines of one block where the planes are too large to stay in the cache."""
FINISHED = 64 * LANES
"""Voxels of one block of a field that is only finished."""
LOW = np.uint64(LANES)


@kernel(parallel=True)
def sweep_planes(data, saved, star, cx, cy, nx, ny, moves_x, moves_y, chunks, ends_x, ends_y):
    """Advance the lines along x and y, plane by plane, in place.

    Parameters
    ----------
    data : float64[voxels]
        The field, x fastest.
    saved : float64[voxels]
        Output: the field as it was.
    star : float64[voxels] or float64[0]
        Subtracted first.
    cx, cy : float64[COEFFICIENTS, *]
        Tables of the two axes.
    nx, ny : int64
        Voxels along them.
    moves_x, moves_y : bool
        Whether to advance along them.
    chunks : int64
        Parts to share among threads; the result does not depend on it.
    ends_x, ends_y : float64[nz, 2]
        Outputs: each plane's sums of the mean over the step in the lines' first and last voxels.
    """
    plane = nx * ny
    planes = data.size // plane
    for chunk in prange(chunks):
        b, ends, rest = np.zeros(max(nx, ny) * ROW), np.empty(ENDS), np.empty(4 * nx)
        for z in range(planes * chunk // chunks, planes * (chunk + 1) // chunks):
            own, old = data[z * plane : (z + 1) * plane], saved[z * plane : (z + 1) * plane]
            for i in range(plane):
                old[i] = own[i]
            if star.size > 0:
                away = star[z * plane : (z + 1) * plane]
                for i in range(plane):
                    own[i] -= away[i]
            if moves_x:
                sums = advance_block(data, b, ends, rest, cx, nx, z * plane, ny)
                ends_x[z, 0], ends_x[z, 1] = sums[0], sums[1]
            if moves_y:
                sums = advance_across(data, b, ends, cy, ny, nx, z * plane)
                ends_y[z, 0], ends_y[z, 1] = sums[0], sums[1]


@kernel(parallel=True)
def sweep_rows(data, c, n, chunks, outer):
    """Advance all lines that are contiguous in memory, in place.

    Parameters
    ----------
    data : float64[voxels]
    c : float64[COEFFICIENTS, max(n, 4)]
    n : int64
        Voxels along the axis.
    chunks : int64
        Parts to share among threads; the result does not depend on it.
    outer : float64[blocks, 2]
        Output: each block's sums of the mean over the step in the lines' first and last voxels.
    """
    lines, blocks = data.size // n, outer.shape[0]
    for chunk in prange(chunks):
        b, ends, rest = np.zeros(n * ROW), np.empty(ENDS), np.empty(4 * n)
        for block in range(blocks * chunk // chunks, blocks * (chunk + 1) // chunks):
            begin = block * ROWS_AT_ONCE
            sums = advance_block(data, b, ends, rest, c, n, begin * n, min(ROWS_AT_ONCE, lines - begin))
            outer[block, 0], outer[block, 1] = sums[0], sums[1]


@kernel(parallel=True)
def sweep_strided(data, c, n, stride, chunks, outer):
    """Advance all lines of an axis whose neighbours lie `stride` apart in memory, in place.

    As `sweep_rows`; a block is LANES lines side by side.
    """
    across, tiles = (stride + LANES - 1) // LANES, outer.shape[0]
    for chunk in prange(chunks):
        b, ends = np.zeros(n * ROW), np.empty(ENDS)
        for tile in range(tiles * chunk // chunks, tiles * (chunk + 1) // chunks):
            block, column = tile // across, (tile % across) * LANES
            w = min(LANES, stride - column)
            sums = advance_tile(data, b, ends, c, n, stride, block * n * stride + column, w)
            outer[tile, 0], outer[tile, 1] = sums[0], sums[1]


@kernel
def finish_tile(d, star, n, stride, first, w, lanes):
    """Add `star` to a tile of lines; return its sum before that and its smallest value after.

    `lanes` is float64[2 LANES] work space.
    """
    width = np.uint64(w)
    for x in range(2 * LANES):
        lanes[x] = 0.0 if x < LANES else np.inf
    i = 0
    while i + 4 <= n and star.size == 0:
        at_0 = np.uint64(first + i * stride)
        at_1 = np.uint64(first + (i + 1) * stride)
        at_2 = np.uint64(first + (i + 2) * stride)
        at_3 = np.uint64(first + (i + 3) * stride)
        for x in range(width):
            v0, v1, v2, v3 = d[at_0 + x], d[at_1 + x], d[at_2 + x], d[at_3 + x]
            lanes[x] += (v0 + v1) + (v2 + v3)
            v0 = v1 if v1 < v0 else v0
            v2 = v3 if v3 < v2 else v2
            v0 = v2 if v2 < v0 else v0
            low = lanes[x + LOW]
            lanes[x + LOW] = v0 if v0 < low else low
        i += 4
    while i < n:
        at_0 = np.uint64(first + i * stride)
        for x in range(width):
            v = d[at_0 + x]
            lanes[x] += v
            if star.size > 0:
                v += star[at_0 + x]
                d[at_0 + x] = v
            low = lanes[x + LOW]
            lanes[x + LOW] = v if v < low else low
        i += 1
    total, lowest = 0.0, np.inf
    for x in range(w):
        total += lanes[x]
        lowest = min(lowest, lanes[LANES + x])
    return total, lowest


@kernel(parallel=True)
def sweep_last(data, star, c, n, stride, chunks, outer, total, low):
    """Advance the last axis as `sweep_strided` does and finish the field.

    Parameters
    ----------
    star : float64[voxels] or float64[0]
        Added at the end.
    total : float64[tiles]
        Output: each tile's sum before `star` is added.
    low : float64[tiles]
        Output: its smallest value after.
    """
    tiles = total.size
    for chunk in prange(chunks):
        b, ends, lanes = np.zeros(n * ROW), np.empty(ENDS), np.empty(2 * LANES)
        for tile in range(tiles * chunk // chunks, tiles * (chunk + 1) // chunks):
            first = tile * LANES
            w = min(LANES, stride - first)
            sums = advance_tile(data, b, ends, c, n, stride, first, w)
            outer[tile, 0], outer[tile, 1] = sums[0], sums[1]
            pair = finish_tile(data, star, n, stride, first, w, lanes)
            total[tile], low[tile] = pair[0], pair[1]


@kernel(parallel=True)
def finish(data, star, total, low):
    """Finish a field whose last axis does not move; outputs as `sweep_last`, for every FINISHED voxels."""
    for block in prange(total.size):
        lanes = np.empty(2 * LANES)
        first = block * FINISHED
        rows = min(FINISHED, data.size - first) // LANES
        pair = finish_tile(data, star, rows, LANES, first, LANES, lanes)
        first += rows * LANES
        rest = min(data.size, (block + 1) * FINISHED) - first
        more = finish_tile(data, star, 1 if rest > 0 else 0, LANES, first, rest, lanes)
        total[block], low[block] = pair[0] + more[0], min(pair[1], more[1])
