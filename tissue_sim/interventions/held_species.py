"""A species of a network, under all that holds it or scales its production at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.interventions.cell_values import present
from tissue_sim.interventions.former import Former
from tissue_sim.interventions.occurrences import members

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.interventions.plan import HeldSpecies, Networks
    from tissue_sim.tissue.model import TissueModel

__all__ = ["SpeciesUnderIntervention"]


class SpeciesUnderIntervention:
    """One species.

    The value at which it is held is that of the last knockout or clamp that began; the factors of its
    production multiply. When the last hold ends, the species goes on from where it was held; one that the
    network itself never changes gets its former value back, since nothing else would bring it there.

    Parameters
    ----------
    network, species : str
    networks : Networks

    Attributes
    ----------
    former : Former
        Of a species that the network never changes.
    """

    def __init__(self, network: str, species: str, networks: Networks) -> None:
        self._network, self._species, self._networks = network, species, networks
        self._rests = networks.rests(network, species)
        self.former = Former()
        self.key = f"hold.{network}.{species}"

    def update(
        self, tissue: TissueModel, ids: np.ndarray, layers: Sequence[tuple[np.ndarray, HeldSpecies]]
    ) -> None:
        """Hold, scale or let go the species in cells for which something has begun or ended.

        Parameters
        ----------
        ids : int64[m], ascending
        layers : sequence of (ids, HeldSpecies)
            All that is under way, in the order of beginnings.
        """
        ids, rows = self._carriers(tissue, ids)
        held, factor = _combined(ids, layers)
        if self._rests:
            before = tissue.blocks[self._network].quantity(self._species, tissue.population.size)[rows]
            is_held = ~np.isnan(held)
            self.former.keep(ids[is_held], before[is_held])
            known, former = self.former.take(ids[~is_held])
            free = rows[~is_held][known]
            self._networks.set_value(tissue, self._network, self._species, free, former)
        self._networks.hold(tissue, self._network, self._species, rows, held, factor)

    def impose(
        self, tissue: TissueModel, ids: np.ndarray, layers: Sequence[tuple[np.ndarray, HeldSpecies]]
    ) -> None:
        """Put held species back at their values where division or exchange has moved them."""
        ids, rows = self._carriers(tissue, ids)
        held, _ = _combined(ids, layers)
        is_held = ~np.isnan(held)
        if is_held.any():
            self._networks.put_back(tissue, self._network, self._species, rows[is_held], held[is_held])

    def divided(
        self, tissue: TissueModel, mothers: np.ndarray, daughters: np.ndarray, shares: np.ndarray
    ) -> None:
        """Give daughters their part of their mothers' former values."""
        del tissue
        split = self._networks.is_split(self._network, self._species)
        self.former.inherit(mothers, daughters, shares if split else None)

    def _carriers(self, tissue: TissueModel, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ids, rows = present(tissue, ids)
        carrying = tissue.blocks[self._network].places_of(rows) >= 0
        return ids[carrying], rows[carrying]


def _combined(
    ids: np.ndarray, layers: Sequence[tuple[np.ndarray, HeldSpecies]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return at what cells are held (float64[m], NaN: free) and the factors of production (float64[m])."""
    held, factor = np.full(len(ids), np.nan), np.ones(len(ids))
    for cells, effect in layers:
        here = members(ids, cells)
        if effect.hold.value is not None:
            held[here] = effect.hold.value
        factor[here] *= effect.hold.factor
    return held, factor
