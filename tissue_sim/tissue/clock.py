"""Time in whole ticks: no float is ever added up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Clock"]

ROUNDING = 1e-9


class Clock:
    """An integer clock; one tick is the smallest of the steps.

    Parameters
    ----------
    steps : mapping of str to float
        Step of every kind of process, min; each a whole multiple of the smallest.

    Attributes
    ----------
    tick : int
        Ticks since the start.
    base_step : float
        Length of a tick, min.

    Raises
    ------
    SettingsError
        If a step is no whole multiple of the smallest one.
    """

    def __init__(self, steps: Mapping[str, float]) -> None:
        self.tick = 0
        self.base_step = min(steps.values())
        self._ticks: dict[str, int] = {}
        for name, step in steps.items():
            ratio = step / self.base_step
            if abs(ratio - round(ratio)) > ROUNDING * ratio:
                raise SettingsError(
                    f"step of {name} ({step:g} min) is no whole multiple of the smallest step "
                    f"({self.base_step:g} min); choose {math.floor(ratio) * self.base_step:g} or "
                    f"{math.ceil(ratio) * self.base_step:g} min"
                )
            self._ticks[name] = round(ratio)

    @property
    def time(self) -> float:
        """Minutes since the start."""
        return self.time_of(self.tick)

    def time_of(self, tick: int) -> float:
        """Return the time of a tick, min; the same bits as ``tick / n`` for a base step of 1/n."""
        per_minute = 1.0 / self.base_step
        if abs(per_minute - round(per_minute)) < ROUNDING * per_minute:
            return tick / round(per_minute)
        return tick * self.base_step

    def step_ticks(self, name: str) -> int:
        """Return the number of ticks of one kind of step."""
        return self._ticks[name]

    def step(self, name: str) -> float:
        """Return the length of one kind of step, min."""
        return self.time_of(self._ticks[name])

    def ticks_of(self, minutes: float) -> int:
        """Return the number of ticks that cover `minutes`, rounded up."""
        return math.ceil(minutes / self.base_step - ROUNDING * max(1.0, minutes / self.base_step))

    def due(self, names: tuple[str, ...]) -> bool:
        """Say whether one of these kinds of step begins now."""
        return any(self.tick % self._ticks[name] == 0 for name in names)
