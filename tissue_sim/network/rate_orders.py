"""Of what order rates are in the species they depend on, read from their formulas.

The order bounds how much faster than a count a rate changes, relatively: 1 for k X, 2 for k X Y and
k X (X - 1)/2, 2 n at most for X^n/(K^n + X^n). Products and quotients add, sums take the larger. A condition
counts as a function without a bound, so that leaps over a threshold are short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tissue_sim.codegen.syntax import Binary, Call, Compare, Expression, Name, Number
from tissue_sim.codegen.walk import fold
from tissue_sim.network.ordering import in_dependency_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["rate_orders"]

UNKNOWN = 10.0
"""Taken for functions without a bound, such as exp, and for exponents that differ from cell to cell."""
_LARGEST = {"min", "max", "if", "piecewise", "abs", "sqrt", "root"}


class _Order(NamedTuple):
    """Order of a formula; for each species that of the terms it is in, and its part in them."""

    total: float = 0.0
    parts: Mapping[str, tuple[float, float]] = {}


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
    known: dict[str, _Order] = {name: _Order(1.0, {name: (1.0, 1.0)}) for name in species}
    for name in in_dependency_order(definitions, "is assigned from"):
        known[name] = _order_of(definitions[name], known, shared)
    orders, parts = np.zeros(len(species)), np.zeros(len(species))
    places = {name: place for place, name in enumerate(species)}
    for reaction in reactions:
        for name, (order, part) in known[reaction].parts.items():
            orders[places[name]] = max(orders[places[name]], order)
            parts[places[name]] = max(parts[places[name]], part)
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
            case Call(function=(name,)) if name not in _LARGEST:
                return _scaled(_sum(operands), UNKNOWN)
            case Compare():
                return _scaled(_sum(operands), UNKNOWN)
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
    """Return the order of a product."""
    total = sum(order.total for order in orders)
    parts: dict[str, tuple[float, float]] = {}
    for order in orders:
        for name, (own, part) in order.parts.items():
            before, other = parts.get(name, (0.0, 0.0))
            parts[name] = max(before, own + total - order.total), other + part
    return _Order(total, parts)


def _largest(orders: list[_Order]) -> _Order:
    """Return the order of a sum."""
    parts: dict[str, tuple[float, float]] = {}
    for order in orders:
        for name, (own, part) in order.parts.items():
            before, other = parts.get(name, (0.0, 0.0))
            parts[name] = max(before, own), max(other, part)
    return _Order(max((order.total for order in orders), default=0.0), parts)


def _scaled(order: _Order, factor: float) -> _Order:
    parts = {name: (own * factor, part * factor) for name, (own, part) in order.parts.items()}
    return _Order(order.total * factor, parts)
