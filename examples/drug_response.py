"""A drug response of all cells at once: `step_population` of a subclass of Cell, arrays over the cells."""

import numpy as np

from tissue_sim import Cell, Cells


class Treated(Cell):
    """Cells that are damaged by a drug, repair the damage, and die of it, each by its own tolerance.

    d damage/dt = build_up drug - repair damage; rate of death = max_kill damage^n / (tolerance^n + damage^n).
    """

    @classmethod
    def step_population(cls, cells: Cells, dt: float) -> None:
        """Advance damage and draw deaths, every lifecycle step of `dt` minutes."""
        before = cells["damage"]
        settled = cells["build_up"] * cells["signal.drug"] / cells["repair"]
        after = settled + (before - settled) * np.exp(-cells["repair"] * dt)
        cells["damage"] = after
        relative = 0.5 * (before + after) / cells["tolerance"]
        rate = cells["max_kill"] * relative**4 / (1.0 + relative**4)
        cells.die(cells.uniform() < -np.expm1(-rate * dt))
