"""Species held at a number of molecules, or made at another speed, in single cells of a stochastic network.

Two parameters that differ from cell to cell steer such a species X: reactions change X where ``X__free`` is
not 0, and leave it alone elsewhere; ``X__factor`` multiplies its production.

A reaction that takes a held species happens as long as there are enough molecules of it, so that none does
that takes from a species held at 0; what else it changes, changes.

**Production** of X is every reaction that makes more of X than it takes. With a factor f molecules of X are
made f times as often, as in method `ode`, and what else the reaction changes goes on at its old rate a:

* of a reaction that changes X alone (``-> X``, ``gene -> gene + X``) the rate becomes f a;
* one that changes others too (``A -> X + B``) is made of three: the whole at the rate min(f, 1) a, the same
  without X (``A -> B``) at max(1 - f, 0) a, and X alone (``-> X``) at max(f - 1, 0) a.

So a knockdown of X neither spares A nor stops B. Means follow those of the ordinary differential equations
wherever those without a factor do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tissue_sim.codegen.simplify import multiply
from tissue_sim.codegen.syntax import Binary, Call, Compare, Expression, Name, Number
from tissue_sim.codegen.walk import fold
from tissue_sim.errors import SettingsError
from tissue_sim.network.holding import factor_name, free_name, that_spares
from tissue_sim.network.model import Parameter, Reaction
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tissue_sim.network.model import NetworkModel

__all__ = ["with_held_counts"]

ZERO, ONE = Number(0.0), Number(1.0)


def with_held_counts(
    model: NetworkModel, held: Collection[str], scaled: Collection[str], shared: Mapping[str, float]
) -> NetworkModel:
    """Return the model with the parameters that hold and scale some species.

    Parameters
    ----------
    held, scaled : names of species
        A species that no reaction and no event changes needs no parameter: it stays where it is put.
    shared : mapping of name to value
        Parameters that are the same for all cells; stoichiometric numbers may use them.

    Raises
    ------
    SettingsError
        A species to scale that no reaction makes; the message begins with it.
    """
    changed = {name for reaction in model.reactions for name, _ in reaction.changes}
    changed |= {one.name for event in model.events for one in event.assignments}
    one = Distribution("fixed", (1.0,))
    parameters, reactions = list(model.parameters), list(model.reactions)
    for name in scaled:
        parts = [part for each in reactions for part in _scaled(model, each, name, shared)]
        if parts == reactions:
            raise SettingsError(f"'{name}' has no production: no reaction makes it; use clamp")
        reactions = parts
        parameters.append(Parameter(factor_name(name), one, varies=True))
    parameters += [Parameter(free_name(name), one, varies=True) for name in held if name in changed]
    events = tuple(that_spares(event, held) for event in model.events)
    return replace(model, parameters=tuple(parameters), reactions=tuple(reactions), events=events)


def _scaled(
    model: NetworkModel, reaction: Reaction, name: str, shared: Mapping[str, float]
) -> Iterator[Reaction]:
    """Yield what becomes of a reaction where the production of a species has a factor."""
    counts = {species: _number(coefficient, shared) for species, coefficient in reaction.changes}
    if not counts.get(name, 0.0) > 0.0:
        yield reaction
        return
    factor = Name((factor_name(name),))
    own = tuple(change for change in reaction.changes if change[0] == name)
    others = tuple(change for change in reaction.changes if change[0] != name)
    if not others:
        yield replace(reaction, rate=multiply(factor, reaction.rate))
        return
    fewer = Call(("max",), (Binary("-", ONE, factor), ZERO))
    more = Call(("max",), (Binary("-", factor, ONE), ZERO))
    yield replace(reaction, rate=multiply(Call(("min",), (factor, ONE)), reaction.rate))
    yield Reaction(f"{reaction.name}__without_{name}", multiply(fewer, reaction.rate), others)
    rate = _where_possible(model, counts, reaction.rate)
    yield Reaction(f"{reaction.name}__more_{name}", multiply(more, rate), own)


def _where_possible(model: NetworkModel, counts: Mapping[str, float], rate: Expression) -> Expression:
    """Return the rate, 0 where the whole reaction has too few molecules: its parts do not happen either.

    What takes one molecule at a rate that is 0 without it needs no condition, which would make leaps short.
    """
    units = {species.name: species.per_amount for species in model.species}
    for name, count in counts.items():
        if count < 0.0 and not (count == -1.0 and _vanishes_without(rate, name)):
            least = multiply(Number(-count - 0.5), units[name])
            rate = Call(("if",), (Compare("<", Name((name,)), least), ZERO, rate))
    return rate


def _vanishes_without(rate: Expression, species: str) -> bool:
    """Say whether a rate is a product or quotient with the species among its factors."""

    def combine(node: Expression, operands: list[bool]) -> bool:
        match node:
            case Name(path=(name,)):
                return name == species
            case Binary(operator="*"):
                return any(operands)
            case Binary(operator="/"):
                return operands[0]
        return False

    return fold(rate, combine)


def _number(coefficient: Expression, shared: Mapping[str, float]) -> float:
    from tissue_sim.codegen.evaluation import evaluate
    from tissue_sim.codegen.walk import names_in

    if any(name.path[0] not in shared for name in names_in(coefficient)):
        return 0.0  # refused when the kind is made
    return float(evaluate(coefficient, lambda name: shared[name.path[0]]))
