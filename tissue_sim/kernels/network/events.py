"""Events of a network: where a comparison turns over within a step, and which event comes first."""

from __future__ import annotations

import math

import numpy as np

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.philox import uniform

__all__ = [
    "CAP",
    "COUNT",
    "HIGH",
    "LOW",
    "NEXT",
    "REACHED",
    "SAMPLES",
    "SURE",
    "WIDTH",
    "between",
    "call_off",
    "differs",
    "earliest",
    "free_slot",
    "hermite",
    "keep",
    "most_urgent",
    "turning_point",
    "unresolved",
]

SAMPLES = 4
"""Parts of a step at whose ends triggers are looked at; two changes within one part are found by
`turning_point` only."""
SLOT = 2
"""Values of a slot before those that are assigned: number of the event + 1 (0: empty), time of execution."""

LOW, HIGH, NEXT, SURE, WIDTH, COUNT, REACHED, CAP = 0, 1, 2, 3, 4, 5, 6, 7
"""Places in a bracket, float64[8]: the last moment of a step (counted from its start) without a change, the
first with one (0: none known), the moment to try next, whether that change was seen on a real step, the width
at which the search ends, the number of tries, the time at which the search ended; the last step in which the
conditions were resolved."""


@kernel
def hermite(part, h, before, slope_before, after, slope_after):
    """Return the cubic through values and slopes at both ends of a step, at `part` (0 to 1) of it."""
    rest = 1.0 - part
    return rest * rest * ((1.0 + 2.0 * part) * before + part * h * slope_before) + part * part * (
        (3.0 - 2.0 * part) * after - rest * h * slope_after
    )


@kernel
def differs(before, now):
    """Say whether any of two sets of conditions (float64[c]) differs."""
    for i in range(before.shape[0]):
        if before[i] != now[i]:
            return True
    return False


@kernel
def keep(seen, source, target):
    """Copy one row of a table (float64[r, c]) to another."""
    for i in range(seen.shape[1]):
        seen[target, i] = seen[source, i]


@kernel
def turning_point(a, b, c):
    """Return where, in samples from the middle one, three values turn before they reach 0; 0 for nowhere.

    Parameters
    ----------
    a, b, c : float64
        Values at three equally spaced moments, of one sign.
    """
    bend = a - 2.0 * b + c
    if a * b <= 0.0 or b * c <= 0.0 or not bend * b > 0.0:
        return 0.0
    place = 0.5 * (a - c) / bend
    if abs(place) >= 1.0:
        return 0.0
    lowest = (b - 0.25 * (a - c) * place) * (1.0 if b > 0.0 else -1.0)
    # A parabola that comes near to 0 is worth a look; the look itself decides.
    return place if lowest <= 0.25 * min(abs(a), abs(b), abs(c)) else 0.0


@kernel
def unresolved(a, b, c, d, e):
    """Say whether five equally spaced values may hide changes of sign between them.

    That is where they come near to 0 and a third or fourth difference is as large as a tenth of their range:
    for a wave, fewer than about ten samples in a period.
    """
    smallest = min(a, b, c, d, e)
    largest = max(a, b, c, d, e)
    spread = largest - smallest
    near = smallest <= spread and largest >= -spread
    first = 3.0 * (b - c) + d - a
    second = 3.0 * (c - d) + e - b
    return near and max(abs(first), abs(second), abs(second - first)) > 0.1 * spread and spread > 0.0


@kernel
def between(bracket, before, now, gap_low, gap_high):
    """Return the moment at which to look next for the first change.

    Secants of the comparisons that turned over, the earliest of them; every third time the middle. The guess
    is moved by half the width wanted towards the farther end, so that both ends close in.

    Parameters
    ----------
    bracket : float64[8]
        See `LOW`; `COUNT` goes up by one.
    before, now : float64[c]
        Conditions before the step and at the upper end.
    gap_low, gap_high : float64[c]
        Differences of the compared sides at both ends; NaN for conditions without.
    """
    low, high, width = bracket[LOW], bracket[HIGH], bracket[WIDTH]
    bracket[COUNT] += 1.0
    guess = 0.5 * (low + high)
    if bracket[COUNT] % 3.0 != 0.0:
        first = math.inf
        known = True
        for i in range(before.shape[0]):
            if before[i] != now[i]:
                change = gap_high[i] - gap_low[i]
                if change != 0.0 and abs(change) < math.inf:
                    first = min(first, low - gap_low[i] * (high - low) / change)
                else:
                    known = known and not math.isnan(gap_low[i] + gap_high[i])
        if known and low <= first and first <= high:
            guess = first - 0.5 * width if first - low > high - first else first + 0.5 * width
    margin = 0.25 * (high - low) if high - low < 2.0 * width else 0.5 * width
    return min(max(guess, low + margin), high - margin)


@kernel
def earliest(row, first, width, after):
    """Return the earliest time of execution later than `after` in the slots from `first` on; inf for none."""
    soonest = math.inf
    for place in range(first, row.shape[0] - width + 1, width):
        if row[place] > 0.0 and row[place + 1] > after:
            soonest = min(soonest, row[place + 1])
    return soonest


@kernel
def free_slot(row, first, width):
    """Return the place of an empty slot, -1 if there is none."""
    for place in range(first, row.shape[0] - width + 1, width):
        if row[place] == 0.0:
            return place
    return -1


@kernel
def call_off(row, first, width, event):
    """Empty every slot of one event (its number from 0)."""
    for place in range(first, row.shape[0] - width + 1, width):
        if row[place] == event + 1.0:
            row[place] = 0.0


@kernel
def most_urgent(row, first, width, until, priorities, key, cell_id, tick, purpose, draw):
    """Return the place of the slot to execute next, -1 if none is due, and how many it was drawn from.

    Parameters
    ----------
    row : float64[k]
    first, width : int64
        Where the slots begin, and the values of each.
    until : float64
        Slots with times up to this are due.
    priorities : float64[e]
        Of each event, NaN for none.
    key, cell_id, tick, purpose, draw
        Of the draw among equals.
    """
    best = -math.inf
    equal = 0
    for place in range(first, row.shape[0] - width + 1, width):
        if row[place] > 0.0 and row[place + 1] <= until:
            priority = rank(priorities[np.int64(row[place]) - 1])
            if equal == 0 or priority > best:
                best = priority
                equal = 1
            elif priority == best:
                equal += 1
    if equal == 0:
        return -1, 0
    chosen = 0
    if equal > 1:
        chosen = min(equal - 1, np.int64(uniform(key, cell_id, tick, purpose, draw) * equal))
    for place in range(first, row.shape[0] - width + 1, width):
        due = row[place] > 0.0 and row[place + 1] <= until
        if due and rank(priorities[np.int64(row[place]) - 1]) == best:
            if chosen == 0:
                return place, equal
            chosen -= 1
    return -1, 0


@kernel
def rank(priority):
    """Return a priority as a number that can be compared; none comes last."""
    return -math.inf if math.isnan(priority) else priority
