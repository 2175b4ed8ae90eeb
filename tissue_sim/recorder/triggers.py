"""When something is due, in whole clock ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Periodic"]

# A time within this fraction of a tick counts as that tick.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Periodic:
    """Due at 0, every, 2 every, ..., each rounded up to a tick; never shortens or adds a step.

    Attributes
    ----------
    every : float
        Period, min; more than 0.
    base_step : float
        Length of a tick, min.
    """

    every: float
    base_step: float

    def __post_init__(self) -> None:
        if not (self.every > 0 and self.base_step > 0):
            raise ValueError(
                f"a period must be positive, not {self.every} min in ticks of {self.base_step} min"
            )

    def due(self, tick: int) -> bool:
        """Say whether it is due at `tick`."""
        return tick >= 0 and self._tick(self._number_by(tick)) == tick

    def last_by(self, tick: int) -> int:
        """Return the last due tick up to `tick`."""
        return self._tick(self._number_by(tick))

    def _tick(self, number: int) -> int:
        ticks = number * self.every / self.base_step
        return math.ceil(ticks - ROUNDING * max(1.0, ticks))

    def _number_by(self, tick: int) -> int:
        """Return the largest k with tick(k) <= `tick`."""
        number = max(math.floor(tick * self.base_step / self.every) - 1, 0)
        while self._tick(number + 1) <= tick:
            number += 1
        return number
