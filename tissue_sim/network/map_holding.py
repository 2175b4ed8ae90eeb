"""A discrete map whose species can be held at a value, or made in another amount, in single cells.

A parameter of each cell, ``X__free``, is 0 where species X is held: its next value then is the one it has.
``X__factor`` multiplies the next value.

**Production** of X is the whole of its next value: the map says what X is at the end of a period, not what of
it was there before and what was made. So a factor also multiplies what X keeps from period to period. A map
X <- a X + b with factor f goes to f b/(1 - f a), which for a small `a`, where the period is long beside the
lifetime of X, is what a differential equation with the same factor goes to.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tissue_sim.codegen.simplify import multiply
from tissue_sim.codegen.syntax import Call, Expression, Name
from tissue_sim.network.holding import factor_name, free_name
from tissue_sim.network.model import Parameter
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Collection

    from tissue_sim.network.model import NetworkModel

__all__ = ["with_held_values"]


def with_held_values(model: NetworkModel, held: Collection[str], scaled: Collection[str]) -> NetworkModel:
    """Return the model with the parameters that hold and scale some species.

    Parameters
    ----------
    model : NetworkModel
        Its rate rules give next values.
    held, scaled : names of species
    """
    one = Distribution("fixed", (1.0,))
    parameters, rules = list(model.parameters), []
    for rule in model.rate_rules:
        following: Expression = rule.expression
        if rule.name in scaled:
            parameters.append(Parameter(factor_name(rule.name), one, varies=True))
            following = multiply(Name((factor_name(rule.name),)), following)
        if rule.name in held:
            parameters.append(Parameter(free_name(rule.name), one, varies=True))
            following = Call(("if",), (Name((free_name(rule.name),)), following, Name((rule.name,))))
        rules.append(replace(rule, expression=following) if following is not rule.expression else rule)
    return replace(model, parameters=tuple(parameters), rate_rules=tuple(rules))
