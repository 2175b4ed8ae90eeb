"""The discrete right-hand side of one signal whose diffusion varies from voxel to voxel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SettingsError
from tissue_sim.kernels.signals import varying
from tissue_sim.signals.solver.held import held_voxels
from tissue_sim.signals.solver.summation import total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.tissue.domain import Grid

__all__ = ["FaceLayer", "VaryingOperator"]


@dataclass(frozen=True)
class FaceLayer:
    """What stands beyond every voxel of a face, ``ghost = constant + factor * inner``.

    Attributes
    ----------
    constant, factor : float64, of the shape of the layer of voxels at the face
        (nz, ny) at x, (nz, nx) at y, (ny, nx) at z.
    """

    constant: np.ndarray
    factor: np.ndarray


class VaryingOperator:
    """Finite volumes of div(D grad rho) - decay rho with D a field, second order in space where D is smooth.

    Between two voxels the harmonic mean of their D: two halves in series, exact for a layered medium in one
    dimension (Patankar 1980, section 4.2-3). At a face the D of the voxel there; the value beyond it is
    constant + factor * inner.

    Parameters
    ----------
    grid : Grid
    diffusion : float64[nz, ny, nx], um^2/min
    decay : float, 1/min
    faces : sequence of six FaceLayer or None
        x_min, x_max, y_min, y_max, z_min, z_max; None is closed.
    fixed_mask : bool[nz, ny, nx] or None
    fixed_values : float64[nz, ny, nx] or None

    Raises
    ------
    SettingsError
        Numbers or shapes that make no sense.
    """

    def __init__(
        self,
        grid: Grid,
        diffusion: np.ndarray,
        decay: float,
        faces: Sequence[FaceLayer | None],
        fixed_mask: np.ndarray | None = None,
        fixed_values: np.ndarray | None = None,
    ) -> None:
        if diffusion.shape != grid.shape:
            raise SettingsError(f"the diffusion has shape {diffusion.shape}; the grid's is {grid.shape}")
        if not (np.isfinite(diffusion).all() and diffusion.min() >= 0.0 and 0.0 <= decay < np.inf):
            raise SettingsError(f"diffusion and decay {decay:g} must be finite and not negative")
        self.grid, self.decay, self.shape = grid, float(decay), grid.shape
        self.numbers = (grid.shape[2], grid.shape[1], grid.shape[0])
        self.volume = float(grid.voxel_volume)
        self.diffusion = np.ascontiguousarray(diffusion, dtype=np.float64)
        self.couplings = (self._coupling(0), self._coupling(1), self._coupling(2))
        self._faces = self._losses_and_supplies(faces)
        self.loss = np.zeros(grid.shape)
        self._supply = np.zeros(grid.shape)
        for layer, loss, supply in self._faces:
            self.loss[layer] += loss
            self._supply[layer] += supply
        self.closed = not self.loss.any()
        self.fixed_index, self.fixed_values = held_voxels(grid.shape, fixed_mask, fixed_values)

    @property
    def homogeneous(self) -> bool:
        """No face supplies anything by itself."""
        return not self._supply.any()

    def _coupling(self, axis: int) -> np.ndarray:
        """Return the coupling of every voxel with the next one along an axis, 1/min."""
        if self.numbers[axis] == 1 or not self.grid.present[axis]:
            return np.zeros(self.shape)
        own = self.diffusion
        beyond = np.roll(own, -1, 2 - axis)
        both = np.maximum(own + beyond, np.finfo(np.float64).tiny)
        coupling = 2.0 * own * (beyond / both) / self.grid.spacing[axis] ** 2
        if not self.grid.periodic[axis]:
            coupling[self._layer(2 * axis + 1)] = 0.0
        return np.ascontiguousarray(coupling)

    def _losses_and_supplies(
        self, faces: Sequence[FaceLayer | None]
    ) -> list[tuple[tuple[slice | int, ...], np.ndarray, np.ndarray]]:
        """Return, face by face, its layer of voxels and what it takes (1/min) and gives (unit/min) there."""
        found = []
        for place, face in enumerate(faces):
            axis, layer = place // 2, self._layer(place)
            loss = np.zeros(self.diffusion[layer].shape)
            supply = loss.copy()
            if face is not None and self.grid.present[axis] and not self.grid.periodic[axis]:
                rate = self.diffusion[layer] / self.grid.spacing[axis] ** 2
                loss, supply = rate * (1.0 - face.factor), rate * face.constant
            found.append((layer, loss, supply))
        return found

    def _layer(self, place: int) -> tuple[slice | int, ...]:
        layer: list[slice | int] = [slice(None)] * 3
        layer[2 - place // 2] = 0 if place % 2 == 0 else -1
        return tuple(layer)

    def rate(self, field: np.ndarray, sink: np.ndarray | None, source: np.ndarray | None) -> np.ndarray:
        """Return div(D grad rho) - decay rho - sink rho + source, float64[nz, ny, nx], unit/min."""
        out = np.empty(self.shape)
        varying.balance(field, *self.couplings, self.decay, self.loss, out)
        out += self._supply
        if sink is not None:
            out -= sink * field
        if source is not None:
            out += source
        return out

    def rate_at_fixed(
        self, field: np.ndarray, sink: np.ndarray | None, source: np.ndarray | None
    ) -> np.ndarray:
        """Return the right-hand side in the fixed voxels, float64[m], unit/min."""
        if self.fixed_index.size == 0:
            return np.zeros(0)
        return np.asarray(self.rate(field, sink, source).reshape(-1)[self.fixed_index])

    def add_constants(self, target: np.ndarray) -> None:
        """Add what the faces supply by themselves, unit/min, to float64[nz, ny, nx]."""
        target += self._supply

    def face_rates(self, field: np.ndarray) -> np.ndarray:
        """Return what flows in through each face, float64[6], unit*um^3/min."""
        return self.volume * np.array(
            [
                total(supply - loss * field[layer]) if loss.any() or supply.any() else 0.0
                for layer, loss, supply in self._faces
            ]
        )

    def stage_residual(self, u: np.ndarray, f: np.ndarray, base: float, sink: np.ndarray | None) -> float:
        """Return the sum of f - (base + sink - div(D grad)) u over free voxels, unit*um^3/min."""
        out = np.empty(self.shape)
        varying.balance(u, *self.couplings, base, self.loss if sink is None else self.loss + sink, out)
        out += f
        out.reshape(-1)[self.fixed_index] = 0.0
        return self.volume * total(out)

    def line(self, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return couplings down and up and the diagonal without decay of a grid of one line, 1/min."""
        upper = self.couplings[axis].reshape(-1).copy()
        lower = np.roll(upper, 1)
        return lower, upper, lower + upper + self.loss.reshape(-1)
