"""The text of what every network with events gets; `codegen.network_events` puts it together.

The integrators stop where a condition changes (`JUDGE`); there, at times of execution and at the ends of a
network step, `SETTLE` triggers, calls off and executes until nothing is due. What is pending stands in the
cell's own row, see `codegen.event_layout`.
"""

from __future__ import annotations

__all__ = ["BEGIN", "CHOOSE", "FORGET", "HEADER", "JUDGE", "JUDGED", "LOOP", "SETTLE", "SLOWLY", "TABLES"]

HEADER = """
from tissue_sim.kernels.network.events import (
    CAP, COUNT, HIGH, LOW, NEXT, REACHED, SAMPLES, SURE, WIDTH, between, call_off, differs, earliest,
    free_slot, hermite, keep, most_urgent, turning_point, unresolved
)
from tissue_sim.kernels.network.status import BAD_DELAY, CROSSED, ENDLESS, NO_ROOM

GO_ON, AGAIN, STOP = 0, 1, 2
"""

TABLES = """
PLACES = np.array({places}, dtype=np.int64)
EVENTS = {events}
CONDITIONS = {conditions}
FLAGS = {flags}
FIRST = {first}
SLOT = {slot}
AT_START, AT_LOW, AT_HIGH, AT_END = 0, 1, 2, 3
FIRST_VALUE = np.array({first_values}, dtype=np.int64)
TARGETS = np.array({targets}, dtype=np.int64)
FACTORED = np.array({factored}, dtype=np.int64)
PERSISTENT = np.array({persistent}, dtype=np.int64)
AT_TRIGGER = np.array({at_trigger}, dtype=np.int64)
ORDER_OF_EVENTS = {purpose}
MOST_AT_ONE_INSTANT = 10_000
INSTANT = 1e-13
FINEST = 1e7
"""

SETTLE = """
@kernel
def load(row, y):
    for k in range(PLACES.shape[0]):
        y[k] = row[PLACES[k]]


@kernel
def put_off(t, row, event, out):
    delay = out[EVENTS + event]
    if not delay >= 0.0:
        return BAD_DELAY
    place = free_slot(row, FIRST, SLOT)
    if place < 0:
        return NO_ROOM
    row[place] = event + 1.0
    row[place + 1] = t + delay
    if AT_TRIGGER[event] != 0:
        for a in range(FIRST_VALUE[event], FIRST_VALUE[event + 1]):
            row[place + 2 + a - FIRST_VALUE[event]] = out[2 * EVENTS + a]
    return OK


@kernel
def execute(t, row, place, y, held, constants, out):
    event = np.int64(row[place]) - 1
    row[place] = 0.0
    first = FIRST_VALUE[event]
    end = FIRST_VALUE[event + 1]
    values = 2 * EVENTS
    if AT_TRIGGER[event] != 0:
        for a in range(first, end):
            out[values + a] = row[place + 2 + a - first]
    if FACTORED[event] != 0:
        factors = out[values + TARGETS.shape[0]:]
        event_factors(t, y, held, constants, factors)
        for a in range(first, end):
            out[values + a] *= factors[a]
    for a in range(first, end):
        row[TARGETS[a]] = out[values + a]


@kernel
def settle(t, until, row, y, held, constants, seen, out, key, cell_id, tick, draw):
    executed = 0
    while True:
        hold(row, constants, held)
        load(row, y)
        look_at(t, y, held, constants, seen)
        known = False
        for event in range(EVENTS):
            if seen[event] == row[FLAGS + event]:
                continue
            row[FLAGS + event] = seen[event]
            if seen[event] == 0.0:
                if PERSISTENT[event] == 0:
                    call_off(row, FIRST, SLOT, event)
                continue
            if not known:
                event_values(t, y, held, constants, out)
                known = True
            status = put_off(t, row, event, out)
            if status != OK:
                return status, executed, draw
        if not earliest(row, FIRST, SLOT, -math.inf) <= until:
            return OK, executed, draw
        if executed == MOST_AT_ONE_INSTANT:
            return ENDLESS, executed, draw
        if not known:
            event_values(t, y, held, constants, out)
        place, equal = most_urgent(
            row, FIRST, SLOT, until, out[:EVENTS], key, cell_id, tick, ORDER_OF_EVENTS, draw
        )
        if equal > 1:
            draw += 1
        execute(t, row, place, y, held, constants, out)
        executed += 1
"""

