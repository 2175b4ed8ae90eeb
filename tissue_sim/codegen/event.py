"""What an event of a network is: it happens at the moment its trigger becomes true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Expression, Number

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Event", "EventAssignment"]

ONE = Number(1.0)


@dataclass(frozen=True)
class EventAssignment:
    """One value that an event sets.

    Attributes
    ----------
    name : str
        A species or a parameter.
    value : Expression
        Taken when the event is triggered or when it is executed, as the event says.
    factor : Expression
        Multiplies the value; always taken at the execution, before the event's assignments. An amount that is
        set as a concentration has the volume here.
    """

    name: str
    value: Expression
    factor: Expression = ONE


@dataclass(frozen=True)
class Event:
    """Assignments that are made when a condition becomes true (SBML Level 3 Version 2, section 4.12).

    Attributes
    ----------
    name : str
    trigger : Expression
        The event is triggered when this goes from 0 to anything else.
    assignments : tuple of EventAssignment
        Made together: each value is that before all of them.
    delay : Expression or None
        Network time from trigger to execution; taken at the trigger; none is 0.
    priority : Expression or None
        Of events of one instant the one with the highest is executed first; it is taken anew before each.
        Those without one come last; equal ones are drawn.
    persistent : bool
        False: a trigger that becomes false before the execution calls it off.
    initial : bool
        Value of the trigger before the start; where it is false, a trigger that holds at the start triggers.
    values_at_trigger : bool
        The assigned values are those at the trigger, not those at the execution.
    """

    name: str
    trigger: Expression
    assignments: tuple[EventAssignment, ...] = ()
    delay: Expression | None = None
    priority: Expression | None = None
    persistent: bool = True
    initial: bool = True
    values_at_trigger: bool = True

    def expressions(self) -> Iterator[Expression]:
        """Yield every formula of the event."""
        yield self.trigger
        for optional in (self.delay, self.priority):
            if optional is not None:
                yield optional
        for assignment in self.assignments:
            yield assignment.value
            yield assignment.factor
