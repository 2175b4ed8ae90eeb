"""Two-way exchange of a signal with a species of a network through the cells' membrane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.signals.exchange import compensated_sum
from tissue_sim.signals.solver.membrane import Membrane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.signals.cell_rates import CellPlaces
    from tissue_sim.signals.settings import ExchangeSettings
    from tissue_sim.tissue.model import TissueModel

__all__ = ["MembraneExchange", "Passage"]


@dataclass(frozen=True)
class Passage:
    """One species that cells of some types exchange with the signal.

    Attributes
    ----------
    network, species : str
    permeability : float64[n_types], 1/min; NaN for types that do not take part
    """

    network: str
    species: str
    permeability: np.ndarray


class MembraneExchange:
    """Gathers the species of all taking part from their networks, and puts them back.

    Parameters
    ----------
    passages : sequence of Passage
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = tuple(passages)
        self._places: list[tuple[Passage, np.ndarray]] = []
        self._volume = np.zeros(0)
        self._before = np.zeros(0)
        self._membrane: Membrane | None = None

    @classmethod
    def of(
        cls,
        signal: str,
        exchange: Mapping[str, Mapping[str, ExchangeSettings]],
        cell_types: Sequence[str],
    ) -> MembraneExchange | None:
        """Collect the membranes of all cell types towards a signal; None where there is none."""
        found: dict[tuple[str, str], np.ndarray] = {}
        for number, cell_type in enumerate(cell_types):
            settings = exchange.get(cell_type, {}).get(signal)
            if settings is not None and settings.membrane is not None:
                key = settings.membrane.network, settings.membrane.species_name
                found.setdefault(key, np.full(len(cell_types), np.nan))[number] = (
                    settings.membrane.permeability
                )
        return cls([Passage(*key, values) for key, values in found.items()]) if found else None

    def gather(self, tissue: TissueModel, places: CellPlaces, voxel_volume: float) -> Membrane | None:
        """Return the membranes of the cells that take part now, network by network in row order."""
        self._places, voxels, permeability, inside = [], [], [], []
        volumes = []
        for passage in self._passages:
            chosen, rows, rates = self._carriers(tissue, passage)
            active = places.active[rows]
            chosen, rows, rates = chosen[active], rows[active], rates[active]
            block = tissue.blocks[passage.network]
            self._places.append((passage, chosen))
            voxels.append(places.voxel[rows])
            volumes.append(places.volume[rows])
            permeability.append(rates)
            inside.append(block.values[chosen, block.index(passage.species)])
        self._volume = np.concatenate(volumes)
        self._before = np.concatenate(inside)
        if not len(self._before):
            self._membrane = None
            return None
        self._membrane = Membrane(
            voxel=np.concatenate(voxels),
            volume_fraction=self._volume / voxel_volume,
            permeability=np.concatenate(permeability),
            inside=self._before.copy(),
        )
        return self._membrane

    def put_back(self, tissue: TissueModel) -> None:
        """Write the species a step changed into their networks."""
        if self._membrane is None:
            return
        first = 0
        for passage, chosen in self._places:
            block = tissue.blocks[passage.network]
            values = self._membrane.inside[first : first + len(chosen)]
            block.values[chosen, block.index(passage.species)] = values
            first += len(chosen)

    def amount(self) -> float:
        """Return what the cells gave to the field since `gather`, unit um^3."""
        if self._membrane is None:
            return 0.0
        return float(compensated_sum(self._volume * (self._before - self._membrane.inside)))

    def release(self, tissue: TissueModel, field: np.ndarray, keep: np.ndarray, voxel_volume: float) -> float:
        """Put what leaving cells hold into their voxels; return the amount, unit um^3.

        Cells outside the domain take it with them.
        """
        leaving = ~keep & ~tissue.outside()
        voxel, volume = tissue.voxels(), tissue.population["volume"]
        flat, total = field.reshape(-1), 0.0
        for passage in self._passages:
            chosen, rows, _ = self._carriers(tissue, passage)
            chosen, rows = chosen[leaving[rows]], rows[leaving[rows]]
            block = tissue.blocks[passage.network]
            amounts = volume[rows] * block.values[chosen, block.index(passage.species)]
            np.add.at(flat, voxel[rows], amounts / voxel_volume)
            total += float(compensated_sum(amounts))
        return total

    def _carriers(self, tissue: TissueModel, passage: Passage) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (place in the block, population row, permeability) of the cells with this passage."""
        rows = tissue.blocks[passage.network].rows
        rates = passage.permeability[tissue.population["type"][rows]]
        chosen = np.flatnonzero(~np.isnan(rates))
        return chosen, rows[chosen], rates[chosen]
