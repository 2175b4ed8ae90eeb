"""The stiff integrator of a network as source: a Rosenbrock method with the exact Jacobian."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.chunks import kernel_source
from tissue_sim.codegen.jacobian import Derivatives
from tissue_sim.codegen.network_events import event_parts
from tissue_sim.codegen.network_source import HEADER, LOOP, hold_source, rates_into_source
from tissue_sim.codegen.program import Program
from tissue_sim.codegen.rosenbrock import ROSENBROCK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.codegen.ode_system import OdeSystem
    from tissue_sim.codegen.syntax import Expression

__all__ = ["stiff_source"]

CELL = """
from tissue_sim.kernels.network.linear import factorise, solve

PLACES = np.array({places}, dtype=np.int64)
VALUES = np.array({values})
RATES = np.array({rates})
ABSCISSAE = np.array({abscissae})
SLOPES = np.array({slopes})
FINAL = 5


@kernel
def advance_cell(row, held, constants, absolute, relative, start, duration, most_steps{watched}):
    n = PLACES.shape[0]
    hold(row, constants, held)
    y = np.empty(n)
    z = np.empty(n)
    f = np.empty(n)
    by_time = np.empty(n)
    u = np.empty((FINAL + 1, n))
    jacobian = np.zeros((n, n))
    matrix = np.empty((n, n))
    pivots = np.empty(n, dtype=np.int64)
    for i in range(n):
        y[i] = row[PLACES[i]]
    step = row[{step_place}]
    if not step > 0.0:
        step = 1e-6 * duration
    done = 0.0
    log_error = 0.0
    smallest = 1e-14 * duration
    rejected = False
    fresh = False
    steps = 0{crossed}
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
        if not fresh:
            rates(t, y, held, constants, f)
            find_jacobian(t, y, held, constants, jacobian, by_time)
            fresh = True
        for i in range(n):
            for j in range(n):
                matrix[i, j] = -jacobian[i, j]
            matrix[i, i] += 1.0 / (h * {gamma})
        singular = factorise(matrix, pivots)
        error = math.inf
        if singular == 0:
            for stage in range(FINAL + 1):
                if stage == 0:
                    for i in range(n):
                        u[0, i] = f[i]
                else:
                    for i in range(n):
                        z[i] = y[i]
                    for j in range(stage):
                        factor = VALUES[stage, j]
                        for i in range(n):
                            z[i] += factor * u[j, i]
                    rates(t + ABSCISSAE[stage] * h, z, held, constants, u[stage])
                    for j in range(stage):
                        factor = RATES[stage, j] / h
                        for i in range(n):
                            u[stage, i] += factor * u[j, i]
                factor = SLOPES[stage] * h
                for i in range(n):
                    u[stage, i] += factor * by_time[i]
                solve(matrix, pivots, u[stage])
            error = 0.0
            total = 0.0
            for i in range(n):
                z[i] += u[FINAL, i]
                weight = absolute[PLACES[i]] + relative * max(abs(y[i]), abs(z[i]))
                value = abs(u[FINAL, i]) / weight
                error = max(error, value)
                total += value + 0.0 * z[i]
            if not total < math.inf:
                error = math.inf
        steps += 1
        if error <= 1.0:{judged}
            factor, log_error = accepted_factor(error, log_error, {order})
            if rejected:
                factor = min(factor, 1.0)
                rejected = False
            proposed = h * factor
            step = max(proposed, step) if h < step else proposed
            y[:] = z
            fresh = False
            if last:
                break
            done += h
        else:
            rejected = True{forget}
            step = h * rejected_factor(error, {order})
            if step < smallest:
                return (STEP_UNDERFLOW if error < math.inf else NOT_FINITE), steps
        if steps >= most_steps:
            return TOO_MANY_STEPS, steps
    largest = 0.0
    for i in range(n):
        total = 0.0
        weight = absolute[PLACES[i]] + relative * abs(y[i])
        for j in range(n):
            total += abs(jacobian[i, j]) * (absolute[PLACES[j]] + relative * abs(y[j]))
        largest = max(largest, total / weight)
    for i in range(n):
        row[PLACES[i]] = y[i]
    row[{step_place}] = step
    if largest * step < {calm}:
        row[{stiff_place}] = 0.0
        row[{step_place}] = min(step, 1.0 / max(largest, 1e-300))
    return {ok}, steps
