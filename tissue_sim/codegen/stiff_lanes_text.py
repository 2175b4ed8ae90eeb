"""The text of the stiff integrator that advances cells side by side; see `codegen.stiff_lanes`."""

from __future__ import annotations

__all__ = ["ATTEMPT", "GROUP"]

ATTEMPT = """
RESIDUAL = {residual}


@kernel
def attempt(block, constants, absolute, relative):
{loads}
    for lane in range({lanes}):
        now = {now}
        h = {h}
        per_step = 1.0 / h
        shift = 1.0 / (h * {gamma})
        error = 0.0
        total = 0.0
{lines}
        size = error if total < math.inf else math.inf
        {error} = size if sound else -1.0
"""

GROUP = """
PLACES = np.array({places}, dtype=np.int64)
HELD = np.array({held}, dtype=np.int64)
ENTRY_ROWS = np.array({entry_rows}, dtype=np.int64)
ENTRY_COLUMNS = np.array({entry_columns}, dtype=np.int64)
LANES = {lanes}
CELLS = 32
RATE = {number}
NEW = 2 * RATE
ENTRY = 3 * RATE
HELD_FROM = {held_from}
NOW, STEP, ERROR = {clock}


@kernel
def finish(block, lane, y, absolute, relative, row, step):
    n = PLACES.shape[0]
    totals = np.zeros(n)
    for e in range(ENTRY_ROWS.shape[0]):
        j = ENTRY_COLUMNS[e]
        size = absolute[PLACES[j]] + relative * abs(y[j])
        totals[ENTRY_ROWS[e]] += abs(block[LANES * (ENTRY + e) + lane]) * size
    largest = 0.0
    for i in range(n):
        largest = max(largest, totals[i] / (absolute[PLACES[i]] + relative * abs(y[i])))
        row[PLACES[i]] = y[i]
    row[{step_place}] = step
    if largest * step < {calm}:
        row[{stiff_place}] = 0.0
        row[{step_place}] = min(step, 1.0 / max(largest, 1e-300))


@kernel
def load(block, lane, y, row, held, constants):
    hold(row, constants, held)
    for k in range(PLACES.shape[0]):
        y[k] = row[PLACES[k]]
        block[LANES * k + lane] = y[k]
    for k in range(HELD.shape[0]):
        block[LANES * (HELD_FROM + k) + lane] = held[HELD[k]]


@kernel
def is_finite(block, lane):
    total = 0.0
    for i in range(RATE, NEW):
        total += 0.0 * block[LANES * i + lane]
    for i in range(ENTRY, ENTRY + ENTRY_ROWS.shape[0]):
        total += 0.0 * block[LANES * i + lane]
    return total == 0.0


@kernel
def advance_group(
    values, places, held, constants, absolute, relative, start, duration, most_steps, status, steps,
    following, end
):
    n = PLACES.shape[0]
    block = np.zeros(LANES * (ERROR + 1))
    y = np.empty((LANES, n))
    cell = np.full(LANES, -1)
    step = np.empty(LANES)
    done = np.empty(LANES)
    log_error = np.empty(LANES)
    rejected = np.zeros(LANES, dtype=np.bool_)
    fresh = np.zeros(LANES, dtype=np.bool_)
    last = np.zeros(LANES, dtype=np.bool_)
    smallest = 1e-14 * duration
    # Lanes without a cell rest where a cell was or is: no function leaves its domain there.
    for lane in range(LANES):
        load(block, lane, y[lane], values[places[following]], held[following], constants)
    while True:
        running = 0
        for lane in range(LANES):
            i = cell[lane]
            if i < 0:
                if following >= end:
                    block[LANES * STEP + lane] = smallest
                    continue
                i = following
                cell[lane] = i
                following += 1
                row = values[places[i]]
                load(block, lane, y[lane], row, held[i], constants)
                step[lane] = row[{step_place}]
                if not step[lane] > 0.0:
                    step[lane] = 1e-6 * duration
                done[lane] = 0.0
                log_error[lane] = 0.0
                rejected[lane] = False
                fresh[lane] = False
                steps[i] = 0
            running += 1
            left = duration - done[lane]
            last[lane] = step[lane] >= left * (1.0 - 1e-9)
            if last[lane]:
                h = left
            elif 2.0 * step[lane] > left:
                h = 0.5 * left
            else:
                h = step[lane]
            if not fresh[lane]:
                linearise(start + done[lane], y[lane], held[i], constants, block, lane)
                fresh[lane] = True
            block[LANES * NOW + lane] = start + done[lane]
            block[LANES * STEP + lane] = h
        if running == 0:
            break
        attempt(block, constants, absolute, relative)
        for lane in range(LANES):
            i = cell[lane]
            if i < 0:
                continue
            h = block[LANES * STEP + lane]
            error = block[LANES * ERROR + lane]
            if error < 0.0:
                error = math.inf
                if is_finite(block, lane):
                    status[i] = UNPIVOTED
                    cell[lane] = -1
                    continue
            steps[i] += 1
            if error <= 1.0:
                factor, log_error[lane] = accepted_factor(error, log_error[lane], {order})
                if rejected[lane]:
                    factor = min(factor, 1.0)
                    rejected[lane] = False
                proposed = h * factor
                step[lane] = max(proposed, step[lane]) if h < step[lane] else proposed
                for k in range(n):
                    y[lane, k] = block[LANES * (NEW + k) + lane]
                    block[LANES * k + lane] = y[lane, k]
                fresh[lane] = False
                if last[lane]:
                    finish(block, lane, y[lane], absolute, relative, values[places[i]], step[lane])
                    status[i] = OK
                    cell[lane] = -1
                    continue
                done[lane] += h
            else:
                rejected[lane] = True
                step[lane] = h * rejected_factor(error, {order})
                if step[lane] < smallest:
                    status[i] = STEP_UNDERFLOW if error < math.inf else NOT_FINITE
                    cell[lane] = -1
                    continue
            if steps[i] >= most_steps:
                status[i] = TOO_MANY_STEPS
                cell[lane] = -1


@kernel(parallel=True)
def advance(values, places, held, constants, absolute, relative, start, duration, most_steps, status, steps):
    number = places.shape[0]
    for group in prange((number + CELLS - 1) // CELLS):
        first = np.int64(group) * CELLS
        advance_group(
            values, places, held, constants, absolute, relative, start, duration, most_steps, status, steps,
            first, min(number, first + CELLS)
        )
"""
