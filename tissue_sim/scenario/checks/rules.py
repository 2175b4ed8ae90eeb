"""Rules and network outputs: whether their sources and behaviours exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import Problem, SettingsError, did_you_mean
from tissue_sim.rules import checks as rule_checks
from tissue_sim.scenario.checks.behaviours import behaviours_of, unread_behaviours
from tissue_sim.tissue.names import check_expression
from tissue_sim.tissue.output_settings import expressions_of, values_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tissue_sim.rules.rule import Rule
    from tissue_sim.scenario.checks.context import Context

__all__ = ["check_rules", "rule_warnings", "unknown_output"]


def check_rules(context: Context) -> Iterator[Problem]:
    """Yield rules and outputs that name what does not exist, or that contradict each other."""
    wrong = context.wrongly_declared("signals") | context.wrongly_declared("columns")
    for name, kind in context.settings.cell_types.items():
        known = behaviours_of(context, name)
        units = None if known is None else {behaviour: unit for behaviour, (unit, _) in known.items()}
        for problem in rule_checks.checks(kind.rules, context.names(units, unread_behaviours(kind))):
            number = problem.path[0]
            if isinstance(number, int) and _unit_unknown(kind.rules[number], problem, wrong):
                continue
            yield Problem(("cell_types", name, "rules", *problem.path), problem.message, problem.offset)
        yield from _conflicts(context, name)
    for name in context.settings.networks:
        yield from _outputs(context, name)


def _unit_unknown(rule: Rule, problem: Problem, wrong: frozenset[str]) -> bool:
    """Say whether a problem is about the half_max of a source whose unit is not known."""
    return problem.offset == rule.half_max_offset and bool(wrong & set(rule.source.text.split(".")))


def _conflicts(context: Context, cell_type: str) -> Iterator[Problem]:
    outputs = {name: list(network.outputs) for name, network in context.settings.networks.items()}
    carried = context.settings.cell_types[cell_type].networks
    for behaviour, first, second in rule_checks.conflicting_outputs(carried, outputs):
        yield Problem(
            ("networks", second, "outputs", behaviour),
            f"the networks {first} and {second} both set {behaviour} in cells of type {cell_type}; "
            "leave one out",
            on_key=True,
        )


def _outputs(context: Context, network: str) -> Iterator[Problem]:
    carriers = [name for name, kind in context.settings.cell_types.items() if network in kind.networks]
    tables = [behaviours_of(context, name) for name in carriers]
    known = {behaviour: entry[0] for table in tables for behaviour, entry in (table or {}).items()}
    complete = bool(tables) and all(table is not None for table in tables)
    unread = {unread_behaviours(context.settings.cell_types[name]) for name in carriers} - {""}
    names = context.names()
    for behaviour, output in context.settings.networks[network].outputs.items():
        path = ("networks", network, "outputs", behaviour)
        judged = complete and not behaviour.startswith(tuple(unread))
        if judged and behaviour not in known and context.is_sound("cell_types"):
            yield unknown_output(network, behaviour, known)
        for below, expression in expressions_of(output):
            for message, offset in check_expression(expression.tree, names, network=network):
                yield Problem((*path, *below), message, offset)
        for below, value in values_of(output):
            try:
                value.to(known.get(behaviour, "1"))
            except SettingsError as error:
                if behaviour in known:
                    yield Problem((*path, *below), error.message, error.offset)


def unknown_output(network: str, behaviour: str, known: Collection[str]) -> Problem:
    """Return the mistake of an output to a behaviour that none of the network's cells has."""
    return Problem(
        ("networks", network, "outputs", behaviour),
        f"no cell that carries {network} has the behaviour '{behaviour[:60]}'; "
        f"`tissue-sim schema --behaviours` lists them{did_you_mean(behaviour, sorted(known))}",
        on_key=True,
    )


def rule_warnings(context: Context) -> Iterator[Problem]:
    """Yield rules that work but may not be meant."""
    for name, kind in context.settings.cell_types.items():
        known = behaviours_of(context, name) or {}
        own = {behaviour: value for behaviour, (_, value) in known.items()}
        units = {behaviour: unit for behaviour, (unit, _) in known.items()}
        for number, message in rule_checks.warnings(kind.rules, own, units):
            yield Problem(("cell_types", name, "rules", number), message)
