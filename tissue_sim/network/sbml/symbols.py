"""The symbols of an SBML model: what its ids stand for and what determines each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.syntax import Expression, Name, Number
from tissue_sim.errors import SettingsError
from tissue_sim.network.sbml.formulas import Formulas
from tissue_sim.network.sbml.names import Names

__all__ = ["Symbols"]

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Symbols:
    """All ids of a model with their rules and initial assignments as trees.

    Attributes
    ----------
    file_name : str
    model : libsbml.Model
    names : Names
    formulas : Formulas
    assigned, rated, initial : dict of id to tree
        Assignment rules, rate rules, initial assignments.
    set_by_events : set of id
        What events assign to.
    invented_rates : dict of id to name
        Symbols whose rate some formula asks for -> the variable that holds it.
    notes : list of str
        What the user should know.
    """

    file_name: str
    model: Any
    names: Names = field(default_factory=Names)
    assigned: dict[str, Expression] = field(default_factory=dict)
    rated: dict[str, Expression] = field(default_factory=dict)
    initial: dict[str, Expression] = field(default_factory=dict)
    set_by_events: set[str] = field(default_factory=set)
    invented_rates: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.formulas = Formulas(self.file_name, self._resolve, self._rate)
        for identifier in self._identifiers():
            if identifier:
                self.names.declare(identifier)
        for definition in _each(self.model.getListOfFunctionDefinitions()):
            self.formulas.define(definition.getId(), definition.getMath())
        self._read_rules()
        for event in _each(self.model.getListOfEvents()):
            for assignment in _each(event.getListOfEventAssignments()):
                self.set_by_events.add(assignment.getVariable())

    def _identifiers(self) -> Iterator[str]:
        model = self.model
        for elements in (
            model.getListOfSpecies(),
            model.getListOfParameters(),
            model.getListOfCompartments(),
        ):
            yield from (element.getId() for element in _each(elements))
        for reaction in _each(model.getListOfReactions()):
            yield reaction.getId()
            for reference in (*_each(reaction.getListOfReactants()), *_each(reaction.getListOfProducts())):
                yield reference.getId()

    def _read_rules(self) -> None:
        for rule in _each(self.model.getListOfRules()):
            target = rule.getVariable()
            where = f"the rule of '{target}'"
            self._check_target(target, where)
            table = self.assigned if rule.isAssignment() else self.rated
            if self._has_formula(rule, where):
                table[target] = self.formulas.tree(rule.getMath(), where)
        for assignment in _each(self.model.getListOfInitialAssignments()):
            target = assignment.getSymbol()
            where = f"the initial assignment of '{target}'"
            self._check_target(target, where)
            if self._has_formula(assignment, where):
                self.initial[target] = self.formulas.tree(assignment.getMath(), where)

    def _has_formula(self, element: Any, where: str) -> bool:
        """Level 3 Version 2 allows a rule without a formula, which then does nothing."""
        if element.getMath() is not None:
            return True
        self.notes.append(f"{where} has no formula and does nothing")
        return False

    def _check_target(self, target: str, where: str) -> None:
        if target not in self.names:
            raise SettingsError(f"{self.file_name}: {where} aims at '{target}', which is not declared")

    def name(self, identifier: str) -> Name:
        """Return the tree of an id."""
        return Name((self.names[identifier],))

    def _resolve(self, identifier: str, where: str) -> Expression:
        if identifier not in self.names:
            raise SettingsError(f"{self.file_name}: {where} uses '{identifier}', which is not declared")
        return self.name(identifier)

    def _rate(self, identifier: str, where: str) -> Expression:
        self._resolve(identifier, where)
        if identifier not in self.invented_rates:
            self.invented_rates[identifier] = self.names.invent(f"rate_of_{self.names[identifier]}")
        return Name((self.invented_rates[identifier],))

    def moves(self, identifier: str) -> bool:
        """Say whether a rule changes a symbol over time."""
        return identifier in self.assigned or identifier in self.rated

    def changes(self, identifier: str) -> bool:
        """Say whether a rule or an event changes a symbol."""
        return self.moves(identifier) or identifier in self.set_by_events

    def start(self, identifier: str, value: float | None, default: float | None) -> tuple[Expression, bool]:
        """Return (tree of a symbol's first value, whether `default` had to be taken)."""
        if identifier in self.initial:
            return self.initial[identifier], False
        if value is not None:
            return Number(value), False
        if default is None:
            return Number(float("nan")), False
        return Number(default), identifier not in self.assigned


def _each(elements: Any) -> Iterator[Any]:
    return (elements.get(i) for i in range(elements.size()))
