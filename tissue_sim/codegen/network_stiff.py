"""The stiff integrator of a network as source: a Rosenbrock method with the exact Jacobian."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen import stiff_text
from tissue_sim.codegen.chunks import kernel_source
from tissue_sim.codegen.jacobian import ZERO, Derivatives
from tissue_sim.codegen.network_events import event_parts
from tissue_sim.codegen.network_source import HEADER, LOOP, hold_source, rates_into_source, rates_source
from tissue_sim.codegen.program import Program
from tissue_sim.codegen.rosenbrock import ROSENBROCK
from tissue_sim.codegen.stiff_lanes import lanes_source
from tissue_sim.codegen.stiff_scalars import attempt_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.codegen.ode_system import OdeSystem
    from tissue_sim.codegen.syntax import Expression

__all__ = ["stiff_source"]

SLOPE_AFTER = "rates_into(t + h, z, held, constants, u[0])"
CALM = 1.0
"""Step times a bound of the eigenvalues below which the explicit method does as well."""

MOST_EXACT_ENTRIES = 400
"""Jacobians with more entries are taken by differences: exact ones would take minutes to compile."""

MOST_SCALAR_SPECIES = 40
"""Networks of more integrated species do their steps over arrays."""


def stiff_source(system: OdeSystem, *, scalars: bool = True) -> tuple[str, Program]:
    """Return the source of `advance`, and the program whose `constants` it takes.

    Parameters
    ----------
    scalars : bool
        Do steps in named scalars where the network is small enough; a cell whose matrix needs an exchange
        of rows then ends with UNPIVOTED.
    """
    derivatives = Derivatives(system)
    exact = len(derivatives.places) <= MOST_EXACT_ENTRIES
    entries, by_time = (derivatives.entries(), derivatives.by_time()) if exact else ({}, [])
    attempt = None
    if scalars and exact and 0 < len(system.integrated) <= MOST_SCALAR_SPECIES:
        timed = [i for i, slope in enumerate(by_time) if slope != ZERO]
        attempt = attempt_source(system.integrated, list(entries), timed)
    program = Program(derivatives.system())
    if attempt is not None and not system.events:
        slopes = {i: slope for i, slope in enumerate(by_time) if slope != ZERO}
        lanes = lanes_source(system, program, entries, slopes, CALM)
        if lanes is not None:
            return HEADER + program.learned_source() + lanes, program
    moving = [system.rates[i] for i in system.integrated]
    if attempt is None:
        rates = rates_into_source("rates_into", program, moving)
    else:
        rates = rates_source(system, program)
        rates += _INTO.format(**_elements(len(moving))) if system.events else ""
    events = event_parts(system, program, LOOP, "y, f, z, u[0]", SLOPE_AFTER)
    if exact:
        linearise = _exact_source(program, moving, entries, by_time)
    else:
        linearise = _differences_source(derivatives)
    cell = _step_text(attempt) | events.insertions
    cell |= {
        "places": list(system.integrated),
        "step_place": system.places["step_size"],
        "stiff_place": system.places["stiff"],
        "order": repr(ROSENBROCK.order),
        "calm": repr(CALM),
    }
    body = rates + linearise + events.kernels + hold_source(program) + events.functions
    body += (attempt or _tables()) + stiff_text.CELL.format(**cell) + events.loop
    return HEADER + program.learned_source() + body, program


_INTO = """
@kernel
def rates_into(t, y, held, constants, out):
    {out} = rates(t, {y}, held, constants)
"""


def _elements(number: int) -> dict[str, str]:
    """Return the elements of ``out`` and ``y`` as texts."""
    out = ", ".join(f"out[{k}]" for k in range(number)) + ("," if number == 1 else "")
    return {"out": out, "y": ", ".join(f"y[{k}]" for k in range(number))}


def _step_text(attempt: str | None) -> dict[str, object]:
    """Return the parts of the integrator's text that try a step."""
    if attempt is not None:
        return {"arrays": "", "rows_of_u": 1, "attempt": stiff_text.IN_SCALARS}
    attempt = stiff_text.OVER_ARRAYS.format(gamma=repr(ROSENBROCK.gamma))
    return {"arrays": stiff_text.ARRAYS, "rows_of_u": "FINAL + 1", "attempt": attempt}


def _tables() -> str:
    """Return the method's coefficients as arrays."""
    width = len(ROSENBROCK.values)
    return stiff_text.TABLES.format(
        values=[list(row) + [0.0] * (width - len(row)) for row in ROSENBROCK.values],
        rates=[list(row) + [0.0] * (width - len(row)) for row in ROSENBROCK.rates],
        abscissae=ROSENBROCK.abscissae,
        slopes=ROSENBROCK.slopes,
        final=width - 1,
    )


def _exact_source(
    program: Program,
    rates: Sequence[Expression],
    entries: Mapping[tuple[int, int], Expression],
    by_time: Sequence[Expression],
) -> str:
    """Return the kernel of the rates, their entries that are not always 0 and their slopes in time."""
    statements = program.statements([*rates, *entries.values(), *by_time])
    targets = [f"f[{i}]" for i in range(len(rates))]
    targets += [f"out[{i}, {j}]" for i, j in entries]
    targets += [f"by_time[{i}]" for i in range(len(by_time))]
    return kernel_source("linearise", "t, y, held, constants, f, out, by_time", statements.stored(targets))


def _differences_source(derivatives: Derivatives) -> str:
    """Return the kernel that takes the Jacobian by differences, a group of species at a time."""
    groups = derivatives.groups()
    return stiff_text.DIFFERENCES.format(
        rows=[i for i, _ in derivatives.places],
        columns=[j for _, j in derivatives.places],
        groups=groups,
        number=max(groups, default=-1) + 1,
    )
