"""Sharing out molecules between the two cells of a division."""

from __future__ import annotations

import numpy as np

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.philox import uniform
from tissue_sim.kernels.stochastic.binomial import binomial

__all__ = ["partition"]


@kernel
def partition(amounts, shares, key, cell_ids, tick, purpose, draw, kept):
    """Fill `kept` (float64[m]) with what each mother keeps: every molecule stays with chance `shares`.

    The fraction of a molecule, where there is one, goes to either cell undivided, so that kept and given add
    up to the amount exactly.

    Parameters
    ----------
    amounts : float64[m]
        Molecules; negative amounts are shared out as their size.
    shares : float64[m]
    key : uint64
    cell_ids : int64[m]
        Of the mothers.
    tick, purpose, draw : int64
        Draws from `draw` on.
    """
    for i in range(amounts.shape[0]):
        size = abs(amounts[i])
        whole = np.floor(size)
        taken, following = binomial(whole, shares[i], key, cell_ids[i], tick, purpose, draw)
        if size > whole and uniform(key, cell_ids[i], tick, purpose, following) < shares[i]:
            taken += size - whole
        kept[i] = taken if amounts[i] >= 0.0 else -taken
