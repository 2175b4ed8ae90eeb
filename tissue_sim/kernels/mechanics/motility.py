"""The persistent, biased random walk of motile cells."""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.mechanics.directions import random_direction
from tissue_sim.kernels.philox import uniform

MOTILITY = 20
"""`random_numbers.Purpose.MOTILITY`."""


@kernel
def normalised(x, y, z):
    """Return a vector over its length, or zeros for the zero vector."""
    largest = max(abs(x), abs(y), abs(z))
    if not largest > 0.0:
        return 0.0, 0.0, 0.0
    # Scaled first: the square of a gradient of 1e-200 would be 0.
    x, y, z = x / largest, y / largest, z / largest
    length = math.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length


@kernel
def walk_one(
    i, cell_ids, state, speed, persistence, bias, attraction, drift, dt, key, tick, present, direction,
    velocity,
):  # fmt: skip
    """Turn one cell if its time has come, and set its velocity; see `walk`."""
    moving = state[i] == 0
    if moving and speed[i] != 0.0:
        x, y, z = direction[i, 0], direction[i, 1], direction[i, 2]
        turns = x == 0.0 and y == 0.0 and z == 0.0
        if not turns:
            turns = persistence[i] <= 0.0
            if not turns:
                number = uniform(key, cell_ids[i], tick, MOTILITY, 0)
                # 1 - exp(-x) is below x, which mostly settles it without the exponential.
                turns = number * persistence[i] < dt and number < -math.expm1(-dt / persistence[i])
        if turns:
            ux, uy, uz = random_direction(key, cell_ids[i], tick, MOTILITY, 1, present)
            ex, ey, ez = normalised(attraction[i, 0], attraction[i, 1], attraction[i, 2])
            b = bias[i]
            x, y, z = normalised((1.0 - b) * ux + b * ex, (1.0 - b) * uy + b * ey, (1.0 - b) * uz + b * ez)
            if x == 0.0 and y == 0.0 and z == 0.0:
                x, y, z = ux, uy, uz
            direction[i, 0], direction[i, 1], direction[i, 2] = x, y, z
        velocity[i, 0] = speed[i] * x + drift[i, 0]
        velocity[i, 1] = speed[i] * y + drift[i, 1]
        velocity[i, 2] = speed[i] * z + drift[i, 2]
    else:
        for axis in range(3):
            velocity[i, axis] = drift[i, axis] if moving else 0.0


@kernel(parallel=True)
def walk(
    cell_ids, state, speed, persistence, bias, attraction, drift, dt, key, tick, present, direction, velocity,
):  # fmt: skip
    """Turn the cells whose time has come and set the velocity of active motion.

    A new direction comes with probability 1 - exp(-dt/persistence), and for a cell that has none yet:
    normalise((1 - bias) u + bias e), u uniform, e = normalise(attraction).
    velocity = speed direction + drift.

    Parameters
    ----------
    cell_ids : int64[n]
    state : uint8[n]: 0 for live cells; the others do not move actively
    speed : float64[n], um/min
    persistence : float64[n], min; 0 gives a new direction in every step
    bias : float64[n], 0 to 1
    attraction : float64[n, 3]: sum of the weighted gradients, any scale
    drift : float64[n, 3], um/min
    dt : float, min
    key : uint64
    tick : int64
    present : int64[3]: axes the tissue has
    direction : float64[n, 3], in and out: zeros for a cell that has no direction yet
    velocity : float64[n, 3], um/min, out
    """
    for i in prange(cell_ids.shape[0]):
        walk_one(
            np.int64(i), cell_ids, state, speed, persistence, bias, attraction, drift, dt, key, tick, present,
            direction, velocity,
        )  # fmt: skip
