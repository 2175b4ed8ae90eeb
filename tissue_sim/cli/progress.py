"""One line that says how a run gets on."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from tissue_sim.simulation import Simulation

__all__ = ["ProgressLine", "duration_text", "simulated_text"]

SECONDS_BETWEEN = 0.5
SECONDS_BETWEEN_LINES = 30.0


def duration_text(seconds: float) -> str:
    """Return a time of the clock on the wall: ``42 s``, ``1:05 min`` or ``2:03:04 h``."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours:
        return f"{hours}:{minutes:02}:{whole % 60:02} h"
    return f"{minutes}:{whole % 60:02} min" if minutes else f"{whole} s"


def simulated_text(minutes: float) -> str:
    """Return a time of the tissue: ``24 h``, or ``10 min`` below an hour."""
    return f"{minutes / 60.0:g} h" if minutes >= 60.0 or minutes == 0.0 else f"{minutes:g} min"


class ProgressLine:
    """Cells, simulated time, speed and time left; rewritten in place on a terminal.

    Elsewhere (a file, a batch job) a line of its own every half minute.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._terminal = self._out.isatty()
        self._between = SECONDS_BETWEEN if self._terminal else SECONDS_BETWEEN_LINES
        self._began: float | None = None
        self._shown = time.monotonic()
        self._began_at = 0.0

    def __call__(self, simulation: Simulation) -> None:
        """Show the state after a step, if it is time to."""
        now = time.monotonic()
        if self._began is None:
            # The first step may have compiled; it says nothing about the speed.
            self._began, self._began_at = now, simulation.progress
        if now - self._shown >= self._between:
            self._shown = now
            self._write(self.text(simulation, now))

    def text(self, simulation: Simulation, now: float) -> str:
        """Return the line."""
        tissue = simulation.tissue
        text = f"{tissue.population.size:>8,} cells  {tissue.clock.time / 60.0:8.2f} h"
        text += f"  {100.0 * simulation.progress:5.1f} %"
        elapsed = now - (self._began or now)
        done = simulation.progress - self._began_at
        if elapsed > 1.0 and done > 0.0:
            left = (1.0 - simulation.progress) * elapsed / done
            hours = done * simulation.scenario.settings.duration / 60.0
            text += f"  {hours / elapsed * 60.0:7.1f} h/min  {duration_text(left)} left"
        return text

    def clear(self) -> None:
        """Take the line away."""
        if self._terminal:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _write(self, text: str) -> None:
        self._out.write(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")
        self._out.flush()
