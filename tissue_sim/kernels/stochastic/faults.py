"""Codes of cells whose rates cannot be used or whose reactions are too many."""

from __future__ import annotations

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.stochastic.codes import KINDS, NEGATIVE, NOT_FINITE, OK, TOO_MANY

__all__ = ["fault", "too_many"]


@kernel
def fault(rates):
    """Return the code of the first rate (float64[r] or tuple) that is no finite number from 0 on, or OK."""
    for reaction in range(len(rates)):
        rate = rates[reaction]
        if rate < 0.0:
            return NEGATIVE + KINDS * reaction
        if not rate < 1e300:
            return NOT_FINITE + KINDS * reaction
    return OK


@kernel
def too_many(rates):
    """Return the code of too many events, with the reaction whose rate (float64[r] or tuple) is largest."""
    fastest = 0
    for reaction in range(len(rates)):
        if rates[reaction] > rates[fastest]:
            fastest = reaction
    return TOO_MANY + KINDS * fastest