"""

SLOPE_AFTER = "rates(t + h, z, held, constants, u[0])"
CALM = 1.0
"""Step times a bound of the eigenvalues below which the explicit method does as well."""


MOST_EXACT_ENTRIES = 400
"""Jacobians with more entries are taken by differences: exact ones would take minutes to compile."""

DIFFERENCES = """
ROWS = np.array({rows}, dtype=np.int64)
COLUMNS = np.array({columns}, dtype=np.int64)
GROUPS = np.array({groups}, dtype=np.int64)
ROOT = 1.5e-8


@kernel
def find_jacobian(t, y, held, constants, out, by_time):
    n = y.shape[0]
    base = np.empty(n)
    moved = np.empty(n)
    shifted = np.empty(n)
    change = np.empty(n)
    largest = 1e-300
    for i in range(n):
        largest = max(largest, abs(y[i]))
    rates(t, y, held, constants, base)
    for group in range({number}):
        for i in range(n):
            moved[i] = y[i]
            if GROUPS[i] == group:
                moved[i] = y[i] + ROOT * max(abs(y[i]), 1e-6 * largest)
                change[i] = moved[i] - y[i]
        rates(t, moved, held, constants, shifted)
        for e in range(ROWS.shape[0]):
            if GROUPS[COLUMNS[e]] == group:
                out[ROWS[e], COLUMNS[e]] = (shifted[ROWS[e]] - base[ROWS[e]]) / change[COLUMNS[e]]
    later = t + ROOT * max(abs(t), 1.0)
    rates(later, y, held, constants, shifted)
    for i in range(n):
        by_time[i] = (shifted[i] - base[i]) / (later - t)
"""


def stiff_source(system: OdeSystem) -> tuple[str, Program]:
    """Return the source of `advance`, and the program whose `constants` it takes."""
    derivatives = Derivatives(system)
    exact = len(derivatives.places) <= MOST_EXACT_ENTRIES
    entries, by_time = (derivatives.entries(), derivatives.by_time()) if exact else ({}, [])
    program = Program(derivatives.system())
    rates = rates_into_source("rates", program, [system.rates[i] for i in system.integrated])
    events = event_parts(system, program, LOOP, "y, f, z, u[0]", SLOPE_AFTER)
    jacobian = _exact_source(program, entries, by_time) if exact else _differences_source(derivatives)
    width = len(ROSENBROCK.values)
    cell = CELL.format(
        places=list(system.integrated),
        values=[list(row) + [0.0] * (width - len(row)) for row in ROSENBROCK.values],
        rates=[list(row) + [0.0] * (width - len(row)) for row in ROSENBROCK.rates],
        abscissae=ROSENBROCK.abscissae,
        slopes=ROSENBROCK.slopes,
        gamma=repr(ROSENBROCK.gamma),
        step_place=system.places["step_size"],
        stiff_place=system.places["stiff"],
        order=repr(ROSENBROCK.order),
        calm=repr(CALM),
        **events.insertions,
    )
    body = rates + jacobian + events.kernels + hold_source(program) + events.functions + cell
    return HEADER + program.learned_source() + body + events.loop, program


def _exact_source(
    program: Program, entries: Mapping[tuple[int, int], Expression], by_time: Sequence[Expression]
) -> str:
    """Return the kernel that fills the entries that are not always 0, and the rates' slopes in time."""
    statements = program.statements([*entries.values(), *by_time])
    targets = [f"out[{i}, {j}]" for i, j in entries]
    targets += [f"by_time[{i}]" for i in range(len(by_time))]
    lines = statements.stored(targets)
    return kernel_source("find_jacobian", "t, y, held, constants, out, by_time", lines)


def _differences_source(derivatives: Derivatives) -> str:
    """Return the kernel that takes the Jacobian by differences, a group of species at a time."""
    groups = derivatives.groups()
    return DIFFERENCES.format(
        rows=[i for i, _ in derivatives.places],
        columns=[j for _, j in derivatives.places],
        groups=groups,
        number=max(groups, default=-1) + 1,
    )
