"""A number that every cell has for itself, under all that is done to it at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.interventions.former import Former
from tissue_sim.interventions.occurrences import members

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.interventions.plan import CellValue, Networks
    from tissue_sim.tissue.model import TissueModel

__all__ = ["CellValues", "present"]


def present(tissue: TissueModel, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (ids, rows) of those cells that are still there; ids int64[m] ascending."""
    ids = ids[members(ids, tissue.population["cell_id"])]
    return ids, np.searchsorted(tissue.population["cell_id"], ids)


class CellValues:
    """One behaviour, or one parameter of a network.

    Parameters
    ----------
    network : str
        Empty for a behaviour.
    name : str
    networks : Networks or None
        None where there is no network.

    Attributes
    ----------
    former : Former
        What the cells had before anything was done.
    """

    def __init__(self, network: str, name: str, networks: Networks | None) -> None:
        self._network, self._name, self._networks = network, name, networks
        self.former = Former()
        self.key = f"network.{network}.{name}" if network else name

    def update(
        self, tissue: TissueModel, ids: np.ndarray, layers: Sequence[tuple[np.ndarray, CellValue]]
    ) -> None:
        """Give cells the value of the last layer that holds them, or their former one.

        Parameters
        ----------
        ids : int64[m], ascending
            Cells for which something has begun or ended.
        layers : sequence of (ids, CellValue)
            All that is under way, in the order of beginnings.
        """
        ids, rows = present(tissue, ids)
        if self._network and self._networks is not None:
            carrying = self._networks.carriers(tissue, self._network)[rows]
            ids, rows = ids[carrying], rows[carrying]
        types = tissue.population["type"][rows]
        before = self._read(tissue)[rows]
        values, covered = before.copy(), np.zeros(len(ids), dtype=bool)
        for cells, effect in layers:
            here = members(ids, cells)
            if effect.cell_type is not None:
                here &= types == effect.cell_type
            values[here] = effect.value
            covered |= here
        self.former.keep(ids[covered], before[covered])
        known, former = self.former.take(ids[~covered])
        free = np.flatnonzero(~covered)[known]
        values[free] = former
        changed = covered.copy()
        changed[free] = True
        self._write(tissue, rows[changed], values[changed])

    def divided(
        self, tissue: TissueModel, mothers: np.ndarray, daughters: np.ndarray, shares: np.ndarray
    ) -> None:
        """Give daughters their mothers' former value; the value itself is copied like all of its kind."""
        del tissue, shares
        self.former.inherit(mothers, daughters)

    def _read(self, tissue: TissueModel) -> np.ndarray:
        if not self._network:
            return tissue.behaviours.own(self._name)
        return tissue.blocks[self._network].quantity(self._name, tissue.population.size)

    def _write(self, tissue: TissueModel, rows: np.ndarray, values: np.ndarray) -> None:
        if not self._network:
            tissue.behaviours.own(self._name)[rows] = values
        elif self._networks is not None:
            self._networks.set_value(tissue, self._network, self._name, rows, values)
