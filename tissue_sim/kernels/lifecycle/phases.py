"""Entering a phase: which one follows, how long it lasts, what volume it aims at."""

import math

import numpy as np

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.distributions import draw as draw_from
from tissue_sim.kernels.lifecycle.codes import (
    CYCLE,
    KIND,
    PHASE_DURATION,
    SCHEDULED,
    SIZED,
    SIZER_THRESHOLD,
    TARGET,
)
from tissue_sim.kernels.philox import uniform


@kernel
def following(chances, row, u):
    """Return the phase after table row `row`: the first whose cumulative chance exceeds `u`.

    Parameters
    ----------
    chances : float64[rows, most phases of a type]
        Cumulative probabilities of the next phase; 1 from the last possible one on.
    row : int64
    u : float64
        In (0, 1).
    """
    for phase in range(chances.shape[1] - 1):
        if u < chances[row, phase]:
            return phase
    return chances.shape[1] - 1


@kernel
def entered(key, cell_id, tick, number, row, phases, draws, target):
    """Return (time until the phase's scheduled end in min, target volume in um^3) at entry.

    Parameters
    ----------
    key : uint64
    cell_id, tick, number : int64
        `number` is the number of the draw within the tick.
    row : int64
        Row of `phases` (float64[rows, PHASE_COLUMNS]) and `draws` (float64[rows, 16], encoded
        distributions of durations in min, or of a sizer's threshold).
    target : float64
        The target volume so far, um^3.
    """
    kind = phases[row, KIND]
    if kind == SIZED:
        threshold = draw_from(draws[row], key, cell_id, tick, SIZER_THRESHOLD, number)
        return np.inf, threshold * phases[row, TARGET]
    if not math.isnan(phases[row, TARGET]):
        target = phases[row, TARGET]
    if kind == SCHEDULED:
        return draw_from(draws[row], key, cell_id, tick, PHASE_DURATION, number), target
    return np.inf, target


@kernel
def enter_phases(key, tick, rows, cell_id, cell_type, first, phases, draws, phase, remaining, target_volume):
    """Let cells enter the phase that stands in `phase`, with draw 0 of this tick.

    Parameters
    ----------
    key : uint64
    tick : int64
    rows : int64[m]
        The cells.
    cell_id : int64[n]
    cell_type : uint16[n]
    first : int64[types]
        Table row of the first phase of each type.
    phases, draws : float64[rows, PHASE_COLUMNS], float64[rows, 16]
    phase : uint8[n]
    remaining : float64[n], min
        Set: time until the phase's scheduled end, infinite where it has none.
    target_volume : float64[n], um^3
        Set where the phase sets it.
    """
    for k in range(rows.shape[0]):
        i = rows[k]
        row = first[cell_type[i]] + phase[i]
        remaining[i], target_volume[i] = entered(
            key, cell_id[i], tick, 0, row, phases, draws, target_volume[i]
        )


@kernel
def follow(key, tick, rows, origins, cell_id, cell_type, first, chances, phase):
    """Set `phase` to the one after the phases `origins` (int64[m], per row; -1: the first phase).

    The other parameters are those of `enter_phases`, and `chances` as in `following`.
    """
    for k in range(rows.shape[0]):
        i = rows[k]
        if origins[k] < 0:
            phase[i] = 0
        else:
            u = uniform(key, cell_id[i], tick, CYCLE, 0)
            phase[i] = following(chances, first[cell_type[i]] + origins[k], u)
