"""The events of an SBML model, Level 2 and 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.syntax import Compare
from tissue_sim.codegen.walk import nodes_in
from tissue_sim.errors import SettingsError
from tissue_sim.network.model import Event, EventAssignment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tissue_sim.codegen.syntax import Expression
    from tissue_sim.network.sbml.symbols import Symbols

__all__ = ["Events"]


class Events:
    """Reads the events of one model.

    Parameters
    ----------
    file_name : str
    model : libsbml.Model
    symbols : Symbols
        Gets notes on events that can never do anything.
    states : mapping of id to name
        Species -> the name under which they are integrated: another one where that is the amount.
    """

    def __init__(self, file_name: str, model: Any, symbols: Symbols, states: Mapping[str, str]) -> None:
        self._file_name = file_name
        self._model = model
        self._symbols = symbols
        self._states = states

    def read(self) -> tuple[Event, ...]:
        """Return the events in order; one without a trigger's formula is noted and left out."""
        found = []
        for number, event in enumerate(_each(self._model.getListOfEvents()), start=1):
            identifier = event.getId() if event.isSetId() else ""
            names = self._symbols.names
            name = names.declare(identifier) if identifier else names.invent(f"event_{number}")
            where = f"event '{identifier}'" if identifier else f"event number {number}"
            trigger = event.getTrigger()
            if trigger is None or trigger.getMath() is None:
                self._symbols.notes.append(f"{where} has no trigger and never happens")
                continue
            if event.isSetTimeUnits():
                raise SettingsError(
                    f"{self._file_name}: {where} has a unit of time of its own, which is not supported; "
                    "write its delay in the model's unit"
                )
            condition = self._symbols.formulas.tree(trigger.getMath(), f"the trigger of {where}")
            if any(
                isinstance(node, Compare) and node.operator in ("==", "!=") for node in nodes_in(condition)
            ):
                self._symbols.notes.append(
                    f"the trigger of {where} asks whether values are equal, which a value that changes "
                    "continuously passes unseen; better are < and >"
                )
            found.append(
                Event(
                    name=name,
                    trigger=condition,
                    assignments=self._assignments(event, where),
                    delay=self._optional(event.getDelay(), f"the delay of {where}"),
                    priority=self._optional(event.getPriority(), f"the priority of {where}"),
                    persistent=bool(trigger.getPersistent()),
                    initial=bool(trigger.getInitialValue()),
                    values_at_trigger=bool(event.getUseValuesFromTriggerTime()),
                )
            )
        return tuple(found)

    def _optional(self, element: Any, where: str) -> Expression | None:
        if element is None:
            return None
        if element.getMath() is None:
            self._symbols.notes.append(f"{where} has no formula; it is taken as not given")
            return None
        return self._symbols.formulas.tree(element.getMath(), where)

    def _assignments(self, event: Any, where: str) -> tuple[EventAssignment, ...]:
        found = []
        for element in _each(event.getListOfEventAssignments()):
            target = element.getVariable()
            label = f"the assignment to '{target}' of {where}"
            if target not in self._symbols.names:
                raise SettingsError(f"{self._file_name}: {label} aims at what is not declared")
            if element.getMath() is None:
                self._symbols.notes.append(f"{label} has no formula and does nothing")
                continue
            found.append(self._assignment(target, self._symbols.formulas.tree(element.getMath(), label)))
        return tuple(found)

    def _assignment(self, target: str, value: Expression) -> EventAssignment:
        name = self._symbols.names[target]
        state = self._states.get(target, name)
        if state == name:
            return EventAssignment(name, value)
        volume = self._symbols.name(self._model.getSpecies(target).getCompartment())
        return EventAssignment(state, value, volume)


def _each(elements: Any) -> Iterator[Any]:
    return (elements.get(i) for i in range(elements.size()))
