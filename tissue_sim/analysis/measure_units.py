"""Units of measures, found by walking their formulas: ``max(signal.oxygen)`` has the unit of oxygen."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from tissue_sim.codegen.functions import AGGREGATES
from tissue_sim.codegen.parser import parse_expression
from tissue_sim.codegen.syntax import Binary, Call, Compare, Logic, Name, Number, Unary
from tissue_sim.errors import SettingsError
from tissue_sim.tissue.columns import BUILT_IN_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.syntax import Expression

__all__ = ["unit_of_measure"]

PURE = frozenset({"count", "fraction"})
KEEP = frozenset(AGGREGATES) - PURE | {"abs"}
"""Functions whose value has the unit of their argument."""
_BUILT_IN = {column.name: column.unit for column in BUILT_IN_COLUMNS}
_FACTOR = re.compile(r"([*/]?)([A-Za-zµ]+)(?:\^(-?[0-9]+))?")
_Powers = dict[str, float]
"""Unit -> power; a unit that is not known is None."""


def unit_of_measure(text: str, units: Mapping[str, str]) -> str | None:
    """Return the unit of a measure, ``"1"`` for a pure number, None where it cannot be told.

    Parameters
    ----------
    text : str
        The formula, such as ``2*sqrt(sum(cell.radius^2))``.
    units : mapping of str to str
        Unit of every recorded column and signal, as `Run.units`.
    """
    try:
        powers = _powers(parse_expression(text), units)
    except (SettingsError, RecursionError):
        return None
    return None if powers is None else _as_text(powers)


def _powers(node: Expression, units: Mapping[str, str]) -> _Powers | None:
    match node:
        case Number() | Compare() | Logic():
            return {}
        case Name():
            return _named(node, units)
        case Unary():
            return _powers(node.operand, units)
        case Binary():
            return _binary(node, units)
        case Call():
            return _called(node, units)
    return None


def _named(name: Name, units: Mapping[str, str]) -> _Powers | None:
    match name.path:
        case ("signal", signal):
            return _parsed(units.get(signal))
        case ("network", *_):
            return {}
        case ("time",):
            return {"min": 1.0}
        case ("cell", column) | (column,):
            return _parsed(units.get(column, _BUILT_IN.get(column)))
    return None


def _binary(node: Binary, units: Mapping[str, str]) -> _Powers | None:
    left, right = _powers(node.left, units), _powers(node.right, units)
    if left is None or right is None:
        return None
    if node.operator == "^":
        power = node.right.value if isinstance(node.right, Number) else None
        return {} if not left else None if power is None else _scaled(left, power)
    if node.operator in "+-":
        # A bare number beside a quantity is taken to be in its unit.
        return left if left == right or isinstance(node.right, Number) else None
    sign = 1.0 if node.operator == "*" else -1.0
    total = Counter(left)
    total.update(_scaled(right, sign))
    return {unit: power for unit, power in total.items() if power}


def _called(node: Call, units: Mapping[str, str]) -> _Powers | None:
    name = ".".join(node.function)
    if name in PURE:
        return {}
    arguments = [_powers(argument, units) for argument in node.arguments]
    if not arguments or arguments[0] is None:
        return None
    if name == "sqrt":
        return _scaled(arguments[0], 0.5)
    if name in KEEP:
        return arguments[0] if all(other == arguments[0] for other in arguments) else None
    # exp, log, sin and the like take and give pure numbers.
    return {} if not any(arguments) and None not in arguments else None


def _scaled(powers: _Powers, factor: float) -> _Powers:
    return {unit: power * factor for unit, power in powers.items()}


def _parsed(unit: str | None) -> _Powers | None:
    """Return ``1/um^3`` as {"um": -3}."""
    if unit is None:
        return None
    rest = unit.removeprefix("1")
    factors = list(_FACTOR.finditer(rest))
    if "".join(each[0] for each in factors) != rest:
        return None
    powers: Counter[str] = Counter()
    for operator, factor, power in (each.groups() for each in factors):
        powers[factor] += int(power or 1) * (-1 if operator == "/" else 1)
    return {factor: float(power) for factor, power in powers.items() if power}


def _as_text(powers: _Powers) -> str:
    def product(chosen: _Powers) -> str:
        return "*".join(unit if power == 1.0 else f"{unit}^{power:g}" for unit, power in chosen.items())

    above = product({unit: power for unit, power in powers.items() if power > 0.0})
    below = [product({unit: -power}) for unit, power in powers.items() if power < 0.0]
    return "/".join([above or "1", *below])
