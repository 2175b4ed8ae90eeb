"""Interventions under way: which, until when, in which cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.interventions.schedule import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Occurrence", "Occurrences", "members"]


def members(cell_ids: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Say which of some ids (int64[m]) are in a sorted array of ids; bool[m]."""
    if not len(of):
        return np.zeros(len(cell_ids), dtype=bool)
    places = np.minimum(np.searchsorted(of, cell_ids), len(of) - 1)
    return np.asarray(of[places] == cell_ids)


@dataclass
class Occurrence:
    """One intervention between a beginning and its end.

    Attributes
    ----------
    number : int
        Place of the intervention in the file.
    end : int
        Tick of its end, NEVER if there is none.
    cells : int64[m]
        cell_ids, ascending.
    """

    number: int
    end: int
    cells: np.ndarray


class Occurrences:
    """All that are under way, in the order in which they began: the later one prevails."""

    def __init__(self) -> None:
        self._items: list[Occurrence] = []

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Occurrence]:
        return iter(self._items)

    def begin(self, new: Occurrence) -> None:
        """Add one; those of an intervention without end become one."""
        if new.end == NEVER:
            for old in self._items:
                if old.number == new.number and old.end == NEVER:
                    self._items.remove(old)
                    new.cells = np.union1d(old.cells, new.cells)
                    break
        self._items.append(new)

    def take_ended(self, tick: int) -> list[Occurrence]:
        """Remove and return those whose end has come."""
        ended = [each for each in self._items if each.end != NEVER and each.end <= tick]
        self._items = [each for each in self._items if each.end == NEVER or each.end > tick]
        return ended

    def next_end(self) -> int:
        """Return the tick of the next end, NEVER if there is none."""
        return min((each.end for each in self._items if each.end != NEVER), default=NEVER)

    def cells(self) -> np.ndarray:
        """Return the ids of all cells that something is done to, int64[m], ascending."""
        return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(each.cells for each in self._items)]))

    def inherit(self, mothers: np.ndarray, daughters: np.ndarray) -> None:
        """Let new daughters (ids int64[m], above all others, beside their mothers') share what is done."""
        for each in self._items:
            each.cells = np.concatenate([each.cells, np.sort(daughters[members(mothers, each.cells)])])

    def forget(self, gone: np.ndarray) -> None:
        """Drop cells that leave (ids int64[m], ascending)."""
        for each in self._items:
            each.cells = each.cells[~members(each.cells, gone)]

    def state(self) -> dict[str, np.ndarray]:
        """Return copies: number, end and number of cells of each, and the cells one after the other."""
        table = [(each.number, each.end, len(each.cells)) for each in self._items]
        cells = [np.zeros(0, dtype=np.int64), *(each.cells for each in self._items)]
        return {
            "occurrences": np.array(table, dtype=np.int64).reshape(len(table), 3),
            "cells": np.concatenate(cells).astype(np.int64),
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""
        table = np.asarray(state["occurrences"], dtype=np.int64).reshape(-1, 3)
        cells = np.array(state["cells"], dtype=np.int64)
        parts = np.split(cells, np.cumsum(table[:, 2])[:-1]) if len(table) else []
        self._items = [
            Occurrence(int(number), int(end), part)
            for (number, end, _), part in zip(table, parts, strict=True)
        ]
