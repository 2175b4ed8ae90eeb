"""One axis of a grid of the multigrid hierarchy: couplings, faces, and the way to the next coarser one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

__all__ = ["Axis", "Coarsening"]

OVERLAPS = 3
"""Most fine voxels that a coarse one touches: it is at most twice as wide."""


@dataclass(frozen=True)
class Coarsening:
    """How values pass between the voxels of an axis and those of the coarser one.

    Attributes
    ----------
    first : int64[m]
        First fine voxel that a coarse one touches.
    share : float64[m, OVERLAPS]
        Which part of the coarse voxel that fine one and the next ones fill; sums to 1.
    near, far : int64[n]
        The two coarse voxels a fine one is interpolated from.
    near_weight, far_weight : float64[n]
        Their weights; at a face the ghost's part is in `near_weight`.
    """

    first: np.ndarray
    share: np.ndarray
    near: np.ndarray
    far: np.ndarray
    near_weight: np.ndarray
    far_weight: np.ndarray


class Axis:
    """An axis of equal voxels.

    Parameters
    ----------
    number : int
        Voxels.
    length : float
        Of the whole axis, um.
    diffusion : float, um^2/min
    resistances : (float, float)
        Of the lower and upper face, min/um: flux inward = (value outside - inner)/(resistance + width/(2 D));
        infinite for a closed face.
    periodic : bool
    active : bool
        False where nothing flows along the axis.

    Attributes
    ----------
    coupling : float
        Of two neighbours, D/width^2, 1/min; 0 where there are none.
    lower, upper : float
        Coupling of the first and the last voxel beyond their end: `coupling` where the axis wraps, else 0.
    edges : (float, float)
        What the faces add to the matrix diagonal in the first and the last voxel, 1/min.
    """

    def __init__(
        self,
        number: int,
        length: float,
        diffusion: float,
        resistances: tuple[float, float],
        *,
        periodic: bool,
        active: bool = True,
    ) -> None:
        self.number, self.length, self.diffusion = number, length, diffusion
        self.resistances = resistances
        self.closes, self.active = periodic, active and diffusion > 0.0
        self.width = length / number
        self.periodic = periodic and number > 1 and self.active
        self.coupling = diffusion / self.width**2 if self.active and number > 1 else 0.0
        self.around = self.coupling if self.periodic else 0.0
        self.edges = (self._edge(0), self._edge(1))

    def _edge(self, side: int) -> float:
        if self.closes or not self.active:
            return 0.0
        return 1.0 / ((self.resistances[side] + 0.5 * self.width / self.diffusion) * self.width)

    @cached_property
    def diagonal(self) -> np.ndarray:
        """The axis's part of the matrix diagonal, float64[n], 1/min."""
        parts = np.full(self.number, 2.0 * self.coupling)
        parts[0] += self.around - self.coupling + self.edges[0]
        parts[-1] += self.around - self.coupling + self.edges[1]
        return parts

    @cached_property
    def edge(self) -> np.ndarray:
        """What the faces add to the matrix diagonal, float64[n], 1/min."""
        parts = np.zeros(self.number)
        parts[0] += self.edges[0]
        parts[-1] += self.edges[1]
        return parts

    @property
    def odd_periodic(self) -> bool:
        """Two voxels of one colour meet at the seam."""
        return self.periodic and self.number % 2 == 1

    def coarser(self) -> tuple[Axis, Coarsening]:
        """Return the axis with half as many voxels (rounded up), all equal, and the transfer to it."""
        number = (self.number + 1) // 2
        axis = Axis(
            number, self.length, self.diffusion, self.resistances, periodic=self.closes, active=self.active
        )
        return axis, self._to(axis)

    def same(self) -> tuple[Axis, Coarsening]:
        """Return the axis unchanged, and the transfer that keeps every voxel."""
        return self, self._to(self)

    def _to(self, coarse: Axis) -> Coarsening:
        n, m = self.number, coarse.number
        first, share = np.zeros(m, dtype=np.int64), np.zeros((m, OVERLAPS))
        for c in range(m):
            first[c] = min(c * n // m, n - 1)
            for k in range(OVERLAPS):
                i = int(first[c]) + k
                # lengths in units of 1/m of a fine voxel: integers, so that nothing is lost
                share[c, k] = max(0, min((i + 1) * m, (c + 1) * n) - max(i * m, c * n)) / n if i < n else 0.0
        near, far = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        near_weight, far_weight = np.ones(n), np.zeros(n)
        for i in range(n):
            place = (i + 0.5) * m / n - 0.5
            a = math.floor(place)
            weight = place - a
            if weight == 0.0 or (a >= 0 and a + 1 < m) or coarse.periodic:
                near[i], far[i] = a % m, (a + 1) % m
                near_weight[i], far_weight[i] = 1.0 - weight, weight
            else:
                side, inner = (0, 0) if a < 0 else (1, m - 1)
                outside = 1.0 - weight if a < 0 else weight
                near[i] = far[i] = inner
                near_weight[i] = 1.0 - outside + outside * coarse.ghost_factor(side)
        return Coarsening(first, share, near, far, near_weight, far_weight)

    def ghost_factor(self, side: int) -> float:
        """Return ghost/inner at a face with nothing outside."""
        if not self.active:
            return 1.0
        return 1.0 - self.edges[side] * self.width**2 / self.diffusion
