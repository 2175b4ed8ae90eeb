"""Which cells are attached to each other: the pairs, whoever makes and breaks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import UsageError

if TYPE_CHECKING:
    from tissue_sim.tissue.population import Population

__all__ = ["COLUMN", "Attachments"]

COLUMN = "attachments"
"""The column with the number of attachments of each cell."""


class Attachments:
    """Pairs of cells that hold on to each other; part of the state.

    Attributes
    ----------
    pairs : int64[m, 2]
        cell_ids, the lower one first, sorted, each pair once; read-only.
    version : int
        Rises whenever pairs or the rows of their cells may have changed.
    """

    def __init__(self, population: Population) -> None:
        self._population = population
        self.pairs = np.empty((0, 2), dtype=np.int64)
        self.version = 0
        self._rows: np.ndarray | None = None
        self._rows_of = (-1, -1)

    def __len__(self) -> int:
        return len(self.pairs)

    def of(self, cell_id: int) -> list[int]:
        """Return the cell_ids attached to one cell, ascending."""
        first, second = self.pairs.T
        # Lower partners first: both parts ascend.
        return [*first[second == cell_id].tolist(), *second[first == cell_id].tolist()]

    def rows(self) -> np.ndarray:
        """Return the rows of the pairs, int64[m, 2]; as long as the population is what it is."""
        # Rows change only where cells leave, which the size shows unless others came, with new ids.
        now = (self._population.size, self._population.next_id)
        if self._rows is None or self._rows_of != now:
            self._rows = self._population.rows_of(self.pairs.ravel()).reshape(-1, 2)
            self._rows_of = now
        return self._rows

    def attach(self, first: np.ndarray, second: np.ndarray) -> None:
        """Attach cells to each other by hand; neither a maximum nor a distance holds them back.

        Parameters
        ----------
        first, second : int64[k]
            cell_ids; pairs that are attached already stay so.

        Raises
        ------
        UsageError
            If no cell type has attachments, a cell would be attached to itself, or these are no cell_ids.
        CellRemovedError
            If a cell is gone.
        """
        if COLUMN not in self._population:
            raise UsageError(
                "no cell type has attachments; write `mechanics: {attachments: {stiffness: 0.01 /min}}` "
                "for those whose cells attach"
            )
        added = _sorted_pairs(first, second)
        self._population.rows_of(added.ravel())
        if (added[:, 0] == added[:, 1]).any():
            raise UsageError(f"cell {added[added[:, 0] == added[:, 1]][0, 0]} cannot be attached to itself")
        self.replace(np.unique(np.concatenate([self.pairs, added]), axis=0))

    def detach(self, first: np.ndarray, second: np.ndarray) -> None:
        """Break the attachments between cells (cell_ids, int64[k] each); those that are none are left out."""
        gone = {tuple(pair) for pair in _sorted_pairs(first, second).tolist()}
        keep = np.array([tuple(pair) not in gone for pair in self.pairs.tolist()], dtype=bool)
        self.replace(self.pairs[keep])

    def keep_cells(self, keep: np.ndarray) -> None:
        """Break the attachments of cells whose row is not kept (bool[n]), before they leave."""
        self.replace(self.pairs[keep[self.rows()].all(axis=1)])

    def replace(self, pairs: np.ndarray, rows: np.ndarray | None = None) -> None:
        """Set the pairs and the number of attachments of each cell.

        Parameters
        ----------
        pairs : int64[m, 2]
            cell_ids, the lower first, sorted.
        rows : int64[m, 2], optional
            Their rows, where they are known.
        """
        self.pairs = np.ascontiguousarray(pairs, dtype=np.int64).reshape(-1, 2)
        self.pairs.flags.writeable = False
        self.version += 1
        self._rows, self._rows_of = rows, (self._population.size, self._population.next_id)
        if COLUMN in self._population:
            counts = np.bincount(self.rows().ravel(), minlength=self._population.size)
            self._population[COLUMN][:] = counts


def _sorted_pairs(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    both = [np.atleast_1d(first), np.atleast_1d(second)]
    # An empty list is an array of floats.
    whole = all(each.dtype.kind in "iu" or not each.size for each in both)
    if not whole or both[0].ndim != 1 or both[0].shape != both[1].shape:
        raise UsageError(
            f"attachments are between cell_ids, two whole numbers or two lists of them of one length; found "
            f"{first!r:.60} and {second!r:.60}"
        )
    return np.sort(np.stack(both, axis=1).astype(np.int64), axis=1)
