"""Rounding, division with remainder, minima and maxima."""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.codegen.function import Function, by_partials, call, one_argument
from tissue_sim.codegen.simplify import negate
from tissue_sim.codegen.syntax import Compare, Expression, Number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["ENTRIES"]

ZERO = Number(0.0)
ONE = Number(1.0)


def _extreme(name: str, description: str, numpy: np.ufunc, helper: str, operator: str) -> Function:
    """Return the entry of min or max; at a tie the slope is that of the first."""

    def evaluate(*values: Any) -> Any:
        return reduce(numpy, values)

    def source(numbers: Sequence[str], truths: Sequence[str]) -> str:
        del truths
        return reduce(lambda left, right: f"formulas.{helper}({left}, {right})", numbers)

    def slope(arguments: Sequence[Expression], slopes: Sequence[Expression]) -> Expression:
        best, best_slope = arguments[0], slopes[0]
        for argument, own in zip(arguments[1:], slopes[1:], strict=True):
            if own != ZERO or best_slope != ZERO:
                best_slope = call("if", Compare(operator, best, argument), best_slope, own)
            best = call(name, best, argument)
        return best_slope

    return Function(name, 2, None, description, evaluate, source, slope)


def _flat(name: str, description: str, numpy: Callable[..., Any], source: str) -> Function:
    """Return the entry of a function of one argument that is constant between jumps."""
    return one_argument(name, description, numpy, source, lambda _: ZERO)


def _factorial(x: Any) -> Any:
    def gamma(value: float) -> float:
        if not value > -1.0:
            return math.nan
        try:
            return math.gamma(value + 1.0)
        except OverflowError:
            return math.inf

    return np.vectorize(gamma, otypes=[np.float64])(x)


def _quotient(x: Any, y: Any) -> Any:
    return np.trunc(np.divide(x, y))


ENTRIES: tuple[Function, ...] = (
    one_argument("abs", "absolute value", np.abs, "math.fabs({0})", lambda x: call("sign", x)),
    _flat("sign", "-1, 0 or 1", np.sign, "formulas.sign({0})"),
    _flat("floor", "largest whole number not above x", np.floor, "formulas.floor({0})"),
    _flat("ceil", "smallest whole number not below x", np.ceil, "formulas.ceil({0})"),
    Function("factorial", 1, 1, "x!, Gamma(x + 1) in between", _factorial, "formulas.factorial({0})"),
    _extreme("min", "the smallest of two or more values", np.minimum, "minimum", "<="),
    _extreme("max", "the largest of two or more values", np.maximum, "maximum", ">="),
    Function(
        "quotient",
        2,
        2,
        "quotient(x, y): x/y without its fraction",
        _quotient,
        "formulas.quotient({0}, {1})",
        by_partials(lambda x, y: ZERO, lambda x, y: ZERO),  # noqa: ARG005 - flat in both
    ),
    Function(
        "rem",
        2,
        2,
        "rem(x, y): the remainder of x/y, with the sign of x",
        np.fmod,
        "formulas.remainder({0}, {1})",
        by_partials(lambda x, y: ONE, lambda x, y: negate(call("quotient", x, y))),  # noqa: ARG005
    ),
)
