"""What a network consists of, as text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.syntax import Expression, Number
from tissue_sim.codegen.text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.network.model import NetworkModel, Reaction
    from tissue_sim.tissue.distributions import Distribution

__all__ = ["listing"]

LONGEST = 400


def listing(model: NetworkModel) -> str:
    """Return the network's species, parameters, inputs, rules and reactions, one per line, and its notes."""
    return "\n".join(_lines(model))


def _lines(model: NetworkModel) -> Iterator[str]:
    unit = model.time_unit or "not declared (taken as min)"
    yield f"network {model.name}; unit of time: {unit}"
    if model.period is not None:
        yield f"discrete map with period {model.period:g}"
    rates = zip(model.species_names, model.rates(), strict=True)
    resting = {name for name, rate in rates if rate == Number(0.0)}
    resting -= {node.name for node in getattr(model, "nodes", ())}
    yield from _section(
        "species",
        [
            f"{each.name} = {_value(each.initial)}"
            + (" (amount)" if each.amount else "")
            + (" (constant)" if each.name in resting else "")
            for each in model.species
        ],
    )
    yield from _section("parameters", [f"{each.name} = {_value(each.value)}" for each in model.parameters])
    yield from _section("inputs", list(model.inputs))
    yield from _section(
        "assignment rules", [f"{each.name} = {_short(each.expression)}" for each in model.assignments]
    )
    title = "next values" if model.period is not None else "rate rules"
    yield from _section(title, [f"{each.name}' = {_short(each.expression)}" for each in model.rate_rules])
    yield from _section("Boolean nodes", [_node(each) for each in getattr(model, "nodes", ())])
    yield from _section("events", [str(each.name) for each in getattr(model, "events", ())])
    yield from _section("reactions", [_reaction(each) for each in model.reactions])
    yield from _section("renamed", [f"{old} -> {new}" for old, new in model.renamed.items() if old != new])
    yield from _section("notes", list(model.notes))


def _section(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"{title} ({len(items)}):"
        yield from (f"  {item}" for item in items)


def _value(value: Expression | Distribution) -> str:
    if isinstance(value, Expression):
        missing = isinstance(value, Number) and math.isnan(value.value)
        return "no value" if missing else _short(value)
    return str(value)


def _short(expression: Expression) -> str:
    text = text_of(expression)
    return text if len(text) <= LONGEST else text[: LONGEST - 4] + " ..."


def _node(node: Any) -> str:
    parts = [("", node.logic), ("rate up ", node.rate_up), ("rate down ", node.rate_down)]
    return f"{node.name}: " + "; ".join(f"{what}{_short(tree)}" for what, tree in parts if tree is not None)


def _reaction(reaction: Reaction) -> str:
    def side(sign: float) -> str:
        parts = []
        for name, factor in reaction.changes:
            if isinstance(factor, Number):
                if factor.value * sign > 0.0:
                    size = abs(factor.value)
                    parts.append(name if size == 1.0 else f"{size:g} {name}")
            elif sign > 0.0:
                parts.append(f"({_short(factor)}) {name}")
        return " + ".join(parts) or "0"

    return f"{reaction.name}: {side(-1.0)} -> {side(1.0)}; {_short(reaction.rate)}"
