"""The exact Jacobian of a system: derivatives of its syntax trees, by the chain rule through definitions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tissue_sim.codegen.derivative import derivative
from tissue_sim.codegen.simplify import add, multiply
from tissue_sim.codegen.syntax import Expression, Name, Number
from tissue_sim.codegen.walk import names_in

if TYPE_CHECKING:
    from tissue_sim.codegen.ode_system import OdeSystem

__all__ = ["ZERO", "Derivatives"]

ZERO = Number(0.0)
TIME = "time"


class Derivatives:
    """Total derivatives of the rates; those of definitions become definitions themselves.

    The added definitions are named ``d a / d y``, which no user name can be.

    Attributes
    ----------
    places : list of (int, int)
        Rate i and integrated species j it depends on.
    """

    def __init__(self, system: OdeSystem) -> None:
        self._plain = system
        self._added: dict[str, Expression] = {}
        self._known: dict[tuple[str, str], Expression] = {}
        self._variables = {system.species[i]: k for k, i in enumerate(system.integrated)}
        self._reached: dict[str, frozenset[str]] = {}
        self.places = self._places()

    def entries(self) -> dict[tuple[int, int], Expression]:
        """Return d rate i / d species j for all that is not always 0."""
        names = list(self._variables)
        rates = [self._plain.rates[place] for place in self._plain.integrated]
        found = {(i, j): self._total(rates[i], names[j]) for i, j in self.places}
        return {place: entry for place, entry in found.items() if entry != ZERO}

    def by_time(self) -> list[Expression]:
        """Return the partial derivatives of the rates by time."""
        return [self._total(self._plain.rates[i], TIME) for i in self._plain.integrated]

    def system(self) -> OdeSystem:
        """Return the system with the added definitions; after `entries` and `by_time`."""
        return replace(self._plain, definitions={**self._plain.definitions, **self._added})

    def groups(self) -> list[int]:
        """Return a group for each species; no rate depends on two species of one group.

        Curtis, Powell, Reid 1974, doi:10.1093/imamat/13.1.117: one evaluation of the rates gives the
        difference quotients of a whole group.
        """
        rows: list[set[int]] = [set() for _ in self._variables]
        for i, j in self.places:
            rows[j].add(i)
        used: list[set[int]] = []
        groups = []
        for own in rows:
            group = next((g for g, taken in enumerate(used) if not own & taken), len(used))
            if group == len(used):
                used.append(set())
            used[group] |= own
            groups.append(group)
        return groups

    def _places(self) -> list[tuple[int, int]]:
        """Return (i, j) for every rate i that depends on integrated species j."""
        return [
            (i, self._variables[name])
            for i, place in enumerate(self._plain.integrated)
            for name in self._variables
            if name in self._variables_of(self._plain.rates[place])
        ]

    def _variables_of(self, expression: Expression) -> frozenset[str]:
        """Return the integrated species and ``time`` that an expression depends on, through definitions."""
        found: set[str] = set()
        for name in {each.path[0] for each in names_in(expression)}:
            if name in self._variables or name == TIME:
                found.add(name)
            elif name in self._plain.definitions:
                if name not in self._reached:
                    self._reached[name] = self._variables_of(self._plain.definitions[name])
                found |= self._reached[name]
        return frozenset(found)

    def _total(self, expression: Expression, variable: str) -> Expression:
        """Return the derivative of a formula by a variable, through the definitions it uses."""
        names = {each.path[0]: None for each in names_in(expression)}
        total = derivative(expression, (variable,)) if variable in names else ZERO
        for name in names:
            if name in self._plain.definitions and name not in self._variables:
                inner = self._of_definition(name, variable)
                if inner != ZERO:
                    total = add(total, multiply(derivative(expression, (name,)), inner))
        return total

    def _of_definition(self, name: str, variable: str) -> Expression:
        key = (name, variable)
        if key not in self._known:
            formula = self._plain.definitions[name]
            if variable not in self._variables_of(formula):
                self._known[key] = ZERO
            else:
                total = self._total(formula, variable)
                label = f"d {name} / d {variable}"
                if not isinstance(total, Number):
                    self._added[label] = total
                    total = Name((label,))
                self._known[key] = total
        return self._known[key]
