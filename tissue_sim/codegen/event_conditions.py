"""The conditions that events depend on: their triggers and every comparison inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Binary, Compare, Expression, Logic, Name, Number, Unary
from tissue_sim.codegen.walk import fold, names_in, nodes_in

if TYPE_CHECKING:
    from tissue_sim.codegen.ode_system import OdeSystem

__all__ = ["conditions_of", "depends_on_time", "gap_of", "has_waves", "names_in_conditions"]

TIME = "time"
UNKNOWN = Number(float("nan"))


def conditions_of(system: OdeSystem) -> list[Expression]:
    """Return the triggers as conditions that are 0 or 1, in order, then all comparisons they depend on.

    A pair of comparisons such as ``time > 2 and time < 2.1`` may be false at both ends of a step and true in
    between; each comparison for itself turns over at most once where its two sides behave.
    """
    triggers = [_as_condition(event.trigger) for event in system.events]
    return [*triggers, *_entered(system)[0]]


def names_in_conditions(system: OdeSystem) -> set[str]:
    """Return all names that triggers depend on, through assigned variables and rates too."""
    return _entered(system)[1]


def _entered(system: OdeSystem) -> tuple[list[Expression], set[str]]:
    """Return the comparisons that triggers are made of, and the names in all their formulas."""
    found: dict[Expression, None] = {}
    waiting = [event.trigger for event in system.events]
    entered: set[str] = set()
    while waiting:
        expression = waiting.pop()
        found.update({node: None for node in nodes_in(expression) if isinstance(node, Compare)})
        names = {name.path[0] for name in names_in(expression)} - entered
        entered |= names
        waiting += [system.definitions[name] for name in sorted(names) if name in system.definitions]
    return [*found], entered


def gap_of(condition: Expression) -> Expression:
    """Return the difference of the sides of a comparison, which is 0 where it turns over; NaN for others."""
    if isinstance(condition, Compare):
        return Binary("-", condition.left, condition.right)
    return UNKNOWN


def _as_condition(trigger: Expression) -> Expression:
    negated = isinstance(trigger, Unary) and trigger.operator == "not"
    if negated or isinstance(trigger, Compare | Logic):
        return trigger
    return Compare("!=", trigger, Number(0.0))


def has_waves(system: OdeSystem) -> bool:
    """Say whether a condition depends on time other than linearly, so that no error control resolves it."""
    return _degree_in_time(system) == 2


def depends_on_time(system: OdeSystem) -> bool:
    """Say whether a condition depends on time in itself, not through species only."""
    return _degree_in_time(system) > 0


def _degree_in_time(system: OdeSystem) -> int:
    """Return the highest degree of the time in the sides of comparisons; 2 for all that is not linear."""
    degrees: dict[str, int] = {TIME: 1}

    def combine(node: Expression, operands: list[int]) -> int:
        match node:
            case Name(path=(name,)):
                if name not in degrees:
                    formula = system.definitions.get(name)
                    degrees[name] = 0 if formula is None else fold(formula, combine)
                return degrees[name]
            case Unary(operator="-") | Binary(operator=("+" | "-")):
                return max(operands)
            case Binary(operator="*"):
                return min(2, sum(operands))
            case Binary(operator="/") if operands[1] == 0:
                return operands[0]
            case _:
                return 2 if any(operands) else 0

    return max(fold(gap_of(condition), combine) for condition in conditions_of(system))
