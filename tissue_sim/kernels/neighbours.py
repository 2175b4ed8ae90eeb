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
from tissue_sim.kernels.neighbour_bins import find_segments, first_not_below, most_segments

CHUNK = 256
"""Slots per unit of parallel work."""
ROOM = 512
"""Candidates for which there is room at first."""
SHORT_RUN = 64
"""Neighbours up to which they are sorted by counting."""


@kernel
def nearest_image(difference, size, inverse):
    """Return a coordinate difference to the nearest periodic image; size and inverse are 0 on other axes."""
    return difference - size * np.rint(difference * inverse)


@kernel
def pack_chunk(chunk, position, radius, order, built, box, factor, cells, moved):
    """Copy and measure one chunk of slots; see `pack`."""
    worst = 0.0
    for slot in range(chunk * CHUNK, min(order.shape[0], (chunk + 1) * CHUNK)):
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
    for chunk in prange(moved.shape[0]):
        pack_chunk(np.int64(chunk), position, radius, order, built, box, factor, cells, moved)


@kernel
def store_sorted(found, size, slot_of, entries, first):
    """Write the slots of the rows found[:size] to entries[first:], in the order of the rows.

    Short runs are placed by counting how many rows are smaller, which becomes vector code without a branch to
    guess; long ones by Shell's sort (gaps of Ciura 2001, doi:10.1007/3-540-44669-9_12).

    Parameters
    ----------
    found : int32[k], distinct rows; long runs are sorted in place
    slot_of : int64[n]
    entries : int32[m], out
    """
    number = np.uint64(size)
    if size <= SHORT_RUN:
        for k in range(np.uint64(0), number):
            row = found[k]
            smaller = np.int32(0)
            for other in range(np.uint64(0), number):
                smaller += np.int32(found[other] < row)
            entries[first + smaller] = slot_of[row]
        return
    for gap in (701, 301, 132, 57, 23, 10, 4, 1):
        for k in range(gap, size):
            row = found[k]
            place = k
            while place >= gap and found[place - gap] > row:
                found[place] = found[place - gap]
                place -= gap
            found[place] = row
    for k in range(size):
        entries[first + k] = slot_of[found[k]]


@kernel
def measure(near, number, x, y, z, radius, factor, skin, distances):
    """Write squared distance minus squared reach of `number` candidates.

    Parameters
    ----------
    near : float64[4, k], um: x, y, z, radius of the candidates
    number : uint64: an index that cannot be negative needs no test, so that the loop becomes vector code
    x, y, z, radius : float, um: the cell
    distances : float64[k], um^2, out
    """
    for k in range(np.uint64(0), number):
        dx = x - near[0, k]
        dy = y - near[1, k]
        dz = z - near[2, k]
        reach = factor * (radius + near[3, k]) + skin
        distances[k] = dx * dx + dy * dy + dz * dz - reach * reach


@kernel
def measure_images(near, number, x, y, z, radius, box, factor, skin, distances):
    """Do as `measure` with nearest images."""
    for k in range(np.uint64(0), number):
        dx = nearest_image(x - near[0, k], box[1, 0], box[2, 0])
        dy = nearest_image(y - near[1, k], box[1, 1], box[2, 1])
        dz = nearest_image(z - near[2, k], box[1, 2], box[2, 2])
        reach = factor * (radius + near[3, k]) + skin
        distances[k] = dx * dx + dy * dy + dz * dz - reach * reach


@kernel
def load(points, order, bin_starts, begins, ends, number, i, near, rows):
    """Copy the candidates of a cell, or of all cells of a bin, out of their ranges of bins.

    Returns
    -------
    (number of candidates, place of slot i among them)
    """
    total, own = np.int64(0), np.int64(-1)
    for segment in range(number):
        for j in range(bin_starts[begins[segment]], bin_starts[ends[segment]]):
            for axis in range(4):
                near[axis, total] = points[axis, j]
            rows[total] = order[j]
            if j == i:
                own = total
            total += 1
    return total, own


@kernel
def pick(distances, rows, number, found):
    """Copy the rows whose distance is negative to `found`; return how many there are.

    Every row is written and kept only if it is near: no branch to guess.
    """
    place = np.uint64(0)
    for k in range(np.uint64(0), number):
        found[place] = rows[k]
        place += np.uint64(distances[k] < 0.0)
    return np.int64(place)


