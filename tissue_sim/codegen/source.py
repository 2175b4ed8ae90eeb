"""Expressions as scalar Python source for numba.

A module that contains such source begins with `IMPORTS`. Comparisons with NaN are false here (a kernel's
state is never NaN on purpose), whereas `codegen.evaluation` passes NaN on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tissue_sim.codegen.functions import FUNCTIONS
from tissue_sim.codegen.syntax import Binary, Call, Compare, Expression, Logic, Name, Number, Text, Unary
from tissue_sim.codegen.walk import fold
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["IMPORTS", "condition_source_of", "source_of"]

IMPORTS = "import math\n\nfrom tissue_sim.kernels import formulas\n"
"""What generated modules import for the source written here."""

_ATOM, _POWER, _NEGATIVE, _PRODUCT, _SUM = 5, 4, 3, 2, 1
MOST_MULTIPLICATIONS = 16
"""Whole exponents up to this become multiplications."""
_WRITTEN_OUT = 3
"""Powers of a plain name up to this are written as products."""


class _Piece(NamedTuple):
    """Source of one node: as a number, how tightly it binds, and as a condition."""

    number: str
    binding: int
    truth: str

    def at(self, binding: int) -> str:
        """Return the number, in brackets if it binds less tightly than `binding`."""
        return self.number if self.binding >= binding else f"({self.number})"


def _number(text: str, binding: int) -> _Piece:
    return _Piece(text, binding, f"({text}) != 0.0" if binding < _ATOM else f"{text} != 0.0")


def _condition(truth: str) -> _Piece:
    return _Piece(f"(1.0 if {truth} else 0.0)", _ATOM, truth)


def _whole_power(base: _Piece, exponent: int) -> _Piece:
    """Return base^exponent for a whole exponent of at most `MOST_MULTIPLICATIONS`.

    numba compiles ``x ** 3`` with a literal exponent to multiplications.
    """
    size = abs(exponent)
    if size == 0:
        return _number("1.0", _ATOM)
    if size == 1:
        text, binding = base.number, base.binding
    elif size <= _WRITTEN_OUT and base.binding == _ATOM and "(" not in base.number:
        text, binding = " * ".join([base.number] * size), _PRODUCT
    else:
        text, binding = f"{base.at(_ATOM)} ** {size}", _POWER
    if exponent > 0:
        return _number(text, binding)
    return _number(f"1.0 / {text if binding > _PRODUCT else f'({text})'}", _PRODUCT)


def _power(node: Binary, base: _Piece, exponent: _Piece) -> _Piece:
    right = node.right
    if isinstance(right, Unary) and right.operator == "-" and isinstance(right.operand, Number):
        right = Number(-right.operand.value)
    if isinstance(right, Number):
        if right.value.is_integer() and abs(right.value) <= MOST_MULTIPLICATIONS:
            return _whole_power(base, int(right.value))
        if right.value == 0.5:
            return _number(f"math.sqrt({base.number})", _ATOM)
    return _number(f"{base.at(_ATOM)} ** {exponent.at(_ATOM)}", _POWER)


def _binary(node: Binary, left: _Piece, right: _Piece) -> _Piece:
    if node.operator == "^":
        return _power(node, left, right)
    binding = _SUM if node.operator in "+-" else _PRODUCT
    return _number(f"{left.at(binding)} {node.operator} {right.at(binding + 1)}", binding)


def _function(node: Call, operands: list[_Piece]) -> _Piece:
    entry = FUNCTIONS.get(node.function[0]) if len(node.function) == 1 and not node.keywords else None
    if entry is None or len(operands) < entry.minimum:
        raise SettingsError(f"{'.'.join(node.function)}(...) cannot be used here", node.offset)
    numbers = [operand.at(_POWER if len(operands) == 1 else _ATOM) for operand in operands]
    text = entry.source_of(numbers, [operand.truth for operand in operands])
    return _number(text, _ATOM)


def _combine(node: Expression, operands: list[_Piece]) -> _Piece:
    match node:
        case Number(value=value):
            text = repr(value)
            return _number(text, _NEGATIVE if text.startswith("-") else _ATOM)
        case Unary(operator="-"):
            return _number(f"-{operands[0].at(_POWER)}", _NEGATIVE)
        case Unary():
            return _condition(f"not ({operands[0].truth})")
        case Binary():
            return _binary(node, operands[0], operands[1])
        case Compare(operator=operator):
            return _condition(f"{operands[0].at(_SUM)} {operator} {operands[1].at(_SUM)}")
        case Logic(operator=operator):
            return _condition(f" {operator} ".join(f"({operand.truth})" for operand in operands))
        case Call():
            return _function(node, operands)
    offset = node.offset if isinstance(node, Text) else 0
    raise SettingsError("text in quotes cannot be used here", offset)


def _pieces(
    expression: Expression, names: Callable[[Name], str], calls: Callable[[Call], str] | None
) -> _Piece:
    def combine(node: Expression, operands: list[_Piece]) -> _Piece:
        if isinstance(node, Name):
            return _number(names(node), _ATOM)
        if calls is not None and isinstance(node, Call) and foreign(node):
            return _number(calls(node), _ATOM)
        return _combine(node, operands)

    def foreign(node: Expression) -> bool:
        return isinstance(node, Call) and (len(node.function) > 1 or node.function[0] not in FUNCTIONS)

    descend = None if calls is None else lambda node: not foreign(node)
    return fold(expression, combine, descend)


def source_of(
    expression: Expression,
    names: Callable[[Name], str],
    calls: Callable[[Call], str] | None = None,
) -> str:
    """Return an expression as scalar Python that evaluates to a float.

    Parameters
    ----------
    expression : Expression
    names : callable
        Name -> the Python text of its value, one operand: a variable, ``y[3]`` or ``(a + b)``.
    calls : callable, optional
        The same for calls of functions that are not in the table; without it they are refused.

    Raises
    ------
    SettingsError
        Text in quotes, or a call that cannot be compiled.
    """
    return _pieces(expression, names, calls).number


def condition_source_of(
    expression: Expression,
    names: Callable[[Name], str],
    calls: Callable[[Call], str] | None = None,
) -> str:
    """Return an expression as scalar Python that evaluates to a bool: whether it is not 0."""
    return _pieces(expression, names, calls).truth
