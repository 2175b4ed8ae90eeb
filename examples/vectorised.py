"""Second way to extend: `step_population` acts on all live cells of a type at once, with arrays."""

import numpy as np

from tissue_sim import Cell, Cells


class Drugged(Cell):
    """Cells that gather damage from a drug and die of it."""

    @classmethod
    def step_population(cls, cells: Cells, dt: float) -> None:
        """Every lifecycle step of `dt` minutes."""
        cells["damage"] = cells["damage"] + dt * (0.002 * cells["signal.drug"] - 0.001 * cells["damage"])
        rate_of_death = 0.01 * cells["damage"]
        cells.die(cells.uniform() < 1.0 - np.exp(-rate_of_death * dt))
