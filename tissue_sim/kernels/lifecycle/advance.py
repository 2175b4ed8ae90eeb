"""One lifecycle step of all cells in continuous time: growth, phases, chances of division and death.

Within a step rates are constant, so the waiting time for the next of the competing events is exponential and
drawn exactly; after a change of phase the cell goes on with the time left. What must wait for the end of
the step (division, death, removal) leaves the time after the event as the cell's lag, which it makes up for
in its next step: no waiting time is rounded to the step.
"""

import math

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.lifecycle.codes import (
    APOPTOSIS,
    APOPTOSIS_RATE,
    AT_RATE,
    CYCLE,
    DIVIDES,
    DIVISION,
    FAILED,
    GROWTH,
    KIND,
    MOST_PASSES,
    NECROSIS,
    NECROSIS_RATE,
    NOTHING,
    RATE_ROW,
    REMOVAL,
    SCHEDULED,
    SIZED,
)
from tissue_sim.kernels.lifecycle.phases import entered, following
from tissue_sim.kernels.lifecycle.volume import radius_of, relaxed
from tissue_sim.kernels.philox import uniform, uniform_pair

LIVE = 0
SNAP = 1e-7
PART = 1024
"""Cells of one task of `advance_cells`; fewer cells than that are not worth a second thread."""


@kernel
def time_to_reach(difference, speed):
    """Return how long growth at `speed` (um^3/min) takes for `difference` (um^3), min."""
    if difference <= 0.0:
        return 0.0
    return difference / speed if speed > 0.0 else np.inf


@kernel
def grown(kind, volume, target, growth, speed, span):
    """Return the volume after `span` (min): linear growth of a sizer, else relaxation to the target."""
    if kind == SIZED:
        return volume + max(0.0, speed) * span
    return relaxed(volume, target, growth, span)


@kernel
def kind_of_event(mark, exit_rate, apoptosis, necrosis):
    """Return which of three competing events a mark, uniform in (0, sum of the rates), falls on."""
    if mark < exit_rate or apoptosis + necrosis <= 0.0:
        return NOTHING
    if necrosis <= 0.0 or mark < exit_rate + apoptosis:
        return APOPTOSIS
    return NECROSIS


@kernel
def ending(kind, rate, remaining, missing):
    """Return how a phase ends: (rate of an end by chance, speed of a sizer, time to a scheduled end).

    Parameters
    ----------
    kind : float64
    rate : float64
        The behaviour that belongs to the phase, 1/min or um^3/min.
    remaining : float64
        Time left of a drawn duration, min.
    missing : float64
        Volume that is missing to the target, um^3.
    """
    if kind == SCHEDULED:
        return 0.0, 0.0, remaining
    if kind == AT_RATE:
        return max(0.0, rate), 0.0, np.inf
    if kind == SIZED:
        return 0.0, rate, time_to_reach(missing, rate)
    return 0.0, 0.0, np.inf


@kernel
def live_cell(
    key, cell_id, tick, left, snap, i, first, phases, draws, chances, rates, phase, phase_time, remaining,
    volume, target,
):  # fmt: skip
    """Advance one live cell by `left` (min) or to the event that ends its step.

    Parameters
    ----------
    left, snap : float64
        Time to cover; a scheduled event that is late by no more than `snap` belongs to this step. Min.
    i : int64
        The cell's column in `rates`.
    first : int64
        Table row of the first phase of the cell's type.
    phases, draws, chances, rates
        As in `advance_cells`.
    phase, phase_time, remaining, volume, target
        The cell's values.

    Returns
    -------
    tuple
        (event, phase, phase_time, remaining, volume, target, time left after the event).
    """
    growth = max(0.0, rates[GROWTH, i])
    apoptosis, necrosis = max(0.0, rates[APOPTOSIS_RATE, i]), max(0.0, rates[NECROSIS_RATE, i])
    for number in range(1, MOST_PASSES + 1):
        row = first + phase
        kind, rate_row = phases[row, KIND], int(phases[row, RATE_ROW])
        rate = rates[rate_row, i] if rate_row >= 0 else 0.0
        exit_rate, speed, scheduled = ending(kind, rate, remaining, target - volume)
        total = exit_rate + apoptosis + necrosis
        waiting, mark = np.inf, 0.0
        if total > 0.0:
            u, v = uniform_pair(key, cell_id, tick, CYCLE, 2 * number)
            waiting, mark = -math.log(u) / total, v * total
        by_chance = waiting < scheduled
        if waiting > left and scheduled > left + snap:
            volume = grown(kind, volume, target, growth, speed, left)
            return NOTHING, phase, phase_time + left, remaining - left, volume, target, 0.0
        span = waiting if by_chance else scheduled
        volume = grown(kind, volume, target, growth, speed, span)
        phase_time, remaining, left = phase_time + span, remaining - span, left - span
        if by_chance:
            event = kind_of_event(mark, exit_rate, apoptosis, necrosis)
            if event != NOTHING:
                return event, phase, phase_time, remaining, volume, target, left
        elif kind == SIZED:
            volume = max(volume, target)
        if phases[row, DIVIDES] != 0.0:
            return DIVISION, phase, phase_time, remaining, volume, target, left
        phase = following(chances, row, uniform(key, cell_id, tick, CYCLE, 2 * number + 1))
        remaining, target = entered(key, cell_id, tick, number, first + phase, phases, draws, target)
        phase_time = 0.0
        if left <= 0.0:
            return NOTHING, phase, phase_time, remaining, volume, target, left
    return FAILED, phase, phase_time, remaining, volume, target, left


