"""Writes what a mechanics step found out into the columns of the population."""

from __future__ import annotations

from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel(parallel=True)
def keep(velocity, overlap, contacts, scale, velocities, pressure, neighbours):
    """Copy velocities and contacts, and turn overlaps into pressures.

    Parameters
    ----------
    velocity : float64[n, 3], um/min
    overlap : float64[n], sum of squared overlaps
    contacts : int64[n]
    scale : float, overlap that is pressure 1
    velocities, pressure, neighbours : float64[n, 3], float64[n], int32[n], out: columns
    """
    for i in prange(overlap.shape[0]):
        for axis in range(3):
            velocities[i, axis] = velocity[i, axis]
        pressure[i] = overlap[i] / scale
        neighbours[i] = contacts[i]
