"""Attachments of cells: forming and breaking within a step, and their springs.

Draws are keyed by the pair (lower and higher cell_id), so that they depend neither on rows nor on threads.
"""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.mechanics.coincident import direction_of_pair
from tissue_sim.kernels.neighbours import nearest_image
from tissue_sim.kernels.philox import uniform

ATTACHMENT = 26
"""`random_numbers.Purpose.ATTACHMENT`."""
DETACHMENT = 27
"""`random_numbers.Purpose.DETACHMENT`."""
RATE, BREAKING_RATE, STIFFNESS, REST_LENGTH, BREAKING_LENGTH, CONTACT_DISTANCE = 0, 1, 2, 3, 4, 5
"""Rows of the array ``numbers``."""


@kernel
def chance(rate, back, dt):
    """Return the probability that a bond of two states has changed after `dt`, both ways included.

    Solution of the telegraph process: rate/(rate + back) (1 - exp(-(rate + back) dt)). So the stationary
    occupancy is exact at every step, and with back = 0 the waiting time is exponential.
    """
    total = rate + back
    return -math.expm1(-total * dt) * (rate / total) if total > 0.0 else 0.0


@kernel
def distance_of(i, j, position, box):
    """Return the distance of two rows, nearest images, um."""
    dx = nearest_image(position[i, 0] - position[j, 0], box[1, 0], box[2, 0])
    dy = nearest_image(position[i, 1] - position[j, 1], box[1, 1], box[2, 1])
    dz = nearest_image(position[i, 2] - position[j, 2], box[1, 2], box[2, 2])
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@kernel
def rate_of(i, j, types, numbers, affinity):
    """Return the rate at which two cells in contact attach, 1/min; negative numbers count as 0."""
    both = max(0.0, numbers[RATE, i]) + max(0.0, numbers[RATE, j])
    return 0.5 * affinity[types[i], types[j]] * both


@kernel
def breaking_rate_of(i, j, numbers):
    """Return the rate at which an attachment breaks, 1/min; negative numbers count as 0."""
    return 0.5 * (max(0.0, numbers[BREAKING_RATE, i]) + max(0.0, numbers[BREAKING_RATE, j]))


@kernel
def keeps(i, j, cell_ids, position, radius, state, types, numbers, affinity, box, dt, key, tick):
    """Say whether an attachment outlives a step; see `keep_pairs`."""
    s = radius[i] + radius[j]
    d = distance_of(i, j, position, box)
    if d > min(numbers[BREAKING_LENGTH, i], numbers[BREAKING_LENGTH, j]) * s:
        return False
    rate = 0.0
    touching = d < max(numbers[CONTACT_DISTANCE, i], numbers[CONTACT_DISTANCE, j]) * s
    if touching and state[i] == 0 and state[j] == 0:
        rate = rate_of(i, j, types, numbers, affinity)
    breaking = breaking_rate_of(i, j, numbers)
    lower, higher = min(cell_ids[i], cell_ids[j]), max(cell_ids[i], cell_ids[j])
    return uniform(key, lower, tick, DETACHMENT, higher) >= chance(breaking, rate, dt)


@kernel(parallel=True)
def keep_pairs(
    pairs, cell_ids, position, radius, state, types, numbers, affinity, box, dt, key, tick, kept
):  # fmt: skip
    """Find the attachments that outlive a step of `dt` min.

    Parameters
    ----------
    pairs : int64[m, 2]: rows
    cell_ids : int64[n]
    position : float64[n, 3], um
    radius : float64[n], um
    state : uint8[n]: 0 for live cells; with a dead one a broken pair does not attach again
    types : int64[n]
    numbers : float64[6, n]: rate, breaking rate, stiffness (1/min), rest length, breaking length, contact
        distance (in units of R_i + R_j) of every cell
    affinity : float64[types, types], symmetric: factor of rate and stiffness of a pair
    box : float64[3, 3], as in `neighbour_bins.bin_numbers`
    dt : float, min
    key : uint64
    tick : int64
    kept : uint8[m], out
    """
    for k in prange(pairs.shape[0]):
        kept[k] = keeps(
            pairs[k, 0], pairs[k, 1], cell_ids, position, radius, state, types, numbers, affinity, box, dt,
            key, tick,
        )  # fmt: skip


@kernel
def holds(sorted_rows, first, end, wanted):
    """Say whether sorted_rows[first:end], ascending, holds a row."""
    while first < end:
        middle = (first + end) // 2
        if sorted_rows[middle] < wanted:
            first = middle + 1
        elif sorted_rows[middle] > wanted:
            end = middle
        else:
            return True
    return False


@kernel
def moment_of(
    i, j, starts, others, partner_starts, partners, cell_ids, position, radius, state, types, numbers,
    affinity, box, dt, key, tick,
):  # fmt: skip
    """Return when within the step a pair attaches, 0 to 1, or inf; see `moments_of_attaching`."""
    # A pair that both cells list is looked at from the lower row.
    if j < i:
        wider = numbers[CONTACT_DISTANCE, j] >= numbers[CONTACT_DISTANCE, i]
        if wider or holds(others, starts[j], starts[j + 1], i):
            return math.inf
    rate = rate_of(i, j, types, numbers, affinity)
    if not rate > 0.0:
        return math.inf
    breaking = breaking_rate_of(i, j, numbers)
    limit = chance(rate, breaking, dt)
    lower, higher = min(cell_ids[i], cell_ids[j]), max(cell_ids[i], cell_ids[j])
    drawn = uniform(key, lower, tick, ATTACHMENT, higher)
    # Few are drawn, so that what else may forbid it is looked at last.
    if not drawn < limit or state[i] != 0 or state[j] != 0:
        return math.inf
    longest = min(numbers[BREAKING_LENGTH, i], numbers[BREAKING_LENGTH, j]) * (radius[i] + radius[j])
    if distance_of(i, j, position, box) > longest:
        return math.inf
    return math.inf if holds(partners, partner_starts[i], partner_starts[i + 1], j) else drawn / limit


