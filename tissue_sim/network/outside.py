"""What may be done to the networks of some cells from outside, between their steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.syntax import Number
from tissue_sim.tissue.columns import LIVE

if TYPE_CHECKING:
    from tissue_sim.network.process import NetworkProcess
    from tissue_sim.tissue.model import TissueModel

__all__ = ["NetworksFromOutside"]


class NetworksFromOutside:
    """Holds species and sets parameters in the cells of a tissue.

    Parameters
    ----------
    process : NetworkProcess
        Of models that `Kind.with_holds` and `holding.with_varying` made ready.
    """

    def __init__(self, process: NetworkProcess) -> None:
        self._process = process

    def carriers(self, tissue: TissueModel, network: str) -> np.ndarray:
        """Say which cells are live and carry a network, bool[n]."""
        out = np.zeros(tissue.population.size, dtype=bool)
        out[tissue.blocks[network].rows] = True
        return np.asarray(out & (tissue.population["state"] == LIVE))

    def rests(self, network: str, species: str) -> bool:
        """Say whether the network itself never changes a species."""
        model = self._process.network(network).kind.model
        nodes = {node.name: node for node in model.nodes}
        if species in nodes:
            return nodes[species].rests(frozenset(nodes))
        return bool(model.rates()[model.species_names.index(species)] == Number(0.0))

    def is_split(self, network: str, species: str) -> bool:
        """Say whether division splits a species by volume."""
        return species in self._process.network(network).split

    def hold(
        self,
        tissue: TissueModel,
        network: str,
        species: str,
        rows: np.ndarray,
        held: np.ndarray,
        factor: np.ndarray,
    ) -> None:
        """Hold a species, or scale its production, in the carriers among population rows (int64[m]).

        Parameters
        ----------
        held, factor : float64[m]
            See `Kind.hold`.
        """
        entry = self._process.network(network)
        places = entry.block.places_of(rows)
        carrying = places >= 0
        places = places[carrying]
        entry.kind.hold(entry.block.values, places, species, held[carrying], factor[carrying])
        entry.kind.changed(entry.block.values, places, tissue.clock.time / entry.minutes)

    def put_back(
        self, tissue: TissueModel, network: str, species: str, rows: np.ndarray, values: np.ndarray
    ) -> None:
        """Write what held species are held at into carriers; the integrator goes on as before."""
        entry = self._process.network(network)
        places = entry.block.places_of(rows)
        entry.block.values[places, entry.block.index(species)] = values
        entry.kind.refresh(entry.block.values, places, tissue.clock.time / entry.minutes)

    def set_value(
        self, tissue: TissueModel, network: str, name: str, rows: np.ndarray, values: np.ndarray
    ) -> None:
        """Set a parameter, or a species, of the carriers among population rows; values float64[m]."""
        entry = self._process.network(network)
        places = entry.block.places_of(rows)
        carrying = places >= 0
        places = places[carrying]
        entry.block.values[places, entry.block.index(name)] = values[carrying]
        entry.kind.changed(entry.block.values, places, tissue.clock.time / entry.minutes)
