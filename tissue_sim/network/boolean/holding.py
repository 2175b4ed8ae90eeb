"""Boolean nodes held at a value, or switched on at another rate, in single cells.

A parameter of each cell, ``X__free``, is 0 where node X is held: both its flips are off then.
``X__factor`` multiplies the rate at which it goes on, its production.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Binary, Call, Expression, Name, Number
from tissue_sim.network.model import Parameter
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Collection

    from tissue_sim.network.boolean.node import BooleanNode
    from tissue_sim.network.model import NetworkModel

__all__ = ["factor_name", "free_name", "with_held_nodes"]

ONE_IN_EACH_CELL = Distribution("choice", (1.0, 1.0))
"""Always 1, and not shared by the cells."""


def free_name(node: str) -> str:
    """Return the name of the parameter that is 0 where a node is held."""
    return f"{node}__free"


def factor_name(node: str) -> str:
    """Return the name of the parameter that multiplies a node's rate of going on."""
    return f"{node}__factor"


def with_held_nodes(model: NetworkModel, held: Collection[str], scaled: Collection[str]) -> NetworkModel:
    """Return the model with the parameters that hold and scale some nodes."""
    parameters = list(model.parameters)
    nodes = []
    for node in model.nodes:
        if node.name not in held and node.name not in scaled:
            nodes.append(node)
            continue
        up, down = node.up, node.down
        if node.name in scaled:
            parameters.append(Parameter(factor_name(node.name), ONE_IN_EACH_CELL))
            up = Binary("*", Name((factor_name(node.name),)), up)
        if node.name in held:
            parameters.append(Parameter(free_name(node.name), ONE_IN_EACH_CELL))
            up, down = _free(node, up), _free(node, down)
        nodes.append(replace(node, rate_up=up, rate_down=down))
    return replace(model, parameters=tuple(parameters), nodes=tuple(nodes))


def _free(node: BooleanNode, rate: Expression) -> Expression:
    return Call(("if",), (Name((free_name(node.name),)), rate, Number(0.0)))
