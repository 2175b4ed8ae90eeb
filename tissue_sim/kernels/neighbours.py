"""Neighbour lists that stay valid while cells move little, and contacts.

A list holds, for every slot (see `neighbour_bins`), the slots of all cells nearer than
``factor (R_i + R_j) + skin``, in the order of their rows. Whoever reads it applies the exact distance, so
that no result depends on when a list was built.
"""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.neighbour_bins import find_segments, most_segments

CHUNK = 256
"""Slots per unit of parallel work."""
BLOCK = 64
"""Distances worked out at a time."""


@kernel
def nearest_image(difference, size, inverse):
    """Return a coordinate difference to the nearest periodic image; size and inverse are 0 on other axes."""
    return difference - size * np.rint(difference * inverse)


@kernel(parallel=True)
def pack(position, radius, order, built, box, factor, cells, moved):
    """Copy positions and radii into slot order, and measure how far the list has aged.

    Parameters
    ----------
    position : float64[n, 3], um
    radius : float64[n], um
    order : int64[n]: row of each slot
    built : float64[4, n], um: x, y, z, radius of each slot when the list was built
    box : float64[3, 3], as in `neighbour_bins.bin_numbers`
    factor : float: reach of a cell in units of its radius
    cells : float64[n, 8 or more], out: columns 0 to 3 become x, y, z, radius
    moved : float64[chunks], um, out: largest displacement plus growth of the reach; inf for NaN
    """
    n = order.shape[0]
    for chunk in prange(moved.shape[0]):
        worst = 0.0
        for slot in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            row = order[slot]
            squared = 0.0
            for axis in range(3):
                x = position[row, axis]
                cells[slot, axis] = x
                step = nearest_image(x - built[axis, slot], box[1, axis], box[2, axis])
                squared += step * step
            cells[slot, 3] = radius[row]
            aged = math.sqrt(squared) + factor * max(0.0, radius[row] - built[3, slot])
            if not aged <= worst:
                worst = math.inf if math.isnan(aged) else aged
        moved[chunk] = worst


@kernel
def sort_in_place(values, first, last):
    """Sort values[first:last] ascending (Shell's sort, gaps of Ciura 2001, doi:10.1007/3-540-44669-9_12)."""
    for gap in (701, 301, 132, 57, 23, 10, 4, 1):
        if last - first <= gap:
            continue
        for k in range(first + gap, last):
            value = values[k]
            place = k
            while place - gap >= first and values[place - gap] > value:
                values[place] = values[place - gap]
                place -= gap
            values[place] = value


@kernel(inline=True)
def pick(distances, i, order, block, size, entries, place, limit):
    """Append the rows of the near slots of a block, but not slot i; return the new place."""
    if block <= i < block + size:
        distances[i - block] = 0.0
    for k in range(size):
        if distances[k] < 0.0:
            if place < limit:
                entries[place] = order[block + k]
            place += 1
    return place


@kernel
def collect(points, i, order, begin, end, factor, skin, distances, entries, place, limit):
    """Append the rows of the cells of slots `begin` to `end` that are near slot i; return the new place.

    Entries at `limit` and beyond are only counted. Squared distances minus squared reaches are worked out in
    blocks, then the few that are near are picked. An index that cannot be negative (uint64) needs no test, so
    that the first loop becomes vector code.
    """
    x, y, z, radius = points[0, i], points[1, i], points[2, i], points[3, i]
    for block in range(begin, end, BLOCK):
        size = min(BLOCK, end - block)
        start = np.uint64(block)
        for k in range(np.uint64(0), np.uint64(size)):
            dx = x - points[0, start + k]
            dy = y - points[1, start + k]
            dz = z - points[2, start + k]
            reach = factor * (radius + points[3, start + k]) + skin
            distances[k] = dx * dx + dy * dy + dz * dz - reach * reach
        place = pick(distances, i, order, block, size, entries, place, limit)
    return place


@kernel
def collect_images(points, i, order, begin, end, box, factor, skin, distances, entries, place, limit):
    """Do as `collect` with nearest images; apart because these cost a quarter more."""
    x, y, z, radius = points[0, i], points[1, i], points[2, i], points[3, i]
    for block in range(begin, end, BLOCK):
        size = min(BLOCK, end - block)
        start = np.uint64(block)
        for k in range(np.uint64(0), np.uint64(size)):
            dx = nearest_image(x - points[0, start + k], box[1, 0], box[2, 0])
            dy = nearest_image(y - points[1, start + k], box[1, 1], box[2, 1])
            dz = nearest_image(z - points[2, start + k], box[1, 2], box[2, 2])
            reach = factor * (radius + points[3, start + k]) + skin
            distances[k] = dx * dx + dy * dy + dz * dz - reach * reach
        place = pick(distances, i, order, block, size, entries, place, limit)
    return place


