"""From the symbols of an SBML model to the intermediate form.

Values are those SBML formulas see: concentrations, or amounts where a species has only substance units (or
its compartment no dimensions). Where a compartment's size changes, the amount is integrated under a name of
its own and the concentration is assigned from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tissue_sim.codegen.syntax import Binary, Expression, Name, Number, Unary
from tissue_sim.errors import SettingsError
from tissue_sim.network.model import (
    Assignment,
    NetworkModel,
    Parameter,
    RateRule,
    Reaction,
    Species,
    sum_of,
)
from tissue_sim.network.sbml.events import Events
from tissue_sim.network.sbml.slopes import Slopes
from tissue_sim.network.sbml.symbols import Symbols
from tissue_sim.network.sbml.units import time_unit

__all__ = ["Collector"]

ONE = Number(1.0)
ZERO = Number(0.0)


class Collector:
    """Builds the `NetworkModel` of one document."""

    def __init__(self, document: Any, file_name: str, notes: list[str]) -> None:
        self._model = document.getModel()
        self._level = document.getLevel()
        self._file_name = file_name
        self._symbols = Symbols(file_name, self._model)
        self._notes = notes
        self._species: dict[str, Species] = {}
        self._parameters: list[Parameter] = []
        self._assignments: list[Assignment] = []
        self._rate_rules: list[RateRule] = []
        self._reactions: list[Reaction] = []
        self._changing: dict[str, str] = {}
        self._by_concentration: dict[str, tuple[Expression, Name, Name]] = {}

    def model(self) -> NetworkModel:
        """Return the network."""
        unit, note = time_unit(self._model, self._level)
        for compartment in _each(self._model.getListOfCompartments()):
            self._add_compartment(compartment)
        for parameter in _each(self._model.getListOfParameters()):
            value = parameter.getValue() if parameter.isSetValue() else None
            self._add_plain(parameter.getId(), value, None, parameter.getUnits())
        for species in _each(self._model.getListOfSpecies()):
            self._add_species(species)
        for reaction in _each(self._model.getListOfReactions()):
            self._add_reaction(reaction)
        symbols = self._symbols
        events = Events(self._file_name, self._model, symbols, self._changing).read()
        self._add_rates()
        notes = [*self._notes, *symbols.notes, *([note] if note else []), *symbols.names.changed()]
        return NetworkModel(
            name=self._model.getId() or self._file_name,
            species=tuple(self._species.values()),
            parameters=tuple(self._parameters),
            assignments=tuple(self._assignments),
            rate_rules=tuple(self._rate_rules),
            reactions=tuple(self._reactions),
            time_unit=unit,
            notes=tuple(notes),
            renamed=symbols.names.renamed(),
            events=events,
        )

    # --- compartments, parameters, species ----------------------------------------------------------

    def _add_plain(self, identifier: str, value: float | None, default: float | None, unit: str = "") -> None:
        """Add a compartment, parameter or stoichiometry: assigned, with a rate, or constant."""
        symbols = self._symbols
        name = symbols.names[identifier]
        if identifier in symbols.assigned:
            self._assignments.append(Assignment(name, symbols.assigned[identifier]))
            return
        start, by_default = symbols.start(identifier, value, default)
        if by_default:
            self._notes.append(f"'{identifier}' has no value; it is taken as {default:g}")
        if identifier in symbols.rated:
            self._species[name] = Species(name, start)
            self._rate_rules.append(RateRule(name, symbols.rated[identifier]))
        else:
            self._parameters.append(Parameter(name, start, unit))

    def _add_compartment(self, compartment: Any) -> None:
        size = compartment.getSize() if compartment.isSetSize() else None
        self._add_plain(compartment.getId(), size, 1.0, compartment.getUnits())

    def _is_amount(self, species: Any) -> bool:
        compartment = self._model.getCompartment(species.getCompartment())
        if compartment is None:
            raise SettingsError(
                f"{self._file_name}: species '{species.getId()}' is in compartment "
                f"'{species.getCompartment()}', which is not declared"
            )
        dimensions = compartment.getSpatialDimensionsAsDouble()
        return bool(species.getHasOnlySubstanceUnits()) or dimensions == 0.0

    def _add_species(self, species: Any) -> None:
        symbols, identifier = self._symbols, species.getId()
        name = symbols.names[identifier]
        amount = self._is_amount(species)
        volume = symbols.name(species.getCompartment())
        if identifier in symbols.assigned:
            self._assignments.append(Assignment(name, symbols.assigned[identifier]))
            return
        start = self._start_of(species, volume, amount=amount)
        rated = identifier in symbols.rated
        factor = self._conversion_factor(species)
        if not amount and self._is_amount_held(species):
            own = symbols.names.invent(f"amount_of_{name}")
            held = Binary("*", start, volume)
            self._species[own] = Species(own, held, amount=True, per_amount=factor, recorded=False)
            self._assignments.append(Assignment(name, Binary("/", Name((own,)), volume)))
            self._changing[identifier] = own
            if rated:
                self._by_concentration[own] = symbols.rated[identifier], volume, Name((name,))
            return
        if rated:
            self._species[name] = Species(name, start, amount=amount)
            self._rate_rules.append(RateRule(name, symbols.rated[identifier]))
            return
        scale = self._scale(species) if amount else 1.0
        per_amount = factor if amount else Binary("/", factor, volume)
        self._species[name] = Species(name, start, amount=amount, per_amount=per_amount, scale=scale)
        self._changing[identifier] = name

    def _is_amount_held(self, species: Any) -> bool:
        """Say whether a concentration is best had from its amount: where the volume changes.

        One with a rate rule stays itself, unless events may change the volume at once: that keeps the amount.
        """
        compartment = species.getCompartment()
        if species.getId() in self._symbols.rated:
            return bool(self._symbols.set_by_events) and self._symbols.changes(compartment)
        return self._symbols.changes(compartment)

    def _start_of(self, species: Any, volume: Name, *, amount: bool) -> Expression:
        identifier = species.getId()
        if identifier in self._symbols.initial:
            return self._symbols.initial[identifier]
        if species.isSetInitialAmount():
            value: Expression = Number(species.getInitialAmount())
            return value if amount else Binary("/", value, volume)
        if species.isSetInitialConcentration():
            value = Number(species.getInitialConcentration())
            return Binary("*", value, volume) if amount else value
        return Number(float("nan"))

    def _conversion_factor(self, species: Any) -> Expression:
        if species.isSetConversionFactor():
            return self._symbols.name(species.getConversionFactor())
        if self._level > 2 and self._model.isSetConversionFactor():
            return self._symbols.name(self._model.getConversionFactor())
        return ONE

    def _scale(self, species: Any) -> float:
        """Return the size of the unit of an amount: the volume, unless amounts are counts of molecules."""
        compartment = self._model.getCompartment(species.getCompartment())
        volume = compartment.getSize() if compartment.isSetSize() else 1.0
        typical = max(
            (
                abs(other.getInitialAmount())
                for other in _each(self._model.getListOfSpecies())
                if other.getCompartment() == species.getCompartment() and other.isSetInitialAmount()
            ),
            default=0.0,
        )
        size = max(volume, typical)
        return min(1.0, size) if size > 0.0 else 1.0

    # --- reactions ----------------------------------------------------------------------------------

    def _add_reaction(self, reaction: Any) -> None:
        identifier = reaction.getId()
        where = f"reaction '{identifier}'"
        law = reaction.getKineticLaw()
        if law is None:
            raise SettingsError(f"{self._file_name}: {where} has no rate law")
        local = self._local_parameters(law, identifier)
        rate: Expression = ZERO
        if law.getMath() is None:
            self._notes.append(f"the rate law of {where} has no formula; its rate is 0")
        else:
            rate = self._symbols.formulas.tree(law.getMath(), where, local)
        changes: dict[str, list[Expression]] = {}
        for sign, references in ((-1.0, reaction.getListOfReactants()), (1.0, reaction.getListOfProducts())):
            for reference in _each(references):
                coefficient = self._coefficient(reference, where)
                target = self._target(reference.getSpecies(), where)
                if target is not None:
                    changes.setdefault(target, []).append(_signed(sign, coefficient))
        merged = tuple((target, _total(terms)) for target, terms in changes.items())
        self._reactions.append(Reaction(self._symbols.names[identifier], rate, merged))

    def _local_parameters(self, law: Any, reaction: str) -> dict[str, Expression]:
        symbols = self._symbols
        elements = law.getListOfLocalParameters() if self._level > 2 else law.getListOfParameters()
        local: dict[str, Expression] = {}
        for parameter in _each(elements):
            identifier = parameter.getId()
            name = symbols.names.invent(f"{symbols.names[reaction]}_{identifier}")
            value = parameter.getValue() if parameter.isSetValue() else float("nan")
            self._parameters.append(Parameter(name, Number(value), parameter.getUnits()))
            local[identifier] = Name((name,))
        return local

    def _target(self, identifier: str, where: str) -> str | None:
        """Return the species a reaction changes, None where rules or the boundary decide its value."""
        species = self._model.getSpecies(identifier)
        if species is None:
            raise SettingsError(f"{self._file_name}: {where} uses '{identifier}', which is no species")
        if species.getBoundaryCondition() or species.getConstant() or self._symbols.moves(identifier):
            return None
        return self._changing[identifier]

    def _coefficient(self, reference: Any, where: str) -> Expression:
        symbols, identifier = self._symbols, reference.getId()
        if self._level == 2 and reference.isSetStoichiometryMath():
            return symbols.formulas.tree(reference.getStoichiometryMath().getMath(), where)
        value = reference.getStoichiometry() if self._level == 2 or reference.isSetStoichiometry() else None
        if identifier:
            self._add_plain(identifier, value, None)
            return symbols.name(identifier)
        if value is None:
            raise SettingsError(
                f"{self._file_name}: {where} gives no stoichiometry for '{reference.getSpecies()}'"
            )
        return Number(value)

    # --- rates of change ----------------------------------------------------------------------------

    def _add_rates(self) -> None:
        """Add what ``rateOf`` asks for, and the rates of amounts whose concentration follows a rule."""
        for name, (rate, volume, concentration) in self._by_concentration.items():
            grown = Binary("*", concentration, self._slopes().of(volume.path[0]))
            self._rate_rules.append(RateRule(name, Binary("+", Binary("*", rate, volume), grown)))
        slopes = self._slopes()
        for identifier, name in self._symbols.invented_rates.items():
            if identifier in self._symbols.assigned:
                raise SettingsError(
                    f"{self._file_name}: rateOf('{identifier}') of an assigned variable is not allowed"
                )
            rate = slopes.of(self._symbols.names[identifier])
            self._assignments.append(Assignment(name, rate, recorded=False))

    def _slopes(self) -> Slopes:
        rates = self._symbols.invented_rates.values()
        return Slopes(self._species, self._assignments, self._rate_rules, self._reactions, rates)


def _signed(sign: float, coefficient: Expression) -> Expression:
    if isinstance(coefficient, Number):
        return Number(sign * coefficient.value)
    return coefficient if sign > 0.0 else Unary("-", coefficient)


def _total(terms: list[Expression]) -> Expression:
    if all(isinstance(term, Number) for term in terms):
        return Number(sum(term.value for term in terms if isinstance(term, Number)))
    return sum_of(terms)


def _each(elements: Any) -> Iterator[Any]:
    return (elements.get(i) for i in range(elements.size()))
