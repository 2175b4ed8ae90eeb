"""The direction along which two cells with the same centre part."""

from __future__ import annotations

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.mechanics.directions import random_direction

SMALLEST_DISTANCE = 1e-6
"""Distance, in units of s, at which a law is taken where centres coincide; keeps singular laws finite."""
COINCIDENT_CENTRES = 21
"""`random_numbers.Purpose.COINCIDENT_CENTRES`."""


@kernel
def direction_of_pair(own_id, other_id, key, tick, present):
    """Return the unit vector that points from the other cell to this one, opposite for the other cell.

    Parameters
    ----------
    own_id, other_id : int64
    key : uint64
    tick : int64
    present : int64[3]: axes the tissue has
    """
    lower, higher = min(own_id, other_id), max(own_id, other_id)
    x, y, z = random_direction(key, lower, tick, COINCIDENT_CENTRES, higher, present)
    sign = 1.0 if own_id == lower else -1.0
    return sign * x, sign * y, sign * z