@kernel
def fill_chunk(
    chunk, points, order, slot_of, bins_used, bin_starts, level_radius, scales, counts, firsts, box, factor,
    skin, chunk_firsts, starts, ends, needed, entries,
):  # fmt: skip
    """Write the neighbours of one chunk of slots; see `fill_lists`."""
    periodic = box[1, 0] > 0.0 or box[1, 1] > 0.0 or box[1, 2] > 0.0
    many_levels = level_radius.shape[0] > 1
    segments = most_segments(level_radius, scales, counts, factor, skin)
    begin_of, end_of = np.zeros(segments, np.int64), np.zeros(segments, np.int64)
    near, distances = np.empty((4, ROOM)), np.empty(ROOM)
    rows, found = np.empty(ROOM, np.int32), np.empty(ROOM, np.int32)
    limit = chunk_firsts[chunk + 1]
    place = chunk_firsts[chunk]
    number, own, first_of_bin = 0, 0, 0
    this_bin = first_not_below(bin_starts, chunk * CHUNK + 1, 0) - 1
    for i in range(chunk * CHUNK, min(order.shape[0], (chunk + 1) * CHUNK)):
        new_bin = i == bin_starts[this_bin + 1]
        this_bin += new_bin
        if many_levels or new_bin or i == chunk * CHUNK:
            ranges = find_segments(
                points,
                i,
                bins_used,
                level_radius,
                scales,
                counts,
                firsts,
                box,
                factor,
                skin,
                begin_of,
                end_of,
            )
            total = 0
            for k in range(ranges):
                total += bin_starts[end_of[k]] - bin_starts[begin_of[k]]
            if total > rows.shape[0]:
                near, distances = np.empty((4, 2 * total)), np.empty(2 * total)
                rows, found = np.empty(2 * total, np.int32), np.empty(2 * total, np.int32)
            number, own = load(points, order, bin_starts, begin_of, end_of, ranges, i, near, rows)
            first_of_bin = i
        x, y, z, radius = points[0, i], points[1, i], points[2, i], points[3, i]
        if periodic:
            measure_images(near, np.uint64(number), x, y, z, radius, box, factor, skin, distances)
        else:
            measure(near, np.uint64(number), x, y, z, radius, factor, skin, distances)
        distances[own + i - first_of_bin] = 0.0
        size = pick(distances, rows, np.uint64(number), found)
        starts[i] = place
        if place + size <= limit:
            store_sorted(found, size, slot_of, entries, place)
        place += size
        ends[i] = place
    needed[chunk] = place - chunk_firsts[chunk]


@kernel(parallel=True)
def fill_lists(
    points, order, slot_of, bins_used, bin_starts, level_radius, scales, counts, firsts, box, factor, skin,
    chunk_firsts, starts, ends, needed, entries,
):  # fmt: skip
    """Write the neighbours of every slot, in the order of their rows.

    Every chunk of slots writes into its own part of `entries`. Where a part is too small nothing is lost but
    the list: `needed` says what to give each chunk the next time.

    Parameters
    ----------
    points : float64[4, n], um: x, y, z, radius in slot order
    order : int64[n]: row of each slot
    slot_of : int64[n]: slot of each row
    bins_used : int64[m]: numbers of the bins that hold cells, ascending
    bin_starts : int64[m + 1]: slots of a bin
    level_radius, scales, counts, firsts : as in `neighbour_bins.bin_numbers`
    box : float64[3, 3], as in `neighbour_bins.bin_numbers`
    factor, skin : float: cells nearer than factor (R_i + R_j) + skin um are listed
    chunk_firsts : int64[chunks + 1]: the parts of `entries`
    starts, ends : int64[n], out: the entries of slot i are entries[starts[i]:ends[i]]
    needed : int64[chunks], out: number of entries of each chunk
    entries : int32[k], out: slots
    """
    for chunk in prange(needed.shape[0]):
        fill_chunk(
            np.int64(chunk), points, order, slot_of, bins_used, bin_starts, level_radius, scales, counts,
            firsts, box, factor, skin, chunk_firsts, starts, ends, needed, entries,
        )  # fmt: skip


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
