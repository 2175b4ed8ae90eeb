"""Where the state of events stands in a cell's row of values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from tissue_sim.codegen.event import Event

__all__ = ["EventLayout"]

MOST_FIRST_SLOTS = 4


@dataclass(frozen=True)
class EventLayout:
    """From place `flags` on: for each event whether its trigger holds, then slots of pending executions.

    A slot holds the number of the event + 1 (0: empty), the network time of the execution and the values
    taken at the trigger. Slots go on to the end of the row, however many there are.

    Attributes
    ----------
    events : sequence of Event
    flags : int
        Place of the first flag; all of the row before it is not of events.
    """

    events: Sequence[Event]
    flags: int

    @property
    def first(self) -> int:
        """Place of the first slot."""
        return self.flags + len(self.events)

    @cached_property
    def slot(self) -> int:
        """Number of values of a slot."""
        taken = [len(event.assignments) for event in self.events if event.values_at_trigger]
        return 2 + max(taken, default=0)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of flags and first slots; no symbol of a network has a blank."""
        if not self.events:
            return ()
        slots = min(len(self.events), MOST_FIRST_SLOTS)
        return (
            *(f"trigger of {event.name}" for event in self.events),
            *(f"pending {i} {j}" for i in range(slots) for j in range(self.slot)),
        )

    def wider(self, width: int) -> int:
        """Return the width of a row with twice as many slots as one of `width` values has."""
        return width + max(1, (width - self.first) // self.slot) * self.slot

    def pack(self, rows: np.ndarray, width: int) -> np.ndarray:
        """Move what is pending to the first slots; say whether it then fits into rows of `width` values.

        Parameters
        ----------
        rows : float64[m, k]
            Changed in place.

        Returns
        -------
        bool[m]
        """
        slots = rows[:, self.first :].reshape(len(rows), -1, self.slot)
        pending = slots[:, :, 0] != 0.0
        order = (~pending).argsort(axis=1, kind="stable")
        for row, places in zip(slots, order, strict=True):
            row[:] = row[places]
        rows[:, self.first :] = slots.reshape(len(rows), -1)
        fits: np.ndarray = pending.sum(axis=1) <= (width - self.first) // self.slot
        return fits
