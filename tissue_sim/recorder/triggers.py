"""When something is due: triggers in whole clock ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

__all__ = ["AtTicks", "Periodic", "Trigger"]

# A time within this fraction of a tick counts as that tick.
ROUNDING = 1e-9


class Trigger(Protocol):
    """Says when something is due next."""

    def due(self, tick: int) -> bool:
        """Say whether it is due at `tick`."""

    def next_after(self, tick: int) -> int | None:
        """Return the first due tick after `tick`, or None."""


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

    def next_after(self, tick: int) -> int:
        """Return the first due tick after `tick`."""
        if tick < 0:
            return 0
        number = self._number_by(tick) + 1
        # Periods shorter than a tick fall together.
        while self._tick(number) <= tick:
            number += 1
        return self._tick(number)

    def _tick(self, number: int) -> int:
        ticks = number * self.every / self.base_step
        return math.ceil(ticks - ROUNDING * max(1.0, ticks))

    def _number_by(self, tick: int) -> int:
        """Return the largest k with tick(k) <= `tick`."""
        number = max(math.floor(tick * self.base_step / self.every) - 1, 0)
        while self._tick(number + 1) <= tick:
            number += 1
        return number


@dataclass(frozen=True)
class AtTicks:
    """Due at given ticks.

    Attributes
    ----------
    ticks : tuple of int
        In any order.
    """

    ticks: tuple[int, ...]

    def due(self, tick: int) -> bool:
        """Say whether it is due at `tick`."""
        return tick in self.ticks

    def next_after(self, tick: int) -> int | None:
        """Return the first due tick after `tick`, or None."""
        return min((other for other in self.ticks if other > tick), default=None)
