"""MaBoSS (doi:10.1093/bioinformatics/btx123): nodes in a .bnd file, values in one or more .cfg files.

A node that is off goes on at ``rate_up``, on goes off at ``rate_down``; without them, at rate 1 towards the
value of ``logic``. ``$variables`` become parameters (``$k`` is ``k``), nodes begin as ``istate`` says, both
values alike where nothing is said. Blocks of populations (division, death, ``#cell``) are refused.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from tissue_sim.codegen.syntax import Binary, Expression, Name, Number
from tissue_sim.codegen.walk import names_in, substitute
from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.network.boolean.bnd import NodeText, read_bnd
from tissue_sim.network.boolean.building import built_model, held_at
from tissue_sim.network.boolean.cfg import Configuration
from tissue_sim.network.boolean.grammar import VARIABLE
from tissue_sim.network.boolean.node import BooleanNode, JointInitial, without
from tissue_sim.network.boolean.words import SourceText
from tissue_sim.network.model import NetworkModel, Parameter, sum_of
from tissue_sim.network.reader import Given, Reader
from tissue_sim.network.sbml.names import Names
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MabossReader"]

Trees = dict[tuple[str, ...], Expression]
"""What the names of a file stand for."""


class MabossReader(Reader):
    """Reads a .bnd file with the .cfg files in `Given.further_files`."""

    name: ClassVar[str] = "maboss"

    def read(self, content: bytes, file_name: str, given: Given) -> NetworkModel:
        """Return the network; see `Reader.read`."""
        source = SourceText(content, file_name)
        texts = read_bnd(source)
        configuration = Configuration(texts)
        for name, further in given.further_files:
            configuration.read(SourceText(further, name))
        names = Names()
        mapping: Trees = {(node,): Name((names.declare(node),)) for node in texts}
        variables = _variables(texts, configuration)
        mapping |= {(VARIABLE, name): Name((names.declare(f"${name}"),)) for name in variables}
        _check_names(source, texts, mapping)
        nodes, initial = [], _initial(configuration, mapping)
        for text in texts.values():
            node = _node(text, configuration, mapping)
            if text.name in given.mutants:
                node, initial[node.name] = held_at(node, on=given.mutants[text.name])
            nodes.append(node)
        _check_mutants(given, texts)
        mutated = [node.name for node, text in zip(nodes, texts, strict=True) if text in given.mutants]
        model = built_model(
            file_name,
            nodes,
            names,
            given,
            initial=initial,
            parameters=[
                Parameter(str(mapping[VARIABLE, name]), _parameter(value))
                for name, value in variables.items()
            ],
            joint=_joint(configuration, mapping, mutated),
            notes=_notes(configuration),
        )
        return _with_tidy_names(model)


def _variables(texts: Mapping[str, NodeText], configuration: Configuration) -> dict[str, float]:
    """Return every variable that a file names, NaN where it has no value."""
    variables = dict(configuration.variables)
    for text in texts.values():
        for attribute in ("logic", "rate_up", "rate_down"):
            if attribute in text.attributes:
                for name in names_in(text.attributes[attribute]):
                    if name.path[0] == VARIABLE:
                        variables.setdefault(name.path[1], math.nan)
    return variables


def _parameter(value: float) -> Expression | Distribution:
    return Number(math.nan) if math.isnan(value) else Distribution.fixed(value)


def _check_names(source: SourceText, texts: Mapping[str, NodeText], mapping: Trees) -> None:
    for text in texts.values():
        for tree in text.attributes.values():
            for name in names_in(tree):
                if name.path not in mapping and name.path[0] != VARIABLE:
                    hint = did_you_mean(name.path[0], list(texts))
                    raise source.error(f"there is no node '{name.path[0][:64]}'{hint}", name.offset)


def _node(text: NodeText, configuration: Configuration, mapping: Trees) -> BooleanNode:
    trees = {
        attribute: substitute(text.attributes[attribute], mapping)
        for attribute in ("logic", "rate_up", "rate_down")
        if attribute in text.attributes
    }
    return BooleanNode(
        str(mapping[text.name,]),
        **trees,
        internal=configuration.internal.get(text.name, False),
        reference=configuration.reference.get(text.name),
    )


def _initial(configuration: Configuration, mapping: Trees) -> dict[str, Expression]:
    """Return the probabilities of nodes on their own."""
    values = {
        str(mapping[name,]): substitute(value, mapping) for name, value in configuration.initial.items()
    }
    for group in configuration.groups:
        if len(group.names) == 1:
            weights = [substitute(weight, mapping) for _, weight in group.states]
            on = [weight for (state, _), weight in zip(group.states, weights, strict=True) if state[0]]
            values[str(mapping[group.names[0],])] = Binary("/", sum_of(on), sum_of(weights))
    return values


def _joint(configuration: Configuration, mapping: Trees, mutated: list[str]) -> list[JointInitial]:
    groups = tuple(
        JointInitial(
            tuple(str(mapping[name,]) for name in group.names),
            tuple((state, substitute(weight, mapping)) for state, weight in group.states),
        )
        for group in configuration.groups
        if len(group.names) > 1
    )
    return list(without(groups, mutated))


def _check_mutants(given: Given, texts: Mapping[str, NodeText]) -> None:
    for name in given.mutants:
        if name not in texts:
            raise SettingsError(f"mutants: there is no node '{name}'{did_you_mean(name, list(texts))}")


def _notes(configuration: Configuration) -> list[str]:
    if not configuration.passed_over:
        return []
    return [f"settings of MaBoSS's own runs are passed over: {', '.join(configuration.passed_over)}"]


def _with_tidy_names(model: NetworkModel) -> NetworkModel:
    """Leave out what need not be said: that ``$k`` is called ``k``."""
    tidy = {old: new for old, new in model.renamed.items() if old != f"${new}"}
    said = {f"'${name}' is called '{name}' here" for name in model.parameter_names}
    return replace(model, renamed=tidy, notes=tuple(note for note in model.notes if note not in said))
