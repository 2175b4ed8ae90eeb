"""Expressions as text again, in the syntax in which they are read."""

from __future__ import annotations

from typing import NamedTuple

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

__all__ = ["text_of"]

_ATOM, _POWER, _NEGATIVE, _PRODUCT, _SUM, _COMPARISON, _LOGIC = 7, 6, 5, 4, 3, 2, 1


class _Piece(NamedTuple):
    text: str
    binding: int

    def at(self, binding: int) -> str:
        return self.text if self.binding >= binding else f"({self.text})"


def _leaf(node: Number | Text | Name) -> _Piece:
    if isinstance(node, Number):
        text = f"{node.value:.15g}"
        return _Piece(text, _NEGATIVE if text.startswith("-") else _ATOM)
    return _Piece(f'"{node.value}"' if isinstance(node, Text) else str(node), _ATOM)


def _binary(operator: str, left: _Piece, right: _Piece) -> _Piece:
    if operator == "^":
        return _Piece(f"{left.at(_ATOM)}^{right.at(_POWER)}", _POWER)
    binding = _SUM if operator in "+-" else _PRODUCT
    space = " " if binding == _SUM else ""
    return _Piece(f"{left.at(binding)}{space}{operator}{space}{right.at(binding + 1)}", binding)


def _call(node: Call, texts: list[str]) -> str:
    positional = len(node.arguments)
    named = zip((name for name, _ in node.keywords), texts[positional:], strict=True)
    inside = [*texts[:positional], *(f"{name}={text}" for name, text in named)]
    return f"{'.'.join(node.function)}({', '.join(inside)})"


def _combine(node: Expression, operands: list[_Piece]) -> _Piece:
    match node:
        case Number() | Text() | Name():
            return _leaf(node)
        case Unary(operator="-"):
            return _Piece(f"-{operands[0].at(_POWER)}", _NEGATIVE)
        case Unary():
            return _Piece(f"not {operands[0].at(_COMPARISON)}", _LOGIC)
        case Binary(operator=operator):
            return _binary(operator, operands[0], operands[1])
        case Compare(operator=operator):
            return _Piece(f"{operands[0].at(_SUM)} {operator} {operands[1].at(_SUM)}", _COMPARISON)
        case Logic(operator=operator):
            return _Piece(f" {operator} ".join(each.at(_COMPARISON) for each in operands), _LOGIC)
        case Call():
            return _Piece(_call(node, [each.text for each in operands]), _ATOM)
        case Applied(output=output, by=by):
            slope = "" if by is None else f" by {by + 1}"
            return _Piece(
                f"learned output {output + 1}{slope} of ({', '.join(p.text for p in operands)})", _ATOM
            )


def text_of(expression: Expression) -> str:
    """Return an expression as text; a learned function is described by its output and arguments."""
    return fold(expression, _combine).text
