"""When an intervention begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tissue_sim.tissue.clock import Clock

__all__ = ["NEVER", "Schedule"]

NEVER = -1
"""The tick of an end that does not come."""


@dataclass(frozen=True)
class Schedule:
    """Beginnings at ``at + k * every``, each rounded up to a tick by itself, so that nothing drifts.

    Attributes
    ----------
    at : float
        First beginning, min.
    every : float or None
        Time between beginnings, min; None: there is one.
    until : float or None
        Last time, min, at which one may begin; None: to the end of the run.
    length : float or None
        From a beginning to its end, min, rounded up in the same way; None: it has no end.
    """

    at: float
    every: float | None = None
    until: float | None = None
    length: float | None = None

    def _time(self, number: int) -> float:
        return self.at + number * (self.every or 0.0)

    def begins(self, number: int, clock: Clock) -> int:
        """Return the tick at which occurrence `number` (from 0) begins, NEVER if it does not."""
        time = self._time(number)
        if number and (self.every is None or (self.until is not None and time > self.until * (1.0 + 1e-12))):
            return NEVER
        return clock.ticks_of(time)

    def ends(self, number: int, clock: Clock) -> int:
        """Return the tick at which occurrence `number` ends, NEVER if it does not."""
        return NEVER if self.length is None else clock.ticks_of(self._time(number) + self.length)
