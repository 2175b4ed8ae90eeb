"""Exact Poisson numbers by counter: inversion for small means, transformed rejection for large ones.

Rejection: PTRS of Hormann 1993 (doi:10.1016/0167-6687(93)90997-4).
"""

from __future__ import annotations

import math

import numpy as np

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.philox import uniform_pair
from tissue_sim.kernels.stochastic.log_mass import log_poisson

__all__ = ["poisson"]

LARGE = 10.0
"""From this mean on rejection is used; the constants of the paper hold there."""
LONGEST_SEARCH = 200


@kernel
def inverted(mean, u):
    """Return the smallest k whose cumulated probability exceeds u; mean < 10."""
    probability = math.exp(-mean)
    cumulated = probability
    k = 0
    while u > cumulated and k < LONGEST_SEARCH:
        k += 1
        probability *= mean / k
        cumulated += probability
    return float(k)


@kernel
def poisson(mean, key, cell_id, tick, purpose, draw):
    """Return (a Poisson number as float64, the next draw); uses one draw or a few, from `draw` on.

    Parameters
    ----------
    mean : float64
        From 0 to 1e15.
    key : uint64
        The seed.
    cell_id, tick, purpose, draw : int64
    """
    if not mean > 0.0:
        return 0.0, draw
    if mean < LARGE:
        return inverted(mean, uniform_pair(key, cell_id, tick, purpose, draw)[0]), draw + 1
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    sure = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        u, v = uniform_pair(key, cell_id, tick, purpose, draw)
        draw += 1
        u -= 0.5
        edge = max(0.5 - abs(u), 1e-300)
        k = np.floor((2.0 * a / edge + b) * u + mean + 0.43)
        if edge >= 0.07 and v <= sure:
            return k, draw
        if k < 0.0 or (edge < 0.013 and v > edge):
            continue
        if math.log(v * inverse_alpha / (a / (edge * edge) + b)) <= log_poisson(k, mean):
            return k, draw
