"""``mode: physicell_lod``: PhysiCell's own scheme, for comparison only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.signals import physicell
from tissue_sim.signals.ledger import Amounts
from tissue_sim.signals.solver.summation import total
from tissue_sim.tissue.domain import FACES

if TYPE_CHECKING:
    from tissue_sim.signals.cell_rates import CellRates
    from tissue_sim.signals.face_settings import BoundarySettings
    from tissue_sim.tissue.domain import Grid

__all__ = ["HeldVoxels", "PhysiCellStep"]


class HeldVoxels:
    """Voxels whose values are overwritten: the outermost ones at faces with a value, and fixed ones.

    Where several claim a voxel the last one has it, x_min to z_max, then fixed voxels.

    Parameters
    ----------
    boundary : BoundarySettings
        Faces with a value; the others are closed.
    unit : str
        The signal's.
    mask, values : bool and float64 (nz, ny, nx), or None
        Fixed voxels.
    """

    def __init__(
        self,
        boundary: BoundarySettings,
        unit: str,
        grid: Grid,
        mask: np.ndarray | None,
        values: np.ndarray | None,
    ) -> None:
        lines = (*FACES, "fixed")
        line, held = np.full(grid.shape, -1), np.zeros(grid.shape)
        for number, face in enumerate(FACES):
            condition, axis = boundary.of(face), number // 2
            if condition is not None and condition.kind == "value" and grid.present[axis]:
                layer: list[slice | int] = [slice(None)] * 3
                layer[2 - axis] = 0 if number % 2 == 0 else -1
                line[tuple(layer)] = number
                held[tuple(layer)] = condition.resolved(unit)["value"]
        if mask is not None and values is not None:
            line[mask] = len(FACES)
            held[mask] = values[mask]
        places = [(name, np.flatnonzero(line == number)) for number, name in enumerate(lines)]
        self._places = [(name, index, held.reshape(-1)[index]) for name, index in places if index.size]

    def overwrite(self, field: np.ndarray, amounts: Amounts, volume: float) -> None:
        """Put the values into a field; book what that adds."""
        flat = field.reshape(-1)
        for name, index, values in self._places:
            amounts.add(name, volume * total(values - flat[index]))
            flat[index] = values


class PhysiCellStep:
    """First order in time, locally one-dimensional; the books close, for what is lost has a line.

    Solved along x, then y, then z; held voxels are overwritten before, between and after, so that they run
    low during a sweep and what lies beside them stays low (2 % at decay 0.1/min and 36 % at 10/min for
    PhysiCell's step of 0.01 min and 20 um). Then the cells exchange, one by one.

    Parameters
    ----------
    grid : Grid
        Without periodic axes.
    diffusion : float, um^2/min
    decay : float, 1/min
    held : HeldVoxels
    """

    def __init__(self, grid: Grid, diffusion: float, decay: float, held: HeldVoxels) -> None:
        self._grid, self._diffusion, self._decay, self._held = grid, diffusion, decay, held
        self._axes = [axis for axis in range(3) if grid.present[axis] and grid.shape[2 - axis] > 1] or [0]
        self._tables: dict[float, list[tuple[float, np.ndarray, np.ndarray]]] = {}

    def advance(self, field: np.ndarray, cells: CellRates, dt: float) -> Amounts:
        """Advance a field in place by `dt` min; return what was exchanged."""
        grid, amounts, volume = self._grid, Amounts(), self._grid.voxel_volume
        if dt not in self._tables:
            self._tables[dt] = [self.table(axis, dt) for axis in self._axes]
        share = self._decay * dt / len(self._axes)
        self._held.overwrite(field, amounts, volume)
        for axis, (ratio, forward, inverse) in zip(self._axes, self._tables[dt], strict=True):
            before = total(field)
            nz, ny, nx = grid.shape
            seen = ((nz * ny, nx, 1), (nz, ny, nx), (1, nz, ny * nx))[axis]
            physicell.sweep_axis(field.reshape(seen), ratio, forward, inverse)
            after = total(field)
            amounts.add("decay", -volume * share * after)
            amounts.add("unsolved", volume * (after - before + share * after))
            self._held.overwrite(field, amounts, volume)
        sums, places = np.zeros(3), cells.places
        secretion, saturation, uptake, _, _, export = cells.rates
        physicell.exchange_cell_by_cell(
            places.voxel, places.active, places.volume, secretion, saturation, uptake, export, volume, dt,
            field.reshape(-1), sums,
        )  # fmt: skip
        for line, amount in zip(("uptake", "secretion", "export"), sums, strict=True):
            amounts.add(line, float(amount))
        return amounts

    def table(self, axis: int, dt: float) -> tuple[float, np.ndarray, np.ndarray]:
        """Return ratio, ratio/pivot and 1/pivot along an axis."""
        number = self._grid.shape[2 - axis]
        ratio = dt * self._diffusion / self._grid.spacing[axis] ** 2
        diagonal = np.full(number, 1.0 + self._decay * dt / len(self._axes) + 2.0 * ratio)
        diagonal[0] -= ratio
        diagonal[-1] -= ratio
        inverse = np.empty(number)
        with np.errstate(all="ignore"):  # a diffusion near the largest numbers; the field shows it
            for i in range(number):
                inverse[i] = 1.0 / (diagonal[i] - (ratio * (ratio * inverse[i - 1]) if i > 0 else 0.0))
        return ratio, ratio * inverse, inverse
