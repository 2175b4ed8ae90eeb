"""All cells as columns (structure of arrays).

Rows are always in the order of cell_id: new cells get larger ids and are appended, removal closes the gaps
and keeps the order. So a row is found by bisection, recording needs no sorting, and nothing depends on the
history of the memory. Spatial order, where a kernel wants it, lives inside that kernel's own work arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.errors import CellRemovedError, ColumnError, SimulationError, did_you_mean
from tissue_sim.tissue.columns import BUILT_IN_COLUMNS, Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Population"]

GROWTH_FACTOR = 1.5
MOST_CELLS = 2**32 - 1


class Population:
    """The columns of all cells, rows in the order of cell_id.

    Attributes
    ----------
    size : int
        Number of cells n; every view has n rows.
    next_id : int
        cell_id of the next cell to come.
    """

    def __init__(self, columns: Iterable[Column] = BUILT_IN_COLUMNS, capacity: int = 64) -> None:
        self.size = 0
        self.next_id = 1
        self._capacity = capacity
        self._columns: dict[str, Column] = {}
        self._arrays: dict[str, np.ndarray] = {}
        for column in columns:
            self.declare(column)

    def __len__(self) -> int:
        return self.size

    @property
    def columns(self) -> Mapping[str, Column]:
        """Every declared column by name."""
        return self._columns

    def declare(self, column: Column) -> None:
        """Add a column; present cells get its initial value. Declaring the same again changes nothing."""
        known = self._columns.get(column.name)
        if known is not None:
            if known != column:
                raise ColumnError(f"column '{column.name}' is already declared differently")
            return
        self._columns[column.name] = column
        self._arrays[column.name] = np.full(
            (self._capacity, *column.shape), column.initial, dtype=column.dtype
        )

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def __getitem__(self, name: str) -> np.ndarray:
        """Return the live, writable view of one column, shape (n, *column.shape).

        The view is valid until cells are added or removed; do not keep it across a step.
        """
        try:
            return self._arrays[name][: self.size]
        except KeyError:
            known = list(self._columns)
            raise ColumnError(
                f"no column '{name}'{did_you_mean(name, known)}; declare it under `columns:`"
            ) from None

    def rows_of(self, cell_ids: np.ndarray) -> np.ndarray:
        """Return the rows of the cells with these ids (int64[m]); raise CellRemovedError for any gone."""
        wanted = np.atleast_1d(np.asarray(cell_ids, dtype=np.int64))
        ids = self["cell_id"]
        rows = np.searchsorted(ids, wanted)
        gone = (
            (rows >= self.size) | (ids[np.minimum(rows, max(self.size - 1, 0))] != wanted)
            if self.size
            else (np.ones(len(wanted), dtype=bool))
        )
        if gone.any():
            raise CellRemovedError(int(wanted[gone][0]))
        return rows

    def row_of(self, cell_id: int) -> int:
        """Return the row of one cell; raise CellRemovedError if it is gone."""
        return int(self.rows_of(np.array([cell_id]))[0])

    def append(self, number: int) -> np.ndarray:
        """Add `number` cells with every column at its initial value and new ids; return their rows."""
        if self.next_id + number > MOST_CELLS:
            raise SimulationError("no more cell ids: at most 2**32 - 1 cells can be born in one run")
        self._reserve(self.size + number)
        rows = np.arange(self.size, self.size + number)
        for name, column in self._columns.items():
            self._arrays[name][self.size : self.size + number] = column.initial
        self.size += number
        self["cell_id"][rows] = np.arange(self.next_id, self.next_id + number)
        self.next_id += number
        return rows

    def remove(self, keep: np.ndarray) -> None:
        """Keep only the rows where `keep` (bool[n]) holds, in their order."""
        left = int(np.count_nonzero(keep))
        for array in self._arrays.values():
            array[:left] = array[: self.size][keep]
        self.size = left

    def _reserve(self, size: int) -> None:
        if size <= self._capacity:
            return
        self._capacity = max(size, int(self._capacity * GROWTH_FACTOR) + 1)
        for name, column in self._columns.items():
            larger = np.full((self._capacity, *column.shape), column.initial, dtype=column.dtype)
            larger[: self.size] = self._arrays[name][: self.size]
            self._arrays[name] = larger

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of every column and the id counter."""
        arrays = {f"column/{name}": self[name].copy() for name in self._columns}
        arrays["next_id"] = np.array(self.next_id, dtype=np.int64)
        return arrays

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` returned."""
        number = len(state["column/cell_id"])
        self._reserve(number)
        self.size = number
        for name in self._columns:
            self[name][:] = state[f"column/{name}"]
        self.next_id = int(state["next_id"])
