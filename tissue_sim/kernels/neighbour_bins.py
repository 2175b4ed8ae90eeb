"""Sorted bins: which slots hold the cells around a place.

Cells are sorted by the bin they are in; the place in that order is a cell's *slot*. Only the sorted bin
numbers are kept, no table of bins, so memory does not depend on how far the cells are spread. Cells of very
different size are binned apart, in *levels* of bins of fitting size (Ogarko and Luding 2012,
doi:10.1016/j.cpc.2011.12.019).
"""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel
def bin_of(x, lower, size, inverse_size, scale, count):
    """Return the bin, 0 to count - 1, of a coordinate along one axis.

    Parameters
    ----------
    x, lower : float, um
    size, inverse_size : float, um and 1/um; 0 unless the axis is periodic
    scale : float: bins per um
    count : int
    """
    offset = x - lower
    if size > 0.0:
        offset -= size * math.floor(offset * inverse_size)
    return min(max(np.int64(min(offset * scale, 2.0**31)), 0), count - 1)


@kernel(parallel=True)
def bin_numbers(points, box, level_radius, scales, counts, firsts, keys):
    """Give every cell the number of its level and bin.

    Parameters
    ----------
    points : float64[4, n], um: x, y, z, radius; finite
    box : float64[3, 3], um: rows are the lower corner, periodic size (0 if not periodic), its inverse
    level_radius : float64[levels], um, falling: a cell is in the last level whose radius is not below its own
    scales : float64[levels, 3], bins per um
    counts : int64[levels, 3], bins
    firsts : int64[levels]: number of a level's first bin
    keys : int64[n], out
    """
    for i in prange(keys.shape[0]):
        level = 0
        for k in range(1, level_radius.shape[0]):
            if points[3, i] <= level_radius[k]:
                level = k
        key = np.int64(0)
        for k in range(3):
            axis = 2 - k
            place = bin_of(
                points[axis, i], box[0, axis], box[1, axis], box[2, axis], scales[level, axis],
                counts[level, axis],
            )  # fmt: skip
            key = key * counts[level, axis] + place
        keys[i] = firsts[level] + key


@kernel
def first_not_below(keys, target, hint):
    """Return the first index whose key is not below `target`; `hint` is a guess, any value is right."""
    n = keys.shape[0]
    place = min(max(hint, 0), n)
    # Mostly the answer is the guess or the one after it.
    for _ in range(3):
        if place == n or keys[place] >= target:
            break
        place += 1
    low, high, step = np.int64(0), np.int64(n), 1
    if place < n and keys[place] < target:
        low = place + 1
        while low < n and keys[min(low + step, n) - 1] < target:
            low = min(low + step, n)
            step *= 2
        high = min(low + step, n)
    else:
        if place == 0 or keys[place - 1] < target:
            return np.int64(place)
        high = place
        while high > 0 and keys[max(high - step, 0)] >= target:
            high = max(high - step, 0)
            step *= 2
        low = max(high - step, 0)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < target:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def bins_along(x, reach, lower, size, inverse_size, scale, count):
    """Return (first bin, number of bins) that hold every coordinate within `reach` of x; they may wrap."""
    if size > 0.0:
        offset = x - lower
        offset -= size * math.floor(offset * inverse_size)
        low = np.int64(math.floor((offset - reach) * scale))
        high = np.int64(math.floor((offset + reach) * scale))
        if high - low + 1 >= count:
            return np.int64(0), np.int64(count)
        return (low + count) % count, high - low + 1
    low = bin_of(x - reach, lower, size, inverse_size, scale, count)
    high = bin_of(x + reach, lower, size, inverse_size, scale, count)
    return low, high - low + 1


@kernel
def bins_beside(x, lower, size, inverse_size, scale, count):
    """Return (first bin, number of bins): the bin of x and those beside it; they may wrap."""
    place = bin_of(x, lower, size, inverse_size, scale, count)
    if size > 0.0:
        if count <= 3:
            return np.int64(0), np.int64(count)
        return (place - 1 + count) % count, np.int64(3)
    low, high = max(place - 1, 0), min(place + 1, count - 1)
    return low, high - low + 1


@kernel
def find_segments(
    points, i, bins_used, level_radius, scales, counts, firsts, box, factor, skin, begins, ends
):
    """Find the ranges of bins that hold every cell near slot i; return their number.

    With one level a bin is as wide as the reach, and the ranges are the same for all cells of a bin. `begins`
    and `ends` hold the ranges of the cell before, which are good guesses.

    Parameters
    ----------
    bins_used : int64[m]: numbers of the bins that hold cells, ascending
    begins, ends : int64[k], in and out: indices of `bins_used`; k from `most_segments`
    """
    number = 0
    levels = level_radius.shape[0]
    first, bins = np.empty(3, np.int64), np.empty(3, np.int64)
    for level in range(levels):
        reach = factor * (points[3, i] + level_radius[level]) + skin
        for axis in range(3):
            x, lower, size, inverse = points[axis, i], box[0, axis], box[1, axis], box[2, axis]
            scale, count = scales[level, axis], counts[level, axis]
            if levels == 1:
                first[axis], bins[axis] = bins_beside(x, lower, size, inverse, scale, count)
            else:
                first[axis], bins[axis] = bins_along(x, reach, lower, size, inverse, scale, count)
        until_end = min(bins[0], counts[level, 0] - first[0])
        for step_z in range(bins[2]):
            z = (first[2] + step_z) % counts[level, 2]
            for step_y in range(bins[1]):
                y = (first[1] + step_y) % counts[level, 1]
                row = firsts[level] + (z * counts[level, 1] + y) * counts[level, 0]
                begins[number] = first_not_below(bins_used, row + first[0], begins[number])
                ends[number] = first_not_below(bins_used, row + first[0] + until_end, ends[number])
                number += 1
                if bins[0] > until_end:
                    begins[number] = first_not_below(bins_used, row, begins[number])
                    ends[number] = first_not_below(bins_used, row + bins[0] - until_end, ends[number])
                    number += 1
    return number


@kernel
def most_segments(level_radius, scales, counts, factor, skin):
    """Return an upper bound of the number of ranges that `find_segments` finds."""
    total = 0
    for level in range(level_radius.shape[0]):
        reach = factor * (level_radius[0] + level_radius[level]) + skin
        rows = 2
        for axis in range(1, 3):
            rows *= min(counts[level, axis], np.int64(min(2.0 * reach * scales[level, axis], 1e6)) + 3)
        total += rows
    return total
