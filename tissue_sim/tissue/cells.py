"""Many cells at once, for vectorised hooks: arrays in, arrays out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.random_numbers import Purpose

if TYPE_CHECKING:
    from tissue_sim.tissue.model import TissueModel

__all__ = ["Cells"]

USER_DRAW_OFFSET = 1 << 32
"""Draws of vectorised hooks lie apart from those of `cell.random`."""


class Cells:
    """A selection of cells, in cell_id order.

    ``cells["signal.oxygen"]`` is an array with one value for each cell; ``cells["motility.speed"] = values``
    sets it. Births and deaths are asked for with a mask.

    Attributes
    ----------
    rows : int64[m]
        Their rows in the population.
    """

    def __init__(self, tissue: TissueModel, rows: np.ndarray) -> None:
        self.tissue = tissue
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def cell_id(self) -> np.ndarray:
        """Their ids, int64[m]."""
        return np.array(self.tissue.population["cell_id"][self.rows])

    def __getitem__(self, quantity: str) -> np.ndarray:
        """Return one quantity, float64[m] or (m, 3); a copy."""
        return np.array(self.tissue.quantities.value(quantity)[self.rows])

    def __setitem__(self, quantity: str, values: np.ndarray | float) -> None:
        """Set a column, a behaviour's own value or a network species."""
        self.tissue.quantities.set(quantity, self.rows, np.asarray(values, dtype=np.float64))

    def uniform(self, draw: int = 0) -> np.ndarray:
        """Return one uniform number in (0, 1) for each cell; `draw` tells several apart within a step."""
        from tissue_sim.kernels.philox import fill_uniform

        out = np.empty(len(self))
        fill_uniform(
            self.tissue.key,
            self.cell_id,
            self.tissue.clock.tick,
            int(Purpose.USER),
            USER_DRAW_OFFSET + draw,
            out,
        )
        return out

    def divide(self, mask: np.ndarray) -> None:
        """Ask for the division of the cells where `mask` (bool[m]) holds."""
        self.tissue.ask("division", self.cell_id[mask])

    def die(self, mask: np.ndarray, cause: str = "apoptosis") -> None:
        """Ask for the death of the cells where `mask` (bool[m]) holds."""
        self.tissue.ask("death", self.cell_id[mask], cause=cause)

    def remove(self, mask: np.ndarray) -> None:
        """Ask for the removal of the cells where `mask` (bool[m]) holds."""
        self.tissue.ask("removal", self.cell_id[mask], cause="removed")
