"""Taking the integrator's error below zero out of what reactions did."""

from __future__ import annotations

import numpy as np

__all__ = ["NOISE", "keep_positive", "overdrawn"]

NOISE = 10.0
"""A negative value up to this many tolerances is the integrator's error, not what the equations say."""


def overdrawn(before: np.ndarray, after: np.ndarray, absolute: np.ndarray, relative: float) -> np.ndarray:
    """Return in which voxels a value fell below zero by more than the integrator's error, bool[n].

    Parameters are those of `keep_positive`.
    """
    negative = (after < 0.0) & (before >= 0.0)
    return np.asarray((negative & (after < -NOISE * (absolute + relative * before))).any(axis=1))


def keep_positive(before: np.ndarray, after: np.ndarray, absolute: np.ndarray, relative: float) -> np.ndarray:
    """Lift values that only the integrator's error made negative, in place; return what that adds.

    Where it matters little, a voxel's whole change is scaled down, which leaves every conserved sum as it is
    (values before and after have the same one, and so has all between them). Where the value was next to
    nothing before, it is set to 0. Values that equations themselves make negative stay.

    Parameters
    ----------
    before, after : float64[n, signals]
        Values of the voxels before and after; `after` is changed.
    absolute : float64[signals]
        Absolute tolerance of each signal.
    relative : float

    Returns
    -------
    float64[signals]
        Sum over the voxels of what was lifted by setting values to 0.
    """
    lifted = np.zeros(after.shape[1])
    negative = (after < 0.0) & (before >= 0.0)
    rows = np.flatnonzero(negative.any(axis=1))
    if not len(rows):
        return lifted
    old, new, low = before[rows], after[rows], negative[rows]
    noise = low & (new >= -NOISE * (absolute + relative * old))
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(noise, old / (old - new), 1.0).min(axis=1)
    scaled = 1.0 - part <= NOISE * relative
    new[scaled] = old[scaled] + part[scaled, None] * (new[scaled] - old[scaled])
    left = noise & (new < 0.0)
    lifted -= np.where(left, new, 0.0).sum(axis=0)
    new[left] = 0.0
    after[rows] = new
    return lifted
