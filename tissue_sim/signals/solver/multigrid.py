"""Geometric multigrid for (shift + sink - div(D grad)) u = f on any cell-centred grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.kernels.signals import relaxation, transfer
from tissue_sim.signals.solver.solution import Solution
from tissue_sim.signals.solver.summation import extremes

if TYPE_CHECKING:
    from tissue_sim.signals.solver.axis import Axis, Coarsening
    from tissue_sim.signals.solver.operator import DiscreteOperator

__all__ = ["Multigrid"]

SEMI = 0.3
"""Axes weaker than this share of the strongest coupling are not coarsened: point relaxation smooths only
along strong couplings."""
SMALLEST = 32
"""Voxels at which a grid is solved directly."""
EASY = 0.25
"""Couplings over diagonal below which relaxation alone is as fast as multigrid."""
SWEEPS_BOTTOM = 4
MOST_SWEEPS = 8
"""Sweeps before and after a coarse correction: 1, doubled up to this where the error falls slowly."""
SLOW = 0.4
MOST_CYCLES = 100
STALLED = 1e-12
"""A change of this share of the largest value that no longer falls is round-off."""
SAFETY = 2.0
"""On the estimated error."""


class _Level:
    """One grid: its axes, arrays and the way down."""

    def __init__(self, axes: tuple[Axis, Axis, Axis]) -> None:
        self.axes = axes
        self.shape = (axes[2].number, axes[1].number, axes[0].number)
        self.couplings = tuple(part for axis in axes for part in (axis.coupling, axis.around))
        self.odd_y, self.odd_z = axes[1].odd_periodic, axes[2].odd_periodic
        self.any_odd = any(axis.odd_periodic for axis in axes)
        self.inverse = np.empty(self.shape)
        self.sink = np.zeros(self.shape)
        self.u = np.zeros(self.shape)
        self.f = np.zeros(self.shape)
        self.down: tuple[np.ndarray, ...] = ()
        self.up: tuple[np.ndarray, ...] = ()

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def strength(self) -> float:
        return sum(2.0 * axis.coupling for axis in self.axes)

    def coarser(self) -> _Level | None:
        strongest = max(axis.coupling for axis in self.axes)
        if self.size <= SMALLEST or strongest == 0.0:
            return None
        steps = [
            axis.coarser() if axis.number > 1 and axis.coupling >= SEMI * strongest else axis.same()
            for axis in self.axes
        ]
        level = _Level((steps[0][0], steps[1][0], steps[2][0]))
        ways: list[Coarsening] = [way for _, way in steps]
        self.down = tuple(part for way in ways for part in (way.first, way.share))
        self.up = tuple(part for way in ways for part in (way.near, way.far, way.near_weight, way.far_weight))
        return level

    def relax(self, u: np.ndarray, f: np.ndarray, colour: int) -> None:
        relaxation.relax(u, f, self.inverse, *self.couplings, self.odd_y, self.odd_z, colour)

    def matrix(self) -> np.ndarray:
        """Return the dense matrix of a small grid."""
        matrix = np.zeros((self.size, self.size))
        relaxation.dense_matrix(self.inverse, *self.couplings, matrix)
        return matrix


class Multigrid:
    """A hierarchy of grids for one operator; `prepare` sets the matrix, `solve` solves.

    V-cycles with red-black Gauss-Seidel relaxation, couplings rediscretised on each grid, semi-coarsening
    where spacings differ (Trottenberg, Oosterlee, Schueller, Multigrid, 2001, ISBN 0-12-701070-X).

    Parameters
    ----------
    operator : DiscreteOperator
    """

    def __init__(self, operator: DiscreteOperator) -> None:
        self._operator = operator
        self._levels = [_Level((operator.axes[0], operator.axes[1], operator.axes[2]))]
        while (level := self._levels[-1].coarser()) is not None:
            self._levels.append(level)
        self._depth = len(self._levels)
        self._sweeps = 1
        self._bottom: np.ndarray | None = None
        self._zeros = np.zeros(operator.fixed_index.size)
        self._free = np.zeros((0, 0, 0), dtype=np.bool_)
        if operator.fixed_index.size > 0:
            free = np.ones(operator.shape, dtype=np.bool_)
            free.reshape(-1)[operator.fixed_index] = False
            self._free = free

    def prepare(self, shift: float, sink: np.ndarray | None) -> None:
        """Set the matrix shift + sink - div(D grad).

        Parameters
        ----------
        shift : float
            1/(gamma dt) + decay, 1/min.
        sink : float64[nz, ny, nx] or None, 1/min
        """
        fine = self._levels[0]
        fine.sink[...] = 0.0 if sink is None else sink
        self._depth = self._needed(shift)
        for number in range(self._depth):
            level = self._levels[number]
            diagonals = (axis.diagonal for axis in level.axes)
            relaxation.inverse_diagonal(shift, level.sink, *diagonals, level.inverse)
            if number == 0:
                relaxation.put(level.inverse, self._operator.fixed_index, self._zeros)
            if number + 1 < self._depth:
                below = self._levels[number + 1]
                source = level.sink if number > 0 or self._free.size == 0 else self._sink_with_fixed(level)
                transfer.average(source, *level.down, below.sink)
        last = self._levels[self._depth - 1]
        self._bottom = None
        if last.size <= SMALLEST:
            matrix = last.matrix()
            if self._depth == 1:
                matrix[self._operator.fixed_index] = np.eye(last.size)[self._operator.fixed_index]
            self._bottom = np.linalg.inv(matrix)

    def _sink_with_fixed(self, level: _Level) -> np.ndarray:
        """Return the sink as coarser grids see it: a fixed voxel holds its neighbours' correction down."""
        sink = level.sink.copy()
        sink.reshape(-1)[self._operator.fixed_index] = level.strength
        return sink

    def _needed(self, shift: float) -> int:
        for number, level in enumerate(self._levels):
            if level.strength < EASY * shift:
                return number + 1
        return len(self._levels)

    def solve(self, u: np.ndarray, f: np.ndarray, tolerance: float) -> Solution:
        """Solve in place, from the guess in `u`.

        Parameters
        ----------
        u, f : float64[nz, ny, nx]
            Unknown and right-hand side (unit/min).
        tolerance : float
            Wanted error in the maximum norm, relative to the largest |u|.

        Raises
        ------
        SimulationError
            Not converged within a bounded number of cycles.
        """
        fixed = self._operator.fixed_index
        relaxation.put(u, fixed, self._operator.fixed_values)
        # The first value mostly says it.
        if f[0, 0, 0] == 0.0 and not f.any() and not self._operator.fixed_values.any():
            u[...] = 0.0
            return Solution(0, 0.0)
        before, estimate, self._sweeps = 0.0, np.inf, 1
        for cycle in range(1, MOST_CYCLES + 1):
            change = self._cycle(0, u, f)
            low, high = extremes(u)
            scale = max(-low, high)
            if not np.isfinite(change) or not np.isfinite(scale):
                break
            ratio = min(max(change / before, 0.05), 0.9) if before > 0.0 else 0.3
            estimate = SAFETY * change * ratio / (1.0 - ratio)
            if estimate <= tolerance * scale or change == 0.0:
                return Solution(cycle, estimate / scale if scale > 0.0 else 0.0)
            if change > before > 0.0 and change <= STALLED * scale:
                return Solution(cycle, estimate / scale)
            if ratio > SLOW:
                self._sweeps = min(2 * self._sweeps, MOST_SWEEPS)
            before = change
        raise SimulationError(
            f"the multigrid solver did not converge: estimated error {estimate:.3g} after {MOST_CYCLES} "
            f"cycles, wanted {tolerance:.3g} of the largest value; use a shorter signals step"
        )

    def _cycle(self, number: int, u: np.ndarray, f: np.ndarray) -> float:
        """Do one V-cycle; return the size of what it changed."""
        level = self._levels[number]
        fixed = self._operator.fixed_index if number == 0 else _NONE
        if number == self._depth - 1:
            return self._at_bottom(level, u, f, fixed)
        for _ in range(self._sweeps):
            self._sweep(level, u, f)
        below = self._levels[number + 1]
        peak, peaks = np.empty(below.shape[0]), np.empty(level.shape[0])
        free = self._free if number == 0 else _ALL_FREE
        transfer.restrict_residual(
            u, f, level.inverse, *level.couplings, level.any_odd, *level.down, below.f, peak
        )
        below.u[...] = 0.0
        self._cycle(number + 1, below.u, below.f)
        transfer.add_correction(u, free, level.any_odd, *level.up, below.u, peaks)
        for _ in range(self._sweeps):
            self._sweep(level, u, f)
        return float(max(peak.max(), peaks.max()))

    def _sweep(self, level: _Level, u: np.ndarray, f: np.ndarray) -> None:
        for colour in (0, 1):
            level.relax(u, f, colour)

    def _at_bottom(self, level: _Level, u: np.ndarray, f: np.ndarray, fixed: np.ndarray) -> float:
        if self._bottom is not None:
            right = f.reshape(-1)
            if fixed.size > 0:
                right = right.copy()
                right[fixed] = self._operator.fixed_values
            transfer.apply_inverse(self._bottom, right, u.reshape(-1))
            return 0.0
        before = u.copy() if self._depth == 1 else None
        for _ in range(SWEEPS_BOTTOM):
            self._sweep(level, u, f)
        return 0.0 if before is None else float(np.abs(u - before).max())


_NONE = np.zeros(0, dtype=np.int64)
_ALL_FREE = np.zeros((0, 0, 0), dtype=np.bool_)
