"""Events among reactions: when a comparison with the time turns over, and counts that were set below 0."""

from __future__ import annotations

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.stochastic.codes import BELOW_ZERO, KINDS, OK

__all__ = ["below_zero", "crossing"]


@kernel
def crossing(t, until, width, now, later):
    """Return a moment after `t` up to which no comparison has turned over; the first one does within `width`.

    Parameters
    ----------
    t, until : float64
        Nothing but the time changes between them, and the sides of comparisons are linear in it.
    width : float64
        Least step, so that rounding does not keep the time where it is.
    now, later : float64[2 c]
        At `t` and `until`: conditions, then the differences of their sides, NaN where there are none.
    """
    conditions = now.shape[0] // 2
    first = until
    for i in range(conditions):
        if now[i] != later[i]:
            change = later[conditions + i] - now[conditions + i]
            if change != 0.0:
                moment = t - now[conditions + i] * (until - t) / change
                if moment < first:
                    first = moment
    return min(until, max(first, t) + width)


@kernel
def below_zero(counts):
    """Return OK, or the code of the first count (float64[s]) that is below 0 or no number."""
    for i in range(counts.shape[0]):
        if not counts[i] >= 0.0:
            return BELOW_ZERO + KINDS * i
    return OK
