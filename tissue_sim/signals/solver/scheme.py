"""The time schemes: sequences of implicit stages, and sums of two solves where lines are split."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["BACKWARD_EULER", "SDIRK2", "SPLIT_EULER", "TWO_POLES", "LineScheme", "Scheme"]


@dataclass(frozen=True)
class Scheme:
    """A diagonally implicit scheme whose last stage is the new value.

    Attributes
    ----------
    gamma : float
        Every stage solves (1 - gamma dt L) U = ...
    stages : int
        1 or 2; the mean field is (1 - gamma) U_1 + gamma U_2, or U_1.
    order : int
    """

    gamma: float
    stages: int
    order: int


SDIRK2 = Scheme(1.0 - 1.0 / math.sqrt(2.0), 2, 2)
"""Second order, L-stable, stiffly accurate (Alexander 1977, doi:10.1137/0714068)."""

BACKWARD_EULER = Scheme(1.0, 1, 1)
"""First order, L-stable, keeps non-negative fields non-negative at every step size."""


@dataclass(frozen=True)
class LineScheme:
    """A step of u' = L u as a sum of solves, sum_k weights_k (1 - gammas_k dt L)^-1 u.

    Attributes
    ----------
    gammas, weights : (float, float)
        The mean over the step, whose flows are what a step moves, is sum_k weights_k gammas_k (...)^-1 u.
    order : int
    """

    gammas: tuple[float, float]
    weights: tuple[float, float]
    order: int


TWO_POLES = LineScheme((1.0 / 3.0, 1.0 / 4.0), (9.0, -8.0), 2)
"""R(z) = (1 + 5 z/12)/((1 - z/3)(1 - z/4)), z dt times an eigenvalue: second order, as every pair of poles
with (1 - gamma_1)(1 - gamma_2) = 1/2 is, and L-stable; SDIRK2 is the pair of equal ones. Its leading error,
0.0417 z^3, is within 3 % of that of SDIRK2, 0.0404 z^3; unlike poles are two independent solves."""

SPLIT_EULER = LineScheme((1.0, 0.0), (1.0, 0.0), 1)
"""Backward Euler as a line scheme."""
