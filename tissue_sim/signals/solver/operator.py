"""The discrete right-hand side of one signal: couplings, faces, fixed voxels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SettingsError
from tissue_sim.kernels.signals import rates
from tissue_sim.signals.solver.axis import Axis
from tissue_sim.signals.solver.faces import NO_FLUX
from tissue_sim.signals.solver.held import held_voxels
from tissue_sim.signals.solver.summation import total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.signals.solver.faces import FaceCoefficients
    from tissue_sim.tissue.domain import Grid

__all__ = ["DiscreteOperator"]


class DiscreteOperator:
    """Finite volumes of div(D grad rho) - decay rho on a grid, second order in space.

    Between two voxels D (b - a)/h^2; at a face the neighbour is constant + factor * inner.

    Parameters
    ----------
    grid : Grid
    diffusion : float, um^2/min
    decay : float, 1/min
    faces : sequence of six FaceCoefficients
        x_min, x_max, y_min, y_max, z_min, z_max.
    fixed_mask : bool[nz, ny, nx] or None
    fixed_values : float64[nz, ny, nx] or None

    Raises
    ------
    SettingsError
        Numbers that make no sense.
    """

    def __init__(
        self,
        grid: Grid,
        diffusion: float,
        decay: float,
        faces: Sequence[FaceCoefficients],
        fixed_mask: np.ndarray | None = None,
        fixed_values: np.ndarray | None = None,
    ) -> None:
        if not (np.isfinite(diffusion) and diffusion >= 0.0 and np.isfinite(decay) and decay >= 0.0):
            raise SettingsError(
                f"diffusion {diffusion:g} and decay {decay:g} must be finite and not negative"
            )
        if len(faces) != 6:
            raise SettingsError(f"expected the coefficients of 6 faces, found {len(faces)}")
        self.grid, self.diffusion, self.decay = grid, float(diffusion), float(decay)
        self.shape = grid.shape
        self.numbers = (grid.shape[2], grid.shape[1], grid.shape[0])
        self.volume = float(grid.voxel_volume)
        self.faces = tuple(
            face if self._open(axis) else NO_FLUX
            for axis, pair in enumerate((faces[0:2], faces[2:4], faces[4:6]))
            for face in pair
        )
        self.coupling = tuple(
            self.diffusion / h**2 if grid.present[axis] else 0.0 for axis, h in enumerate(grid.spacing)
        )
        self.axes = tuple(self._axis(axis) for axis in range(3))
        self.fixed_index, self.fixed_values = held_voxels(self.shape, fixed_mask, fixed_values)

    def _open(self, axis: int) -> bool:
        return self.grid.present[axis] and not self.grid.periodic[axis]

    def _axis(self, axis: int) -> Axis:
        width, number = float(self.grid.spacing[axis]), self.numbers[axis]
        resistances = []
        for face in self.faces[2 * axis : 2 * axis + 2]:
            conductance = self.diffusion * (1.0 - face.factor) / width
            inner = 0.5 * width / self.diffusion if self.diffusion > 0.0 else np.inf
            resistances.append(max(0.0, 1.0 / conductance - inner) if conductance > 0.0 else np.inf)
        return Axis(
            number,
            number * width,
            self.diffusion,
            (resistances[0], resistances[1]),
            periodic=self.grid.periodic[axis],
            active=self.grid.present[axis],
        )

    @property
    def couplings(self) -> tuple[float, ...]:
        """Per axis x, y, z: coupling of neighbours and coupling around the ends, 1/min."""
        return tuple(part for axis in self.axes for part in (axis.coupling, axis.around))

    @property
    def homogeneous(self) -> bool:
        """No face supplies anything by itself."""
        return all(face.constant == 0.0 for face in self.faces)

    @property
    def closed(self) -> bool:
        """No face lets anything out: without decay or sink there is no single steady state."""
        return self.diffusion == 0.0 or all(face.factor == 1.0 for face in self.faces)

    def rate(
        self,
        field: np.ndarray,
        sink: np.ndarray | None,
        source: np.ndarray | None,
    ) -> np.ndarray:
        """Return div(D grad rho) - decay rho - sink rho + source, float64[nz, ny, nx], unit/min."""
        out = np.empty(self.shape)
        empty = np.zeros((0, 0, 0))
        rates.right_hand_side(
            field,
            empty if sink is None else sink,
            self.decay,
            *self.couplings,
            out,
        )
        for place, (face, rate) in enumerate(zip(self.faces, self._edge_rates(), strict=True)):
            if face.constant != 0.0 or face.factor != 1.0:
                layer = self._layer(place)
                out[layer] += rate * ((face.factor - 1.0) * field[layer] + face.constant)
        if source is not None:
            out += source
        return out

    def add_constants(self, target: np.ndarray) -> None:
        """Add what the faces supply by themselves, unit/min, to float64[nz, ny, nx]."""
        for place, (face, rate) in enumerate(zip(self.faces, self._edge_rates(), strict=True)):
            if face.constant != 0.0:
                target[self._layer(place)] += rate * face.constant

    def face_rates(self, field: np.ndarray) -> np.ndarray:
        """Return what flows in through each face, float64[6], unit*um^3/min."""
        flows = np.zeros(6)
        for place, (face, rate) in enumerate(zip(self.faces, self._edge_rates(), strict=True)):
            if face.constant != 0.0 or face.factor != 1.0:
                layer = field[self._layer(place)]
                inner = total(layer)
                flows[place] = self.volume * rate * ((face.factor - 1.0) * inner + face.constant * layer.size)
        return flows

    def rate_at_fixed(
        self, field: np.ndarray, sink: np.ndarray | None, source: np.ndarray | None
    ) -> np.ndarray:
        """Return the right-hand side in the fixed voxels, float64[m], unit/min."""
        index = self.fixed_index
        out = np.empty(index.size)
        rates.right_hand_side_at(field, index, self.decay, *self.couplings, out)
        place = np.unravel_index(index, self.shape)
        values = field[place]
        for number, (face, rate) in enumerate(zip(self.faces, self._edge_rates(), strict=True)):
            axis, side = divmod(number, 2)
            at = place[2 - axis] == (0 if side == 0 else self.numbers[axis] - 1)
            out += np.where(at, rate * ((face.factor - 1.0) * values + face.constant), 0.0)
        if sink is not None:
            out -= sink[place] * values
        if source is not None:
            out += source[place]
        return out

    def residual_at_fixed(
        self, u: np.ndarray, f: np.ndarray, base: float, sink: np.ndarray | None
    ) -> np.ndarray:
        """Return f - (base + sink - div(D grad)) u in the fixed voxels, faces homogeneous, float64[m]."""
        a, b, c = self.axes
        index = self.fixed_index
        out = np.empty(index.size)
        rates.right_hand_side_at(u, index, base, *self.couplings, out)
        z, y, x = np.unravel_index(index, self.shape)
        loss = a.edge[x] + b.edge[y] + c.edge[z]
        if sink is not None:
            loss = loss + sink.reshape(-1)[index]
        return np.asarray(out + f.reshape(-1)[index] - loss * u.reshape(-1)[index])

    def stage_residual(self, u: np.ndarray, f: np.ndarray, base: float, sink: np.ndarray | None) -> float:
        """Return the sum of f - (base + sink - div(D grad)) u over free voxels, unit*um^3/min."""
        a, b, c = self.axes
        rows = self.shape[0] * self.shape[1]
        sums, peaks = np.empty(rows), np.empty(rows)
        matrix_sink = np.zeros((0, 0, 0)) if sink is None else sink
        rates.residual_of_stage(u, f, base, matrix_sink, *self.couplings, a.edge, b.edge, c.edge, sums, peaks)
        amount = total(sums)
        if self.fixed_index.size > 0:
            amount -= total(self.residual_at_fixed(u, f, base, sink))
        return self.volume * amount

    def line(self, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return couplings down and up and the diagonal without decay of a grid of one line, 1/min."""
        own = self.axes[axis]
        lower, upper = np.full(own.number, own.coupling), np.full(own.number, own.coupling)
        lower[0] = upper[-1] = own.around
        across = sum(sum(each.edges) for number, each in enumerate(self.axes) if number != axis)
        return lower, upper, own.diagonal + across

    def _edge_rates(self) -> tuple[float, ...]:
        return tuple(self.coupling[place // 2] for place in range(6))

    def _layer(self, place: int) -> tuple[slice | int, ...]:
        layer: list[slice | int] = [slice(None)] * 3
        layer[2 - place // 2] = 0 if place % 2 == 0 else -1
        return tuple(layer)
