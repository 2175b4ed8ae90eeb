"""Moves cells by their velocities and keeps them in the domain."""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel

CHUNK = 1024
OPEN, WALL, PERIODIC, ABSENT = 0, 1, 2, 3


@kernel
def place_along(x, lower, upper, boundary):
    """Return a coordinate brought into the domain along one axis; open axes leave it as it is."""
    if boundary == WALL:
        return min(max(x, lower), upper)
    if boundary == PERIODIC:
        size = upper - lower
        wrapped = x - size * math.floor((x - lower) / size)
        # Rounding may put a coordinate just below the lower face onto the upper one, which is the lower one.
        return lower if wrapped >= upper or wrapped < lower else wrapped
    if boundary == ABSENT:
        return 0.0
    return x


@kernel
def is_outside(position, row, lower, upper, boundary):
    """Say whether a centre is outside along an open axis."""
    for axis in range(3):
        if boundary[axis] == OPEN and not lower[axis] <= position[row, axis] <= upper[axis]:
            return True
    return False


@kernel
def move_chunk(chunk, start, dt, lower, upper, boundary, radius, velocity, position, farthest, bad_row, left):
    """Move one chunk of cells; see `move`."""
    worst, worst_row, first_bad, gone = 0.0, -1, -1, 0
    for row in range(chunk * CHUNK, min(start.shape[0], (chunk + 1) * CHUNK)):
        was_outside = is_outside(start, row, lower, upper, boundary)
        squared = 0.0
        finite = True
        for axis in range(3):
            old = start[row, axis]
            wanted = old + dt * velocity[row, axis]
            new = place_along(wanted, lower[axis], upper[axis], boundary[axis])
            if boundary[axis] == ABSENT:
                velocity[row, axis] = 0.0
            elif boundary[axis] == WALL and new != wanted:
                velocity[row, axis] = (new - old) / dt
            finite = finite and math.isfinite(wanted)
            squared += velocity[row, axis] ** 2
            position[row, axis] = new
        if not finite and first_bad < 0:
            first_bad = row
        if radius[row] > 0.0 and squared * dt * dt > worst * worst * radius[row] ** 2:
            worst = dt * math.sqrt(squared) / radius[row]
            worst_row = row
        if not was_outside and is_outside(position, row, lower, upper, boundary):
            gone += 1
    farthest[chunk] = worst
    bad_row[chunk, 0] = first_bad
    bad_row[chunk, 1] = worst_row
    left[chunk] = np.int64(gone)


@kernel(parallel=True)
def move(start, dt, lower, upper, boundary, radius, velocity, position, farthest, bad_row, left):
    """Take one explicit step x = start + dt v and apply the boundaries.

    Walls hold centres (a coordinate beyond is set onto the wall), periodic axes wrap, along missing axes the
    coordinate is 0.

    Parameters
    ----------
    start : float64[n, 3], um; may be the same array as `position`
    dt : float, min
    lower, upper : float64[3], um
    boundary : int64[3]: 0 open, 1 wall, 2 periodic, 3 missing axis
    radius : float64[n], um
    velocity : float64[n, 3], um/min, in and out: becomes the displacement over dt where a wall or a missing
        axis changed it
    position : float64[n, 3], um, out
    farthest : float64[chunks], out: largest displacement in units of the cell's radius
    bad_row : int64[chunks, 2], out: first row whose new position is not finite, row that moved farthest; or
    -1
    left : int64[chunks], out: number of cells that went out of an open domain
    """
    for chunk in prange(farthest.shape[0]):
        move_chunk(
            np.int64(chunk),
            start,
            dt,
            lower,
            upper,
            boundary,
            radius,
            velocity,
            position,
            farthest,
            bad_row,
            left,
        )
