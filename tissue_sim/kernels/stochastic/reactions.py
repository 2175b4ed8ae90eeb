"""Reactions over counts in arrays: which can happen, which does, what it changes.

Reaction j changes species ``members[e]`` by ``changes[e]``, e in ``starts[j] .. starts[j + 1] - 1``
(starts int64[r + 1], members int64[e], changes float64[e]); counts are float64[s], rates float64[r].
"""

from __future__ import annotations

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.stochastic.codes import OK
from tissue_sim.kernels.stochastic.faults import fault

__all__ = ["chosen", "fire", "possible"]


@kernel
def possible(rates, counts, starts, members, changes):
    """Set the rates of reactions that need more molecules than there are to 0.

    A rate below 0 is a fault even there: A -> B at the net rate k A - l B would otherwise never go back.

    Returns
    -------
    status : int64
        OK, or a code of `codes`.
    total : float64
        Sum of the rates.
    """
    total = 0.0
    for j in range(rates.shape[0]):
        if rates[j] < 0.0:
            return fault(rates), total
        for e in range(starts[j], starts[j + 1]):
            if counts[members[e]] + changes[e] < 0.0:
                rates[j] = 0.0
        total += rates[j]
    if total < 1e300:
        return OK, total
    return fault(rates), total


@kernel
def chosen(rates, target):
    """Return the reaction in whose part of the sum of rates `target` falls, -1 for none."""
    cumulated = 0.0
    last = -1
    for j in range(rates.shape[0]):
        if rates[j] > 0.0:
            last = j
            cumulated += rates[j]
            if target < cumulated:
                return j
    return last


@kernel
def fire(counts, reaction, times, starts, members, changes):
    """Let a reaction happen `times` times."""
    for e in range(starts[reaction], starts[reaction + 1]):
        counts[members[e]] += times * changes[e]
