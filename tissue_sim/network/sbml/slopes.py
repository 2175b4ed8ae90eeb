"""How fast any symbol of a network changes between events, as a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.derivative import derivative
from tissue_sim.codegen.simplify import add, multiply
from tissue_sim.codegen.syntax import Binary, Expression, Name, Number
from tissue_sim.codegen.walk import names_in
from tissue_sim.errors import SettingsError
from tissue_sim.network.model import TIME, sum_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tissue_sim.network.model import Assignment, RateRule, Reaction, Species

__all__ = ["Slopes"]

ZERO = Number(0.0)


class Slopes:
    """d/dt of species, assigned variables, reactions and parameters of a network that is being put together.

    Parameters
    ----------
    species : mapping of name to Species
    assignments : sequence of Assignment
    rate_rules : sequence of RateRule
    reactions : sequence of Reaction
    unknown : collection of str
        Names of rates of change, whose own are not known.
    """

    def __init__(
        self,
        species: Mapping[str, Species],
        assignments: Sequence[Assignment],
        rate_rules: Sequence[RateRule],
        reactions: Sequence[Reaction],
        unknown: Collection[str] = (),
    ) -> None:
        self._species = species
        self._rules = {rule.name: rule.expression for rule in rate_rules}
        self._reactions = reactions
        self._unknown = frozenset(unknown)
        self._formulas = {each.name: each.expression for each in assignments}
        self._formulas |= {reaction.name: reaction.rate for reaction in reactions}
        self._known: dict[str, Expression] = {TIME: Number(1.0)}

    def of(self, name: str) -> Expression:
        """Return the rate of change of a symbol; 0 for parameters.

        Raises
        ------
        SettingsError
            It would need the rate of change of a ``rateOf``.
        """
        if name in self._unknown:
            raise SettingsError(
                f"a rate of change depends on how '{name}' changes, which is itself a rateOf: not supported"
            )
        if name not in self._known:
            if name in self._rules:
                self._known[name] = self._rules[name]
            elif name in self._species:
                self._known[name] = self._by_reactions(name)
            elif name in self._formulas:
                self._known[name] = self._by_chain_rule(self._formulas[name])
            else:
                self._known[name] = ZERO
        return self._known[name]

    def _by_reactions(self, name: str) -> Expression:
        terms: list[Expression] = [
            Binary("*", coefficient, Name((reaction.name,)))
            for reaction in self._reactions
            for changed, coefficient in reaction.changes
            if changed == name
        ]
        return Binary("*", self._species[name].per_amount, sum_of(terms)) if terms else ZERO

    def _by_chain_rule(self, formula: Expression) -> Expression:
        total: Expression = ZERO
        for name in dict.fromkeys(each.path[0] for each in names_in(formula)):
            slope = self.of(name)
            if slope != ZERO:
                total = add(total, multiply(derivative(formula, (name,)), slope))
        return total
