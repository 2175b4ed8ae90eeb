"""Datasets that grow along their first axis without ever touching what is finished.

A process may be killed between any two writes. Two forms of dataset survive that:

* compressed, for the bulk: every snapshot begins on a chunk boundary, so each chunk is written once.
  (A compressed chunk that is written again changes its size, moves, and leaves a gap that later data
  take over, while the index on disk may still point there.)
* plain, for what grows by single values: a chunk stays where it is, and writing it again writes the same
  bytes in front of the new ones.
"""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

__all__ = [
    "MOST_ROWS", "VALUES_PER_CHUNK", "Growing", "names_in_order", "remember_order", "set_text",
    "write_attribute",
]  # fmt: skip

VALUES_PER_CHUNK = 256
# A finite limit: h5netcdf takes the length of a limited dimension from its scale, and of an unlimited one
# from its longest variable, which may hold a snapshot that was never finished.
MOST_ROWS = 2**40


class Growing:
    """One dataset and how to add to it.

    Attributes
    ----------
    dataset : h5py.Dataset
        Shape (rows, *tail).
    """

    def __init__(self, dataset: h5py.Dataset) -> None:
        self.dataset = dataset
        self._rows, *self._tail = dataset.shape

    @classmethod
    def compressed(
        cls, group: h5py.Group, name: str, dtype: Any, tail: tuple[int, ...], chunk_rows: int
    ) -> Growing:
        """Create a dataset for bulk data (gzip-1 and shuffle); rows never written read as NaN or 0."""
        dtype = np.dtype(dtype)
        return cls(
            group.create_dataset(
                name,
                shape=(0, *tail),
                maxshape=(MOST_ROWS, *tail),
                chunks=(chunk_rows, *tail),
                dtype=dtype,
                compression="gzip",
                compression_opts=1,
                shuffle=True,
                fillvalue=np.nan if dtype.kind == "f" else 0,
            )
        )

    @classmethod
    def plain(
        cls,
        group: h5py.Group,
        name: str,
        dtype: Any,
        tail: tuple[int, ...] = (),
        chunk_rows: int = VALUES_PER_CHUNK,
    ) -> Growing:
        """Create a dataset for single values, one or a few rows at each record."""
        return cls(
            group.create_dataset(
                name,
                shape=(0, *tail),
                maxshape=(MOST_ROWS, *tail),
                chunks=(chunk_rows, *tail),
                dtype=dtype,
            )
        )

    def put(self, start: int, values: np.ndarray) -> None:
        """Write `values` from row `start` on, growing as needed."""
        stop = start + len(values)
        if self._rows < stop:
            self._resize(stop)
        if len(values):
            # The low-level calls take a third of the time of `dataset[start:stop] = values`.
            values = np.ascontiguousarray(values)
            space = self.dataset.id.get_space()
            space.select_hyperslab((start, *(0 for _ in self._tail)), values.shape)
            self.dataset.id.write(h5py.h5s.create_simple(values.shape), space, values)

    def put_one(self, row: int, value: Any) -> None:
        """Write one row."""
        self.put(row, np.asarray(value, dtype=self.dataset.dtype)[np.newaxis])

    def cut(self, rows: int) -> None:
        """Drop everything from row `rows` on."""
        if self._rows > rows:
            self._resize(rows)

    def _resize(self, rows: int) -> None:
        self.dataset.id.set_extent((rows, *self._tail))
        self._rows = rows


def set_text(item: h5py.HLObject, **texts: str) -> None:
    """Give a dataset or group text attributes."""
    for name, text in texts.items():
        item.attrs[name] = text


def remember_order(group: h5py.Group, names: list[str]) -> None:
    """Keep the order in which things were declared: HDF5 itself lists them by name."""
    group.attrs.create("order", names, shape=(len(names),), dtype=h5py.string_dtype())


def names_in_order(group: h5py.Group) -> list[str]:
    """Return what `remember_order` kept."""
    return [str(name) for name in group.attrs["order"]]


def write_attribute(item: h5py.HLObject, name: str, value: int) -> None:
    """Set an integer attribute, in place where it exists (never by delete and create)."""
    item.attrs.modify(name, np.int64(value))
