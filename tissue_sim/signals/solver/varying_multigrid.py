"""Conjugate gradients with a multigrid cycle, for couplings that vary from voxel to voxel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.kernels.signals import relaxation, transfer, varying
from tissue_sim.signals.solver.coarse_couplings import halved
from tissue_sim.signals.solver.solution import Solution
from tissue_sim.signals.solver.summation import extremes, scalar_product

if TYPE_CHECKING:
    from tissue_sim.signals.solver.coarse_couplings import Couplings, Halving
    from tissue_sim.signals.solver.varying_operator import VaryingOperator

__all__ = ["VaryingMultigrid"]

SEMI = 0.3
"""Axes weaker than this share of the strongest mean coupling are not coarsened."""
SMALLEST = 32
"""Voxels at which a grid is solved directly."""
EASY = 0.25
"""Couplings over the rest of the diagonal below which relaxation alone is enough."""
SWEEPS_BOTTOM = 4
MOST_CYCLES = 400
STALLED = 1e-12
SAFETY = 2.0


class _Level:
    """One grid: couplings summed over the fine voxels it holds, arrays and the way down."""

    def __init__(
        self, couplings: Couplings, held_links: np.ndarray, voxels: np.ndarray, wraps: tuple[bool, ...]
    ) -> None:
        self.couplings, self.held_links, self.voxels = couplings, held_links, voxels
        self.shape, self._wraps = voxels.shape, wraps
        self.sums = sum(each + np.roll(each, 1, 2 - axis) for axis, each in enumerate(couplings))
        with np.errstate(divide="ignore", invalid="ignore"):
            self.strength = float(np.nanmax((self.sums + held_links) / voxels, initial=0.0))
        self.odd_y = wraps[1] and self.shape[1] % 2 == 1
        self.odd_z = wraps[2] and self.shape[0] % 2 == 1
        self.ways: list[Halving] = []
        self.capacity, self.inverse = np.zeros(self.shape), np.zeros(self.shape)
        self.u, self.rest = np.zeros(self.shape), np.zeros(self.shape)

    def _halved_axes(self) -> list[int]:
        means = [float(each.mean()) for each in self.couplings]
        strongest = max(means)
        if self.voxels.size <= SMALLEST or strongest == 0.0:
            return []
        numbers = self.shape[::-1]
        return [axis for axis in range(3) if numbers[axis] > 1 and means[axis] >= SEMI * strongest]

    def coarser(self) -> _Level | None:
        """Return the next grid, halved along every axis that is not weakly coupled; None at the last one."""
        couplings = self.couplings
        for axis in self._halved_axes():
            way, couplings = halved(couplings, axis)
            self.ways.append(way)
        if not self.ways:
            return None
        return _Level(couplings, self.down(self.held_links), self.down(self.voxels), self._wraps)

    def down(self, values: np.ndarray) -> np.ndarray:
        """Return values summed into the next grid's voxels."""
        for way in self.ways:
            values = way.down(values)
        return values

    def up(self, values: np.ndarray) -> np.ndarray:
        """Return values of the next grid interpolated to this one."""
        for way in reversed(self.ways):
            values = way.up(values)
        return values

    def invert(self) -> None:
        diagonal = self.capacity + self.sums
        self.inverse = np.divide(1.0, diagonal, out=np.zeros(self.shape), where=diagonal > 0.0)

    def sweep(self, u: np.ndarray, f: np.ndarray, colours: tuple[int, int]) -> None:
        for colour in colours:
            varying.relax(u, f, self.inverse, *self.couplings, self.odd_y, self.odd_z, colour)

    def dense_inverse(self) -> np.ndarray:
        """Return the (pseudo)inverse of a small grid's matrix."""
        index = np.arange(self.voxels.size).reshape(self.shape)
        matrix = np.diag((self.capacity + self.sums).ravel())
        for axis, each in enumerate(self.couplings):
            beyond = np.roll(index, -1, 2 - axis)
            np.subtract.at(matrix, (index.ravel(), beyond.ravel()), each.ravel())
            np.subtract.at(matrix, (beyond.ravel(), index.ravel()), each.ravel())
        return np.ascontiguousarray(np.linalg.pinv(matrix, hermitian=True))


