"""What the two cells of a division get: parts by volume, or molecules one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.random_numbers import Purpose

if TYPE_CHECKING:
    from tissue_sim.network.kind import Draws, Kind

__all__ = ["Division"]

DRAWS_EACH = 1 << 20
"""Draws set aside for each species."""
NETWORK_DRAWS = 1 << 40
"""Draws set aside for each network."""


@dataclass(frozen=True)
class Division:
    """Divisions of cells that carry one network.

    Attributes
    ----------
    values : float64[m, k]
        Rows of the network; those of daughters are their mothers'.
    mothers, daughters : int64[p]
        Rows of the two cells of each division.
    kept, given : float64[p]
        Parts of the volume that stay with the mother and go to the daughter.
    """

    values: np.ndarray
    mothers: np.ndarray
    daughters: np.ndarray
    kept: np.ndarray
    given: np.ndarray

    def split(self, kind: Kind, names: tuple[str, ...]) -> None:
        """Split species by volume; where molecules are whole numbers, to the nearest one."""
        for name in names:
            column = kind.names.index(name)
            whole = self.values[self.mothers, column]
            first, second = whole * self.kept, whole * self.given
            if kind.counts:
                unit = kind.unit_of(self.values, self.mothers, name)
                molecules = np.rint(whole / unit)
                first = np.rint(molecules * self.kept)
                first, second = first * unit, (molecules - first) * unit
            self.values[self.mothers, column] = first
            self.values[self.daughters, column] = second

    def share_out(self, kind: Kind, names: tuple[str, ...], number: int, draws: Draws) -> None:
        """Let every molecule of some species go to either cell by its part of the volume; sums stay exactly.

        Parameters
        ----------
        kind : Kind
        names : tuple of str
        number : int
            Place of the network among those of the tissue; it keeps their draws apart.
        draws : Draws
            The ids are those of the mothers.
        """
        from tissue_sim.kernels.stochastic.partition import partition

        for name in names:
            column = kind.names.index(name)
            unit = np.broadcast_to(kind.unit_of(self.values, self.mothers, name), len(self.mothers))
            molecules = self.values[self.mothers, column] / unit
            nearest = np.rint(molecules)  # a count times its unit, divided by it, may be off by rounding
            close = (unit != 1.0) & (np.abs(molecules - nearest) <= 1e-9 * np.maximum(1.0, np.abs(nearest)))
            molecules = np.where(close, nearest, molecules)
            kept = np.empty(len(self.mothers))
            with np.errstate(all="ignore"):  # as compiled code, where the JIT is off
                partition(
                    molecules,
                    np.ascontiguousarray(self.kept),
                    np.uint64(draws.key),
                    np.ascontiguousarray(draws.cell_ids, dtype=np.int64),
                    int(draws.tick),
                    int(Purpose.NETWORK_PARTITION),
                    number * NETWORK_DRAWS + column * DRAWS_EACH,
                    kept,
                )
            self.values[self.mothers, column] = kept * unit
            self.values[self.daughters, column] = (molecules - kept) * unit
