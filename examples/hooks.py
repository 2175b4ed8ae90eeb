"""First way to extend: override `step`, `at_division` or `at_death` in a subclass of Cell.

Runs Python for every cell, 1-2 us a call: right for rare cells and for trying things out.
"""

from tissue_sim import Cell


class Quiescent(Cell):
    """A cell that stops cycling while it is short of oxygen, and counts its divisions."""

    def step(self) -> None:
        """Every lifecycle step: set the cell's own cycle rate by the oxygen it senses."""
        self["cycle.rate"] = 0.002 if self["signal.oxygen"] > 10.0 else 0.0

    def at_division(self, daughter: Cell) -> None:
        """Count the generations of mother and daughter."""
        self.generation = self.generation + 1
        daughter.generation = self.generation
