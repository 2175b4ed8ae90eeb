"""Leaps that end before a trigger turns over: reactions near a threshold, and how long the others may leap.

A comparison turns over where its *gap*, the difference of its sides, goes through 0. Gaps are float64[c], NaN
where there is none; ``jumps``, float64[m, c], is how much one firing of reaction ``movers[i]`` changes each.
"""

from __future__ import annotations

import math

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.stochastic.leap import CRITICAL

__all__ = ["longest_approach", "mark_nearing", "time_to_close"]


@kernel
def mark_nearing(rates, gaps, jumps, movers, critical):
    """Add to `critical` (bool[r]) what could turn a condition over within ten firings; return their rate.

    Critical reactions happen one at a time and end the leap, so that what they trigger happens at the very
    moment; reactions that lead away from a threshold go on leaping.
    """
    total = 0.0
    for i in range(movers.shape[0]):
        j = movers[i]
        if rates[j] > 0.0 and not critical[j]:
            for c in range(gaps.shape[0]):
                jump = jumps[i, c]
                if jump != 0.0 and jump * gaps[c] <= 0.0 and abs(gaps[c]) < CRITICAL * abs(jump):
                    critical[j] = True
            if critical[j]:
                total += rates[j]
    return total


@kernel
def time_to_close(gap, drift, variance, epsilon):
    """Return the time in which drift and 1/sqrt(epsilon) standard deviations close a gap, inf for never.

    It solves toward t + sqrt(variance t / epsilon) = abs(gap), where `toward` is the part of the drift that
    closes the gap. A gap is closed earlier with a chance of erfc(sqrt(1/(2 epsilon))): 1e-8 for 0.03.

    Parameters
    ----------
    gap : float64
    drift, variance : float64
        Of the gap, per time.
    epsilon : float64
    """
    toward = max(0.0, -drift if gap > 0.0 else drift)
    noise = math.sqrt(variance / epsilon)
    speed = noise + math.sqrt(noise * noise + 4.0 * toward * abs(gap))
    if not speed > 0.0:
        return math.inf
    root = 2.0 * abs(gap) / speed
    return root * root


@kernel
def longest_approach(rates, gaps, later, span, jumps, movers, critical, epsilon, reach_it):
    """Return the longest leap in which no condition turns over, as far as `time_to_close` says; inf for any.

    Conditions that no leaping reaction changes do not count: what turns over by time is known beforehand. Nor
    do jumps to where a side is no finite number; the other reactions still limit the leap.

    Parameters
    ----------
    rates : float64[r]
    later : float64[c]
        The gaps after `span`, if nothing but the time changed.
    span : float64
    critical : bool[r]
        Reactions that do not leap.
    epsilon : float64
    reach_it : bool
        The step may always be so long that its standard deviation is that of the largest jump: where nothing
        happens one by one, steps would otherwise become shorter and shorter, and never get there.
    """
    longest = math.inf
    for c in range(gaps.shape[0]):
        drift = (later[c] - gaps[c]) / span
        variance = 0.0
        largest = 0.0
        for i in range(movers.shape[0]):
            j = movers[i]
            jump = jumps[i, c]
            if rates[j] > 0.0 and not critical[j] and abs(jump) < math.inf:
                drift += jump * rates[j]
                variance += jump * jump * rates[j]
                largest = max(largest, abs(jump))
        if variance > 0.0:
            time = time_to_close(gaps[c], drift, variance, epsilon)
            if reach_it:
                time = max(time, largest * largest / variance)
            longest = min(longest, time)
    return longest
