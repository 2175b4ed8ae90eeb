"""SBML Level 3 package qual (doi:10.1186/1752-0509-7-135): models with two levels as Boolean nodes.

A species without a transition, or a constant one, is a free input. Where no initial level stands, both
values are alike. More than two levels, effects other than setting a level, and reactions, species, rules or
events of the core beside qualitative ones are refused with their ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.syntax import Call, Expression, Logic, Name, Number, Unary
from tissue_sim.errors import SettingsError
from tissue_sim.network.boolean.building import built_model
from tissue_sim.network.boolean.node import BooleanNode
from tissue_sim.network.sbml.formulas import Formulas
from tissue_sim.network.sbml.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.network.model import NetworkModel
    from tissue_sim.network.reader import Given

__all__ = ["is_qualitative", "qualitative_model"]


def is_qualitative(document: Any) -> bool:
    """Say whether a document holds qualitative species."""
    plugin = document.getModel().getPlugin("qual")
    return plugin is not None and (plugin.getNumQualitativeSpecies() > 0 or plugin.getNumTransitions() > 0)


def qualitative_model(document: Any, file_name: str, notes: list[str], given: Given) -> NetworkModel:
    """Return the Boolean network of a document.

    Raises
    ------
    SettingsError
        What is refused, with its id.
    """
    return _Collector(document.getModel(), file_name, notes).model(given)


class _Collector:
    def __init__(self, model: Any, file_name: str, notes: list[str]) -> None:
        self._file_name = file_name
        self._notes = notes
        self._model = model
        self._plugin = model.getPlugin("qual")
        self._names = Names()
        self._thresholds: dict[str, int] = {}
        self._formulas = Formulas(file_name, self._resolve, self._no_rate)
        self._check_core()
        for i in range(model.getNumFunctionDefinitions()):
            definition = model.getFunctionDefinition(i)
            self._formulas.define(definition.getId(), definition.getMath())
        self._species = [
            self._plugin.getQualitativeSpecies(i) for i in range(self._plugin.getNumQualitativeSpecies())
        ]
        for species in self._species:
            self._check_species(species)
            self._names.declare(species.getId())

    def _error(self, message: str) -> SettingsError:
        return SettingsError(f"{self._file_name}: {message}")

    def _check_core(self) -> None:
        for what, elements in (
            ("species", self._model.getListOfSpecies()),
            ("reaction", self._model.getListOfReactions()),
            ("rule for", self._model.getListOfRules()),
            ("event", self._model.getListOfEvents()),
        ):
            for i in range(elements.size()):
                element = elements.get(i)
                label = element.getVariable() if what == "rule for" else element.getId()
                raise self._error(
                    f"{what} '{label}' stands beside qualitative species, which is not supported; "
                    "make two files of it, for two networks of a cell"
                )

    def _check_species(self, species: Any) -> None:
        identifier = species.getId()
        if species.isSetMaxLevel() and species.getMaxLevel() > 1:
            raise self._error(
                f"qualitative species '{identifier}' has levels up to {species.getMaxLevel()}; only 0 and 1 "
                "are supported (split it into Boolean nodes)"
            )
        if species.isSetInitialLevel() and not 0 <= species.getInitialLevel() <= 1:
            raise self._error(
                f"qualitative species '{identifier}' has the initial level {species.getInitialLevel()}; "
                "levels are 0 and 1"
            )

    def model(self, given: Given) -> NetworkModel:
        """Return the network."""
        logic: dict[str, Expression] = {}
        for i in range(self._plugin.getNumTransitions()):
            transition = self._plugin.getTransition(i)
            label = transition.getId() or f"number {i + 1}"
            self._read_inputs(transition, label)
            tree = self._logic(transition, label)
            for identifier in self._outputs(transition, label):
                if identifier in logic:
                    raise self._error(
                        f"qualitative species '{identifier}' is the output of two transitions (the second "
                        f"is '{label}'), which is not supported"
                    )
                logic[identifier] = tree
        nodes, initial = [], {}
        for species in self._species:
            name = self._names[species.getId()]
            nodes.append(BooleanNode(name, logic.get(species.getId(), Name((name,)))))
            if species.isSetInitialLevel():
                initial[name] = Number(float(species.getInitialLevel()))
        return built_model(self._file_name, nodes, self._names, given, initial=initial, notes=self._notes)

    def _read_inputs(self, transition: Any, label: str) -> None:
        self._thresholds = {}
        for i in range(transition.getNumInputs()):
            given = transition.getInput(i)
            if _effect(given) == "consumption":
                raise self._error(f"transition '{label}' consumes its input, which is not supported")
            if given.isSetId() and given.isSetThresholdLevel():
                self._thresholds[given.getId()] = given.getThresholdLevel()

    def _outputs(self, transition: Any, label: str) -> Iterator[str]:
        for i in range(transition.getNumOutputs()):
            output = transition.getOutput(i)
            identifier = output.getQualitativeSpecies()
            if _effect(output) != "assignmentLevel":
                raise self._error(
                    f"transition '{label}' has the effect '{_effect(output)}' on "
                    f"'{identifier}'; only assignmentLevel is supported"
                )
            if identifier not in self._names:
                raise self._error(f"transition '{label}' sets '{identifier}', which is no species")
            species = next(each for each in self._species if each.getId() == identifier)
            if species.isSetConstant() and species.getConstant():
                raise self._error(f"transition '{label}' sets '{identifier}', which is constant")
            yield identifier

    def _logic(self, transition: Any, label: str) -> Expression:
        """Return the level that a transition sets: that of the first term that holds, else the default."""
        default = transition.getDefaultTerm()
        if default is None:
            raise self._error(f"transition '{label}' has no default term")
        result = self._level(default, label)
        terms = [transition.getFunctionTerm(i) for i in range(transition.getNumFunctionTerms())]
        conditions = [
            (self._formulas.tree(term.getMath(), f"transition '{label}'"), self._level(term, label))
            for term in terms
        ]
        others = [condition for condition, level in conditions if level != result]
        if len(others) == len(conditions):
            return _any_of(others) if result == 0 else Unary("not", _any_of(others))
        tree: Expression = Number(float(result))
        for condition, level in reversed(conditions):
            tree = Call(("if",), (condition, Number(float(level)), tree))
        return tree

    def _level(self, term: Any, label: str) -> int:
        level = int(term.getResultLevel())
        if level not in (0, 1):
            raise self._error(f"transition '{label}' sets the level {level}; levels are 0 and 1")
        return level

    def _resolve(self, identifier: str, where: str) -> Expression:
        if identifier in self._names:
            return Name((self._names[identifier],))
        if identifier in self._thresholds:
            return Number(float(self._thresholds[identifier]))
        raise self._error(f"{where} uses '{identifier}', which is no qualitative species")

    def _no_rate(self, identifier: str, where: str) -> Expression:
        raise self._error(f"{where} uses rateOf('{identifier}'), which a qualitative model does not have")


def _effect(element: Any) -> str:
    """Return the effect of an input or output as a file writes it."""
    import libsbml

    words = {
        libsbml.Input: {
            libsbml.INPUT_TRANSITION_EFFECT_NONE: "none",
            libsbml.INPUT_TRANSITION_EFFECT_CONSUMPTION: "consumption",
        },
        libsbml.Output: {
            libsbml.OUTPUT_TRANSITION_EFFECT_PRODUCTION: "production",
            libsbml.OUTPUT_TRANSITION_EFFECT_ASSIGNMENT_LEVEL: "assignmentLevel",
        },
    }
    return words[type(element)].get(element.getTransitionEffect(), "unknown")


def _any_of(conditions: list[Expression]) -> Expression:
    if not conditions:
        return Number(0.0)
    return conditions[0] if len(conditions) == 1 else Logic("or", tuple(conditions))
