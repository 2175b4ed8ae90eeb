"""One step of the chemical Langevin equation (Gillespie 2000, doi:10.1063/1.481811).

Reactions in arrays as in `kernels.stochastic.reactions`; counts are real numbers here.
"""

from __future__ import annotations

import math

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.stochastic.codes import OK
from tissue_sim.kernels.stochastic.faults import fault
from tissue_sim.kernels.stochastic.normal import normal_pair

__all__ = ["langevin_step", "rates_of_real_counts"]


@kernel
def rates_of_real_counts(rates, counts, starts, members, changes):
    """Set to 0 the rate of a reaction that takes from a species that is used up.

    A rate below 0 is a fault, but where it is that of k X (X - 1)/2 below one molecule, k X (X - 1) (X - 2)/6
    below two and so on: there it counts as 0.

    Returns
    -------
    status : int64
        OK, or a code of `codes`.
    total : float64
        Sum of the rates.
    """
    total = 0.0
    for j in range(rates.shape[0]):
        negative = rates[j] < 0.0
        for e in range(starts[j], starts[j + 1]):
            if changes[e] < 0.0:
                count = counts[members[e]]
                if count < -changes[e] - 1.0:
                    negative = False
                    rates[j] = max(rates[j], 0.0)
                if count <= 0.0 and not negative:
                    rates[j] = 0.0
        if negative:
            return fault(rates), total
        total += rates[j]
    if total < 1e300:
        return OK, total
    return fault(rates), total


@kernel
def within(times, counts, first, last, members, changes):
    """Return `times` cut so that no count falls below 0; 0 is always allowed."""
    for e in range(first, last):
        edge = -counts[members[e]] / changes[e]
        if changes[e] < 0.0:
            times = min(times, edge)
        elif changes[e] > 0.0:
            times = max(times, edge)
    return times


@kernel
def langevin_step(rates, counts, duration, starts, members, changes, key, cell_id, tick, purpose, draw):
    """Change `counts` by a step of `duration`; return the next draw.

    Reaction j happens a_j h + sqrt(a_j h) N(0, 1) times (eq. 23), cut so that no count falls below 0: counts
    change along the reactions only, so that what they conserve stays conserved.
    """
    spare = 0.0
    for j in range(rates.shape[0]):
        if j % 2 == 0:
            normal, spare = normal_pair(key, cell_id, tick, purpose, draw)
            draw += 1
        else:
            normal = spare
        if rates[j] > 0.0:
            mean = rates[j] * duration
            times = mean + math.sqrt(mean) * normal
            times = within(times, counts, starts[j], starts[j + 1], members, changes)
            for e in range(starts[j], starts[j + 1]):
                counts[members[e]] = max(0.0, counts[members[e]] + times * changes[e])
    return draw
