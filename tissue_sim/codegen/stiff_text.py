"""The text of the stiff integrator; `codegen.network_stiff` puts it together.

A step is tried over arrays with exchange of rows (`OVER_ARRAYS`), or in named scalars
(`codegen.stiff_scalars`).
"""

from __future__ import annotations

__all__ = ["ARRAYS", "CELL", "DIFFERENCES", "IN_SCALARS", "OVER_ARRAYS", "TABLES"]

CELL = """
PLACES = np.array({places}, dtype=np.int64)


@kernel
def advance_cell(row, held, constants, absolute, relative, start, duration, most_steps{watched}):
    n = PLACES.shape[0]
    hold(row, constants, held)
    y = np.empty(n)
    z = np.empty(n)
    f = np.empty(n)
    by_time = np.empty(n)
    u = np.empty(({rows_of_u}, n))
    jacobian = np.zeros((n, n))
{arrays}    for i in range(n):
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
            linearise(t, y, held, constants, f, jacobian, by_time)
            fresh = True
{attempt}        steps += 1
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

ARRAYS = """    matrix = np.empty((n, n))
    pivots = np.empty(n, dtype=np.int64)
"""

TABLES = """
from tissue_sim.kernels.network.linear import factorise, solve

VALUES = np.array({values})
RATES = np.array({rates})
ABSCISSAE = np.array({abscissae})
SLOPES = np.array({slopes})
FINAL = {final}
"""

OVER_ARRAYS = """        for i in range(n):
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
                    rates_into(t + ABSCISSAE[stage] * h, z, held, constants, u[stage])
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
"""

IN_SCALARS = """        error = attempt(t, h, y, f, jacobian, by_time, held, constants, absolute, relative, z)
        if error < 0.0:
            return UNPIVOTED, steps
"""

DIFFERENCES = """
ROWS = np.array({rows}, dtype=np.int64)
COLUMNS = np.array({columns}, dtype=np.int64)
GROUPS = np.array({groups}, dtype=np.int64)
ROOT = 1.5e-8


@kernel
def linearise(t, y, held, constants, base, out, by_time):
    n = y.shape[0]
    moved = np.empty(n)
    shifted = np.empty(n)
    change = np.empty(n)
    largest = 1e-300
    for i in range(n):
        largest = max(largest, abs(y[i]))
    rates_into(t, y, held, constants, base)
    for group in range({number}):
        for i in range(n):
            moved[i] = y[i]
            if GROUPS[i] == group:
                moved[i] = y[i] + ROOT * max(abs(y[i]), 1e-6 * largest)
                change[i] = moved[i] - y[i]
        rates_into(t, moved, held, constants, shifted)
        for e in range(ROWS.shape[0]):
            if GROUPS[COLUMNS[e]] == group:
                out[ROWS[e], COLUMNS[e]] = (shifted[ROWS[e]] - base[ROWS[e]]) / change[COLUMNS[e]]
    later = t + ROOT * max(abs(t), 1.0)
    rates_into(later, y, held, constants, shifted)
    for i in range(n):
        by_time[i] = (shifted[i] - base[i]) / (later - t)
"""
