"""Evaluating expressions with numpy, for all cells at once or for one number.

Truth is 1.0, falsehood 0.0. NaN marks cells that lack a quantity: it goes through arithmetic, comparisons,
``and``, ``or``, ``not`` and conditions, so that such cells never count as true or false.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.codegen.functions import FUNCTIONS
from tissue_sim.codegen.syntax import (
    Applied,
    Binary,
    Call,
    Compare,
    Expression,
    Logic,
    Name,
    Number,
    Text,
    Unary,
)
from tissue_sim.codegen.walk import fold
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    Values = np.ndarray | float

__all__ = ["evaluate", "power"]

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
_COMPARISON: dict[str, Callable[[Any, Any], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
MOST_MULTIPLICATIONS = 16


def power(base: Values, exponent: Values) -> Values:
    """Return base^exponent; a small whole exponent by repeated squaring, as compiled code does it."""
    number = float(exponent) if np.ndim(exponent) == 0 else math.nan
    if number.is_integer() and abs(number) <= MOST_MULTIPLICATIONS:
        result: Values = 1.0
        square, left = base, int(abs(number))
        while left:
            if left & 1:
                result = result * square
            left >>= 1
            square = square * square if left else square
        return result if number >= 0.0 else 1.0 / np.asarray(result)
    powers: Values = np.power(np.asarray(base, dtype=np.float64), exponent)
    return powers


def _known(values: Values, *conditions: Values) -> Values:
    """Return `values` as float64, NaN where a condition is NaN."""
    unknown = np.isnan(conditions[0])
    for condition in conditions[1:]:
        unknown = unknown | np.isnan(condition)
    return np.where(unknown, np.nan, values)


def _logic(operator: str, operands: list[Values]) -> Values:
    combine = np.logical_and if operator == "and" else np.logical_or
    result = operands[0]
    for operand in operands[1:]:
        result = combine(result, operand)
    return _known(np.asarray(result) != 0.0, *operands)


def _has_text(node: Expression) -> bool:
    return isinstance(node, Compare) and (isinstance(node.left, Text) or isinstance(node.right, Text))


def _operation(node: Unary | Binary | Compare | Logic, operands: list[Values]) -> Values:
    """Return what an operator gives."""
    match node:
        case Unary(operator="-"):
            return -operands[0]
        case Unary():
            return _known(np.asarray(operands[0]) == 0.0, operands[0])
        case Logic(operator=operator):
            return _logic(operator, operands)
        case Compare(operator=operator):
            return _known(_COMPARISON[operator](operands[0], operands[1]), *operands)
        case Binary(operator="^"):
            return power(operands[0], operands[1])
    result: Values = _ARITHMETIC[node.operator](operands[0], operands[1])
    return result


class _Evaluator:
    def __init__(
        self,
        lookup: Callable[[Name], Values],
        call: Callable[[Call], Values] | None,
        encode: Callable[[Name, str], Values] | None,
    ) -> None:
        self._lookup, self._call, self._encode = lookup, call, encode

    def descend(self, node: Expression) -> bool:
        """Say whether operands are evaluated here, and not by `call` or against text."""
        return not _has_text(node) and not (isinstance(node, Call) and _entry_of(node) is None)

    def combine(self, node: Expression, operands: list[Values]) -> Values:
        """Return the value of a node from those of its operands."""
        match node:
            case Number(value=value):
                return value
            case Name():
                return self._lookup(node)
            case Compare() if _has_text(node):
                return self._compare_text(node)
            case Call():
                return self._value_of(node, operands)
            case Applied(function=function, output=output, by=by):
                learned: Values = (
                    function.value(operands)[output] if by is None else function.slopes(operands)[output, by]
                )
                return learned
            case Text():
                raise SettingsError("text in quotes stands only beside == and !=", node.offset)
        return _operation(node, operands)

    def _value_of(self, node: Call, operands: list[Values]) -> Values:
        entry = _entry_of(node)
        if entry is not None:
            values: Values = entry.numpy(*operands)
            return values
        if self._call is None:
            raise SettingsError(f"{'.'.join(node.function)}(...) cannot be used here", node.offset)
        return self._call(node)

    def _compare_text(self, node: Compare) -> Values:
        name, text = (node.right, node.left) if isinstance(node.left, Text) else (node.left, node.right)
        if not isinstance(name, Name) or not isinstance(text, Text) or self._encode is None:
            raise SettingsError(
                "text in quotes is compared only with a name like cell.type", getattr(text, "offset", 0)
            )
        values = self._lookup(name)
        return _known(_COMPARISON[node.operator](values, self._encode(name, text.value)), values)


def _entry_of(node: Call) -> Any:
    """Return the table's entry for a call, None for contact functions, aggregates and the unknown."""
    if len(node.function) != 1 or node.keywords:
        return None
    entry = FUNCTIONS.get(node.function[0])
    if entry is None or len(node.arguments) < entry.minimum:  # min(x) and max(x) are aggregates
        return None
    return entry


def evaluate(
    expression: Expression,
    lookup: Callable[[Name], Values],
    call: Callable[[Call], Values] | None = None,
    encode: Callable[[Name, str], Values] | None = None,
) -> Values:
    """Return the value of an expression, float64[n] or float.

    Parameters
    ----------
    expression : Expression
    lookup : callable
        Name -> float64[n] or float; may raise.
    call : callable, optional
        Value of a call that is no function of the table: ``contact.*`` and aggregates. It gets the node and
        evaluates the arguments itself.
    encode : callable, optional
        (name, text) -> the number that stands for `text` in the values of `name`, for ``cell.type == "a"``;
        an array where it differs from cell to cell (names of phases).

    Raises
    ------
    SettingsError
        A call or a text that the caller gives no meaning.
    """
    evaluator = _Evaluator(lookup, call, encode)
    with np.errstate(all="ignore"):
        values = fold(expression, evaluator.combine, evaluator.descend)
    if np.ndim(values) == 0:
        return float(values)
    return np.asarray(values, dtype=np.float64)
