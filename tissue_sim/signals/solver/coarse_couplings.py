"""Halving a grid along one axis where the couplings vary: interpolation, and what the coarser grid holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tissue_sim.kernels.signals import varying

__all__ = ["Couplings", "Halving", "halved"]

Couplings = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Along x, y, z: of every voxel with the next one, float64[nz, ny, nx], as in `kernels.signals.varying`."""

LARGEST_WEIGHT = 0.25
"""Of the coarse voxel beyond the own one: what linear interpolation has."""


@dataclass(frozen=True)
class Halving:
    """The way between a grid and the one with half as many voxels along an axis.

    Attributes
    ----------
    fine, coarse : tuple of int
        Shapes (nz, ny, nx).
    axis : int
        0 x, 1 y, 2 z.
    weights : float64[outer, n, inner]
        Of the coarse voxel beyond a fine one's own.
    """

    fine: tuple[int, ...]
    coarse: tuple[int, ...]
    axis: int
    weights: np.ndarray

    def down(self, values: np.ndarray) -> np.ndarray:
        """Return the values of the fine voxels summed into the coarse ones."""
        out = np.empty(self.coarse)
        varying.restrict_axis(self._seen(values), self.weights, self._seen(out))
        return out

    def up(self, values: np.ndarray) -> np.ndarray:
        """Return the values of the coarse voxels interpolated to the fine ones."""
        out = np.empty(self.fine)
        varying.interpolate_axis(self._seen(values), self.weights, self._seen(out))
        return out

    def _seen(self, values: np.ndarray) -> np.ndarray:
        """Return a field as float64[outer, n, inner] along the axis."""
        shape = values.shape
        place = 2 - self.axis
        return values.reshape(int(np.prod(shape[:place])), shape[place], int(np.prod(shape[place + 1 :])))


def halved(couplings: Couplings, axis: int) -> tuple[Halving, Couplings]:
    """Return the way to the grid with half as many voxels along an axis, and its couplings.

    Along a line of fine voxels the resistances 1/coupling between two coarse centres add up, as they do in a
    layered medium; the same resistances give the interpolation, with which the flow between two coarse
    centres is continuous (as in Alcouffe, Brandt, Dendy and Painter 1981, doi:10.1137/0902035). Both stay
    near what aggregation would give, half of the coupling between the two aggregates (Braess 1995,
    doi:10.1007/BF02238488), which no jump can turn bad: never above it, never below a half of it, and the
    weights never above those of equal couplings. (Cycles to 1e-8 with jumps of 1:1000, 3-D and 2-D: 15 to 30
    for slabs, balls, membranes and obstacles; without the limits some needed more than 200.) Couplings across
    the axis are summed as the equation is.
    """
    place = 2 - axis
    line, weights = _along(np.moveaxis(couplings[axis], place, -1))
    line, weights = np.moveaxis(line, -1, place), np.moveaxis(weights, -1, place)
    fine, coarse = couplings[axis].shape, line.shape
    form = (int(np.prod(fine[:place])), fine[place], int(np.prod(fine[place + 1 :])))
    way = Halving(fine, coarse, axis, np.ascontiguousarray(weights).reshape(form))
    if coarse[place] == 1:
        line = np.zeros(coarse)
    x, y, z = (
        np.ascontiguousarray(line) if number == axis else way.down(each)
        for number, each in enumerate(couplings)
    )
    return way, (x, y, z)


def _along(coupling: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return couplings of the coarse voxels and interpolation weights along the last axis."""
    weights = np.zeros(coupling.shape)
    number = coupling.shape[-1]
    pairs = number // 2
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.zeros((*coupling.shape[:-1], (number + 1) // 2))
        half[..., :pairs] = 0.5 / coupling[..., 0 : 2 * pairs : 2]
        between = np.empty_like(half)
        between[..., :pairs] = 1.0 / coupling[..., 1 : 2 * pairs : 2]
        if number % 2:
            between[..., -1] = 1.0 / coupling[..., -1]
        beyond = between + np.roll(half, -1, -1)
        before = np.roll(between + half, 1, -1)
        weights[..., 1 : 2 * pairs : 2] = 1.0 / (1.0 + beyond[..., :pairs] / half[..., :pairs])
        weights[..., 0 : 2 * pairs : 2] = 1.0 / (1.0 + before[..., :pairs] / half[..., :pairs])
        face = 1.0 / between
        line = np.clip(1.0 / (half + beyond), 0.25 * face, 0.5 * face)
    return line, np.minimum(np.nan_to_num(weights, nan=0.0), LARGEST_WEIGHT)
