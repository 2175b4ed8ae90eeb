"""A model whose species can be held at a value, or made at another speed, in single cells.

Two parameters that differ from cell to cell steer each such species X: X is free where ``X__free`` is not 0
(elsewhere its rate is 0), and ``X__factor`` multiplies its production.

**Production** is the sum of the positive parts of the terms of dX/dt; the negative parts are loss:

    dX/dt = factor * sum_i max(term_i, 0) + sum_i min(term_i, 0)

The terms are what stands between plus and minus signs once products and quotients of sums are multiplied out,
in assigned variables and in the rates of reactions too: ``X' = (k - d*X)/tau`` has the terms k/tau and
-d*X/tau, the reversible reaction A <-> X of rate kf*A - kr*X the terms kf*A and -kr*X. A sum inside a
function call, a power or a denominator is not taken apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.simplify import multiply, negate
from tissue_sim.codegen.syntax import Binary, Call, Expression, Name, Number, Unary
from tissue_sim.codegen.walk import fold
from tissue_sim.network.model import Parameter, RateRule, sum_of
from tissue_sim.network.ordering import in_dependency_order
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tissue_sim.codegen.event import Event, EventAssignment
    from tissue_sim.network.model import NetworkModel

__all__ = ["factor_name", "free_name", "steer", "terms_of", "that_spares", "with_holds", "with_varying"]

MOST_PRODUCTS = 64
"""Products of sums that would have more terms than this are one term."""
ZERO, ONE = Number(0.0), Number(1.0)


def free_name(species: str) -> str:
    """Return the name of the parameter that is 0 where a species is held."""
    return f"{species}__free"


def factor_name(species: str) -> str:
    """Return the name of the parameter that multiplies a species' production."""
    return f"{species}__factor"


def steer(
    known: Mapping[str, int],
    values: np.ndarray,
    places: np.ndarray,
    species: str,
    held: np.ndarray,
    factor: np.ndarray,
) -> None:
    """Give the parameters that steer a species their values in the rows `places`, and it what it is held at.

    Parameters
    ----------
    known : mapping of name to int
        Where each value stands in a row; a parameter that is not there is not needed.
    values : float64[m, k]
    places : int64[p]
    species : str
    held, factor : float64[p]
        See `Kind.hold`.
    """
    free = np.isnan(held)
    for name, steering in ((free_name(species), free), (factor_name(species), factor)):
        if name in known:
            values[places, known[name]] = steering
    values[places[~free], known[species]] = held[~free]


def with_varying(model: NetworkModel, names: Collection[str]) -> NetworkModel:
    """Return the model with some parameters different from cell to cell."""
    changed = tuple(replace(p, varies=p.varies or p.name in names) for p in model.parameters)
    return replace(model, parameters=changed)


def with_holds(model: NetworkModel, held: Collection[str], scaled: Collection[str]) -> NetworkModel:
    """Return the model with the parameters that hold and scale some species.

    Reactions stay as they are; what stands here is a rate rule, which goes before them. A species without a
    rate needs no parameter: it stays at whatever value it is given.

    Parameters
    ----------
    held, scaled : names of species
    """
    definitions = model.definitions()
    terms = _terms_of_definitions(definitions) if scaled else {}
    parameters = list(model.parameters)
    rules = {rule.name: rule for rule in model.rate_rules}
    one = Distribution("fixed", (1.0,))
    set_by_events = {one.name for event in model.events for one in event.assignments}
    for name, rate in zip(model.species_names, model.rates(), strict=True):
        if rate == ZERO and name not in set_by_events:
            continue
        changed: Expression = rate
        if name in scaled:
            parameters.append(Parameter(factor_name(name), one, varies=True))
            changed = _scaled(terms_of(rate, terms), Name((factor_name(name),)))
        if name in held:
            parameters.append(Parameter(free_name(name), one, varies=True))
            changed = Call(("if",), (Name((free_name(name),)), changed, ZERO))
        if changed is not rate:
            rules[name] = RateRule(name, changed)
    return replace(
        model,
        parameters=tuple(parameters),
        rate_rules=tuple(rules.values()),
        events=tuple(that_spares(event, held) for event in model.events),
    )


def that_spares(event: Event, held: Collection[str]) -> Event:
    """Return the event, whose assignments leave a species alone where it is held when the event happens."""

    def where_free(one: EventAssignment, value: Expression, otherwise: Expression) -> Expression:
        return Call(("if",), (Name((free_name(one.name),)), value, otherwise)) if one.name in held else value

    return replace(
        event,
        assignments=tuple(
            replace(
                one,
                value=where_free(one, one.value, Name((one.name,))),
                factor=where_free(one, one.factor, ONE),
            )
            for one in event.assignments
        ),
    )


def _scaled(terms: list[Expression], factor: Expression) -> Expression:
    production = sum_of([Call(("max",), (term, ZERO)) for term in terms])
    loss = sum_of([Call(("min",), (term, ZERO)) for term in terms])
    return Binary("+", multiply(factor, production), loss)


def _terms_of_definitions(definitions: Mapping[str, Expression]) -> dict[str, list[Expression]]:
    terms: dict[str, list[Expression]] = {}
    for name in in_dependency_order(definitions, "is assigned from"):
        terms[name] = terms_of(definitions[name], terms)
    return terms


def terms_of(expression: Expression, definitions: Mapping[str, list[Expression]]) -> list[Expression]:
    """Return the terms whose sum an expression is.

    Parameters
    ----------
    definitions : mapping of name to terms
        Names that stand for sums of their own.
    """

    def combine(node: Expression, operands: list[list[Expression]]) -> list[Expression]:
        match node:
            case Name(path=(name,)) if len(definitions.get(name, ())) > 1:
                return list(definitions[name])
            case Unary(operator="-"):
                return [negate(term) for term in operands[0]]
            case Binary(operator="+"):
                operands[0].extend(operands[1])
                return operands[0]
            case Binary(operator="-"):
                operands[0].extend(negate(term) for term in operands[1])
                return operands[0]
            case Binary(operator="*") if 1 < len(operands[0]) * len(operands[1]) <= MOST_PRODUCTS:
                return [multiply(left, right) for left in operands[0] for right in operands[1]]
            case Binary(operator="/", right=divisor) if len(operands[0]) > 1:
                return [Binary("/", term, divisor) for term in operands[0]]
        return [node]

    return fold(expression, combine)