@kernel(parallel=True)
def moments_of_attaching(
    starts, others, partner_starts, partners, cell_ids, position, radius, state, types, numbers, affinity,
    box, dt, key, tick, moments,
):  # fmt: skip
    """Find which cells in contact attach in a step, if both have room, and in which order.

    Parameters
    ----------
    starts, others : int64[n + 1], int64[k]: contacts of every row, ascending
    partner_starts, partners : int64[n + 1], int64[2 m]: attached rows of every row, ascending
    moments : float64[k], out: for every contact its moment, 0 to 1, earlier ones first; inf where the pair
        does not attach, or is looked at from its other cell

    The others are as for `keep_pairs`.
    """
    for row in prange(starts.shape[0] - 1):
        i = np.int64(row)
        for k in range(starts[i], starts[i + 1]):
            moments[k] = moment_of(
                i, others[k], starts, others, partner_starts, partners, cell_ids, position, radius, state,
                types, numbers, affinity, box, dt, key, tick,
            )  # fmt: skip


@kernel
def accept(first, second, counts, maximum, accepted):
    """Accept pairs in their order as long as both cells have room.

    Parameters
    ----------
    first, second : int64[k]: rows
    counts : int64[n], in and out: attachments of every row
    maximum : int64[n]
    accepted : uint8[k], out
    """
    for k in range(first.shape[0]):
        i, j = first[k], second[k]
        accepted[k] = counts[i] < maximum[i] and counts[j] < maximum[j]
        if accepted[k]:
            counts[i] += 1
            counts[j] += 1


@kernel
def list_partners(pairs, starts, partners):
    """Write the attached rows of every row, ascending.

    Parameters
    ----------
    pairs : int64[m, 2]: rows, the lower first, sorted
    starts : int64[n + 1], out: partners of row i are partners[starts[i]:starts[i + 1]]
    partners : int64[2 m], out
    """
    n = starts.shape[0] - 1
    starts[:] = 0
    for k in range(pairs.shape[0]):
        starts[pairs[k, 0] + 1] += 1
        starts[pairs[k, 1] + 1] += 1
    for i in range(n):
        starts[i + 1] += starts[i]
    place = starts[:n].copy()
    # Lower partners before higher ones, each in the order of the pairs.
    for own in (1, 0):
        for k in range(pairs.shape[0]):
            i = pairs[k, own]
            partners[place[i]] = pairs[k, 1 - own]
            place[i] += 1


@kernel
def spring_sum(
    i, starts, partners, cell_ids, position, radius, types, numbers, affinity, box, key, tick, present
):  # fmt: skip
    """Return the velocity that the springs of one cell give it; see `add_springs`."""
    vx, vy, vz = 0.0, 0.0, 0.0
    for k in range(starts[i], starts[i + 1]):
        j = partners[k]
        dx = nearest_image(position[j, 0] - position[i, 0], box[1, 0], box[2, 0])
        dy = nearest_image(position[j, 1] - position[i, 1], box[1, 1], box[2, 1])
        dz = nearest_image(position[j, 2] - position[i, 2], box[1, 2], box[2, 2])
        d = math.sqrt(dx * dx + dy * dy + dz * dz)
        rest = 0.5 * (numbers[REST_LENGTH, i] + numbers[REST_LENGTH, j]) * (radius[i] + radius[j])
        product = max(0.0, numbers[STIFFNESS, i]) * max(0.0, numbers[STIFFNESS, j])
        stiffness = affinity[types[i], types[j]] * math.sqrt(product)
        if d > 0.0:
            v = stiffness * (d - rest) / d
        else:
            v = -stiffness * rest
            ux, uy, uz = direction_of_pair(cell_ids[i], cell_ids[j], key, tick, present)
            dx, dy, dz = -ux, -uy, -uz
        vx += v * dx
        vy += v * dy
        vz += v * dz
    return vx, vy, vz


@kernel(parallel=True)
def add_springs(
    starts, partners, cell_ids, position, radius, types, numbers, affinity, box, key, tick, present, velocity
):  # fmt: skip
    """Add to every cell the velocity of its springs: stiffness (d - rest) towards each attached cell.

    Parameters
    ----------
    starts, partners : int64[n + 1], int64[2 m]: as from `list_partners`
    present : int64[3]: axes the tissue has
    velocity : float64[n, 3], um/min, in and out

    The others are as for `keep_pairs`.
    """
    for row in prange(starts.shape[0] - 1):
        i = np.int64(row)
        if starts[i] == starts[i + 1]:
            continue
        vx, vy, vz = spring_sum(
            i, starts, partners, cell_ids, position, radius, types, numbers, affinity, box, key, tick, present
        )
        velocity[i, 0] += vx
        velocity[i, 1] += vy
        velocity[i, 2] += vz
