"""Macrophages that chase, engulf and digest bacteria: `step` of a subclass of Cell overridden.

Runs Python for every macrophage and lifecycle step, some 10 us for each and 60 us for the list of neighbours:
right for few cells and for trying out.
"""

from tissue_sim import Cell

CRAWLING = 4.0
"""um/min; assumed: neutrophils reach 17, doi:10.1371/journal.pone.0011921."""
HANDLING_TIME = 20.0
"""min; assumed: engulfing takes minutes, and a macrophage at its meal does not hunt."""
LEAST_SLOPE = 0.01
"""Relative change of the attractant across one cell radius that is still felt; assumed."""


class Macrophage(Cell):
    """Crawls up the attractant where its slope can be felt, else at random; eats one bacterium at a time."""

    def step(self) -> None:
        """Digest, or else eat a bacterium in reach, or else hunt."""
        now = self.model.time
        if now < self.busy_until:
            return
        prey = [cell for cell in self.neighbours_in_contact if cell.type == "bacterium" and not cell.engulfed]
        if prey:
            self._engulf(self.random.choice(prey), now)
        else:
            self._hunt()

    def _engulf(self, victim: Cell, now: float) -> None:
        # The victim leaves at the end of the step; until then no other macrophage may count it too.
        victim.engulfed = 1
        victim.remove()
        self.eaten = self.eaten + 1
        self.busy_until = now + HANDLING_TIME
        self["motility.speed"] = 0.0

    def _hunt(self) -> None:
        slope = self["signal.attractant.gradient"] * self.radius
        felt = slope > LEAST_SLOPE * self["signal.attractant"]
        self["motility.bias"] = 0.9 if felt else 0.0
        self["motility.speed"] = CRAWLING
