"""From the nodes of a file, by their own names, to the intermediate form."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Expression, Name, Number
from tissue_sim.codegen.walk import names_in, nodes_in, substitute
from tissue_sim.errors import SettingsError
from tissue_sim.network.boolean.node import BooleanNode
from tissue_sim.network.model import NetworkModel, Species
from tissue_sim.network.sbml.names import Names
from tissue_sim.network.scenario_values import with_given

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tissue_sim.network.boolean.node import JointInitial
    from tissue_sim.network.model import Parameter
    from tissue_sim.network.reader import Given

__all__ = ["EVEN", "MOST_NODES", "built_model", "held_at", "renamed_trees"]

MOST_NODES = 5000
"""Boolean nodes of one network."""
MOST_OPERATIONS = 500_000
"""Words and operations of all formulas of one network, attributes put in."""
EVEN = Number(0.5)
"""Where nothing is said, a node begins with 0 or 1, each with probability 1/2, as in MaBoSS."""


def renamed_trees(tree: Expression, mapping: Mapping[str, str]) -> Expression:
    """Return a formula with the names of a file replaced by names of this package."""
    return substitute(tree, {(old,): Name((new,)) for old, new in mapping.items()})


def built_model(
    file_name: str,
    nodes: Sequence[BooleanNode],
    names: Names,
    given: Given,
    *,
    initial: Mapping[str, Expression],
    parameters: Iterable[Parameter] = (),
    joint: Iterable[JointInitial] = (),
    notes: Sequence[str] = (),
) -> NetworkModel:
    """Return the network with what the scenario gives.

    Parameters
    ----------
    nodes : sequence of BooleanNode
        With names of this package.
    initial : mapping of name to Expression
        Probability of 1 at the start; `EVEN` for the others.

    Raises
    ------
    SettingsError
        Too many nodes or formulas too long; what `with_given` refuses; a variable without a value.
    """
    if not nodes:
        raise SettingsError(f"{file_name} has no nodes")
    if len(nodes) > MOST_NODES:
        raise SettingsError(f"{file_name} has {len(nodes)} nodes; at most {MOST_NODES} are read")
    size = 0
    for node in nodes:
        size += sum(1 for tree in node.expressions() for _ in nodes_in(tree))
        if size > MOST_OPERATIONS:
            raise SettingsError(
                f"{file_name}: the formulas up to node '{node.name}' have more than {MOST_OPERATIONS} words"
            )
    model = NetworkModel(
        name=file_name,
        species=tuple(
            Species(node.name, initial.get(node.name, EVEN), recorded=not node.internal) for node in nodes
        ),
        parameters=tuple(parameters),
        nodes=tuple(nodes),
        joint=tuple(joint),
        notes=(*notes, *names.changed()),
        renamed=names.renamed(),
    )
    _check_initial(given)
    model = with_given(model, given)
    _check_values(model, file_name)
    return model


def _check_initial(given: Given) -> None:
    """Refuse initial values that are no probabilities."""
    for name, distribution in given.initial.items():
        if distribution.is_fixed and not 0.0 <= distribution.parameters[0] <= 1.0:
            raise SettingsError(
                f"initial value of node '{name}' is {distribution.parameters[0]:g}; it is the probability "
                "of 1 at the start, from 0 to 1"
            )


def _check_values(model: NetworkModel, file_name: str) -> None:
    """Refuse variables that formulas use and that have no value."""
    missing = {
        parameter.name
        for parameter in model.parameters
        if isinstance(parameter.value, Number) and math.isnan(parameter.value.value)
    }
    if not missing:
        return
    for node in model.nodes:
        for tree in node.expressions():
            for name in names_in(tree):
                if name.path[0] in missing:
                    raise SettingsError(
                        f"{file_name}: the variable '{name}' of node '{node.name}' has no value; give it in "
                        "the .cfg file or under `parameters`"
                    )


def held_at(node: BooleanNode, *, on: bool) -> tuple[BooleanNode, Expression]:
    """Return a node that never flips, and its initial value."""
    resting = replace(node, logic=Name((node.name,)), rate_up=Number(0.0), rate_down=Number(0.0))
    return resting, Number(1.0 if on else 0.0)
