"""Checks of rules that need the rest of the scenario: names, units, and rules against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import Problem, SettingsError, did_you_mean
from tissue_sim.rules.rule import DECREASES, unit_of_source
from tissue_sim.tissue.names import DeclaredNames, check_expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tissue_sim.rules.rule import Rule
    from tissue_sim.units import SignalQuantity

__all__ = ["check_targets", "checks", "conflicting_outputs", "warnings"]


def checks(rules: Sequence[Rule], names: DeclaredNames) -> Iterator[Problem]:
    """Yield what is wrong with the rules of one cell type; paths begin with the rule's index.

    Parameters
    ----------
    rules : sequence of Rule
    names : DeclaredNames
    """
    for number, rule in enumerate(rules):
        for message, offset in check_expression(rule.source.tree, names):
            yield Problem((number,), message, offset)
        unit = unit_of_source(rule.source.tree, names.signals, names.all_columns)
        yield from _quantity(number, rule.half_max, unit, rule.half_max_offset)
    if names.behaviours is not None:
        yield from check_targets(rules, names.behaviours, names.unread)


def check_targets(
    rules: Sequence[Rule], behaviours: Mapping[str, str], unread: str = ""
) -> Iterator[Problem]:
    """Yield what is wrong with the behaviours that rules act on and their `to` values.

    Parameters
    ----------
    rules : sequence of Rule
    behaviours : mapping of name to unit
    unread : str
        Behaviours that begin so and are not among them are not judged; empty where all are known.
    """
    to_values: dict[tuple[str, str], tuple[int, float]] = {}
    for number, rule in enumerate(rules):
        if rule.behaviour not in behaviours:
            if unread and rule.behaviour.startswith(unread):
                continue
            known = sorted(behaviours)
            yield Problem(
                (number,),
                f"unknown behaviour '{rule.behaviour[:64]}'{did_you_mean(rule.behaviour, known)} "
                "(see `tissue-sim schema --behaviours`)",
                rule.behaviour_offset,
            )
            continue
        wrong = list(_quantity(number, rule.to, behaviours[rule.behaviour], rule.to_offset))
        yield from wrong
        if not wrong:
            yield from _one_target(number, rule, behaviours[rule.behaviour], to_values)


def _quantity(number: int, value: SignalQuantity, unit: str, offset: int) -> Iterator[Problem]:
    try:
        value.to(unit)
    except SettingsError as error:
        yield Problem((number,), error.message, offset)


def _one_target(
    number: int, rule: Rule, unit: str, to_values: dict[tuple[str, str], tuple[int, float]]
) -> Iterator[Problem]:
    to = rule.to.to(unit)
    first, known = to_values.setdefault((rule.behaviour, rule.direction), (number, to))
    if known != to:
        yield Problem(
            (number,),
            f"rules on one behaviour and direction share one 'to' value: rule {first + 1} {rule.direction} "
            f"{rule.behaviour} to {known:g} {unit}, this one to {to:g} {unit}",
            rule.to_offset,
        )


def warnings(
    rules: Sequence[Rule], own: Mapping[str, float], units: Mapping[str, str]
) -> Iterator[tuple[int, str]]:
    """Yield (index of the rule, what to look at twice) for rules that work but may not be meant.

    Parameters
    ----------
    rules : sequence of Rule
        Of one cell type, without problems.
    own : mapping of behaviour to float
        The cell type's own values, in default units.
    units : mapping of behaviour to unit
    """
    for number, rule in enumerate(rules):
        value = own.get(rule.behaviour)
        if value is None or rule.behaviour not in units:
            continue
        to = rule.to.to(units[rule.behaviour])
        shown = f"{value:g} {units[rule.behaviour]}"
        message = ""
        if rule.direction == DECREASES and to < value:
            message = f"without {rule.source.text}, {rule.behaviour} has its full value {shown}"
        elif to != value and (rule.direction == DECREASES) == (to > value):
            message = f"it {rule.direction} {rule.behaviour} to {to:g}, but the cell's own value is {shown}"
        if message:
            yield number, message


def conflicting_outputs(
    carried: Sequence[str], outputs: Mapping[str, Iterable[str]]
) -> Iterator[tuple[str, str, str]]:
    """Yield (behaviour, first network, second network) where two networks of one cell set a behaviour.

    Parameters
    ----------
    carried : sequence of str
        Networks of one cell type.
    outputs : mapping of network to its output behaviours
    """
    first: dict[str, str] = {}
    for network in carried:
        for behaviour in outputs.get(network, ()):
            other = first.setdefault(behaviour, network)
            if other != network:
                yield behaviour, other, network
