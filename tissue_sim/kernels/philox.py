"""Philox4x32-10, the counter-based generator of Salmon et al. 2011 (doi:10.1145/2063384.2063405).

counter = (cell_id, tick, purpose << 24 | high 24 bits of the draw, low 32 bits of the draw),
key = the 64-bit seed. Each call gives 128 bits: two doubles with 53 bits each.
"""

from __future__ import annotations

import numpy as np

from tissue_sim.kernels.compile import kernel

MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
SHIFT = np.uint64(32)
BITS_11 = np.uint64(11)
TWO_POW_MINUS_53 = 2.0**-53


@kernel
def philox(key, c0, c1, c2, c3):
    """Return the four 32-bit words of one counter, each in a uint64.

    Parameters
    ----------
    key : uint64
    c0, c1, c2, c3 : uint64, each below 2**32
    """
    k0 = np.uint64(key) & LOW
    k1 = (np.uint64(key) >> SHIFT) & LOW
    x0, x1, x2, x3 = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    for _ in range(10):
        product_0 = MULTIPLIER_0 * x0
        product_1 = MULTIPLIER_1 * x2
        x0 = ((product_1 >> SHIFT) ^ x1 ^ k0) & LOW
        x1 = product_1 & LOW
        x2 = ((product_0 >> SHIFT) ^ x3 ^ k1) & LOW
        x3 = product_0 & LOW
        k0 = (k0 + WEYL_0) & LOW
        k1 = (k1 + WEYL_1) & LOW
    return x0, x1, x2, x3


@kernel
def uniform_pair(key, cell_id, tick, purpose, draw):
    """Return two independent doubles in the open interval (0, 1).

    Parameters
    ----------
    key : uint64
        The seed.
    cell_id, tick, purpose, draw : int64
        cell_id < 2**32, tick < 2**32, purpose < 256, draw < 2**56.
    """
    number = np.uint64(draw)
    word_2 = (np.uint64(purpose) << np.uint64(24)) | ((number >> SHIFT) & np.uint64(0xFFFFFF))
    a, b, c, d = philox(key, np.uint64(cell_id) & LOW, np.uint64(tick) & LOW, word_2, number & LOW)
    first = ((a << SHIFT) | b) >> BITS_11
    second = ((c << SHIFT) | d) >> BITS_11
    return (float(first) + 0.5) * TWO_POW_MINUS_53, (float(second) + 0.5) * TWO_POW_MINUS_53


@kernel
def uniform(key, cell_id, tick, purpose, draw):
    """Return one double in (0, 1); the arguments are those of `uniform_pair`."""
    return uniform_pair(key, cell_id, tick, purpose, draw)[0]


@kernel
def fill_uniform(key, cell_ids, tick, purpose, draw, out):
    """Fill ``out`` (float64[n]) with one uniform per cell of ``cell_ids`` (int64[n])."""
    for i in range(cell_ids.shape[0]):
        out[i] = uniform(key, cell_ids[i], tick, purpose, draw)
