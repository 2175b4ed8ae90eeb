"""Drawing from the distributions of the scenario file, by counter: no state, no order.

A distribution is one row of 16 float64: ``[kind, low, high, number of parameters, parameters...]``. Values
outside [low, high] are drawn again, up to `ATTEMPTS` times, then clipped (ranges with a chance below 1 %
are refused beforehand, so that this happens once in 5e8 draws at worst).
Draw number d uses the Philox draws d * 2**20 ... d * 2**20 + 2**20 - 1, so different draws never meet.
"""

from __future__ import annotations

import math

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.philox import uniform_pair

FIXED, NORMAL, LOGNORMAL, UNIFORM, EXPONENTIAL, ERLANG, CHOICE = 0, 1, 2, 3, 4, 5, 6

LENGTH = 16
"""Numbers in the row of a distribution."""
FIRST_PARAMETER = 4
ATTEMPTS = 2000
DRAWS_EACH = 1 << 20
LARGEST_SHAPE = 1000
"""Erlang: ATTEMPTS * LARGEST_SHAPE / 2 draws stay below DRAWS_EACH."""


@kernel
def erlang(mean, shape, key, cell_id, tick, purpose, draw):
    """Return a sum of `shape` exponentials of mean ``mean/shape``; uses (shape + 1)//2 draws."""
    total = 0.0
    pairs = (shape + 1) // 2
    for i in range(pairs):
        u, v = uniform_pair(key, cell_id, tick, purpose, draw + i)
        total -= math.log(u)
        if 2 * i + 1 < shape:
            total -= math.log(v)
    return total * mean / shape


@kernel
def draw_freely(encoded, key, cell_id, tick, purpose, draw):
    """Return one value without regard to the range; uses the draws from `draw` on."""
    kind = int(encoded[0])
    first, second = encoded[FIRST_PARAMETER], encoded[FIRST_PARAMETER + 1]
    if kind == FIXED:
        return first
    if kind == ERLANG:
        return erlang(first, int(second), key, cell_id, tick, purpose, draw)
    u, v = uniform_pair(key, cell_id, tick, purpose, draw)
    if kind == UNIFORM:
        return first + (second - first) * u
    if kind == EXPONENTIAL:
        return -first * math.log(u)
    if kind == CHOICE:
        number = int(encoded[3])
        return encoded[FIRST_PARAMETER + min(int(u * number), number - 1)]
    standard = math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)
    if kind == NORMAL:
        return first + second * standard
    return first * math.exp(second * standard)


@kernel
def draw(encoded, key, cell_id, tick, purpose, draw):
    """Return one value of a distribution.

    Parameters
    ----------
    encoded : float64[16]
        The row of the distribution, from `Distribution.encoded`.
    key : uint64
        The seed.
    cell_id, tick, purpose, draw : int64
        What the value is for; draw < 2**36.
    """
    first = draw * DRAWS_EACH
    each = max(1, (int(encoded[FIRST_PARAMETER + 1]) + 1) // 2) if encoded[0] == ERLANG else 1
    value = 0.0
    for attempt in range(ATTEMPTS):
        value = draw_freely(encoded, key, cell_id, tick, purpose, first + attempt * each)
        if encoded[1] <= value <= encoded[2]:
            return value
    return min(max(value, encoded[1]), encoded[2])


@kernel
def sample_many(encoded, key, cell_ids, tick, purpose, number, out):
    """Fill ``out`` (float64[n]) with one value per cell of ``cell_ids`` (int64[n]); the rest as in `draw`."""
    for i in range(cell_ids.shape[0]):
        out[i] = draw(encoded, key, cell_ids[i], tick, purpose, number)
