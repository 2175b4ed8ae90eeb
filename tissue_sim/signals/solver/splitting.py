"""Line splitting: exact where the operator is separable (no sink, no fixed voxels, no membrane)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.signals import sweeps
from tissue_sim.kernels.signals.lines import LANES
from tissue_sim.signals.solver.line_coefficients import line_coefficients
from tissue_sim.signals.solver.parallel import parts
from tissue_sim.signals.solver.summation import total

if TYPE_CHECKING:
    from tissue_sim.signals.solver.operator import DiscreteOperator
    from tissue_sim.signals.solver.scheme import LineScheme

__all__ = ["LineSplitting", "SplitStep"]

KEPT_TABLES = 12
STRONGEST_DECAY = 600.0
"""exp(-600) is the smallest decay factor used; far below anything a field can resolve."""
_NOTHING = np.zeros(0)


@dataclass(frozen=True)
class SplitStep:
    """What a split step did.

    Attributes
    ----------
    flows : float64[6]
        What flowed in through each face, unit*um^3.
    lost : float
        What decayed, unit*um^3.
    left : float
        Sum of the new field, less that of the steady state it was advanced around.
    low : float
        Smallest value of the new field.
    finite : bool
        Whether the new field is.
    """

    flows: np.ndarray
    lost: float
    left: float
    low: float
    finite: bool


class LineSplitting:
    """Advances v' = div(D grad v) - decay v with homogeneous faces, one axis after the other.

    The one-dimensional operators commute, so the product of the axes' one-dimensional steps is as accurate as
    each of them; decay is exact, exp(-decay dt).

    Parameters
    ----------
    operator : DiscreteOperator
    """

    def __init__(self, operator: DiscreteOperator) -> None:
        self._operator = operator
        self._tables: dict[tuple[float, int], list[np.ndarray]] = {}
        self._moves = tuple(self._axis_moves(axis) for axis in range(3))
        nx, ny, nz = operator.numbers
        self._by_planes = nz > 1 and nx * ny <= sweeps.SMALL_PLANE

    def advance(
        self,
        field: np.ndarray,
        saved: np.ndarray,
        star: np.ndarray | None,
        dt: float,
        scheme: LineScheme,
    ) -> SplitStep:
        """Advance `field` in place.

        Parameters
        ----------
        field : float64 or float32[nz, ny, nx]
            Single precision is how values are kept between the axes; all arithmetic is double.
        saved : as `field`
            Output: the field as it was.
        star : float64[nz, ny, nx] or None
            The steady state: the difference from it is advanced.
        dt : float, min
        scheme : LineScheme
        """
        nx, ny, nz = self._operator.numbers
        flat = field.reshape(-1)
        away = _NOTHING if star is None else star.reshape(-1)
        tables = self._coefficients(dt, scheme)
        ends = self._sweep_axes(flat, saved.reshape(-1), away, tables)
        if not any(self._moves):
            flat *= self._decay_factor(dt)
        tiles = -(-nx * ny // LANES) if self._moves[2] else -(-flat.size // sweeps.FINISHED)
        sums, low = np.empty(tiles), np.empty(tiles)
        if self._moves[2]:
            ends[2] = np.zeros((tiles, 2))
            sweeps.sweep_last(flat, away, tables[2], nz, nx * ny, parts(), ends[2], sums, low)
        else:
            sweeps.finish(flat, away, sums, low)
        return self._step(ends, total(sums), float(low.min()), dt)

    def _sweep_axes(
        self, flat: np.ndarray, saved: np.ndarray, star: np.ndarray, tables: list[np.ndarray]
    ) -> list[np.ndarray]:
        """Save the field, subtract `star`, advance along x and y; return the sums at the lines' ends."""
        nx, ny, nz = self._operator.numbers
        ends: list[np.ndarray] = [np.zeros((1, 2))] * 3
        if self._by_planes:
            ends[0], ends[1] = np.zeros((nz, 2)), np.zeros((nz, 2))
            sweeps.sweep_planes(
                flat, saved, star, tables[0], tables[1], nx, ny, *self._moves[:2], parts(), *ends[:2]
            )
            return ends
        np.copyto(saved, flat)
        if star.size > 0:
            np.subtract(flat, star, out=flat)
        if self._moves[0]:
            ends[0] = np.zeros((-(-flat.size // (nx * sweeps.ROWS_AT_ONCE)), 2))
            sweeps.sweep_rows(flat, tables[0], nx, parts(), ends[0])
        if self._moves[1]:
            ends[1] = np.zeros((flat.size // (nx * ny) * -(-nx // LANES), 2))
            sweeps.sweep_strided(flat, tables[1], ny, nx, parts(), ends[1])
        return ends

    def _step(self, ends: list[np.ndarray], left: float, low: float, dt: float) -> SplitStep:
        operator = self._operator
        flows = np.zeros(6)
        for axis in range(3):
            for side in (0, 1):
                rate = operator.coupling[axis] * (operator.faces[2 * axis + side].factor - 1.0)
                if rate != 0.0 and self._moves[axis]:
                    flows[2 * axis + side] = operator.volume * dt * rate * total(ends[axis][:, side])
        faded = -math.expm1(-min(operator.decay * dt, STRONGEST_DECAY)) / self._decay_factor(dt)
        return SplitStep(flows, operator.volume * faded * left, left, low, math.isfinite(left))

    def _decay_factor(self, dt: float) -> float:
        return math.exp(-min(self._operator.decay * dt, STRONGEST_DECAY))

    def _coefficients(self, dt: float, scheme: LineScheme) -> list[np.ndarray]:
        """Return the tables of the axes; the decay is in that of the last one that moves."""
        key = (dt, scheme.order)
        if key not in self._tables:
            if len(self._tables) >= KEPT_TABLES:
                self._tables.clear()
            operator = self._operator
            last = max((axis for axis in range(3) if self._moves[axis]), default=-1)
            self._tables[key] = [
                line_coefficients(
                    operator.numbers[axis],
                    dt * operator.coupling[axis],
                    (operator.faces[2 * axis].factor, operator.faces[2 * axis + 1].factor),
                    periodic=operator.grid.periodic[axis],
                    scheme=scheme,
                    decay_factor=self._decay_factor(dt) if axis == last else 1.0,
                )
                for axis in range(3)
            ]
        return self._tables[key]

    def _axis_moves(self, axis: int) -> bool:
        operator = self._operator
        if operator.coupling[axis] == 0.0:
            return False
        open_face = any(face.factor != 1.0 for face in operator.faces[2 * axis : 2 * axis + 2])
        return operator.numbers[axis] > 1 or open_face
