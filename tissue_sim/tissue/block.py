"""The state of one network in the cells that carry it: its own array, not columns of all cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.tissue.population import Population

__all__ = ["Block"]


class Block:
    """Values of one network, float64[m, k], for the m cells that carry it, in cell_id order.

    Attributes
    ----------
    name : str
        The network's name.
    names : tuple of str
        The k value names: species first, then what else the kind keeps per cell.
    recorded : tuple of str
        The value names that are written as columns ``NAME__SPECIES``.
    whole : tuple of str
        Those of them that are whole numbers, 0 or more.
    rows : int64[m]
        Row of each carrying cell in the population.
    values : float64[m, k or more]
        The values; C-contiguous. What a kind keeps beyond the names (room for pending events) follows them.
    """

    def __init__(
        self,
        name: str,
        names: Sequence[str],
        recorded: Sequence[str],
        carriers: Sequence[bool],
        whole: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.names = tuple(names)
        self.recorded = tuple(recorded)
        self.whole = tuple(whole)
        self._index = {value: i for i, value in enumerate(self.names)}
        self._carriers = np.asarray(carriers, dtype=bool)
        self.rows = np.zeros(0, dtype=np.int64)
        self.values = np.zeros((0, len(self.names)))

    def index(self, name: str) -> int:
        """Return the place of a value name."""
        return self._index[name]

    def __contains__(self, name: str) -> bool:
        return name in self._index

    def carried_by(self, types: np.ndarray) -> np.ndarray:
        """Say for cell types (int[n]) whether they carry this network, bool[n]."""
        return np.asarray(self._carriers[types])

    def append(self, population: Population, rows: np.ndarray) -> np.ndarray:
        """Add the carriers among new rows at the end, values 0; return their places in the block."""
        carrying = rows[self.carried_by(population["type"][rows])]
        first = len(self.rows)
        self.rows = np.concatenate([self.rows, carrying])
        self.values = np.concatenate([self.values, np.zeros((len(carrying), self.values.shape[1]))])
        return np.arange(first, len(self.rows))

    def places_of(self, rows: np.ndarray) -> np.ndarray:
        """Return the place of each population row in the block, -1 where the cell does not carry it."""
        if not len(self.rows):
            return np.full(len(rows), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where(self.rows[places] == rows, places, -1)

    def remove(self, keep: np.ndarray) -> None:
        """Drop the cells whose population row is not kept (bool[n]) and renumber the rows."""
        staying = keep[self.rows]
        new_rows = np.cumsum(keep) - 1
        self.rows = new_rows[self.rows[staying]]
        self.values = np.ascontiguousarray(self.values[staying])

    def quantity(self, name: str, size: int) -> np.ndarray:
        """Return one value for every cell of the population, float64[size], NaN where not carried."""
        out = np.full(size, np.nan)
        out[self.rows] = self.values[:, self.index(name)]
        return out

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of rows and values."""
        return {"rows": self.rows.copy(), "values": self.values.copy()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""
        self.rows = np.array(state["rows"], dtype=np.int64)
        self.values = np.ascontiguousarray(state["values"], dtype=np.float64)
