"""A step of the stiff integrator as straight-line code over named scalars, for networks that are not large.

The matrix is factorised on its own pattern without exchange of rows (`codegen.sparse_factors`). The solution
of the first stage is put into its equations: what remains tells whether the factors are any good (Oettli and
Prager 1964, doi:10.1007/BF01386090; so it does not depend on the units of species). If not, the
cell's network step is done by the code over arrays, which exchanges rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tissue_sim.codegen.rosenbrock import ROSENBROCK
from tissue_sim.codegen.sparse_factors import SparseFactors

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MOST_LINES", "RESIDUAL", "attempt_lines", "attempt_source"]

MOST_LINES = 2000
"""Steps of more lines are done over arrays: they would take too long to compile."""

RESIDUAL = 1e-8
"""Largest residual of the first stage, as part of the sums of its terms' sizes; rounding leaves 1e-15."""

STAGES = len(ROSENBROCK.values)

ATTEMPT = """
RESIDUAL = {residual}


@kernel
def attempt(now, h, y, f, jacobian, by_time, held, constants, absolute, relative, z):
    per_step = 1.0 / h
    shift = 1.0 / (h * {gamma})
    inside = 0.0
    error = 0.0
    total = 0.0
{lines}
    return error if total < math.inf else math.inf
"""


def attempt_source(
    places: Sequence[int], entries: Sequence[tuple[int, int]], timed: Sequence[int]
) -> str | None:
    """Return the kernel that tries a step, None if it is too long.

    The kernel returns the weighted error, or -1 if the factors are not good enough, and fills ``z``.

    Parameters
    ----------
    places : sequence of int
        Places of the integrated species in a row.
    entries : sequence of (int, int)
        Places of the Jacobian that are not always 0.
    timed : sequence of int
        Rates that depend on time itself.
    """
    each = range(len(places))
    targets = ", ".join(f"g{k}" for k in each) + ("," if len(places) == 1 else "")
    rates = [f"{targets} = rates(t, {', '.join(f'x{k}' for k in each)}, held, constants)"]
    lines = attempt_lines(places, SparseFactors(len(places), entries), entries, timed, rates)
    if len(lines) > MOST_LINES:
        return None
    text = "\n".join("    " + line for line in lines)
    return ATTEMPT.format(residual=RESIDUAL, gamma=repr(ROSENBROCK.gamma), lines=text)


def attempt_lines(
    places: Sequence[int],
    factors: SparseFactors,
    entries: Sequence[tuple[int, int]],
    timed: Sequence[int],
    rates: Sequence[str],
    *,
    lanes: bool = False,
) -> list[str]:
    """Return the lines of a whole step; see `attempt_source`.

    Parameters
    ----------
    rates : sequence of str
        Lines that make the rates g_k at time t of values x_k.
    lanes : bool
        Leave whether the factors are good in ``sound`` instead of returning.
    """
    each, present = range(len(places)), set(entries)
    lines = [f"y{k} = y[{k}]" for k in each] + [line for line in rates if _LOAD.match(line)]
    rates = [line for line in rates if not _LOAD.match(line)]
    for i, j in sorted(factors.entries):
        entry = f"- jacobian[{i}, {j}]" if (i, j) in present else ""
        lines.append(f"w{i}_{j} = {'shift ' if i == j else ''}{entry}".rstrip())
    lines += factors.factor_lines("w", "m")
    lines += [f"d{k} = h * by_time[{k}]" for k in timed]
    for stage in range(STAGES):
        lines += _right_lines(stage, len(places), timed, rates)
        lines += factors.solve_lines("m", f"u{stage}_")
        if stage == 0:
            lines += _check_lines(factors, timed) + ([] if lanes else _give_up_lines(factors))
    return lines + _error_lines(places)


_LOAD = re.compile(r"[ch]\d+ = (constants|held)\[")


def _right_lines(stage: int, number: int, timed: Sequence[int], rates: Sequence[str]) -> list[str]:
    """Return the lines of the right side of a stage, u{stage}_k; the point it is taken at is x_k."""
    each = range(number)
    if stage == 0:
        return [f"u0_{k} = f[{k}]{_slope(0, k, timed)}" for k in each]
    values, before = ROSENBROCK.values[stage], ROSENBROCK.values[stage - 1]
    grown = stage > 1 and values[: len(before)] == before  # the point before, and some more
    first = len(before) if grown else 0
    lines = []
    for k in each:
        terms = "".join(_term(values[j], f"u{j}_{k}") for j in range(first, stage))
        lines.append(f"x{k} = {'x' if grown else 'y'}{k}{terms}")
    lines += [f"t = now + {ROSENBROCK.abscissae[stage]!r} * h", *rates]
    for k in each:
        terms = "".join(_term(ROSENBROCK.rates[stage][j], f"u{j}_{k}") for j in range(stage))
        terms = terms.removeprefix(" + ")
        lines.append(f"u{stage}_{k} = g{k} + per_step * ({terms}){_slope(stage, k, timed)}")
    return lines


def _term(factor: float, name: str) -> str:
    return f" + {name}" if factor == 1.0 else f" + {factor!r} * {name}"


def _slope(stage: int, k: int, timed: Sequence[int]) -> str:
    slope = ROSENBROCK.slopes[stage]
    return f" + {slope!r} * d{k}" if k in timed and slope != 0.0 else ""


def _check_lines(factors: SparseFactors, timed: Sequence[int]) -> list[str]:
    """Return the lines that put the first stage's solution into its equations."""
    lines = []
    for i in range(factors.number):
        columns = [j for row, j in sorted(factors.entries) if row == i]
        lines.append(f"b = f[{i}]{_slope(0, i, timed)}")
        lines += [f"q{j} = w{i}_{j} * u0_{j}" for j in columns]
        rest = " + ".join(f"q{j}" for j in columns)
        sizes = " + ".join(f"abs(q{j})" for j in columns)
        lines.append(f"s{i} = abs({rest} - b) <= RESIDUAL * ({sizes} + abs(b))")
    return [*lines, f"sound = {' & '.join(f's{i}' for i in range(factors.number))}"]


def _give_up_lines(factors: SparseFactors) -> list[str]:
    """Return the lines that end a step whose factors are no good."""
    # What is not finite is no matter of pivots: such a step fails.
    lines = ["if not sound:"]
    lines += [f"    inside += 0.0 * f[{i}]" for i in range(factors.number)]
    lines += [f"    inside += 0.0 * w{i}_{j}" for i, j in sorted(factors.entries)]
    return [*lines, "    return math.inf if inside != 0.0 else -1.0"]


def _error_lines(places: Sequence[int]) -> list[str]:
    lines = []
    for k, place in enumerate(places):
        lines += [
            f"x{k} = x{k} + u{STAGES - 1}_{k}",
            f"e{k} = abs(u{STAGES - 1}_{k}) / (absolute[{place}] + relative * max(abs(y{k}), abs(x{k})))",
            f"error = max(error, e{k})",
            f"total += e{k} + 0.0 * x{k}",
            f"z[{k}] = x{k}",
        ]
    return lines