class VaryingMultigrid:
    """Same methods as `Multigrid`, for (shift + sink - div(D grad)) u = f with any couplings.

    A V-cycle alone slows down where the diffusion jumps in ways that coarse grids cannot show; as the
    preconditioner of conjugate gradients it leaves those few directions to them (Tatebe 1993, NASA CP-3224).
    The cycle is symmetric: the way down is the transpose of interpolation, and the relaxation after it takes
    the colours in the opposite order.

    Parameters
    ----------
    operator : VaryingOperator
    """

    def __init__(self, operator: VaryingOperator) -> None:
        self._operator = operator
        self._free = np.ones(operator.shape)
        self._free.reshape(-1)[operator.fixed_index] = 0.0
        self._loss = operator.loss
        self._shift = 0.0
        couplings, links = self._without_fixed()
        wraps = tuple(operator.grid.periodic)
        self._levels = [_Level(couplings, links, self._free, wraps)]
        while (level := self._levels[-1].coarser()) is not None:
            self._levels.append(level)
        self._depth = len(self._levels)
        self._bottom: np.ndarray | None = None

    def _without_fixed(self) -> tuple[Couplings, np.ndarray]:
        """Return the couplings among free voxels, and for every free one the sum of those to fixed ones."""
        free, kept, links = self._free, [], np.zeros(self._operator.shape)
        for axis, coupling in enumerate(self._operator.couplings):
            beyond = np.roll(free, -1, 2 - axis)
            links += free * (1.0 - beyond) * coupling
            links += free * np.roll((1.0 - free) * coupling, 1, 2 - axis)
            kept.append(np.ascontiguousarray(coupling * free * beyond))
        return (kept[0], kept[1], kept[2]), links

    def prepare(self, shift: float, sink: np.ndarray | None) -> None:
        """Set the matrix shift + sink - div(D grad); as `Multigrid.prepare`."""
        fine = self._levels[0]
        self._shift = shift
        self._loss = self._operator.loss if sink is None else self._operator.loss + sink
        np.multiply(self._loss + shift, self._free, out=fine.capacity)
        fine.capacity += fine.held_links
        needed = (n for n, level in enumerate(self._levels, 1) if level.strength < EASY * shift)
        self._depth = next(needed, len(self._levels))
        for number in range(self._depth):
            level = self._levels[number]
            level.invert()
            if number + 1 < self._depth:
                self._levels[number + 1].capacity = level.down(level.capacity)
        last = self._levels[self._depth - 1]
        self._bottom = last.dense_inverse() if last.voxels.size <= SMALLEST else None

    def solve(self, u: np.ndarray, f: np.ndarray, tolerance: float) -> Solution:
        """Solve in place, from the guess in `u`; as `Multigrid.solve`.

        Raises
        ------
        SimulationError
            Not converged within a bounded number of cycles.
        """
        operator, fine = self._operator, self._levels[0]
        relaxation.put(u, operator.fixed_index, operator.fixed_values)
        if not f.any() and not operator.fixed_values.any():
            u[...] = 0.0
            return Solution(0, 0.0)
        rest = np.empty(operator.shape)
        varying.balance(u, *operator.couplings, self._shift, self._loss, rest)
        rest += f
        rest *= self._free
        if (rest[fine.inverse == 0.0] != 0.0).any():
            raise SimulationError(
                "there is no steady state: nothing removes the signal where its diffusion is 0; give it a "
                "decay, or a small diffusion there"
            )
        direction, applied = np.zeros(operator.shape), np.zeros(operator.shape)
        before, estimate, step, slope = 0.0, np.inf, 0.0, 0.0
        for cycle in range(1, MOST_CYCLES + 1):
            towards = self._cycle(0, rest)
            change = _largest(towards)
            old, slope = slope, scalar_product(towards, rest)
            if slope > 0.0:
                # By the difference of residuals, which forgives round-off (Polak and Ribiere 1969).
                conjugate = -step * scalar_product(towards, applied) / old if cycle > 1 else 0.0
                direction *= conjugate
                direction += towards
                varying.balance(direction, *fine.couplings, 0.0, fine.capacity, applied)
                applied *= -1.0
                step = slope / scalar_product(direction, applied)
                u += step * direction
                rest -= step * applied
            scale = _largest(u)
            if not np.isfinite(change) or not np.isfinite(scale):
                break
            ratio = min(max(change / before, 0.05), 0.9) if before > 0.0 else 0.3
            estimate = SAFETY * change * ratio / (1.0 - ratio)
            if estimate <= tolerance * scale or slope <= 0.0:
                return Solution(cycle, estimate / scale if scale > 0.0 else 0.0)
            if change > before > 0.0 and change <= STALLED * scale:
                return Solution(cycle, estimate / scale)
            before = change
        raise SimulationError(
            f"the multigrid solver did not converge: estimated error {estimate:.3g} after {MOST_CYCLES} "
            f"cycles, wanted {tolerance:.3g} of the largest value; use a shorter signals step"
        )

    def _cycle(self, number: int, f: np.ndarray) -> np.ndarray:
        """Return an approximate solution for the right-hand side by one V-cycle from 0."""
        level = self._levels[number]
        u = level.u
        u[...] = 0.0
        if number == self._depth - 1:
            if self._bottom is not None:
                transfer.apply_inverse(self._bottom, f.reshape(-1), u.reshape(-1))
                return u
            for _ in range(SWEEPS_BOTTOM):
                level.sweep(u, f, (0, 1))
                level.sweep(u, f, (1, 0))
            return u
        level.sweep(u, f, (0, 1))
        varying.balance(u, *level.couplings, 0.0, level.capacity, level.rest)
        level.rest += f
        correction = level.up(self._cycle(number + 1, level.down(level.rest)))
        correction[level.inverse == 0.0] = 0.0
        u += correction
        level.sweep(u, f, (1, 0))
        return u


def _largest(values: np.ndarray) -> float:
    low, high = extremes(values)
    return max(-low, high)
