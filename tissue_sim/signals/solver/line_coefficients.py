"""The coefficient table with which the compiled line sweeps advance one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solveh_banded

from tissue_sim.kernels.signals.lines import COEFFICIENTS, SCALARS

if TYPE_CHECKING:
    from tissue_sim.signals.solver.scheme import LineScheme

__all__ = ["line_coefficients"]


def line_coefficients(
    number: int,
    ratio: float,
    factors: tuple[float, float],
    *,
    periodic: bool,
    scheme: LineScheme,
    decay_factor: float = 1.0,
) -> np.ndarray:
    """Return the table of one axis (layout: `tissue_sim.kernels.signals.lines`).

    Parameters
    ----------
    number : int
        Voxels along the axis.
    ratio : float
        dt D/h^2.
    factors : (float, float)
        Ghost factors of the two faces.
    periodic : bool
        The line closes on itself; its open matrix T' = T + r e e' with e = (1, 0, ..., 0, 1) is that of value
        faces, and T^-1 = T'^-1 + T'^-1 e (r/(1 - r e'T'^-1 e)) e'T'^-1, where the denominator is half the sum
        of T'^-1 e (nothing cancels).
    scheme : LineScheme
    decay_factor : float
        What the result is multiplied by.
    """
    n = number
    low, high = (-1.0, -1.0) if periodic else factors
    table = np.zeros((COEFFICIENTS, max(n, SCALARS)))
    for solve, (gamma, weight) in enumerate(zip(scheme.gammas, scheme.weights, strict=True)):
        r = gamma * ratio
        inverse = _inverse_pivots(n, r, low, high)
        table[solve, 1:n] = r * inverse[:-1]
        table[2 + solve, : n - 1] = r * inverse[1:]
        table[4 + solve, :n] = decay_factor * weight * inverse
        table[8 + solve, :n] = inverse
        table[10, 2 + solve] = weight * gamma
        if periodic and r > 0.0 and n > 1:
            bands = np.vstack((np.full(n, -r), np.full(n, 1.0 + 2.0 * r)))
            bands[1, 0] += r
            bands[1, -1] += r
            ends = np.zeros(n)
            ends[0] = ends[-1] = 1.0
            once = solveh_banded(bands, ends)
            table[6 + solve, :n] = decay_factor * weight * once
            table[10, solve] = r / (0.5 * once.sum())
    return table


def _inverse_pivots(number: int, ratio: float, first_factor: float, last_factor: float) -> np.ndarray:
    """Return 1/pivots of elimination from the first voxel on, float64[n].

    With pivot = ratio + excess, the excess follows a recurrence of positive terms: for a long step the 1 of
    the matrix 1 - gamma dt L, and with it the mass, is not lost beside the ratio.
    """
    inverse, carried = np.empty(number), ratio * (1.0 - first_factor)
    for i in range(number):
        beyond = ratio * (1.0 - last_factor) if i == number - 1 else ratio
        excess = 1.0 + carried
        inverse[i] = 1.0 / (beyond + excess)
        carried = ratio * excess / (ratio + excess)
    return inverse
