"""The explicit integrator of one network as source: everything a cell needs in named scalars.

Each cell advances from `start` by `duration` with its own step size, by the error-controlled pair in
`kernels.network.tsitouras`. Nothing of one cell's integration depends on another cell, its place or batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.chunks import kernel_source, with_loads
from tissue_sim.codegen.program import Program
from tissue_sim.codegen.source import IMPORTS
from tissue_sim.codegen.syntax import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.codegen.ode_system import OdeSystem
    from tissue_sim.codegen.syntax import Expression

__all__ = [
    "HEADER",
    "LOOP",
    "PATIENCE",
    "assign_source",
    "explicit_source",
    "hold_source",
    "rates_into_source",
    "rates_source",
]

HEADER = f'''"""Generated from a network's equations; do not edit."""

{IMPORTS}
import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.network.control import accepted_factor, first_step, rejected_factor, trial_step
from tissue_sim.kernels.network.status import NOT_FINITE, OK, STEP_UNDERFLOW, STIFF, TOO_MANY_STEPS
from tissue_sim.kernels.network.status import UNPIVOTED
from tissue_sim.kernels.network.tsitouras import C1, C2, C3, C4, ORDER, STABILITY, scaled_error, weight
from tissue_sim.kernels.network.tsitouras import stage_1, stage_2, stage_3, stage_4, stage_5, stage_6

