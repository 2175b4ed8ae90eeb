"""Exact binomial numbers by counter: inversion for small means, transformed rejection for large ones.

Rejection: BTRS of Hormann 1993 (doi:10.1080/00949659308811496).
"""

from __future__ import annotations

import math

import numpy as np

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.philox import uniform_pair
from tissue_sim.kernels.stochastic.log_mass import log_binomial

__all__ = ["binomial"]

LARGE = 10.0


@kernel
def inverted(n, p, u):
    """Return the smallest k whose cumulated probability exceeds u; n p < 10, p <= 1/2."""
    ratio = p / (1.0 - p)
    probability = math.exp(n * math.log1p(-p))
    cumulated = probability
    k = 0.0
    while u > cumulated and k < n and k < 200.0:
        probability *= (n - k) / (k + 1.0) * ratio
        k += 1.0
        cumulated += probability
    return k


@kernel
def rejected(n, p, key, cell_id, tick, purpose, draw):
    """Return (number, next draw) by BTRS; n p >= 10, p <= 1/2."""
    root = math.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * root
    a = -0.0873 + 0.0248 * b + 0.01 * p
    alpha = (2.83 + 5.1 / b) * root
    sure = 0.92 - 4.2 / b
    mode = log_binomial(np.floor((n + 1.0) * p), n, p)
    while True:
        u, v = uniform_pair(key, cell_id, tick, purpose, draw)
        draw += 1
        u -= 0.5
        edge = max(0.5 - abs(u), 1e-300)
        k = np.floor((2.0 * a / edge + b) * u + n * p + 0.5)
        if k < 0.0 or k > n:
            continue
        if edge >= 0.07 and v <= sure:
            return k, draw
        if math.log(v * alpha / (a / (edge * edge) + b)) <= log_binomial(k, n, p) - mode:
            return k, draw


@kernel
def binomial(n, p, key, cell_id, tick, purpose, draw):
    """Return (how many of `n` trials of chance `p` succeed as float64, the next draw).

    Parameters
    ----------
    n : float64
        Whole, from 0 to 2**53.
    p : float64
    key : uint64
        The seed.
    cell_id, tick, purpose, draw : int64
        One draw or a few are used, from `draw` on.
    """
    if not n > 0.0 or not p > 0.0:
        return 0.0, draw
    if p >= 1.0:
        return n, draw
    rare = min(p, 1.0 - p)
    if n * rare < LARGE:
        k = inverted(n, rare, uniform_pair(key, cell_id, tick, purpose, draw)[0])
        draw += 1
    else:
        k, draw = rejected(n, rare, key, cell_id, tick, purpose, draw)
    return (k if rare == p else n - k), draw
