"""Tau-leaping and the chemical Langevin equation of a network with events as source.

What an event does, and when delayed ones are due, is that of all methods, see `codegen.ssa_events`. A leap
ends where a comparison with the time turns over or an execution is due. Near a threshold of species leaps are
short, see `kernels.stochastic.thresholds`; tau-leaping then goes over to single reactions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.event_conditions import names_in_conditions
from tissue_sim.codegen.leap_source import FEW
from tissue_sim.codegen.ssa_events import eventful_source

if TYPE_CHECKING:
    from tissue_sim.codegen.program import Program
    from tissue_sim.codegen.reaction_system import ReactionSystem

__all__ = ["langevin_events_source", "tau_leaping_events_source"]

LIMITS = "orders, multiplicities, epsilon, "
MORE = "orders, multiplicities, epsilon"
DRAWS = "(STARTS.shape[0] + 1)"

AHEAD = """
from tissue_sim.kernels.stochastic.thresholds import longest_approach, mark_nearing

MOVERS = np.array({movers}, dtype=np.int64)


@kernel
def look_ahead(t, n, u, y, a, moves, held, constants, now, after, jumps):
    for i in range(MOVERS.shape[0]):
        j = MOVERS[i]
        if a[j] > 0.0:
            for e in range(STARTS[j], STARTS[j + 1]):
                k = MEMBERS[e]
                y[k] = (n[k] + moves[e]) * u[k]
            look_at(t, y, held, constants, after)
            for c in range(CONDITIONS):
                jumps[i, c] = after[CONDITIONS + c] - now[CONDITIONS + c]
            for e in range(STARTS[j], STARTS[j + 1]):
                k = MEMBERS[e]
                y[k] = n[k] * u[k]
"""

BEGIN = """
@kernel
def leap_on(
    row, n, u, y, a, moves, held, constants, now, later, t, target, width, key, cell_id, tick, purpose, draw,
    last, orders, multiplicities, epsilon
):
    trial = np.empty(n.shape[0])
    work = np.empty((3, n.shape[0]))
    after = np.empty(2 * CONDITIONS)
    jumps = np.empty((MOVERS.shape[0], CONDITIONS))
    critical = np.empty(a.shape[0], dtype=np.bool_)
    for j in range(a.shape[0]):
        critical[j] = False
    while True:
        for i in range(n.shape[0]):
            y[i] = n[i] * u[i]
        look_at(t, y, held, constants, now)
        if t >= target or triggered(row, now):
            return OK, t, draw
        stop = target
        if TIMED:
            look_at(target, y, held, constants, later)
            stop = crossing(t, target, width, now, later)
        else:
            for c in range(2 * CONDITIONS):
                later[c] = now[c]
        propensities(0.0, y, held, constants, a)
        status, total = {possible}(a, n, STARTS, MEMBERS, CHANGES)
        if status != OK:
            return status, t, draw
        if total == 0.0:
            t = stop
            continue
        if draw > last:
            return too_many(a), t, draw
        left = stop - t
        look_ahead(t, n, u, y, a, moves, held, constants, now, after, jumps)
"""

LENGTH = """        longest = min(left, leap_length(
            a, n, critical, STARTS, MEMBERS, moves, orders, multiplicities, epsilon, work
        ), longest_approach(
            a, now[CONDITIONS:], later[CONDITIONS:], target - t, jumps, MOVERS, critical, epsilon, {reach_it}
        ))
"""

TAU_LEAPING = (
    """        risk = mark_critical(a, n, STARTS, MEMBERS, moves, critical)
        risk += mark_nearing(a, now[CONDITIONS:], jumps, MOVERS, critical)
"""
    + LENGTH.format(reach_it=False)
    + """        while longest * total >= FEW_REACTIONS:
            length, draw = try_leap(
                a, n, critical, risk, longest, STARTS, MEMBERS, moves, key, cell_id, tick, purpose, draw,
                trial
            )
            if length > 0.0:
                t = stop if length >= left else t + length
                store(row, u, n)
                break
            longest *= 0.5
        else:
            status, t, draw = one_by_one(
                row, n, u, y, a, moves, held, constants, now, later, t, target, width,
                key, cell_id, tick, purpose, draw, last, EXACT_STEPS
            )
            if status != OK:
                return status, t, draw
"""
)

LANGEVIN = (
    LENGTH.format(reach_it=True)
    + """        draw = langevin_step(
            a, n, longest, STARTS, MEMBERS, moves, key, cell_id, tick, purpose, draw
        )
        t = stop if longest >= left else t + longest
        store(row, u, n)
"""
)


def tau_leaping_events_source(system: ReactionSystem) -> tuple[str, Program]:
    """Return the source of tau-leaping with events, and the program whose `constants` it takes."""
    functions = FEW + _ahead(system) + BEGIN.format(possible="possible") + TAU_LEAPING
    return eventful_source(system, "leap_on", functions, more=MORE, rounded=True, limits=LIMITS, draws=DRAWS)


def langevin_events_source(system: ReactionSystem) -> tuple[str, Program]:
    """Return the source of the chemical Langevin equation with events, and the program of its `constants`."""
    functions = _ahead(system) + BEGIN.format(possible="rates_of_real_counts") + LANGEVIN
    return eventful_source(system, "leap_on", functions, more=MORE, rounded=False, limits=LIMITS, draws=DRAWS)


def _ahead(system: ReactionSystem) -> str:
    """Return what looks how far reactions move conditions; reactions that move none are passed over."""
    watched = names_in_conditions(system)
    moved = {k for k, place in enumerate(system.integrated) if system.species[place] in watched}
    movers = [j for j, changes in enumerate(system.changes) if any(k in moved for k, _ in changes)]
    return AHEAD.format(movers=movers)
