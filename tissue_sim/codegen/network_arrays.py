"""The explicit integrator of a large network as source: arrays and loops in place of named scalars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.network_events import event_parts
from tissue_sim.codegen.network_source import (
    HEADER,
    LOOP,
    PATIENCE,
    assign_source,
    hold_source,
    rates_into_source,
)
from tissue_sim.codegen.program import Program

if TYPE_CHECKING:
    from tissue_sim.codegen.ode_system import OdeSystem

__all__ = ["explicit_arrays_source"]

CELL = """
PLACES = np.array({places}, dtype=np.int64)
LAST = 6


@kernel
def advance_cell(row, held, constants, absolute, relative, start, duration, most_steps{watched}):
    n = PLACES.shape[0]
    hold(row, constants, held)
    y = np.empty(n)
    z = np.empty(n)
    g = np.empty(n)
    allowed = np.empty(n)
    k = np.empty((LAST + 1, n))
    finite = 0.0
    for i in range(n):
        y[i] = row[PLACES[i]]
    rates(start, y, held, constants, k[0])
    step = row[{step_place}]
    if not step > 0.0:
        size = 0.0
        slope = 0.0
        for i in range(n):
            finite += abs(k[0, i])
            allowed[i] = weight(y[i], y[i], absolute[PLACES[i]], relative)
            size = max(size, abs(y[i]) * allowed[i])
            slope = max(slope, abs(k[0, i]) * allowed[i])
        if not finite < math.inf:
            return NOT_FINITE, 0
        trial = trial_step(size, slope)
        for i in range(n):
            z[i] = y[i] + trial * k[0, i]
        rates(start + trial, z, held, constants, k[1])
        curvature = 0.0
        for i in range(n):
            curvature = max(curvature, abs(k[1, i] - k[0, i]) * allowed[i])
        step = first_step(size, slope, curvature / trial, ORDER)
    done = 0.0
    log_error = 0.0
    smallest = 1e-13 * duration
    rejected = False
    steps = 0
    stiff = 0
    calm = 0{crossed}
    while True:
        left = duration - done
        last = step >= left * (1.0 - 1e-9)
        if last:
            h = left
        elif 2.0 * step > left:
            h = 0.5 * left
        else:
            h = step{choose}
        t = start + done
        for i in range(n):
            z[i] = stage_1(y[i], h, k[0, i])
        rates(t + C1 * h, z, held, constants, k[1])
        for i in range(n):
            z[i] = stage_2(y[i], h, k[0, i], k[1, i])
        rates(t + C2 * h, z, held, constants, k[2])
        for i in range(n):
            z[i] = stage_3(y[i], h, k[0, i], k[1, i], k[2, i])
        rates(t + C3 * h, z, held, constants, k[3])
        for i in range(n):
            z[i] = stage_4(y[i], h, k[0, i], k[1, i], k[2, i], k[3, i])
        rates(t + C4 * h, z, held, constants, k[4])
        for i in range(n):
            z[i] = stage_5(y[i], h, k[0, i], k[1, i], k[2, i], k[3, i], k[4, i])
        g[:] = z
        rates(t + h, z, held, constants, k[5])
        for i in range(n):
            z[i] = stage_6(y[i], h, k[0, i], k[1, i], k[2, i], k[3, i], k[4, i], k[5, i])
        rates(t + h, z, held, constants, k[6])
        error = 0.0
        total = 0.0
        for i in range(n):
            value = scaled_error(
                y[i], z[i], h, k[0, i], k[1, i], k[2, i], k[3, i], k[4, i], k[5, i], k[6, i],
                absolute[PLACES[i]], relative
            )
            error = max(error, value)
            total += value
        steps += 1
        if error <= 1.0 and total < math.inf:{judged}
            if steps > {patience}:
                above = 0.0
                below = 0.0
                for i in range(n):
                    allowed[i] = weight(y[i], z[i], absolute[PLACES[i]], relative)
                    above += (h * (k[LAST, i] - k[LAST - 1, i]) * allowed[i]) ** 2
                    below += ((z[i] - g[i]) * allowed[i]) ** 2
                if above > STABILITY**2 * below:
                    stiff += 1
                    calm = 0
                else:
                    calm += 1
                    if calm == 6:
                        stiff = 0
                if stiff == 15:
                    return STIFF, steps
            factor, log_error = accepted_factor(error, log_error, ORDER)
            if rejected:
                factor = min(factor, 1.0)
                rejected = False
            proposed = h * factor
            step = max(proposed, step) if h < step else proposed
            y[:] = z
            k[0] = k[LAST]
            if last:
                break
            done += h
        else:
            rejected = True{forget}
            step = h * (rejected_factor(error, ORDER) if total < math.inf else 0.2)
            if step < smallest:
                return (STEP_UNDERFLOW if total < math.inf else NOT_FINITE), steps
        if steps >= most_steps:
            return TOO_MANY_STEPS, steps
    for i in range(n):
        row[PLACES[i]] = y[i]
    row[{step_place}] = step
    return {ok}, steps
"""

ENDS = "y, k[0], z, k[LAST]"


def explicit_arrays_source(system: OdeSystem) -> tuple[str, Program]:
    """Return the source of `advance` and `assign`, and the program whose `constants` they take."""
    program = Program(system)
    rates = rates_into_source("rates", program, [system.rates[i] for i in system.integrated])
    events = event_parts(system, program, LOOP, ENDS)
    assign = assign_source(system, program)
    cell = CELL.format(
        places=list(system.integrated),
        step_place=system.places["step_size"],
        patience=PATIENCE,
        **events.insertions,
    )
    body = rates + events.kernels + hold_source(program) + assign + events.functions + cell
    return HEADER + program.learned_source() + body + events.loop, program
