"""A network as reactions over counts of molecules: what stochastic kinds advance, and what they refuse."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.event_conditions import has_waves
from tissue_sim.codegen.reaction_system import ONE, ReactionSystem
from tissue_sim.codegen.syntax import Expression, Number
from tissue_sim.codegen.walk import names_in
from tissue_sim.errors import SettingsError
from tissue_sim.network.events import set_by_events
from tissue_sim.network.holding import free_name
from tissue_sim.network.initial import InitialValues
from tissue_sim.network.model import TIME
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from tissue_sim.network.model import NetworkModel, Reaction, Species

__all__ = ["ReactionNetwork", "reaction_text"]

EXAMPLE = "-> X @ k"
SMALLEST_START = 0.5
"""A first count below it would be rounded to no molecule at all."""


@dataclass(frozen=True)
class ReactionNetwork:
    """A model that only reactions change.

    Attributes
    ----------
    model : NetworkModel
    initial : InitialValues
    method : str
        Named in messages.
    whole : bool
        Counts are whole numbers.
    """

    model: NetworkModel
    initial: InitialValues
    method: str
    whole: bool

    def check(self) -> None:
        """Raise SettingsError, with the element's name, for what cannot be advanced exactly."""
        self._check_rates()
        changed = self._changed()
        for reaction in self.model.reactions:
            self._check_time(reaction)
            for name, coefficient in reaction.changes:
                self._molecules(reaction, name, coefficient)
        self._check_events()
        for species in self.model.species:
            if species.name in changed:
                self._check_unit(species, changed)
                self._check_start(species)

    def system(self) -> ReactionSystem:
        """Return the reactions for the generator of kernels."""
        model = self.model
        rates = model.rates()
        moving = [i for i, rate in enumerate(rates) if rate != Number(0.0)]
        place = {model.species_names[i]: k for k, i in enumerate(moving)}
        changes = tuple(
            tuple(
                (place[name], self._molecules(each, name, coefficient)) for name, coefficient in each.changes
            )
            for each in model.reactions
        )
        return ReactionSystem(
            species=model.species_names,
            rates=rates,
            assigned=model.assigned_names,
            cell=(*model.inputs, *self.initial.per_cell),
            shared=self.initial.shared,
            definitions=model.definitions(),
            reactions=tuple(reaction.name for reaction in model.reactions),
            changes=changes,
            events=model.events,
            units=tuple(model.species[i].per_amount for i in moving),
            free={name: free_name(name) for name in place if free_name(name) in model.parameter_names},
        )

    def _changed(self) -> set[str]:
        return {name for reaction in self.model.reactions for name, _ in reaction.changes}

    def _check_rates(self) -> None:
        for rule in self.model.rate_rules:
            if rule.expression != Number(0.0):
                raise SettingsError(
                    f"'{rule.name}' follows a rate ({rule.name}' = ...), and method {self.method} advances "
                    f"reactions only; write reactions such as {EXAMPLE}, or take method ode"
                )
        if not self.model.reactions:
            raise SettingsError(
                f"the network has no reactions, which method {self.method} needs; write them like {EXAMPLE}"
            )

    def _check_time(self, reaction: Reaction) -> None:
        used = self.used(reaction.rate)
        if TIME in used:
            raise SettingsError(
                f"the rate of reaction '{reaction.name}' depends on time, which method {self.method} cannot "
                "advance exactly; give what changes with time as an input, held over each network step"
            )

    def _check_events(self) -> None:
        for event in self.model.events:
            if has_waves(replace(self.system(), events=(event,))):
                raise SettingsError(
                    f"the trigger of event '{event.name}' depends on time other than linearly, and method "
                    f"{self.method} finds no moments of such; compare the time itself, or take method ode"
                )

    @cached_property
    def _definitions(self) -> dict[str, Expression]:
        return self.model.definitions()

    def used(self, expression: Expression) -> set[str]:
        """Return all names a formula depends on, through assigned variables and rates too."""
        used: set[str] = set()
        waiting = [expression]
        while waiting:
            for name in names_in(waiting.pop()):
                if name.path[0] not in used:
                    used.add(name.path[0])
                    if name.path[0] in self._definitions:
                        waiting.append(self._definitions[name.path[0]])
        return used

    def _constant(self, expression: Expression) -> float | None:
        """Return the value of a formula of numbers and parameters that are the same for all cells."""
        shared = self.initial.shared
        if any(name.path[0] not in shared for name in names_in(expression)):
            return None
        return float(evaluate(expression, lambda name: shared[name.path[0]]))

    def _molecules(self, reaction: Reaction, name: str, coefficient: Expression) -> float:
        value = self._constant(coefficient)
        if value is None:
            raise SettingsError(
                f"reaction '{reaction.name}' changes '{name}' by a stoichiometry that is no constant; "
                f"method {self.method} needs numbers"
            )
        if not abs(value) < float("inf") or (self.whole and not value.is_integer()):
            raise SettingsError(
                f"reaction '{reaction.name}' changes '{name}' by {value:g} molecules; "
                f"method {self.method} needs whole numbers"
            )
        return value

    def _check_unit(self, species: Species, changed: set[str]) -> None:
        moving = self.used(species.per_amount) & {TIME, *changed, *set_by_events(self.model)}
        if moving:
            raise SettingsError(
                f"the volume that '{species.name}' is in depends on '{min(moving)}'; with method "
                f"{self.method} a volume is a parameter or an input"
            )

    def _check_start(self, species: Species) -> None:
        """Refuse a first value below half a molecule: most likely no count, and it would become 0."""
        initial = species.initial
        if isinstance(initial, Distribution):
            value = initial.parameters[0] if initial.is_fixed else None
        else:
            value = self._constant(initial)
        unit = 1.0 if species.per_amount == ONE else self._constant(species.per_amount)
        if not self.whole or value is None or unit is None or not 0.0 < value / unit < SMALLEST_START:
            return
        raise SettingsError(
            f"species '{species.name}' starts with {value / unit:.3g} molecules, which rounds to none at "
            f"all; method {self.method} counts molecules: amounts are taken as they are, "
            "concentrations times their volume"
        )


def reaction_text(model: NetworkModel, number: int) -> str:
    """Return name and net changes of a reaction for messages: ``'r1' (2 A -> B)``."""
    reaction = model.reactions[number]
    sides: dict[bool, list[str]] = {False: [], True: []}
    for name, coefficient in reaction.changes:
        if not isinstance(coefficient, Number):
            return f"'{reaction.name}'"
        times = "" if abs(coefficient.value) == 1.0 else f"{abs(coefficient.value):g} "
        sides[coefficient.value > 0.0].append(f"{times}{name}")
    text = f"{' + '.join(sides[False])} -> {' + '.join(sides[True])}".strip()
    return f"'{reaction.name}' ({text})"
