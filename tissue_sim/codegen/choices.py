"""Conditions and responses; a condition holds where it is not 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.codegen.function import Function, by_partials, call
from tissue_sim.codegen.simplify import divide, multiply, negate, subtract
from tissue_sim.codegen.syntax import Compare, Expression, Logic, Number

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ENTRIES"]

ZERO = Number(0.0)
ONE = Number(1.0)


def _if(condition: Any, value: Any, otherwise: Any) -> Any:
    chosen = np.where(np.asarray(condition) != 0.0, value, otherwise)
    return np.where(np.isnan(condition), np.nan, chosen)


def _if_slope(arguments: Sequence[Expression], slopes: Sequence[Expression]) -> Expression:
    if slopes[1] == ZERO and slopes[2] == ZERO:
        return ZERO
    return call("if", arguments[0], slopes[1], slopes[2])


def _piecewise(*arguments: Any) -> Any:
    result = arguments[-1] if len(arguments) % 2 else np.nan
    last = len(arguments) - len(arguments) % 2
    for i in range(last - 2, -1, -2):
        result = _if(arguments[i + 1], arguments[i], result)
    return result


def _piecewise_source(numbers: Sequence[str], truths: Sequence[str]) -> str:
    otherwise = numbers[-1] if len(numbers) % 2 else "math.nan"
    pairs = [f"{numbers[i]} if {truths[i + 1]} else" for i in range(0, len(numbers) - 1, 2)]
    return f"({' '.join(pairs)} {otherwise})"


def _piecewise_slope(arguments: Sequence[Expression], slopes: Sequence[Expression]) -> Expression:
    values = [slopes[i] for i in range(0, len(slopes) - 1, 2)]
    values += [slopes[-1]] if len(slopes) % 2 else []
    if all(value == ZERO for value in values):
        return ZERO
    mixed = list(arguments)
    mixed[: len(arguments) - 1 : 2] = slopes[: len(arguments) - 1 : 2]
    if len(arguments) % 2:
        mixed[-1] = slopes[-1]
    return call("piecewise", *mixed)


def _hill(x: Any, half: Any, n: Any) -> Any:
    signal = np.asarray(x, dtype=np.float64)
    response = 1.0 / (1.0 + np.power(half / np.where(signal > 0.0, signal, 1.0), n))
    return np.where(signal <= 0.0, 0.0, np.where(np.isnan(signal), np.nan, response))


def _odds(x: Expression, half: Expression, n: Expression) -> Expression:
    """Return h (1 - h), the derivative of the response by ln(x^n)."""
    response = call("hill", x, half, n)
    return multiply(response, subtract(ONE, response))


def _hill_by_signal(x: Expression, half: Expression, n: Expression) -> Expression:
    """Return n h (1 - h)/x; from x = 0 upwards 1/half where n is 1; 0 below."""
    above = divide(multiply(n, _odds(x, half, n)), x)
    if isinstance(n, Number) and n.value != 1.0:
        at_zero: Expression = ZERO
    else:
        at_zero = call(
            "if",
            Logic("and", (Compare("==", x, ZERO), Compare("==", n, ONE))),
            divide(ONE, half),
            ZERO,
        )
    return call("if", Compare(">", x, ZERO), above, at_zero)


def _hill_by_half(x: Expression, half: Expression, n: Expression) -> Expression:
    return negate(divide(multiply(n, _odds(x, half, n)), half))


def _hill_by_exponent(x: Expression, half: Expression, n: Expression) -> Expression:
    slope = multiply(_odds(x, half, n), call("ln", divide(x, half)))
    return call("if", Compare(">", x, ZERO), slope, ZERO)


def _xor(*conditions: Any) -> Any:
    total = sum(_if(condition, 1.0, 0.0) for condition in conditions)
    return np.fmod(total, 2.0)


def _xor_source(numbers: Sequence[str], truths: Sequence[str]) -> str:
    del numbers
    total = " + ".join(f"(1.0 if {truth} else 0.0)" for truth in truths)
    return f"(({total}) % 2.0)"


def _flat(arguments: Sequence[Expression], slopes: Sequence[Expression]) -> Expression:
    del arguments, slopes
    return ZERO


def _heaviside(x: Any) -> Any:
    return np.heaviside(x, 1.0)


def _implies(a: Any, b: Any) -> Any:
    return _if(np.asarray(a) + np.asarray(b) * 0.0, _if(b, 1.0, 0.0), 1.0)


ENTRIES: tuple[Function, ...] = (
    Function(
        "if",
        3,
        3,
        "if(condition, a, b): a where the condition holds, else b",
        _if,
        "({1} if {truth0} else {2})",
        _if_slope,
    ),
    Function(
        "piecewise",
        2,
        None,
        "piecewise(a, condition a, b, condition b, ..., otherwise): the first whose condition holds",
        _piecewise,
        _piecewise_source,
        _piecewise_slope,
    ),
    Function(
        "hill",
        3,
        3,
        "hill(x, K, n): x^n/(K^n + x^n), 0 for x <= 0",
        _hill,
        "formulas.hill({0}, {1}, {2})",
        by_partials(_hill_by_signal, _hill_by_half, _hill_by_exponent),
    ),
    Function("heaviside", 1, 1, "1 for x >= 0, else 0", _heaviside, "formulas.heaviside({0})", _flat),
    Function("xor", 2, None, "1 if an odd number of the conditions hold", _xor, _xor_source, _flat),
    Function(
        "implies",
        2,
        2,
        "implies(a, b): not a or b",
        _implies,
        "(1.0 if not ({truth0}) or ({truth1}) else 0.0)",
        _flat,
    ),
)
