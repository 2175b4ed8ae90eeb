"""The exact stochastic simulation of one network as source (Gillespie 1977, doi:10.1021/j100540a008).

The direct method: one draw of two uniforms for each reaction. Small networks stand in named scalars, which
halves the time of a reaction; large ones, and the exact steps of tau-leaping, in arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.chunks import with_loads
from tissue_sim.codegen.network_source import assign_source, hold_source, rates_into_source
from tissue_sim.codegen.program import Program
from tissue_sim.codegen.reaction_system import ONE
from tissue_sim.codegen.source import IMPORTS
from tissue_sim.codegen.syntax import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.codegen.reaction_system import ReactionSystem

__all__ = ["LARGEST_SCALAR", "array_parts", "assembled", "ssa_arrays_source", "ssa_source"]

LARGEST_SCALAR = 32
"""Up to this many reactions, and changed species, stand in named scalars; more in arrays."""

HEADER = f'''"""Generated from a network's reactions; do not edit."""

{IMPORTS}
import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.philox import uniform_pair
from tissue_sim.kernels.stochastic.codes import OK
from tissue_sim.kernels.stochastic.faults import fault, too_many
from tissue_sim.kernels.stochastic.langevin import langevin_step, rates_of_real_counts
from tissue_sim.kernels.stochastic.leap import leap_length, mark_critical, try_leap
from tissue_sim.kernels.stochastic.reactions import chosen, fire, possible

