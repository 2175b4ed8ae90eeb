"""Pairs of standard normal numbers by counter (Box and Muller 1958, doi:10.1214/aoms/1177706645)."""

from __future__ import annotations

import math

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.philox import uniform_pair

__all__ = ["normal_pair"]


@kernel
def normal_pair(key, cell_id, tick, purpose, draw):
    """Return two independent standard normal numbers of one draw; arguments as in `philox.uniform_pair`."""
    u, v = uniform_pair(key, cell_id, tick, purpose, draw)
    size = math.sqrt(-2.0 * math.log(u))
    angle = 2.0 * math.pi * v
    return size * math.cos(angle), size * math.sin(angle)
