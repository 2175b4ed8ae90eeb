"""What one rule says, and the unit of what it senses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Expression, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.tissue.expression_settings import ParsedExpression
    from tissue_sim.units import SignalQuantity

__all__ = ["DECREASES", "INCREASES", "Rule", "unit_of_source"]

INCREASES, DECREASES = "increases", "decreases"


@dataclass(frozen=True)
class Rule:
    """``SOURCE increases|decreases BEHAVIOUR to VALUE with half_max VALUE[, hill N][, also when dead]``.

    Attributes
    ----------
    text : str
        As written; all offsets count in it.
    source : ParsedExpression
        What the cell senses; negative values count as 0.
    direction : str
        ``increases`` or ``decreases``.
    behaviour : str
    to : SignalQuantity
        Value under full response, in the behaviour's unit or text with a unit.
    half_max : SignalQuantity
        Value of the source at half response, in the source's unit or text with a unit; above 0.
    hill : float
        Exponent n; above 0.
    also_when_dead : bool
        Whether the rule goes on after the cell's death.
    behaviour_offset, to_offset, half_max_offset : int
        Where these stand in `text`.
    """

    text: str
    source: ParsedExpression
    direction: str
    behaviour: str
    to: SignalQuantity
    half_max: SignalQuantity
    hill: float = 1.0
    also_when_dead: bool = False
    behaviour_offset: int = field(default=0, compare=False)
    to_offset: int = field(default=0, compare=False)
    half_max_offset: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """Return the sentence."""
        return self.text


def unit_of_source(tree: Expression, signals: Mapping[str, str], columns: Mapping[str, str]) -> str:
    """Return the unit of a source that is a single quantity, "1" for a formula.

    Parameters
    ----------
    tree : Expression
    signals, columns : mapping of name to unit
    """
    if not isinstance(tree, Name):
        return "1"
    match tree.path:
        case ("signal", name) if name in signals:
            return signals[name]
        case ("signal", name, "gradient") if name in signals:
            return f"{signals[name]}/um"
        case ("cell", name) | (name,) if name in columns:
            return columns[name]
        case ("time",):
            return "min"
    return "1"
