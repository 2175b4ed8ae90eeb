"""Stochastic simulation of a network with events as source: the frame of all methods, and the exact one.

Between reactions nothing changes but the time, so that a trigger turns over only where a reaction happens or
where a comparison with the time does; that moment is computed, since the time is linear in it. Waiting times
have no memory, so that they may be drawn anew where an event happens. What happens there is what happens
among equations, see `codegen.event_text`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.event_conditions import depends_on_time
from tissue_sim.codegen.network_events import settling_parts
from tissue_sim.codegen.program import Program
from tissue_sim.codegen.ssa_source import array_parts, assembled

if TYPE_CHECKING:
    from tissue_sim.codegen.reaction_system import ReactionSystem

__all__ = ["eventful_source", "ssa_events_source"]

HEADER = """
from tissue_sim.kernels.stochastic.events import below_zero, crossing

TIMED = {timed}
"""

ONE_BY_ONE = """
@kernel
def triggered(row, seen):
    for event in range(EVENTS):
        if seen[event] != row[FLAGS + event]:
            return True
    return False


@kernel
def one_by_one(
    row, n, u, y, a, moves, held, constants, now, later, t, target, width, key, cell_id, tick, purpose, draw,
    last, most
):
    happened = 0
    while True:
        for i in range(n.shape[0]):
            y[i] = n[i] * u[i]
        look_at(t, y, held, constants, now)
        if t >= target or happened == most or triggered(row, now):
            return OK, t, draw
        stop = target
        if TIMED:
            look_at(target, y, held, constants, later)
            stop = crossing(t, target, width, now, later)
        propensities(0.0, y, held, constants, a)
        status, total = possible(a, n, STARTS, MEMBERS, CHANGES)
        if status != OK:
            return status, t, draw
        if total == 0.0:
            t = stop
            continue
        if draw > last:
            return too_many(a), t, draw
        first, second = uniform_pair(key, cell_id, tick, purpose, draw)
        draw += 1
        t -= math.log(first) / total
        if t >= stop:
            t = stop
            continue
        fire(n, chosen(a, second * total), 1.0, STARTS, MEMBERS, moves)
        store(row, u, n)
        happened += 1
"""

CELL = """
@kernel
def advance_row(
    row, held, constants, {limits}start, duration, key, cell_id, tick, purpose, draw, most, order_draw
):
    kept = row.copy()
    species = PLACES.shape[0]
    u = np.empty(species)
    n = np.empty(species)
    y = np.empty(species)
    a = np.empty(STARTS.shape[0] - 1)
    seen = np.empty((2, 2 * CONDITIONS))
    out = np.empty(2 * EVENTS + 2 * TARGETS.shape[0])
    last = draw + most * {draws}
    t = start
    end = start + duration
    width = INSTANT * max(abs(start), abs(end))
    while True:
        status, executed, order_draw = settle(
            t, t + width, row, y, held, constants, seen[0], out, key, cell_id, tick, order_draw
        )
        if status != OK:
            break
        count(row, held, constants, u, n)
        status = below_zero(n)
        if status != OK:
            break
        store(row, u, n)
        if t >= end:
            break
        target = min(end, earliest(row, FIRST, SLOT, t + width))
        if target - t <= width:
            t = target
            continue
        status, t, draw = {run}(
            row, n, u, y, a, moves_in(row), held, constants, seen[0], seen[1], t, target, width,
            key, cell_id, tick, purpose, draw, last, {more}
        )
        if status != OK:
            break
    if status != OK:
        row[:] = kept
    return status, draw
"""

LOOP = """
@kernel(parallel=True)
def advance(
    values, places, held, constants, {limits}start, duration, key, cell_ids, tick, purpose, most, status,
    used, order_draw
):
    for i in prange(places.shape[0]):
        status[i], used[i] = advance_row(
            values[places[i]], held[i], constants, {limits}start, duration, key, cell_ids[i], tick, purpose,
            used[i], most, order_draw
        )
"""


def ssa_events_source(system: ReactionSystem) -> tuple[str, Program]:
    """Return the source for a network with events, and the program whose `constants` it takes."""
    return eventful_source(system, "one_by_one", more="-1", rounded=True)


def eventful_source(
    system: ReactionSystem,
    run: str,
    functions: str = "",
    *,
    more: str,
    rounded: bool,
    limits: str = "",
    draws: str = "1",
) -> tuple[str, Program]:
    """Return the source of a method for a network with events, and the program whose `constants` it takes.

    Parameters
    ----------
    run : str
        The kernel that lets reactions happen until a condition turns over or an event is due; arguments of
        ``one_by_one``.
    functions : str
        Source of it.
    more : str
        Its last arguments.
    rounded : bool
        Counts are whole numbers.
    limits : str
        Further arguments of ``advance``, each followed by a comma.
    draws : str
        Draws of one leap, by which `most` is multiplied.
    """
    program = Program(system)
    parts = array_parts(system, program, rounded=rounded)
    events = settling_parts(system, program)
    cell = (
        HEADER.format(timed=depends_on_time(system))
        + events.functions
        + ONE_BY_ONE
        + functions
        + CELL.format(run=run, more=more, limits=limits, draws=draws)
    )
    loop = LOOP.format(limits=limits) + events.loop
    return assembled(system, program, parts, events.kernels, cell, loop=loop), program
