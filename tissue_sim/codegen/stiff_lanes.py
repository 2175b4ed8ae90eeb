"""The stiff integrator of a network without events: four cells of a group side by side, in vector registers.

Each cell has a lane with a step size of its own; a lane whose cell has arrived takes the next cell of the
group. What all lanes do in one step (`attempt`) is straight-line code inside a loop over lanes, all of it on
one array, so that the compiler makes vector instructions of it: every lane gets the same operations, wherever
its cell stands, and hence the same bits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tissue_sim.codegen.chunks import kernel_source, with_loads
from tissue_sim.codegen.network_source import hold_source
from tissue_sim.codegen.rosenbrock import ROSENBROCK
from tissue_sim.codegen.sparse_factors import SparseFactors
from tissue_sim.codegen.stiff_lanes_text import ATTEMPT, GROUP
from tissue_sim.codegen.stiff_scalars import MOST_LINES, RESIDUAL, attempt_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.codegen.ode_system import OdeSystem
    from tissue_sim.codegen.program import Program, Statements
    from tissue_sim.codegen.syntax import Expression

__all__ = ["lanes_source"]

LANES = 4
MOST_RATES = 120
"""Lines of rates up to which they are repeated at every stage."""


def lanes_source(
    system: OdeSystem,
    program: Program,
    entries: Mapping[tuple[int, int], Expression],
    slopes: Mapping[int, Expression],
    calm: float,
) -> str | None:
    """Return the integrator's functions, None if the network is too large for this form.

    Parameters
    ----------
    entries, slopes : mapping
        Of the Jacobian and of the rates' partial derivatives by time: what is not always 0.
    calm : float
        Step times a bound of the eigenvalues below which the explicit method does as well.
    """
    number = len(system.integrated)
    moving = [system.rates[i] for i in system.integrated]
    rates = program.statements(moving)
    repeated = _repeated(rates)
    if len(rates.lines) > MOST_RATES or not all(map(_is_plain, repeated)):
        return None
    held = sorted({int(k) for line in repeated for k in re.findall(r"\bheld\[(\d+)\]", line)})
    keys = [f"{name}[{k}]" for name in ("y", "f", "z") for k in range(number)]
    keys += [f"jacobian[{i}, {j}]" for i, j in entries] + [f"by_time[{i}]" for i in slopes]
    keys += [*(f"held[{k}]" for k in held), "now", "h", "error"]
    rows = {key: f"block[{LANES * row} + lane]" for row, key in enumerate(keys)}
    factors = SparseFactors(number, entries)
    lines = attempt_lines(system.integrated, factors, list(entries), list(slopes), repeated, lanes=True)
    if len(lines) > MOST_LINES:
        return None
    statements = program.statements([*moving, *entries.values(), *slopes.values()])
    linear = statements.stored(
        [rows[key] for key in keys[number : 2 * number] + keys[3 * number :][: len(entries) + len(slopes)]]
    )
    group = GROUP.format(
        places=list(system.integrated),
        held=held,
        entry_rows=[i for i, _ in entries],
        entry_columns=[j for _, j in entries],
        lanes=LANES,
        number=number,
        held_from=len(keys) - 3 - len(held),
        clock=f"{len(keys) - 3}, {len(keys) - 2}, {len(keys) - 1}",
        step_place=system.places["step_size"],
        stiff_place=system.places["stiff"],
        order=repr(ROSENBROCK.order),
        calm=repr(calm),
    )
    linearise = kernel_source("linearise", "t, y, held, constants, block, lane", linear)
    return linearise + hold_source(program) + _attempt_source(lines, rows) + group


def _attempt_source(lines: Sequence[str], rows: Mapping[str, str]) -> str:
    """Return the kernel of a step of all lanes; what they share is loaded before the loop."""
    loads: dict[str, None] = {}
    body = []
    for line in lines:
        if re.match(r"c\d+ = constants", line):
            loads[line] = None
            continue
        for place in re.findall(r"\babsolute\[(\d+)\]", line):
            loads[f"a{place} = absolute[{place}]"] = None
        text = re.sub(r"\babsolute\[(\d+)\]", r"a\1", line)
        body.append(_ELEMENT.sub(lambda found: rows[found[0]], text))
    return ATTEMPT.format(
        residual=RESIDUAL,
        lanes=LANES,
        gamma=repr(ROSENBROCK.gamma),
        loads="\n".join("    " + line for line in loads),
        lines="\n".join("        " + line for line in body),
        now=rows["now"],
        h=rows["h"],
        error=rows["error"],
    )


_ELEMENT = re.compile(r"\b(?:y|f|z|by_time|held|jacobian)\[[\d, ]+\]")


def _repeated(rates: Statements) -> list[str]:
    """Return the lines that make all rates g_k at time t of values x_k."""
    lines = with_loads(rates.stored([f"g{k}" for k in range(len(rates.results))]), species=False)
    return [re.sub(r"\by(\d+)\b", r"x\1", line) for line in lines]


def _is_plain(line: str) -> bool:
    """Say whether a line assigns a variable and uses arrays only to load from them."""
    target, _, value = line.partition(" = ")
    return target.isidentifier() and (
        "[" not in value or bool(re.fullmatch(r"(constants|held)\[\d+\]", value))
    )
