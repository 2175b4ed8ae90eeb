"""A network as the generator of kernels sees it: names, formulas and where each value stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tissue_sim.codegen.event_layout import EventLayout
from tissue_sim.codegen.syntax import Expression, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.event import Event

__all__ = ["OdeSystem"]

TIME = "time"
KEPT = ("step_size", "stiff", "frozen")


@dataclass(frozen=True)
class OdeSystem:
    """dX/dt = rates(X, cell values, shared values, time), one row of values per cell.

    A row holds: species, assigned variables, cell values, then `step_size` (network time; 0: to be
    estimated), `stiff` (1: the stiff method is in use) and `frozen` (1: no longer advanced); with events what
    `EventLayout` says.

    Attributes
    ----------
    species : tuple of str
    rates : tuple of Expression
        d/dt of each species, in its own units per network time.
    assigned : tuple of str
        Variables given by `definitions` that stand in the row.
    cell : tuple of str
        Values of each cell that stay constant over a step: inputs, parameters that are drawn per cell.
    shared : mapping of name to value
        Parameters that are the same for all cells.
    definitions : mapping of name to Expression
        Formulas of assigned variables and of reactions; without cycles.
    events : tuple of Event
        They set species and cell values.
    """

    species: tuple[str, ...]
    rates: tuple[Expression, ...]
    assigned: tuple[str, ...]
    cell: tuple[str, ...]
    shared: Mapping[str, float]
    definitions: Mapping[str, Expression]
    events: tuple[Event, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of a row's values."""
        return (*self.species, *self.assigned, *self.cell, *KEPT, *self.layout.names)

    @cached_property
    def layout(self) -> EventLayout:
        """Where triggers and pending events stand in a row."""
        first = len(self.species) + len(self.assigned) + len(self.cell) + len(KEPT)
        return EventLayout(self.events, first)

    @cached_property
    def places(self) -> dict[str, int]:
        """Place of each name in a row."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def integrated(self) -> tuple[int, ...]:
        """Places of the species that have a rate; the others stay as they are."""
        return tuple(i for i, rate in enumerate(self.rates) if rate != Number(0.0))
