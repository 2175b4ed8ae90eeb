"""Building arithmetic so that zeros, ones and constants vanish.

Only what holds for all finite numbers is used (0*x is 0, x/x stays), and only finite results are folded.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Binary, Call, Compare, Expression, Logic, Number, Unary
from tissue_sim.codegen.walk import fold, rebuild

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["add", "divide", "multiply", "negate", "power", "simplify", "subtract"]

ZERO = Number(0.0)
ONE = Number(1.0)


def _constant(operation: Callable[[], float]) -> Number | None:
    """Return a folded constant, or None where it is not a finite real number."""
    try:
        value = operation()
    except (OverflowError, ZeroDivisionError, ValueError):
        return None
    return Number(value) if math.isfinite(value) else None


def _is(expression: Expression, value: float) -> bool:
    return isinstance(expression, Number) and expression.value == value


def negate(operand: Expression) -> Expression:
    """Return -operand."""
    match operand:
        case Number(value=value):
            return Number(-value)
        case Unary(operator="-", operand=inner):
            return inner
        case Binary(operator="*" | "/" as operator, left=Number(value=value), right=right):
            return Binary(operator, Number(-value), right)
    return Unary("-", operand)


def add(left: Expression, right: Expression) -> Expression:
    """Return left + right."""
    if _is(left, 0.0):
        return right
    if _is(right, 0.0):
        return left
    match left, right:
        case Number(value=a), Number(value=b):
            return _constant(lambda: a + b) or Binary("+", left, right)
        case _, Unary(operator="-", operand=inner):
            return subtract(left, inner)
    return Binary("+", left, right)


def subtract(left: Expression, right: Expression) -> Expression:
    """Return left - right."""
    if _is(left, 0.0):
        return negate(right)
    if _is(right, 0.0):
        return left
    match left, right:
        case Number(value=a), Number(value=b):
            return _constant(lambda: a - b) or Binary("-", left, right)
        case _, Unary(operator="-", operand=inner):
            return add(left, inner)
    return Binary("-", left, right)


def multiply(left: Expression, right: Expression) -> Expression:
    """Return left * right; 0 where either is the number 0."""
    if _is(left, 0.0) or _is(right, 0.0):
        return ZERO
    if _is(left, 1.0):
        return right
    if _is(right, 1.0):
        return left
    if _is(left, -1.0):
        return negate(right)
    match left, right:
        case Number(value=a), Number(value=b):
            return _constant(lambda: a * b) or Binary("*", left, right)
        case _, Number():
            return multiply(right, left)
        case Number(value=a), Binary(operator="*" | "/" as operator, left=Number(value=b), right=rest):
            scale = _constant(lambda: a * b)
            if scale is not None:
                return Binary(operator, scale, rest)
    return _signed_product(left, right)


def _half_zero(expression: Expression) -> bool:
    """Say whether this is ``if(c, 0, b)`` or ``if(c, a, 0)``."""
    match expression:
        case Call(function=("if",), arguments=(_, a, b)):
            return _is(a, 0.0) or _is(b, 0.0)
    return False


def _within(choice: Expression, build: Callable[[Expression], Expression]) -> Expression:
    """Return ``if(c, build(a), build(b))`` of ``if(c, a, b)``.

    Where a branch is 0 it stays 0, even if the other factor is infinite there: sqrt(max(x, 0)) then has
    the slope 0 for x < 0, not NaN.
    """
    if not isinstance(choice, Call):
        raise TypeError("not a choice")
    condition, a, b = choice.arguments
    return Call(("if",), (condition, build(a), build(b)))


def _signed_product(left: Expression, right: Expression) -> Expression:
    if _half_zero(left):
        return _within(left, lambda branch: multiply(branch, right))
    if _half_zero(right):
        return _within(right, lambda branch: multiply(left, branch))
    match left, right:
        case Unary(operator="-", operand=inner), _:
            return negate(multiply(inner, right))
        case _, Unary(operator="-", operand=inner):
            return negate(multiply(left, inner))
    return Binary("*", left, right)


def divide(left: Expression, right: Expression) -> Expression:
    """Return left / right; 0 where left is the number 0."""
    if _is(right, 1.0):
        return left
    if _half_zero(left):
        return _within(left, lambda branch: divide(branch, right))
    match left, right:
        case Number(value=a), Number(value=b):
            return _constant(lambda: a / b) or Binary("/", left, right)
        case Unary(operator="-", operand=inner), _:
            return negate(divide(inner, right))
    return ZERO if _is(left, 0.0) else Binary("/", left, right)


def power(left: Expression, right: Expression) -> Expression:
    """Return left ^ right."""
    if _is(right, 0.0):
        return ONE
    if _is(right, 1.0) or _is(left, 1.0):
        return left
    match left, right:
        case Number(value=a), Number(value=b):
            return _constant(lambda: math.pow(a, b)) or Binary("^", left, right)
    return Binary("^", left, right)


_BUILD = {"+": add, "-": subtract, "*": multiply, "/": divide, "^": power}

_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def _logic(operator: str, operands: tuple[Expression, ...]) -> Expression:
    if all(isinstance(operand, Number) for operand in operands):
        values = [isinstance(operand, Number) and operand.value != 0.0 for operand in operands]
        return Number(float(all(values) if operator == "and" else any(values)))
    return Logic(operator, operands)


def _simplified(node: Expression, operands: list[Expression]) -> Expression:
    match node:
        case Unary(operator="-"):
            return negate(operands[0])
        case Binary(operator=operator):
            return _BUILD[operator](*operands)
        case Compare(operator=operator):
            match operands:
                case [Number(value=a), Number(value=b)]:
                    return Number(float(_HOLDS[operator](a, b)))
        case Unary(operator="not") if isinstance(operands[0], Number):
            return Number(float(operands[0].value == 0.0))
        case Logic(operator=operator):
            return _logic(operator, tuple(operands))
        case Call(function=("if",)) if isinstance(operands[0], Number):
            return operands[1] if operands[0].value != 0.0 else operands[2]
    return rebuild(node, operands)


def simplify(expression: Expression) -> Expression:
    """Return an equal expression without needless zeros, ones and constant parts."""
    return fold(expression, _simplified)