'''

LOOP = """
@kernel(parallel=True)
def advance(values, places, held, constants, absolute, relative, start, duration, most_steps, status, steps):
    for i in prange(places.shape[0]):
        place = places[i]
        status[i], steps[i] = advance_cell(
            values[place], held[i], constants, absolute, relative, start, duration, most_steps
        )
"""

CELL = """
@kernel
def advance_cell(row, held, constants, absolute, relative, start, duration, most_steps):
    hold(row, constants, held)
{load}
    {slopes_0} = rates(start, {values}, held, constants)
    step = row[{step_place}]
    if not step > 0.0:
        size = 0.0
        slope = 0.0
{norms}
        trial = trial_step(size, slope)
        {slopes_1} = rates(start + trial, {trial}, held, constants)
        curvature = 0.0
{curvature}
        step = first_step(size, slope, curvature / trial, ORDER)
    done = 0.0
    log_error = 0.0
    smallest = 1e-13 * duration
    rejected = False
    steps = 0
    stiff = 0
    calm = 0
    while True:
        left = duration - done
        last = step >= left * (1.0 - 1e-9)
        if last:
            h = left
        elif 2.0 * step > left:
            h = 0.5 * left
        else:
            h = step
        t = start + done
{stages}
        error = 0.0
        total = 0.0
{errors}
        steps += 1
        if error <= 1.0 and total < math.inf:
            if steps > {patience}:
                above = 0.0
                below = 0.0
{stiffness}
                if above > STABILITY**2 * below:
                    stiff += 1
                    calm = 0
                else:
                    calm += 1
                    if calm == 6:
                        stiff = 0
                if stiff == 15:
                    return STIFF, steps
            factor, log_error = accepted_factor(error, log_error, ORDER)
            if rejected:
                factor = min(factor, 1.0)
                rejected = False
            proposed = h * factor
            step = max(proposed, step) if h < step else proposed
{accept}
            if last:
                break
            done += h
        else:
            rejected = True
            step = h * (rejected_factor(error, ORDER) if total < math.inf else 0.2)
            if step < smallest:
                return (STEP_UNDERFLOW if total < math.inf else NOT_FINITE), steps
        if steps >= most_steps:
            return TOO_MANY_STEPS, steps
{store}
    row[{step_place}] = step
    return OK, steps
"""

ASSIGN = """
@kernel
def assign(values, places, held, constants, t):
    y = np.empty({number})
    for i in range(places.shape[0]):
        row = values[places[i]]
        hold(row, constants, held[i])
    {load}    write_assigned(t, y, held[i], constants, row)
"""

PATIENCE = 20
"""Steps within one network step before stiffness is looked for: fewer cost less than one stiff step."""
LAST = 6
MOMENTS = ("t + C1 * h", "t + C2 * h", "t + C3 * h", "t + C4 * h", "t + h", "t + h")
"""Where the rates of stages 1 to 6 are taken; see `kernels.network.tsitouras`."""


def rates_into_source(name: str, program: Program, expressions: Sequence[Expression]) -> str:
    """Return a kernel that computes `expressions` from the array ``y`` into the array ``out``."""
    statements = program.statements(expressions)
    lines = statements.stored([f"out[{i}]" for i in range(len(statements.results))])
    return kernel_source(name, "t, y, held, constants, out", lines)


def rates_source(system: OdeSystem, program: Program) -> str:
    """Return the kernel that returns the rates of named scalars as a tuple."""
    statements = program.statements([system.rates[i] for i in system.integrated])
    arguments = ", ".join(f"y{k}" for k in range(len(system.integrated)))
    lines = with_loads([*statements.lines, f"return ({', '.join(statements.results)},)"], species=False)
    body = "".join(f"    {line}\n" for line in lines)
    return f"\n@kernel\ndef rates(t, {arguments}, held, constants):\n{body}"


def hold_source(program: Program) -> str:
    """Return the kernel that computes once per step what a cell holds; after all other functions."""
    statements = program.held_statements()
    lines = statements.stored([f"held[{i}]" for i in range(len(statements.results))])
    return kernel_source("hold", "row, constants, held", lines)


def assign_source(system: OdeSystem, program: Program) -> str:
    """Return the kernels that write the assigned variables into the rows."""
    first = len(system.species)
    statements = program.statements([Name((name,)) for name in system.assigned])
    lines = statements.stored([f"row[{first + i}]" for i in range(len(system.assigned))])
    load = "".join(f"    y[{k}] = row[{place}]\n    " for k, place in enumerate(system.integrated))
    return kernel_source("write_assigned", "t, y, held, constants, row", lines) + ASSIGN.format(
        number=max(1, len(system.integrated)), load=load
    )


def explicit_source(system: OdeSystem) -> tuple[str, Program]:
    """Return the source of `advance` and `assign`, and the program whose `constants` they take."""
    program = Program(system)
    rates = rates_source(system, program)
    assign = assign_source(system, program)
    body = rates + hold_source(program) + assign + _cell_source(system) + LOOP
    return HEADER + program.learned_source() + body, program


def _names(prefix: str, number: int) -> str:
    return ", ".join(f"{prefix}{k}" for k in range(number)) + ("," if number == 1 else "")


def _lines(texts: Sequence[str], indent: int) -> str:
    return "\n".join(" " * indent + text for text in texts)


def _stage_lines(number: int) -> list[str]:
    lines = []
    for stage, moment in enumerate(MOMENTS, start=1):
        target = "z" if stage == LAST else f"g{stage}_"
        for k in range(number):
            rates = ", ".join(f"k{j}_{k}" for j in range(stage))
            lines.append(f"{target}{k} = stage_{stage}(y{k}, h, {rates})")
        arguments = ", ".join(f"{target}{k}" for k in range(number))
        lines.append(f"{_names(f'k{stage}_', number)} = rates({moment}, {arguments}, held, constants)")
    return lines


def _error_lines(number: int) -> list[str]:
    lines = []
    for k in range(number):
        rates = ", ".join(f"k{j}_{k}" for j in range(LAST + 1))
        lines += [
            f"e{k} = scaled_error(y{k}, z{k}, h, {rates}, a{k}, relative)",
            f"error = max(error, e{k})",
        ]
    return [*lines, "total = " + " + ".join(f"e{k}" for k in range(number))]


def _stiffness_lines(number: int) -> list[str]:
    lines = []
    for k in range(number):
        lines += [
            f"w{k} = weight(y{k}, z{k}, a{k}, relative)",
            f"above += (h * (k{LAST}_{k} - k{LAST - 1}_{k}) * w{k}) ** 2",
            f"below += ((z{k} - g{LAST - 1}_{k}) * w{k}) ** 2",
        ]
    return lines


def _norm_lines(number: int) -> list[str]:
    each = range(number)
    lines = [
        f"if not ({' + '.join(f'abs(k0_{k})' for k in each)}) < math.inf:",
        "    return NOT_FINITE, 0",
    ]
    for k in each:
        lines += [
            f"w{k} = weight(y{k}, y{k}, a{k}, relative)",
            f"size = max(size, abs(y{k}) * w{k})",
            f"slope = max(slope, abs(k0_{k}) * w{k})",
        ]
    return lines


def _cell_source(system: OdeSystem) -> str:
    number = len(system.integrated)
    each = range(number)
    places = system.integrated
    load = [text for k in each for text in (f"y{k} = row[{places[k]}]", f"a{k} = absolute[{places[k]}]")]
    accept = [text for k in each for text in (f"y{k} = z{k}", f"k0_{k} = k{LAST}_{k}")]
    return CELL.format(
        load=_lines(load, 4),
        slopes_0=_names("k0_", number),
        slopes_1=_names("k1_", number),
        values=", ".join(f"y{k}" for k in each),
        trial=", ".join(f"y{k} + trial * k0_{k}" for k in each),
        norms=_lines(_norm_lines(number), 8),
        curvature=_lines([f"curvature = max(curvature, abs(k1_{k} - k0_{k}) * w{k})" for k in each], 8),
        stages=_lines(_stage_lines(number), 8),
        errors=_lines(_error_lines(number), 8),
        stiffness=_lines(_stiffness_lines(number), 16),
        accept=_lines(accept, 12),
        store=_lines([f"row[{places[k]}] = y{k}" for k in each], 4),
        step_place=system.places["step_size"],
        patience=PATIENCE,
    )
