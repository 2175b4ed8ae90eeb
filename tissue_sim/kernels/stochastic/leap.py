"""Tau-leaping: how long a leap may be, and one leap.

Cao, Gillespie, Petzold 2006 (doi:10.1063/1.2159468); equation numbers are the paper's. Reactions in arrays
as in `kernels.stochastic.reactions`.
"""

from __future__ import annotations

import math

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.philox import uniform_pair
from tissue_sim.kernels.stochastic.poisson import poisson
from tissue_sim.kernels.stochastic.reactions import fire

__all__ = ["CRITICAL", "leap", "leap_length", "mark_critical", "try_leap"]

CRITICAL = 10.0
"""A reaction that could exhaust a reactant within this many times is critical (n_c)."""


@kernel
def mark_critical(rates, counts, starts, members, changes, critical):
    """Fill `critical` (bool[r]) and return the summed rate of critical reactions."""
    total = 0.0
    for j in range(rates.shape[0]):
        critical[j] = False
        if rates[j] > 0.0:
            for e in range(starts[j], starts[j + 1]):
                if changes[e] < 0.0 and math.floor(counts[members[e]] / -changes[e]) < CRITICAL:
                    critical[j] = True
            if critical[j]:
                total += rates[j]
    return total


@kernel
def highest_order(count, order, multiplicity):
    """Return g of eq. (27) and what follows it: how much faster than a count its rates change, relatively.

    Parameters
    ----------
    count : float64
    order : float64
        Of the reaction.
    multiplicity : float64
        How many molecules of the species it takes, at most `order`.
    """
    g = multiplicity
    for k in range(1, int(multiplicity)):
        g += k / (count - k) if count > k else math.inf
    return g * order / multiplicity


@kernel
def leap_length(rates, counts, critical, starts, members, changes, orders, multiplicities, epsilon, work):
    """Return the longest leap within which rates change by `epsilon` relatively, eq. (33), inf for no bound.

    Beyond the paper, the molecules of a species that leave it within a leap count too, not only the net
    change: where production and removal balance, the net change is 0, and leaps longer than the relaxation
    time would widen the distribution (variance times 1/(1 - step * rate / 2) in a birth-death process). The
    bound, 2 epsilon of the molecules, keeps that error at about epsilon.

    Parameters
    ----------
    critical : bool[r]
        Reactions that are left out.
    orders, multiplicities : float64[s]
        Highest order of a rate that depends on the species, 0 for none; and how often it enters there.
    work : float64[3, s]
        Scratch: mean change, its variance and outflow per time.
    """
    for i in range(counts.shape[0]):
        work[0, i] = work[1, i] = work[2, i] = 0.0
    for j in range(rates.shape[0]):
        if not critical[j] and rates[j] > 0.0:
            for e in range(starts[j], starts[j + 1]):
                flow = changes[e] * rates[j]
                work[0, members[e]] += flow
                work[1, members[e]] += changes[e] * flow
                work[2, members[e]] += max(0.0, -flow)
    longest = math.inf
    for i in range(counts.shape[0]):
        if orders[i] > 0.0 and work[1, i] > 0.0:
            g = highest_order(counts[i], orders[i], multiplicities[i])
            bound = max(epsilon * counts[i] / g, 1.0)
            longest = min(longest, bound * bound / work[1, i])
            if work[0, i] != 0.0:
                longest = min(longest, bound / abs(work[0, i]))
            if work[2, i] > 0.0:
                longest = min(longest, 2.0 * bound / work[2, i])
    return longest


@kernel
def leap(
    rates, counts, critical, duration, starts, members, changes, key, cell_id, tick, purpose, draw, trial
):
    """Put into `trial` (float64[s]) the counts after a leap of the reactions that are not critical.

    Returns
    -------
    draw : int64
        The next draw.
    allowed : bool
        No count is below 0.
    """
    for i in range(counts.shape[0]):  # a copy by slices takes seconds to compile
        trial[i] = counts[i]
    for j in range(rates.shape[0]):
        if not critical[j] and rates[j] > 0.0:
            times, draw = poisson(rates[j] * duration, key, cell_id, tick, purpose, draw)
            for e in range(starts[j], starts[j + 1]):
                trial[members[e]] += times * changes[e]
    for i in range(trial.shape[0]):
        if trial[i] < 0.0:
            return draw, False
    return draw, True


@kernel
def try_leap(
    rates, counts, critical, risk, longest, starts, members, changes, key, cell_id, tick, purpose, draw, trial
):
    """Change `counts` by a leap, up to the first critical reaction or `longest`, unless one would be below 0.

    Parameters
    ----------
    risk : float64
        Summed rate of the critical reactions.
    trial : float64[s]
        Scratch.

    Returns
    -------
    length : float64
        0 where a count would be below 0; nothing is changed then.
    draw : int64
        The next draw.
    """
    length = longest
    happens = -1
    if risk > 0.0:
        first, second = uniform_pair(key, cell_id, tick, purpose, draw)
        draw += 1
        waiting = -math.log(first) / risk
        if waiting < length:
            length = waiting
            target = second * risk
            for j in range(rates.shape[0]):
                if critical[j]:
                    happens = j
                    target -= rates[j]
                    if target < 0.0:
                        break
    draw, allowed = leap(
        rates, counts, critical, length, starts, members, changes, key, cell_id, tick, purpose, draw, trial
    )
    if allowed and happens >= 0:
        fire(trial, happens, 1.0, starts, members, changes)
        for i in range(trial.shape[0]):
            allowed = allowed and trial[i] >= 0.0
    if not allowed:
        return 0.0, draw
    for i in range(trial.shape[0]):
        counts[i] = trial[i]
    return length, draw
