"""Births and deaths are asked for and applied at one point of a step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.tissue.lineage import cause_index

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "Due", "Requests"]

KINDS = ("removal", "death", "division")
"""In the order in which one cell's requests are served: the first one consumes the cell."""

DTYPES = {"kind": "u1", "cell_id": "i8", "due": "i8", "cause": "u1"}


@dataclass(frozen=True)
class Due:
    """The requests of one kind that are due now, by cell_id.

    Attributes
    ----------
    cell_ids : int64[m]
    causes : uint8[m]
    axes : float64[m, 3]
        Division axes; NaN where one is to be drawn.
    """

    cell_ids: np.ndarray
    causes: np.ndarray
    axes: np.ndarray


class Requests:
    """All pending requests; part of the state."""

    def __init__(self) -> None:
        self._pending = {name: np.zeros(0, dtype=dtype) for name, dtype in DTYPES.items()}
        self._axes = np.zeros((0, 3))

    def __len__(self) -> int:
        return len(self._pending["cell_id"])

    def ask(
        self,
        kind: str,
        cell_ids: np.ndarray,
        due_tick: int,
        cause: str = "division",
        axes: np.ndarray | None = None,
    ) -> None:
        """Ask for something to happen to cells.

        Parameters
        ----------
        kind : str
            ``removal``, ``death`` or ``division``.
        cell_ids : int64[m]
        due_tick : int
            The clock tick at whose beginning it happens: the end of the asking process's step.
        cause : str
            One of `lineage.CAUSES`.
        axes : float64[m, 3], optional
            Unit vectors of division; drawn at random where not given.
        """
        number = len(cell_ids)
        if not number:
            return
        values = {
            "kind": np.full(number, KINDS.index(kind)),
            "cell_id": cell_ids,
            "due": np.full(number, due_tick),
            "cause": np.full(number, cause_index(cause)),
        }
        for name, dtype in DTYPES.items():
            added = np.asarray(values[name], dtype=dtype)
            self._pending[name] = np.concatenate([self._pending[name], added])
        new_axes = np.full((number, 3), np.nan) if axes is None else np.asarray(axes, dtype=np.float64)
        self._axes = np.concatenate([self._axes, new_axes])

    def take_due(self, tick: int) -> dict[str, Due]:
        """Remove and return what is due at `tick`, one request for each cell, by kind."""
        now = self._pending["due"] <= tick
        if not now.any():
            return {}
        taken = {name: values[now] for name, values in self._pending.items()}
        axes = self._axes[now]
        self._pending = {name: values[~now] for name, values in self._pending.items()}
        self._axes = self._axes[~now]
        order = np.lexsort((taken["kind"], taken["cell_id"]))
        ids = taken["cell_id"][order]
        first = np.ones(len(ids), dtype=bool)
        first[1:] = ids[1:] != ids[:-1]
        order = order[first]
        due = {}
        for number, kind in enumerate(KINDS):
            chosen = order[taken["kind"][order] == number]
            if len(chosen):
                due[kind] = Due(taken["cell_id"][chosen], taken["cause"][chosen], axes[chosen])
        return due

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of the pending requests."""
        return {**{name: values.copy() for name, values in self._pending.items()}, "axes": self._axes.copy()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned; raise ValueError where the lengths of its arrays differ."""
        self._pending = {name: np.array(state[name], dtype=dtype) for name, dtype in DTYPES.items()}
        self._axes = np.array(state["axes"], dtype=np.float64).reshape(-1, 3)
        if any(len(values) != len(self._axes) for values in self._pending.values()):
            raise ValueError("the arrays of pending requests have different lengths")
