"""Exact derivatives of expressions, from their own syntax tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tissue_sim.codegen.elementary import power_by_base, power_by_exponent
from tissue_sim.codegen.functions import FUNCTIONS
from tissue_sim.codegen.simplify import add, divide, multiply, negate, power, simplify, subtract
from tissue_sim.codegen.syntax import Applied, Binary, Call, Compare, Expression, Logic, Name, Number, Unary
from tissue_sim.codegen.walk import fold, names_in, rebuild
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["derivative"]

ZERO = Number(0.0)
ONE = Number(1.0)


class _Pair(NamedTuple):
    """An expression and its derivative."""

    value: Expression
    slope: Expression


def _of_power(base: _Pair, exponent: _Pair) -> Expression:
    """d(a^b) = b a^(b-1) a' + a^b ln(a) b'."""
    total: Expression = ZERO
    if base.slope != ZERO:
        total = multiply(power_by_base(base.value, exponent.value), base.slope)
        smooth = isinstance(exponent.value, Number) and exponent.value.value >= 1.0
        if not (smooth or isinstance(base.slope, Number)):
            # Where the base does not move the slope is 0, though a^(b - 1) may be infinite.
            total = Call(("if",), (Compare("==", base.slope, ZERO), ZERO, total))
    if exponent.slope != ZERO:
        total = add(total, multiply(power_by_exponent(base.value, exponent.value), exponent.slope))
    return total


def _of_binary(node: Binary, left: _Pair, right: _Pair) -> Expression:
    match node.operator:
        case "+":
            return add(left.slope, right.slope)
        case "-":
            return subtract(left.slope, right.slope)
        case "*":
            return add(multiply(left.slope, right.value), multiply(left.value, right.slope))
        case "/":
            first = divide(left.slope, right.value)
            second = divide(multiply(left.value, right.slope), power(right.value, Number(2.0)))
            return subtract(first, second)
    return _of_power(left, right)


def _of_call(node: Call, operands: Sequence[_Pair]) -> Expression:
    slopes = [operand.slope for operand in operands]
    entry = FUNCTIONS.get(node.function[0]) if len(node.function) == 1 and not node.keywords else None
    if entry is not None and all(slope == ZERO for slope in slopes):
        return ZERO
    if entry is None or entry.slope is None:
        raise SettingsError(f"{'.'.join(node.function)}(...) has no derivative here", node.offset)
    return entry.slope([operand.value for operand in operands], slopes)


def _of_applied(node: Applied, operands: Sequence[_Pair]) -> Expression:
    """D f(a, b)/dx = f_a a' + f_b b'."""
    if node.by is not None:
        raise SettingsError("a learned function has first derivatives only")
    arguments = tuple(operand.value for operand in operands)
    total: Expression = ZERO
    for place, operand in enumerate(operands):
        if operand.slope != ZERO:
            total = add(total, multiply(Applied(node.function, node.output, arguments, place), operand.slope))
    return total


def derivative(expression: Expression, path: tuple[str, ...]) -> Expression:
    """Return the derivative by the name with this path, simplified.

    Comparisons and conditions are constant between their jumps; at a kink the slope is that of one side.

    Parameters
    ----------
    expression : Expression
    path : tuple of str
        For instance ``("X",)``; all other names are constants.

    Raises
    ------
    SettingsError
        Through a function without a derivative (``factorial``, ``contact.*``).
    """
    if not any(name.path == path for name in names_in(expression)):
        return ZERO

    def combine(node: Expression, operands: list[_Pair]) -> _Pair:
        value = rebuild(node, [operand.value for operand in operands])
        match node:
            case Name(path=own):
                return _Pair(value, ONE if own == path else ZERO)
            case Unary(operator="-"):
                return _Pair(value, negate(operands[0].slope))
            case Binary():
                return _Pair(value, _of_binary(node, operands[0], operands[1]))
            case Call():
                return _Pair(value, _of_call(node, operands))
            case Applied():
                return _Pair(value, _of_applied(node, operands))
            case Unary() | Compare() | Logic() | _:
                return _Pair(value, ZERO)

    return simplify(fold(simplify(expression), combine).slope)