'''

LOOP = """
@kernel(parallel=True)
def advance(
    values, places, held, constants, orders, multiplicities, epsilon, duration, key, cell_ids, tick, purpose,
    most, status, used
):
    for i in prange(places.shape[0]):
        status[i], used[i] = advance_cell(
            values[places[i]], held[i], constants, orders, multiplicities, epsilon, duration, key,
            cell_ids[i], tick, purpose, used[i], most
        )
"""

SCALAR_CELL = """
@kernel
def advance_cell(
    row, held, constants, orders, multiplicities, epsilon, duration, key, cell_id, tick, purpose, draw, most
):
    hold(row, constants, held)
{load}
    last = draw + most
    done = 0.0
    while True:
        {rates} = propensities({values}, held, constants)
        if {negative}:
            return fault(({rates})), draw
{possible}
        s0 = a0
{sums}
        if not {total} < 1e300:
            return fault(({rates})), draw
        if {total} == 0.0:
            break
        u, v = uniform_pair(key, cell_id, tick, purpose, draw)
        draw += 1
        done -= math.log(u) / {total}
        if done >= duration:
            break
        if draw > last:
            return too_many(({rates})), draw
        v *= {total}
{fire}
{store}
    return OK, draw
"""

TABLES = """
STARTS = np.array({starts}, dtype=np.int64)
MEMBERS = np.array({members}, dtype=np.int64)
CHANGES = np.array({changes}, dtype=np.float64)
PLACES = np.array({places}, dtype=np.int64)
FREE = np.array({free}, dtype=np.int64)


@kernel
def units(held, constants, u):
{units}

@kernel
def count(row, held, constants, u, n):
    units(held, constants, u)
    for i in range(n.shape[0]):
        n[i] = {rounded}


@kernel
def store(row, u, n):
    for i in range(n.shape[0]):
        row[PLACES[i]] = n[i] * u[i]


@kernel
def moves_in(row):
    moves = np.empty(CHANGES.shape[0])
    for e in range(moves.shape[0]):
        place = FREE[MEMBERS[e]]
        moves[e] = CHANGES[e] if place < 0 else CHANGES[e] * row[place]
    return moves

"""

STEPS = """
@kernel
def steps(n, u, y, a, moves, held, constants, duration, key, cell_id, tick, purpose, draw, most):
    done = 0.0
    for _ in range(most):
        for i in range(n.shape[0]):
            y[i] = n[i] * u[i]
        propensities(0.0, y, held, constants, a)
        status, total = possible(a, n, STARTS, MEMBERS, CHANGES)
        if status != OK:
            return status, done, draw
        if total == 0.0:
            return OK, duration, draw
        first, second = uniform_pair(key, cell_id, tick, purpose, draw)
        draw += 1
        done -= math.log(first) / total
        if done >= duration:
            return OK, duration, draw
        fire(n, chosen(a, second * total), 1.0, STARTS, MEMBERS, moves)
    return OK, done, draw
"""

ARRAY_CELL = """
@kernel
def advance_cell(
    row, held, constants, orders, multiplicities, epsilon, duration, key, cell_id, tick, purpose, draw, most
):
    hold(row, constants, held)
    u = np.empty(PLACES.shape[0])
    n = np.empty(PLACES.shape[0])
    y = np.empty(PLACES.shape[0])
    a = np.empty(STARTS.shape[0] - 1)
    count(row, held, constants, u, n)
    status, done, draw = steps(
        n, u, y, a, moves_in(row), held, constants, duration, key, cell_id, tick, purpose, draw, most + 1
    )
    if status == OK and done < duration:
        status = too_many(a)
    if status == OK:
        store(row, u, n)
    return status, draw
"""


def assembled(system: ReactionSystem, program: Program, *parts: str, loop: str = LOOP) -> str:
    """Return the whole module: the parts in order, between what they use and the loop over cells."""
    assign = assign_source(system, program)
    *before, cell = parts
    return HEADER + "".join(before) + hold_source(program) + assign + cell + loop


def array_parts(system: ReactionSystem, program: Program, *, rounded: bool) -> str:
    """Return the propensities, the reactions' tables and the counting of molecules, for code on arrays."""
    names = [Name((name,)) for name in system.reactions]
    starts, members, changes = system.tables
    value = "row[PLACES[i]] / u[i]"
    units = with_loads(
        [f"u[{i}] = {text}" for i, text in enumerate(program.statements(system.units).results)]
    )
    return rates_into_source("propensities", program, names) + TABLES.format(
        starts=starts.tolist(),
        members=members.tolist(),
        changes=changes.tolist(),
        places=list(system.integrated),
        free=list(system.free_places),
        units="".join(f"    {line}\n" for line in units),
        rounded=f"np.rint({value})" if rounded else value,
    )


def ssa_arrays_source(system: ReactionSystem) -> tuple[str, Program]:
    """Return the source for a network of any size, and the program whose `constants` it takes."""
    program = Program(system)
    parts = array_parts(system, program, rounded=True)
    return assembled(system, program, parts, STEPS, ARRAY_CELL), program


def ssa_source(system: ReactionSystem) -> tuple[str, Program]:
    """Return the source for a small network, and the program whose `constants` it takes."""
    program = Program(system)
    propensities = _propensities_source(system, program)
    return assembled(system, program, propensities, _scalar_cell(system, program)), program


def _propensities_source(system: ReactionSystem, program: Program) -> str:
    statements = program.statements([Name((name,)) for name in system.reactions])
    arguments = "".join(f"y{k}, " for k in range(len(system.integrated)))
    lines = with_loads([*statements.lines, f"return ({', '.join(statements.results)},)"], species=False)
    body = "".join(f"    {line}\n" for line in lines)
    return f"\n@kernel\ndef propensities({arguments}held, constants):\n{body}"


def _scalar_cell(system: ReactionSystem, program: Program) -> str:
    number, species = len(system.reactions), range(len(system.integrated))
    texts = program.statements(system.units).results
    plain = [unit == ONE for unit in system.units]
    load = [f"u{k} = {texts[k]}" for k in species if not plain[k]]
    values, store = [], []
    for k, place in enumerate(system.integrated):
        load.append(f"n{k} = np.rint(row[{place}]{'' if plain[k] else f' / u{k}'})")
        values.append(f"n{k}" if plain[k] else f"n{k} * u{k}")
        store.append(f"row[{place}] = {values[-1]}")
    load += [f"f{k} = row[{place}]" for k, place in enumerate(system.free_places) if place >= 0]
    return SCALAR_CELL.format(
        load=_lines(load, 4),
        rates=", ".join(f"a{j}" for j in range(number)) + ("," if number == 1 else ""),
        values=", ".join(values),
        possible=_lines(_possible_lines(system), 8),
        sums=_lines([f"s{j} = s{j - 1} + a{j}" for j in range(1, number)], 8),
        negative=" or ".join(f"a{j} < 0.0" for j in range(number)),
        total=f"s{number - 1}",
        fire=_lines(_fire_lines(system), 8),
        store=_lines(store, 4),
    )


def _possible_lines(system: ReactionSystem) -> list[str]:
    lines = []
    for j, changes in enumerate(system.changes):
        lacking = [f"n{place} < {-change!r}" for place, change in changes if change < 0.0]
        if lacking:
            lines += [f"if {' or '.join(lacking)}:", f"    a{j} = 0.0"]
    return lines


def _fire_lines(system: ReactionSystem) -> list[str]:
    """Return the choice of a reaction; one whose rate is 0 has no part of the sum and is never chosen."""
    lines = []
    for j, changes in enumerate(system.changes):
        lines.append(f"{'elif' if j else 'if'} v < s{j}:")
        moves = [f"{c!r}" if system.free_places[k] < 0 else f"{c!r} * f{k}" for k, c in changes]
        lines += [f"    n{k} += {move}" for (k, _), move in zip(changes, moves, strict=True)] or ["    pass"]
    return lines


def _lines(texts: Sequence[str], indent: int) -> str:
    return "\n".join(" " * indent + text for text in texts)