@kernel
def dying_cell(left, snap, phase_time, remaining, volume, target):
    """Advance one dying cell: its volume goes linearly to the target at the end of the duration.

    Returns
    -------
    tuple
        (event, phase_time, remaining, volume, time left after the event).
    """
    if remaining <= left + snap:
        return REMOVAL, phase_time + remaining, 0.0, target, left - remaining
    volume += (target - volume) * (left / remaining)
    return NOTHING, phase_time + left, remaining - left, volume, 0.0


@kernel
def advance_range(
    begin, end, key, tick, dt, cell_id, cell_type, state, first, phases, draws, chances, rates, nuclear, due,
    phase, phase_time, age, lag, pending, remaining, volume, target_volume, nuclear_volume, radius, events,
):  # fmt: skip
    """Advance the cells of rows `begin` to `end` by one lifecycle step plus their lag.

    Parameters
    ----------
    begin, end : int64
        Rows, the last one excluded.
    key, tick, dt : uint64, int64, float64
        The seed; clock tick at which the step begins; its length, min.
    cell_id, cell_type, state : int64[n], uint16[n], uint8[n]
    first : int64[types]
        Table row of the first phase of each type.
    phases : float64[rows, PHASE_COLUMNS]
        See `codes`.
    draws, chances : float64[rows, 16], float64[rows, most phases]
        Encoded distributions: durations (min) or thresholds (1); cumulative probabilities of the next phase.
    rates : float64[behaviours, n]
        Behaviours in effect: growth, death.apoptosis.rate, death.necrosis.rate (1/min), then those of cycles.
    nuclear : float64[types]
        Nuclear over total volume.
    due : int64[n]
        Clock tick at which the pending event is due. Past it the event was not applied, and the cell goes on.
    phase, pending : uint8[n]
        Changed: phase; the event the cell waits for (nothing happens to it meanwhile).
    phase_time, age, lag, remaining : float64[n], min
        Changed: time in the phase; time since birth; time not yet accounted for; time left in the phase.
    volume, target_volume, nuclear_volume, radius : float64[n], um^3 and um
        Changed.
    events : uint8[n]
        Set: what each cell asks for.
    """
    snap = SNAP * dt
    for i in range(begin, end):
        left = dt + lag[i]
        age[i] += dt
        events[i] = NOTHING
        if pending[i] != NOTHING and tick < due[i]:
            lag[i] = left
            continue
        if state[i] == LIVE:
            event, new_phase, phase_time[i], remaining[i], volume[i], target_volume[i], lag[i] = live_cell(
                key, cell_id[i], tick, left, snap, i, first[cell_type[i]], phases, draws, chances, rates,
                int(phase[i]), phase_time[i], remaining[i], volume[i], target_volume[i],
            )  # fmt: skip
            phase[i] = new_phase
        else:
            event, phase_time[i], remaining[i], volume[i], lag[i] = dying_cell(
                left, snap, phase_time[i], remaining[i], volume[i], target_volume[i]
            )
        events[i] = event
        pending[i] = event
        nuclear_volume[i] = nuclear[cell_type[i]] * volume[i]
        radius[i] = radius_of(volume[i])


@kernel(parallel=True)
def advance_cells(
    key, tick, dt, cell_id, cell_type, state, first, phases, draws, chances, rates, nuclear, due, phase,
    phase_time, age, lag, pending, remaining, volume, target_volume, nuclear_volume, radius, events,
):  # fmt: skip
    """Advance every cell; the arguments are those of `advance_range`, as are the bits."""
    size = cell_id.shape[0]
    for part in prange((size + PART - 1) // PART):
        advance_range(
            np.int64(part * PART), np.int64(min(size, (part + 1) * PART)), key, tick, dt, cell_id,
            cell_type, state, first, phases, draws, chances, rates, nuclear, due, phase, phase_time, age,
            lag, pending, remaining, volume, target_volume, nuclear_volume, radius, events,
        )  # fmt: skip