JUDGE = """
@kernel
def probe(t, h, part, y, slope, z, slope_after, held, constants, point, out):
    for k in range(PLACES.shape[0]):
        point[k] = hermite(part, h, y[k], slope[k], z[k], slope_after[k])
    look_at(t + part * h, point, held, constants, out)


@kernel
def inside(t, h, finest, y, slope, z, slope_after, held, constants, seen, point):
    before = seen[AT_START, :CONDITIONS]
    for part in range(1, SAMPLES):
        probe(
            t, h, part / SAMPLES, y, slope, z, slope_after, held, constants, point, seen[AT_END + part]
        )
        if differs(before, seen[AT_END + part, :CONDITIONS]):
            return h * part / SAMPLES
    for i in range(CONDITIONS, 2 * CONDITIONS):
        for part in range(1, SAMPLES):
            left = seen[AT_START if part == 1 else AT_END + part - 1, i]
            right = seen[AT_END if part == SAMPLES - 1 else AT_END + part + 1, i]
            place = turning_point(left, seen[AT_END + part, i], right)
            if place != 0.0:
                place = (part + place) / SAMPLES
                probe(
                    t, h, place, y, slope, z, slope_after, held, constants, point, seen[AT_HIGH]
                )
                if differs(before, seen[AT_HIGH, :CONDITIONS]):
                    return h * place
        if h > finest and unresolved(
            seen[AT_START, i], seen[AT_END + 1, i], seen[AT_END + 2, i], seen[AT_END + 3, i], seen[AT_END, i]
        ):
            return 0.5 * h
    return 0.0


@kernel
def judge(t, h, bracket, y, slope, z, slope_after, held, constants, seen, point):
    look_at(t + h, z, held, constants, seen[AT_END])
    changed = differs(seen[AT_START, :CONDITIONS], seen[AT_END, :CONDITIONS])
    if bracket[SURE] == 0.0:
        moment = inside(t, h, FINEST * bracket[WIDTH], y, slope, z, slope_after, held, constants, seen, point)
        if moment == 0.0 and changed:
            moment = h
        if moment == 0.0:
            keep(seen, AT_END, AT_START)
            bracket[HIGH] = 0.0
            bracket[CAP] = h
            return GO_ON
        if h <= bracket[WIDTH]:
            return STOP
        if moment < h:
            bracket[HIGH] = max(moment, bracket[WIDTH])
            bracket[NEXT] = bracket[HIGH]
            return AGAIN
        bracket[SURE] = 1.0
        bracket[LOW] = 0.0
        bracket[HIGH] = h
        bracket[COUNT] = 0.0
        keep(seen, AT_START, AT_LOW)
        keep(seen, AT_END, AT_HIGH)
    elif changed:
        bracket[HIGH] = h
        keep(seen, AT_END, AT_HIGH)
    else:
        bracket[LOW] = h
        keep(seen, AT_END, AT_LOW)
    if bracket[HIGH] - bracket[LOW] <= bracket[WIDTH]:
        bracket[NEXT] = bracket[HIGH]
        return STOP if bracket[HIGH] == h else AGAIN
    bracket[NEXT] = between(
        bracket, seen[AT_START, :CONDITIONS], seen[AT_HIGH, :CONDITIONS],
        seen[AT_LOW, CONDITIONS:], seen[AT_HIGH, CONDITIONS:]
    )
    return AGAIN
"""

LOOP = """
@kernel
def advance_row(
    row, held, constants, absolute, relative, start, duration, most_steps, key, cell_id, tick, draw
):
    kept = row.copy()
    n = PLACES.shape[0]
    y = np.empty(n)
    point = np.empty(n)
    seen = np.empty((AT_END + SAMPLES, 2 * CONDITIONS))
    out = np.empty(2 * EVENTS + 2 * TARGETS.shape[0])
    bracket = np.zeros(8)
    bracket[CAP] = 1e-6 * duration
    t = start
    end = start + duration
    width = INSTANT * max(abs(start), abs(end))
    bracket[WIDTH] = width
    total = 0
    while True:
        status, executed, draw = settle(
            t, t + width, row, y, held, constants, seen[AT_START], out, key, cell_id, tick, draw
        )
        if status != OK or t >= end:
            break
        if executed > 0:
            row[{step_place}] = 0.0
        target = min(end, earliest(row, FIRST, SLOT, t + width))
        if target - t <= width:
            t = target
            continue
        bracket[HIGH] = 0.0
        bracket[SURE] = 0.0
        status, steps = advance_cell(
            row, held, constants, absolute, relative, t, target - t, most_steps - total,
            bracket, seen, point
        )
        total += steps
        if status == CROSSED:
            t = min(bracket[REACHED], target)
        elif status == OK:
            t = target
        else:
            break
    if status != OK:
        row[:] = kept
    return status, total


@kernel(parallel=True)
def advance(
    values, places, held, constants, absolute, relative, start, duration, most_steps, status, steps,
    key, cell_ids, tick, draw
):
    for i in prange(places.shape[0]):
        status[i], steps[i] = advance_row(
            values[places[i]], held[i], constants, absolute, relative, start, duration, most_steps,
            key, cell_ids[i], tick, draw
        )
"""

BEGIN = """
@kernel
def begin(values, places, held, constants, t, key, cell_ids, tick, draw, status):
    for i in range(places.shape[0]):
        row = values[places[i]]
        kept = row.copy()
        status[i], executed, used = settle(
            t, t, row, np.empty(PLACES.shape[0]), held[i], constants, np.empty(2 * CONDITIONS),
            np.empty(2 * EVENTS + 2 * TARGETS.shape[0]), key, cell_ids[i], tick, draw
        )
        if status[i] != OK:
            row[:] = kept
"""

SLOWLY = """
        if h > 2.0 * bracket[CAP]:
            h = 2.0 * bracket[CAP]
            last = False"""

CHOOSE = """
        if bracket[HIGH] > 0.0:
            h = bracket[NEXT]
            last = False"""

JUDGED = """{before}
            verdict = judge(t, h, bracket, {ends}, held, constants, seen, point)
            if verdict == AGAIN:
                if steps >= most_steps:
                    return TOO_MANY_STEPS, steps
                continue
            if verdict == STOP:
                crossed = True
                bracket[REACHED] = t + h
                for i in range(n):
                    y[i] = z[i]
                break"""

FORGET = """
            bracket[HIGH] = 0.0
            bracket[SURE] = 0.0"""
