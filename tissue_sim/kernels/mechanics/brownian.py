"""Brownian motion of cells: normal displacements of given diffusivity."""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.stochastic.normal import normal_pair

BROWNIAN = 22
"""`random_numbers.Purpose.BROWNIAN`."""


@kernel
def kick_one(i, cell_ids, state, diffusivity, dt, key, tick, present, velocity):
    """Kick one cell; see `kick`."""
    if state[i] != 0 or not diffusivity[i] > 0.0:
        return
    size = math.sqrt(2.0 * diffusivity[i] / dt)
    if present[0] or present[1]:
        x, y = normal_pair(key, cell_ids[i], tick, BROWNIAN, 0)
        velocity[i, 0] += size * x * present[0]
        velocity[i, 1] += size * y * present[1]
    if present[2]:
        velocity[i, 2] += size * normal_pair(key, cell_ids[i], tick, BROWNIAN, 1)[0]


@kernel(parallel=True)
def kick(cell_ids, state, diffusivity, dt, key, tick, present, velocity):
    """Add what moves every live cell by a normal displacement of variance 2 D dt along each axis.

    Parameters
    ----------
    cell_ids : int64[n]
    state : uint8[n]: 0 for live cells; the others are not moved
    diffusivity : float64[n], um^2/min
    dt : float, min
    key : uint64
    tick : int64
    present : int64[3]: axes the tissue has
    velocity : float64[n, 3], um/min, in and out
    """
    for i in prange(cell_ids.shape[0]):
        kick_one(np.int64(i), cell_ids, state, diffusivity, dt, key, tick, present, velocity)
