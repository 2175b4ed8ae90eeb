"""Exponentials, logarithms, roots, trigonometric and hyperbolic functions; angles in radians."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.function import Function, by_partials, call, one_argument
from tissue_sim.codegen.simplify import add, divide, multiply, negate, power, subtract
from tissue_sim.codegen.syntax import Compare, Expression, Number

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ENTRIES", "power_by_base", "power_by_exponent"]

ONE = Number(1.0)
TWO = Number(2.0)
LN_2 = 0.6931471805599453
LN_10 = 2.302585092994046


def _square(x: Expression) -> Expression:
    return power(x, TWO)


def power_by_exponent(x: Expression, y: Expression) -> Expression:
    """Return d(x^y)/dy = x^y ln(x), taken as 0 for x = 0 (its limit for y > 0)."""
    slope = multiply(power(x, y), call("ln", x))
    if isinstance(x, Number) and x.value > 0.0:
        return slope
    return call("if", Compare("==", x, Number(0.0)), Number(0.0), slope)


def power_by_base(x: Expression, y: Expression) -> Expression:
    """Return d(x^y)/dx = y x^(y - 1)."""
    return multiply(y, power(x, subtract(y, ONE)))


def _root(x: np.ndarray, degree: np.ndarray) -> np.ndarray:
    odd = np.abs(np.fmod(degree, 2.0)) == 1.0
    size = np.power(np.abs(x), 1.0 / np.asarray(degree, dtype=np.float64))
    result: np.ndarray = np.where(x >= 0.0, size, np.where(odd & (x < 0.0), -size, np.nan))
    return result


def _root_by_base(x: Expression, degree: Expression) -> Expression:
    return divide(call("root", x, degree), multiply(degree, x))


def _root_by_degree(x: Expression, degree: Expression) -> Expression:
    return negate(divide(multiply(call("root", x, degree), call("ln", call("abs", x))), _square(degree)))


def _reciprocal(
    name: str, of: str, numpy: Callable[..., np.ndarray], partial: Callable[..., Expression]
) -> Function:
    """Return the entry of 1/of(x)."""
    return one_argument(
        name, f"1/{of}(x)", lambda x: 1.0 / np.asarray(numpy(x)), f"(1.0 / math.{of}({{0}}))", partial
    )


def _inverse_of_reciprocal(name: str, of: str, numpy: Callable[..., np.ndarray]) -> Function:
    """Return the entry of of(1/x); its derivative is -of'(1/x)/x^2."""

    def partial(x: Expression) -> Expression:
        inner = _DERIVATIVES[of](divide(ONE, x))
        return negate(divide(inner, _square(x)))

    return one_argument(
        name,
        f"{of}(1/x)",
        lambda x: numpy(1.0 / np.asarray(x, dtype=np.float64)),
        f"math.{of}(1.0 / {{0}})",
        partial,
    )


def _sqrt_of(x: Expression) -> Expression:
    return call("sqrt", x)


_DERIVATIVES: dict[str, Callable[[Expression], Expression]] = {
    "asin": lambda x: divide(ONE, _sqrt_of(subtract(ONE, _square(x)))),
    "acos": lambda x: divide(Number(-1.0), _sqrt_of(subtract(ONE, _square(x)))),
    "atan": lambda x: divide(ONE, add(ONE, _square(x))),
    "asinh": lambda x: divide(ONE, _sqrt_of(add(_square(x), ONE))),
    "acosh": lambda x: divide(ONE, _sqrt_of(subtract(_square(x), ONE))),
    "atanh": lambda x: divide(ONE, subtract(ONE, _square(x))),
    "sin": lambda x: call("cos", x),
    "cos": lambda x: negate(call("sin", x)),
    "tan": lambda x: add(ONE, _square(call("tan", x))),
    "sinh": lambda x: call("cosh", x),
    "cosh": lambda x: call("sinh", x),
    "tanh": lambda x: subtract(ONE, _square(call("tanh", x))),
}


def _plain(name: str, description: str, numpy: Callable[..., np.ndarray]) -> Function:
    """Return the entry of a function that `math` has under the same name."""
    return one_argument(name, description, numpy, f"math.{name}({{0}})", _DERIVATIVES[name])


ENTRIES: tuple[Function, ...] = (
    one_argument("exp", "e^x", np.exp, "math.exp({0})", lambda x: call("exp", x)),
    one_argument("ln", "natural logarithm", np.log, "math.log({0})", lambda x: divide(ONE, x)),
    one_argument("log", "natural logarithm, as ln", np.log, "math.log({0})", lambda x: divide(ONE, x)),
    one_argument(
        "log10",
        "logarithm to base 10",
        np.log10,
        "math.log10({0})",
        lambda x: divide(Number(1.0 / LN_10), x),
    ),
    one_argument(
        "log2",
        "logarithm to base 2",
        np.log2,
        f"(math.log({{0}}) / {LN_2!r})",
        lambda x: divide(Number(1.0 / LN_2), x),
    ),
    one_argument(
        "sqrt",
        "square root",
        np.sqrt,
        "math.sqrt({0})",
        lambda x: divide(Number(0.5), call("sqrt", x)),
    ),
    Function(
        "root",
        2,
        2,
        "root(x, n): the n-th root of x; of a negative x for odd n only",
        _root,
        "formulas.root({0}, {1})",
        by_partials(_root_by_base, _root_by_degree),
    ),
    Function(
        "pow",
        2,
        2,
        "pow(x, y): x^y",
        lambda x, y: np.power(np.asarray(x, dtype=np.float64), y),
        "({0} ** {1})",
        by_partials(power_by_base, power_by_exponent),
    ),
    _plain("sin", "sine", np.sin),
    _plain("cos", "cosine", np.cos),
    _plain("tan", "tangent", np.tan),
    _plain("asin", "inverse sine", np.arcsin),
    _plain("acos", "inverse cosine", np.arccos),
    _plain("atan", "inverse tangent", np.arctan),
    _plain("sinh", "hyperbolic sine", np.sinh),
    _plain("cosh", "hyperbolic cosine", np.cosh),
    _plain("tanh", "hyperbolic tangent", np.tanh),
    _plain("asinh", "inverse hyperbolic sine", np.arcsinh),
    _plain("acosh", "inverse hyperbolic cosine", np.arccosh),
    _plain("atanh", "inverse hyperbolic tangent", np.arctanh),
    _reciprocal("sec", "cos", np.cos, lambda x: multiply(call("sec", x), call("tan", x))),
    _reciprocal("csc", "sin", np.sin, lambda x: negate(multiply(call("csc", x), call("cot", x)))),
    _reciprocal("cot", "tan", np.tan, lambda x: negate(_square(call("csc", x)))),
    _reciprocal("sech", "cosh", np.cosh, lambda x: negate(multiply(call("sech", x), call("tanh", x)))),
    _reciprocal("csch", "sinh", np.sinh, lambda x: negate(multiply(call("csch", x), call("coth", x)))),
    _reciprocal("coth", "tanh", np.tanh, lambda x: negate(_square(call("csch", x)))),
    _inverse_of_reciprocal("asec", "acos", np.arccos),
    _inverse_of_reciprocal("acsc", "asin", np.arcsin),
    _inverse_of_reciprocal("acot", "atan", np.arctan),
    _inverse_of_reciprocal("asech", "acosh", np.arccosh),
    _inverse_of_reciprocal("acsch", "asinh", np.arcsinh),
    _inverse_of_reciprocal("acoth", "atanh", np.arctanh),
)
