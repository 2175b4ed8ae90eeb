"""Where the cells are, and at what rates they exchange one signal, during one signals step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.tissue.columns import LIVE

if TYPE_CHECKING:
    from tissue_sim.tissue.model import TissueModel

__all__ = ["CellPlaces", "CellRates"]

RATES = ("secretion", "saturation", "uptake", "uptake.max", "uptake.half", "export")


@dataclass(frozen=True)
class CellPlaces:
    """Where the cells are during one signals step, for all signals alike.

    Attributes
    ----------
    voxel : int64[n], index into the ravelled field
    active : bool[n], live and inside: the cells that exchange
    volume : float64[n], um^3
    nothing : float64[n], zeros: rates that no cell type has
    outside : int, number of cells outside an open domain
    """

    voxel: np.ndarray
    active: np.ndarray
    volume: np.ndarray
    nothing: np.ndarray
    outside: int

    @classmethod
    def of(cls, tissue: TissueModel) -> CellPlaces:
        """Look all cells up on the grid.

        Raises
        ------
        SimulationError
            If a cell's position is not finite.
        """
        voxel, outside = tissue.places()
        number = int(np.count_nonzero(outside))
        if number:
            # Such a cell is also one that is nowhere.
            _check_finite(tissue, "position", tissue.population["position"])
        active = tissue.population["state"] == LIVE
        if number:
            active &= ~outside
        volume = np.ascontiguousarray(tissue.population["volume"])
        return cls(voxel, active, volume, np.zeros(len(voxel)), number)


@dataclass(frozen=True)
class CellRates:
    """The exchange rates of all cells with one signal, in effect now.

    Attributes
    ----------
    places : CellPlaces
    rates : tuple of float64[n]
        In the order of RATES; zeros where no cell type declares one.
    saturating : bool
        Some cell takes up by Michaelis-Menten, so the terms depend on the field.
    tissue : TissueModel
    signal : str
    """

    places: CellPlaces
    rates: tuple[np.ndarray, ...]
    saturating: bool
    tissue: TissueModel
    signal: str

    @property
    def exchange(self) -> bool:
        """Some cell takes up, secretes or exports."""
        return any(bool(rate.any()) for rate in self._declared())

    @property
    def declared(self) -> bool:
        """Some cell type says something of it."""
        return bool(self._declared())

    def _declared(self) -> list[np.ndarray]:
        rates = (self.rates[place] for place in (0, 2, 3, 5))
        return [rate for rate in rates if rate is not self.places.nothing]

    @classmethod
    def of(cls, tissue: TissueModel, signal: str, places: CellPlaces) -> CellRates:
        """Read the behaviours ``exchange.SIGNAL.*``."""
        rates = tuple(
            np.ascontiguousarray(tissue.behaviours.effective(name))
            if name in tissue.behaviours
            else places.nothing
            for name in _behaviours_of(signal)
        )
        saturating = rates[3] is not places.nothing and bool((rates[3] > 0.0).any())
        return cls(places, rates, saturating, tissue, signal)

    def raise_not_finite(self) -> None:
        """Raise the SimulationError that names the cell whose exchange is not finite, and what of it."""
        _check_finite(self.tissue, "volume", self.places.volume)
        for name, values in zip(_behaviours_of(self.signal), self.rates, strict=True):
            _check_finite(self.tissue, name, values, self.signal)
        raise SimulationError(
            "a cell's exchange, volume times rate, is too large for a number; check the rates of exchange",
            process="signals", time=self.tissue.clock.time, signal=self.signal,
        )  # fmt: skip


def _behaviours_of(signal: str) -> list[str]:
    return [f"exchange.{signal}.{rate}" for rate in RATES]


def _check_finite(tissue: TissueModel, name: str, values: np.ndarray, signal: str | None = None) -> None:
    if math.isfinite(float(values.sum())):
        return
    for row in np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))[:1]:
        raise SimulationError(
            f"{name} is {values[row]}; it must be finite",
            process="signals",
            time=tissue.clock.time,
            cell_id=int(tissue.population["cell_id"][row]),
            signal=signal,
        )
