"""Tau-leaping and the chemical Langevin equation of one network as source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.program import Program
from tissue_sim.codegen.ssa_source import STEPS, array_parts, assembled

if TYPE_CHECKING:
    from tissue_sim.codegen.reaction_system import ReactionSystem

__all__ = ["FEW", "langevin_source", "tau_leaping_source"]

FEW = "\nFEW_REACTIONS = 10.0\nEXACT_STEPS = 100\n"

START = """
@kernel
def advance_cell(
    row, held, constants, orders, multiplicities, epsilon, duration, key, cell_id, tick, purpose, draw, most
):
    hold(row, constants, held)
    species = PLACES.shape[0]
    u = np.empty(species)
    n = np.empty(species)
    y = np.empty(species)
    work = np.empty((3, species))
    a = np.empty(STARTS.shape[0] - 1)
    critical = np.empty(a.shape[0], dtype=np.bool_)
    for j in range(a.shape[0]):
        critical[j] = False
    count(row, held, constants, u, n)
    moves = moves_in(row)
    done = 0.0
    turns = 0
    while done < duration:
        for i in range(species):
            y[i] = n[i] * u[i]
        propensities(0.0, y, held, constants, a)
"""

TAU_LEAPING = (
    FEW
    + START.replace("    done = 0.0", "    trial = np.empty(species)\n    done = 0.0")
    + """        status, total = possible(a, n, STARTS, MEMBERS, CHANGES)
        if status != OK:
            return status, draw
        if total == 0.0:
            break
        left = duration - done
        risk = mark_critical(a, n, STARTS, MEMBERS, moves, critical)
        longest = min(left, leap_length(
            a, n, critical, STARTS, MEMBERS, moves, orders, multiplicities, epsilon, work
        ))
        while True:
            turns += 1
            if turns > most:
                return too_many(a), draw
            if longest * total < FEW_REACTIONS:
                status, passed, draw = steps(
                    n, u, y, a, moves, held, constants, left, key, cell_id, tick, purpose, draw, EXACT_STEPS
                )
                if status != OK:
                    return status, draw
                done = duration if passed >= left else done + passed
                break
            length, draw = try_leap(
                a, n, critical, risk, longest, STARTS, MEMBERS, moves, key, cell_id, tick, purpose, draw,
                trial
            )
            if length > 0.0:
                done = duration if length >= left else done + length
                break
            longest *= 0.5
    store(row, u, n)
    return OK, draw
"""
)

LANGEVIN = (
    START
    + """        status, total = rates_of_real_counts(a, n, STARTS, MEMBERS, CHANGES)
        if status != OK:
            return status, draw
        if total == 0.0:
            break
        turns += 1
        if turns > most:
            return too_many(a), draw
        left = duration - done
        length = min(left, leap_length(
            a, n, critical, STARTS, MEMBERS, moves, orders, multiplicities, epsilon, work
        ))
        draw = langevin_step(
            a, n, length, STARTS, MEMBERS, moves, key, cell_id, tick, purpose, draw
        )
        done = duration if length >= left else done + length
    store(row, u, n)
    return OK, draw
"""
)


def tau_leaping_source(system: ReactionSystem) -> tuple[str, Program]:
    """Return the source of tau-leaping, and the program whose `constants` it takes."""
    program = Program(system)
    parts = array_parts(system, program, rounded=True)
    return assembled(system, program, parts, STEPS, TAU_LEAPING), program


def langevin_source(system: ReactionSystem) -> tuple[str, Program]:
    """Return the source of the chemical Langevin equation, and the program whose `constants` it takes."""
    program = Program(system)
    parts = array_parts(system, program, rounded=False)
    return assembled(system, program, parts, LANGEVIN), program
