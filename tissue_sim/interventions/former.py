"""The values that cells had before an intervention changed them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.interventions.occurrences import members

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Former"]


class Former:
    """cell_id -> value, for the cells in which one thing is changed.

    Attributes
    ----------
    ids : int64[m], ascending
    values : float64[m]
    """

    def __init__(self) -> None:
        self.ids = np.zeros(0, dtype=np.int64)
        self.values = np.zeros(0)

    def keep(self, ids: np.ndarray, values: np.ndarray) -> None:
        """Remember the values of cells (ids ascending) that are not known yet."""
        new = ~members(ids, self.ids)
        every = np.concatenate([self.ids, ids[new]])
        order = np.argsort(every, kind="stable")
        self.ids, self.values = every[order], np.concatenate([self.values, values[new]])[order]

    def take(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Remove cells (ids ascending); return which of them were known, bool[m], and their values."""
        known = members(ids, self.ids)
        values = self.values[np.searchsorted(self.ids, ids[known])]
        self.forget(ids[known])
        return known, values

    def inherit(self, mothers: np.ndarray, daughters: np.ndarray, shares: np.ndarray | None = None) -> None:
        """Give new daughters what their mothers had.

        Parameters
        ----------
        mothers, daughters : int64[m]
            Ids; those of daughters are above all others, ascending.
        shares : float64[m], optional
            The mothers' part of what is split; copied where not given.
        """
        known = members(mothers, self.ids)
        places = np.searchsorted(self.ids, mothers[known])
        whole = self.values[places]
        part = np.ones(len(places)) if shares is None else shares[known]
        self.values[places] = whole * part
        other = whole if shares is None else whole * (1.0 - part)
        self.ids = np.concatenate([self.ids, daughters[known]])
        self.values = np.concatenate([self.values, other])

    def forget(self, gone: np.ndarray) -> None:
        """Drop cells (ids int64[m], ascending)."""
        staying = ~members(self.ids, gone)
        self.ids, self.values = self.ids[staying], self.values[staying]

    def state(self) -> dict[str, np.ndarray]:
        """Return copies."""
        return {"ids": self.ids.copy(), "values": self.values.copy()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""
        self.ids = np.array(state["ids"], dtype=np.int64)
        self.values = np.array(state["values"], dtype=np.float64)
