"""Of what order rates are in the species they depend on, read from their formulas.

The order bounds how much faster than a count a rate changes, relatively: 1 for k X, 2 for k X Y and
k X (X - 1)/2, n for X^n/(K^n + X^n). Products and quotients add, sums take the larger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tissue_sim.codegen.syntax import Binary, Call, Compare, Expression, Logic, Name, Number
from tissue_sim.codegen.walk import fold
from tissue_sim.network.ordering import in_dependency_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["rate_orders"]

UNKNOWN = 10.0
"""Taken for functions without a bound, such as exp, and for exponents that differ from cell to cell."""
_LARGEST = {"min", "max", "if", "piecewise", "abs", "sqrt", "root"}
_STEPS = {"sign", "floor", "ceil", "heaviside", "xor", "implies"}


class _Order(NamedTuple):
    """Order of a formula, and the part of each species in it."""

    total: float = 0.0
    parts: Mapping[str, float] = {}


def rate_orders(
    reactions: Sequence[str],
    species: Sequence[str],
    definitions: Mapping[str, Expression],
    shared: Mapping[str, float],
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each species the highest order of a rate that depends on it, and its highest part in one.

    Parameters
    ----------
    reactions, species : sequence of str
        The species that reactions change.
    definitions : mapping of name to expression
        Rates and assigned variables.
    shared : mapping of name to value
        Parameters that are the same for all cells; exponents may use them.

    Returns
    -------
    orders, multiplicities : float64[s]
        0 where no rate depends on the species.
    """
    known: dict[str, _Order] = {name: _Order(1.0, {name: 1.0}) for name in species}
    for name in in_dependency_order(definitions, "is assigned from"):
        known[name] = _order_of(definitions[name], known, shared)
    orders, parts = np.zeros(len(species)), np.zeros(len(species))
    for reaction in reactions:
        order = known[reaction]
        for place, name in enumerate(species):
            if order.parts.get(name, 0.0) > 0.0:
                orders[place] = max(orders[place], order.total)
                parts[place] = max(parts[place], order.parts[name])
    return orders, parts


def _order_of(tree: Expression, known: Mapping[str, _Order], shared: Mapping[str, float]) -> _Order:
    def combine(node: Expression, operands: list[_Order]) -> _Order:
        match node:
            case Name(path=(name,)):
                return known.get(name, _Order())
            case Binary(operator="*" | "/"):
                return _sum(operands)
            case Binary(operator="^", right=exponent) | Call(function=("pow",), arguments=(_, exponent)):
                return _scaled(_sum(operands), _exponent(exponent, shared))
            case Call(function=("hill",), arguments=(_, _, exponent)):
                return _scaled(_sum(operands), _exponent(exponent, shared))
            case Call(function=(name,)) if name in _STEPS:
                return _Order()
            case Call(function=(name,)) if name not in _LARGEST:
                return _scaled(_sum(operands), UNKNOWN)
            case Compare() | Logic():
                return _Order()
        return _largest(operands)

    return fold(tree, combine)


def _exponent(exponent: Expression, shared: Mapping[str, float]) -> float:
    match exponent:
        case Number(value=value):
            return abs(value)
        case Name(path=(name,)) if name in shared:
            return abs(shared[name])
    return UNKNOWN


def _sum(orders: list[_Order]) -> _Order:
    names = {name for order in orders for name in order.parts}
    parts = {name: sum(order.parts.get(name, 0.0) for order in orders) for name in names}
    return _Order(sum(order.total for order in orders), parts)


def _largest(orders: list[_Order]) -> _Order:
    names = {name for order in orders for name in order.parts}
    parts = {name: max(order.parts.get(name, 0.0) for order in orders) for name in names}
    return _Order(max((order.total for order in orders), default=0.0), parts)


def _scaled(order: _Order, factor: float) -> _Order:
    return _Order(order.total * factor, {name: part * factor for name, part in order.parts.items()})
