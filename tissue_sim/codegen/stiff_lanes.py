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
    block[LANES * STEP:LANES * (STEP + 1)] = duration
    while True:
        running = 0
        for lane in range(LANES):
            i = cell[lane]
            if i < 0:
                if following >= end:
                    continue
                i = following
                cell[lane] = i
                following += 1
                row = values[places[i]]
                hold(row, constants, held[i])
                for k in range(n):
                    y[lane, k] = row[PLACES[k]]
                    block[LANES * k + lane] = y[lane, k]
                for k in range(HELD.shape[0]):
                    block[LANES * (HELD_FROM + k) + lane] = held[i, HELD[k]]
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
