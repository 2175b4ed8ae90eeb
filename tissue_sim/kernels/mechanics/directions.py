"""Directions drawn uniformly: on the sphere, on the circle, or one of two."""

from __future__ import annotations

import math

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.philox import uniform_pair


@kernel
def random_direction(key, cell_id, tick, purpose, draw, present):
    """Return a unit vector uniform among the directions of the axes present.

    In 3-D the height is uniform (Archimedes), in 2-D the angle, in 1-D the sign.

    Parameters
    ----------
    key : uint64
    cell_id, tick, purpose, draw : int64, the counter of the draw
    present : int64[3]: 1 for the axes x, y, z the tissue has; at least one
    """
    u, v = uniform_pair(key, cell_id, tick, purpose, draw)
    axes = present[0] + present[1] + present[2]
    if axes == 3:
        height = 2.0 * u - 1.0
        across = math.sqrt(max(0.0, 1.0 - height * height))
        angle = 2.0 * math.pi * v
        return across * math.cos(angle), across * math.sin(angle), height
    if axes == 2:
        angle = 2.0 * math.pi * v
        first, second = math.cos(angle), math.sin(angle)
        if not present[2]:
            return first, second, 0.0
        if not present[1]:
            return first, 0.0, second
        return 0.0, first, second
    sign = 1.0 if u < 0.5 else -1.0
    return sign * present[0], sign * present[1], sign * present[2]
