"""Rates as sums of terms, each a number times a product of what changes, as far as their formulas show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.syntax import Binary, Expression, Number, Unary
from tissue_sim.codegen.walk import fold, names_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["coefficients"]

Term = tuple[Expression, ...]
Sum = dict[Term, float]
MOST_TERMS = 200
"""Products that would become longer sums stay one term."""
_FACTOR = Number(1.0)


def coefficients(
    rates: Sequence[Expression],
    definitions: Mapping[str, Expression],
    moving: frozenset[str],
    values: Mapping[str, float],
) -> np.ndarray:
    """Return the coefficient of each term in each rate, float64[rates, terms].

    Parameters
    ----------
    rates : sequence of Expression
    definitions : mapping of name to Expression
        Reactions and assigned variables; those that change are terms of their own.
    moving : frozenset of str
        Names whose value changes with time.
    values : mapping of name to value
        Of all others.
    """
    expansion = _Expansion(definitions, moving, values)
    sums = [expansion.of(rate) for rate in rates]
    places = {term: i for i, term in enumerate(dict.fromkeys(term for each in sums for term in each))}
    table = np.zeros((len(sums), len(places)))
    for row, each in enumerate(sums):
        for term, factor in each.items():
            table[row, places[term]] = factor
    return table


class _Expansion:
    def __init__(
        self, definitions: Mapping[str, Expression], moving: frozenset[str], values: Mapping[str, float]
    ) -> None:
        self._definitions, self._values = definitions, values
        self._moves = dict.fromkeys(moving, True)

    def moves(self, name: str) -> bool:
        """Say whether a name's value changes."""
        if name not in self._moves:
            formula = self._definitions.get(name)
            self._moves[name] = formula is not None and any(
                self.moves(each.path[0]) for each in names_in(formula)
            )
        return self._moves[name]

    def of(self, expression: Expression) -> Sum:
        """Return an expression as a sum."""
        return fold(expression, self._combine, self._descend)

    def _constant(self, expression: Expression) -> bool:
        return not any(self.moves(each.path[0]) for each in names_in(expression))

    def _descend(self, node: Expression) -> bool:
        return not self._constant(node) and (
            isinstance(node, Unary) or (isinstance(node, Binary) and node.operator != "^")
        )

    def _combine(self, node: Expression, operands: list[Sum]) -> Sum:
        if not operands:
            if self._constant(node):
                return {(): float(evaluate(node, lambda name: self._values[name.path[0]]))}
            return {(node,): 1.0}
        match node:
            case Unary(operator="-"):
                return _scaled(operands[0], -1.0)
            case Binary(operator="+"):
                return _added(operands[0], operands[1])
            case Binary(operator="-"):
                return _added(operands[0], _scaled(operands[1], -1.0))
            case Binary(operator="*") if len(operands[0]) * len(operands[1]) <= MOST_TERMS:
                return _product(operands[0], operands[1])
            case Binary(operator="/", right=right):
                divisor = operands[1]
                if set(divisor) == {()}:
                    with np.errstate(all="ignore"):
                        return _scaled(operands[0], float(np.divide(1.0, divisor[()])))
                return _product(operands[0], {(Binary("/", _FACTOR, right),): 1.0})
        return {(node,): 1.0}


def _scaled(terms: Sum, factor: float) -> Sum:
    return {term: value * factor for term, value in terms.items()}


def _added(left: Sum, right: Sum) -> Sum:
    total = dict(left)
    for term, value in right.items():
        total[term] = total.get(term, 0.0) + value
    return total


def _product(left: Sum, right: Sum) -> Sum:
    total: Sum = {}
    for first, a in left.items():
        for second, b in right.items():
            term = tuple(sorted((*first, *second), key=repr))
            total[term] = total.get(term, 0.0) + a * b
    return total
