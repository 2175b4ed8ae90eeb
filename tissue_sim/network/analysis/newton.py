"""Newton's method for many starting points at once, within the subspace that conserved sums leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tissue_sim.network.analysis.rate_function import RateFunction

__all__ = ["Subspace", "newton"]

MOST_STEPS = 100
HALVINGS = 8
SMALL_STEP = 1e-9
"""A Newton step below this, relative, is the last but one."""
FARTHEST = 1e12
NEAREST = 0.1
"""Share of a value that one step leaves where values stay positive."""


class Subspace:
    """Scaled values y = x/scale with given conserved sums; directions within are the columns of `basis`.

    Attributes
    ----------
    function : RateFunction
    species : tuple of str
        All species of the model.
    scale : float64[n]
    laws : float64[k, n]
    basis : float64[n, n - k]
        Orthonormal.
    """

    def __init__(self, function: RateFunction, scale: np.ndarray, laws: np.ndarray) -> None:
        self.function, self.scale, self.laws = function, scale, laws
        self.species = function.species
        size, number = len(scale), len(laws)
        complete = np.linalg.qr((laws * scale).T, mode="complete")[0] if number else np.eye(size)
        self._rows, self.basis = complete[:, :number], complete[:, number:]
        self._sums = self._rows.T @ (function.start / scale)

    def onto(self, points: np.ndarray) -> np.ndarray:
        """Return the points moved to the conserved sums, with positive values where that is possible."""
        for _ in range(50 if len(self.laws) else 0):
            points = self.projected(points)
            if (points > 0.0).all():
                break
            points = np.maximum(points, 1e-6)
        return self.projected(points)

    def projected(self, points: np.ndarray) -> np.ndarray:
        """Return the nearest points with the conserved sums."""
        if not len(self.laws):
            return points
        moved: np.ndarray = points + (self._sums - points @ self._rows) @ self._rows.T
        return moved

    def rates(self, points: np.ndarray) -> np.ndarray:
        """Return the rates along the basis, float64[m, n - k]."""
        scaled = self.function.rates(points * self.scale) / self.scale
        with np.errstate(all="ignore"):  # values that are not finite are sorted out by the caller
            found: np.ndarray = scaled @ self.basis
        return found

    def jacobian(self, points: np.ndarray) -> np.ndarray:
        """Return the Jacobian within the subspace, float64[m, n - k, n - k]."""
        full = self.function.jacobian(points * self.scale) * self.scale / self.scale[:, None]
        with np.errstate(all="ignore"):
            found: np.ndarray = self.basis.T @ full @ self.basis
        return found


def newton(space: Subspace, points: np.ndarray, *, positive: bool) -> np.ndarray:
    """Return the roots that the starting points lead to, float64[m, n]; those without one are left out.

    Parameters
    ----------
    space : Subspace
    points : float64[m, n]
        Scaled.
    positive : bool
        Shorten steps so that positive values stay positive.
    """
    roots = []
    for _ in range(MOST_STEPS):
        if not len(points):
            break
        rates, jacobian = space.rates(points), space.jacobian(points)
        usable = (np.abs(points) < FARTHEST).all(axis=1) & np.isfinite(rates).all(axis=1)
        usable &= np.isfinite(jacobian).all(axis=(1, 2))
        points, rates = points[usable], rates[usable]
        inverse = _inverses(jacobian[usable])
        step = -np.einsum("mij,mj->mi", inverse, rates)
        full = step @ space.basis.T
        length = np.abs(full / (np.abs(points) + 1e-3)).max(axis=1, initial=0.0)
        done = length < SMALL_STEP
        roots.append((points + full)[done])
        points, inverse, step, full = points[~done], inverse[~done], step[~done], full[~done]
        points = _damped(space, points, full, step, inverse, positive=positive)
    found = np.concatenate(roots) if roots else np.zeros((0, len(space.scale)))
    return found[np.isfinite(found).all(axis=1)]


def _inverses(matrices: np.ndarray) -> np.ndarray:
    try:
        return np.asarray(np.linalg.inv(matrices))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(matrices))


def _damped(
    space: Subspace,
    points: np.ndarray,
    full: np.ndarray,
    step: np.ndarray,
    inverse: np.ndarray,
    *,
    positive: bool,
) -> np.ndarray:
    """Return the points after a step, halved until the next Newton correction would be shorter."""
    share = np.ones(len(points))
    if positive:
        with np.errstate(all="ignore"):
            room = np.where((full < 0.0) & (points > 0.0), (NEAREST - 1.0) * points / full, np.inf)
        share = np.minimum(1.0, room.min(axis=1, initial=np.inf))
    size = np.linalg.norm(step, axis=1)
    open_ = np.ones(len(points), dtype=bool)
    for _ in range(HALVINGS):
        trial = points + share[:, None] * full
        rates = space.rates(trial)
        with np.errstate(all="ignore"):
            correction = np.linalg.norm(np.einsum("mij,mj->mi", inverse, rates), axis=1)
        open_ &= ~(correction <= (1.0 - 0.25 * share) * size)
        if not open_.any():
            break
        share[open_] *= 0.5
    result: np.ndarray = points + share[:, None] * full
    return result
