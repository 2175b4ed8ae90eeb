"""What splitting moves from the reactions of a driven signal into its diffusion.

Where faces, voxels or cells supply a signal or take it away, plain splitting loses its order beside them:
diffusion restores in every step what reactions have taken, and the field is seen between the two. Both are
changed by the same constant c, the rate at the start of the step: d rho/dt = reactions - c and
d rho/dt = diffusion + c. That changes nothing of their sum, and a steady state stays as it is (Speth, Green,
MacNamara and Strang 2013, doi:10.1137/120878641; Einkemmer and Ostermann 2015, doi:10.1137/140994204).
"""

from __future__ import annotations

import numpy as np

__all__ = ["balanced", "limited"]


def balanced(rate: np.ndarray, field: np.ndarray, dt: float) -> np.ndarray:
    """Return c of one signal, unit/min, float64[voxels]: at most what a voxel holds, within a step.

    Parameters
    ----------
    rate : float64[voxels]
        Of the reactions, unit/min.
    field : float64[voxels]
    dt : float, min
    """
    most = np.maximum(field, 0.0) / dt
    return np.where(np.isfinite(rate), np.clip(rate, -most, most), 0.0)


def limited(moved: np.ndarray, field: np.ndarray, dt: float) -> np.ndarray:
    """Return c so that it takes at most what a field holds: backward Euler is then positive."""
    return np.asarray(np.maximum(moved, -np.maximum(field, 0.0) / dt))
