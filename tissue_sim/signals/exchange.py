"""What the cells exchange with one signal, gathered into the voxels' linear terms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.kernels.signals.exchange import (
    NOT_FINITE,
    REMOVAL,
    SINK,
    SOURCE,
    compensated_sum,
    exchange_amounts,
    gather_exchange,
    soften_removal,
    softened_shortfall,
)
from tissue_sim.tissue.columns import LIVE

if TYPE_CHECKING:
    from tissue_sim.tissue.domain import Grid
    from tissue_sim.tissue.model import TissueModel

__all__ = ["CellPlaces", "CellRates", "Terms"]

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


class Terms:
    """d rho/dt = source - sink rho of one signal in every voxel, from cells and places.

    Parameters
    ----------
    grid : Grid
    production, removal : float64 (nz, ny, nx) or None
        What sources give and take (both >= 0), unit/min.
    work : float64[3, voxels]
        Room for sink, source and removal, which signals may share: they take turns.
    """

    def __init__(
        self, grid: Grid, production: np.ndarray | None, removal: np.ndarray | None, work: np.ndarray
    ) -> None:
        self._grid = grid
        self.place(production, removal)
        self._sink, self._source, self._removal = work
        self._used = 0
        self._source_of_cells = False
        self._field = self._sink
        self._tangent = True
        self._reacting: np.ndarray | None = None
        self._reacted = 0.0
        self._removed_at = self._sink
        self._threshold = 0.0

    def place(
        self, production: np.ndarray | None, removal: np.ndarray | None, *, moving: bool = False
    ) -> None:
        """Take over what sources give and take from now on; `moving` where that is not for long."""
        volume = self._grid.voxel_volume
        self._production, self._removal_of_sources, self._moving = production, removal, moving
        self._produced = 0.0 if production is None else float(np.sum(production)) * volume
        self._produced -= 0.0 if removal is None else float(np.sum(removal)) * volume

    def react(self, rates: np.ndarray | None) -> None:
        """Add from now on what reactions leave to the steps, float64 (nz, ny, nx), unit/min, or nothing.

        Negative rates are taken whatever a voxel holds.
        """
        self._reacting = rates
        if rates is not None:
            self._reacted = float(compensated_sum(rates.ravel())) * self._grid.voxel_volume

    @property
    def sink(self) -> np.ndarray | None:
        """1/min, float64 (nz, ny, nx); None where nothing is taken up in proportion to the field."""
        return self._sink.reshape(self._grid.shape) if self._used & SINK else None

    @property
    def source(self) -> np.ndarray | None:
        """Unit/min, float64 (nz, ny, nx); None where nothing is added or taken at a constant rate."""
        return self._source.reshape(self._grid.shape) if self._used & SOURCE else None

    @property
    def lasting(self) -> bool:
        """The source is that of places alone and stays as it is from step to step."""
        return not (
            self._used & REMOVAL or self._source_of_cells or self._moving or self._reacting is not None
        )

    @property
    def sources_remove(self) -> bool:
        """A source takes at a constant rate."""
        return self._removal_of_sources is not None

    @property
    def removes(self) -> bool:
        """Something is taken at a constant rate, as long as a voxel can give it."""
        return bool(self._used & REMOVAL)

    def gather(self, cells: CellRates, field: np.ndarray, *, tangent: bool = True) -> None:
        """Set sink, source and removal from the cells, linearised at a field.

        Raises
        ------
        SimulationError
            If a cell's volume or rates are not finite.
        """
        places = cells.places
        self._tangent = tangent
        self._field = field.ravel().copy() if cells.saturating else field.ravel()
        if field.dtype != np.float64:  # no cell exchanges: nobody reads it
            self._field = self._removal
        alone = self._production is None and self._removal_of_sources is None and self._reacting is None
        if alone and not cells.exchange:
            self._used, self._source_of_cells = 0, False
            return
        self._start(self._sink, None)
        self._start(self._source, self._production)
        self._start(self._removal, self._removal_of_sources)
        self._used = gather_exchange(
            places.voxel, places.active, places.volume, *cells.rates, self._field, self._grid.voxel_volume,
            tangent, self._sink, self._source, self._removal,
        )  # fmt: skip
        if self._used & NOT_FINITE:
            cells.raise_not_finite()
        self._source_of_cells = bool(self._used & SOURCE)
        self._used |= SOURCE if self._production is not None else 0
        if self._reacting is not None:
            self._source += self._reacting.ravel()
            self._used |= SOURCE
        self._used |= REMOVAL if self._removal_of_sources is not None else 0

    def soften(self, field: np.ndarray, threshold: float) -> None:
        """Take removal out of the source, or, in voxels that have run out, make it a sink.

        Parameters
        ----------
        field : float64 (nz, ny, nx)
            A guess of the result: a voxel where it is below the threshold has run out.
        threshold : float
            Small beside the field, above 0; removal fades as removal min(1, rho / threshold).
        """
        if self.removes:
            self._removed_at, self._threshold = field.ravel().copy(), threshold
            soften_removal(self._removal, self._removed_at, threshold, self._sink, self._source)
            self._used |= SINK | SOURCE

    def run_out(self, field: np.ndarray, threshold: float) -> np.ndarray:
        """Return where something is to be removed and a field is below the threshold; bool[voxels]."""
        return np.asarray((self._removal > 0.0) & (field.ravel() < threshold))

    def amounts(self, cells: CellRates, mean_field: np.ndarray | None, dt: float) -> dict[str, float]:
        """Return the ledger lines of a step taken with these terms.

        Parameters
        ----------
        mean_field : float64 (nz, ny, nx) or None
            The field's average over the stages of the step; None where it does not matter (no sink).
        """
        places, volume = cells.places, self._grid.voxel_volume
        mean = self._field if mean_field is None else np.ascontiguousarray(mean_field).ravel()
        sums = np.zeros(3)
        if cells.declared:
            exchange_amounts(
                places.voxel, places.active, places.volume, *cells.rates, self._field, mean,
                self._tangent, dt, sums,
            )  # fmt: skip
        short = 0.0
        if self.removes:
            short = softened_shortfall(self._removal, self._removed_at, mean, self._threshold)
        return {
            "reactions": 0.0 if self._reacting is None else self._reacted * dt,
            "uptake": float(sums[0]),
            "secretion": float(sums[1]),
            "export": float(sums[2]),
            "sources": self._produced * dt,
            "shortfall": float(short) * volume * dt,
        }

    @staticmethod
    def _start(array: np.ndarray, values: np.ndarray | None) -> None:
        if values is None:
            array.fill(0.0)
        else:
            array[:] = values.ravel()