@kernel(parallel=True)
def fill_lists(
    points, order, slot_of, keys, level_radius, scales, counts, firsts, box, factor, skin, chunk_firsts,
    starts, ends, needed, entries,
):  # fmt: skip
    """Write the neighbours of every slot, in the order of their rows.

    Every chunk of slots writes into its own part of `entries`. Where a part is too small nothing is lost but
    the list: `needed` says what to give each chunk the next time.

    Parameters
    ----------
    points : float64[4, n], um: x, y, z, radius in slot order
    order : int64[n]: row of each slot
    slot_of : int64[n]: slot of each row
    keys : int64[n]: bin numbers in slot order, ascending
    level_radius, scales, counts, firsts : as in `neighbour_bins.bin_numbers`
    box : float64[3, 3], as in `neighbour_bins.bin_numbers`
    factor, skin : float: cells nearer than factor (R_i + R_j) + skin um are listed
    chunk_firsts : int64[chunks + 1]: the parts of `entries`
    starts, ends : int64[n], out: the entries of slot i are entries[starts[i]:ends[i]]
    needed : int64[chunks], out: number of entries of each chunk
    entries : int32[k], out: slots
    """
    n = order.shape[0]
    periodic = box[1, 0] > 0.0 or box[1, 1] > 0.0 or box[1, 2] > 0.0
    many_levels = level_radius.shape[0] > 1
    segments = most_segments(level_radius, scales, counts, factor, skin)
    for chunk in prange(needed.shape[0]):
        begin_of, end_of = np.zeros(segments, np.int64), np.zeros(segments, np.int64)
        distances = np.empty(BLOCK)
        limit = chunk_firsts[chunk + 1]
        place = chunk_firsts[chunk]
        number = 0
        for i in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            if many_levels or i == chunk * CHUNK or keys[i] != keys[i - 1]:
                number = find_segments(
                    points, i, keys, level_radius, scales, counts, firsts, box, factor, skin, begin_of, end_of
                )
            first = place
            for k in range(number):
                begin, end = begin_of[k], end_of[k]
                if periodic:
                    place = collect_images(
                        points, i, order, begin, end, box, factor, skin, distances, entries, place, limit
                    )
                else:
                    place = collect(
                        points, i, order, begin, end, factor, skin, distances, entries, place, limit
                    )
            starts[i] = first
            ends[i] = place
            if place <= limit:
                sort_in_place(entries, first, place)
                for k in range(first, place):
                    entries[k] = slot_of[entries[k]]
        needed[chunk] = place - chunk_firsts[chunk]


@kernel(parallel=True)
def gather(values, order, column, root, cells):
    """Copy a per-row quantity, or its square root, into one column of the slot-ordered cells.

    Parameters
    ----------
    values : float64[n]
    order : int64[n]: row of each slot
    column : int
    root : int: 1 to store the square root
    cells : float64[n, 8 or more], out
    """
    for slot in prange(order.shape[0]):
        value = values[order[slot]]
        # Negative strengths count as none; NaN is kept, so that it is found.
        cells[slot, column] = math.sqrt(0.0 if value < 0.0 else value) if root else value


@kernel(parallel=True)
def contacts(cells, order, starts, ends, entries, box, distance, fill, row_starts, others):
    """Count (fill = 0) or write (fill = 1) the contacts of every row, ascending.

    Parameters
    ----------
    cells, order, starts, ends, entries, box : the list, see `fill_lists`
    distance : float64[n], rows: j is in contact with i where d < distance[i] (R_i + R_j)
    fill : int
    row_starts : int64[n + 1]: numbers out in entries 1 to n (fill = 0), or their sums in (fill = 1)
    others : int64[k], out: rows
    """
    for i in prange(order.shape[0]):
        row = order[i]
        place = row_starts[row] if fill else 0
        for k in range(starts[i], ends[i]):
            j = entries[k]
            dx = nearest_image(cells[i, 0] - cells[j, 0], box[1, 0], box[2, 0])
            dy = nearest_image(cells[i, 1] - cells[j, 1], box[1, 1], box[2, 1])
            dz = nearest_image(cells[i, 2] - cells[j, 2], box[1, 2], box[2, 2])
            reach = distance[row] * (cells[i, 3] + cells[j, 3])
            if dx * dx + dy * dy + dz * dz < reach * reach:
                if fill:
                    others[place] = order[j]
                place += 1
        if not fill:
            row_starts[row + 1] = place
