"""Volumes over an interval, integrated exactly, and the radius that follows them."""

import math

import numpy as np

from tissue_sim.kernels.compile import kernel

SPHERE = 3.0 / (4.0 * math.pi)


@kernel
def relaxed(volume, target, rate, span):
    """Return V after `span` (min) of dV/dt = rate (target - V); rate in 1/min, volumes in um^3."""
    if volume == target:
        return volume
    return volume - (target - volume) * math.expm1(-rate * span)


@kernel
def radius_of(volume):
    """Return the radius (um) of a sphere of `volume` (um^3)."""
    return np.cbrt(SPHERE * volume)


@kernel
def fill_radius(volume, rows, radius):
    """Set ``radius`` (float64[n], um) from ``volume`` (float64[n], um^3) at ``rows`` (int64[m])."""
    for k in range(rows.shape[0]):
        radius[rows[k]] = radius_of(volume[rows[k]])
