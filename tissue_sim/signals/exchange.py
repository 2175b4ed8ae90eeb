"""What the cells exchange with one signal, gathered into the voxels' linear terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.signals.exchange import (
    CHUNK,
    NOT_FINITE,
    REMOVAL,
    SINK,
    SOURCE,
    add_terms,
    amounts_of_cells,
    compensated_sum,
    soften_removal,
    softened_shortfall,
    terms_of_cells,
)

if TYPE_CHECKING:
    from tissue_sim.signals.cell_rates import CellRates
    from tissue_sim.tissue.domain import Grid

__all__ = ["Terms"]


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
        terms, used = np.empty((3, len(places.voxel))), self._parts(cells)
        terms_of_cells(
            places.voxel, places.active, places.volume, *cells.rates, self._field, self._grid.voxel_volume,
            tangent, terms, used,
        )  # fmt: skip
        of_cells = int(np.bitwise_or.reduce(used, initial=0))
        if of_cells & NOT_FINITE:
            cells.raise_not_finite()
        self._used, self._source_of_cells = of_cells, bool(of_cells & SOURCE)
        # First of all removal, which may turn into the other two.
        self._start(REMOVAL, self._removal, places.voxel, terms[2], self._removal_of_sources, None)
        self._start(SINK, self._sink, places.voxel, terms[0], None, None)
        self._start(SOURCE, self._source, places.voxel, terms[1], self._production, self._reacting)

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
        sums = np.zeros((3, len(self._parts(cells))))
        if cells.declared:
            amounts_of_cells(
                places.voxel, places.active, places.volume, *cells.rates, self._field, mean,
                self._tangent, sums,
            )  # fmt: skip
        uptake, secretion, export = (dt * float(compensated_sum(each)) for each in sums)
        short = 0.0
        if self.removes:
            short = softened_shortfall(self._removal, self._removed_at, mean, self._threshold)
        return {
            "reactions": 0.0 if self._reacting is None else self._reacted * dt,
            "uptake": uptake,
            "secretion": secretion,
            "export": export,
            "sources": self._produced * dt,
            "shortfall": float(short) * volume * dt,
        }

    @staticmethod
    def _parts(cells: CellRates) -> np.ndarray:
        """Return room for one number of every chunk of cells."""
        return np.empty(-(-len(cells.places.voxel) // CHUNK), dtype=np.int64)

    def _start(
        self,
        what: int,
        total: np.ndarray,
        voxel: np.ndarray,
        terms: np.ndarray,
        places: np.ndarray | None,
        further: np.ndarray | None,
    ) -> None:
        """Set one of the three arrays, where anything adds to it."""
        if places is not None:
            total[:] = places.ravel()
        elif further is not None or self._used & (what | REMOVAL):
            total.fill(0.0)
        if self._used & what:
            add_terms(voxel, terms, total)
        if further is not None:
            total += further.ravel()
        if places is not None or further is not None:
            self._used |= what
