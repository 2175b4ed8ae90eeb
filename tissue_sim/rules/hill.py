"""The Hill response of rules, for several sources that act on one behaviour.

H = sum_i (s_i/K_i)^n_i / (1 + sum_i (s_i/K_i)^n_i), the form of Johnson et al. 2025,
doi:10.1016/j.cell.2025.06.048.
"""

from __future__ import annotations

import numpy as np

from tissue_sim.codegen.evaluation import power

__all__ = ["blend", "drive", "response"]


def drive(source: np.ndarray, half_max: float, hill: float) -> np.ndarray:
    """Return (s/K)^n, float64[m]; 0 for a source that is negative or NaN, infinite where it overflows."""
    sensed = np.where(source > 0.0, source, 0.0)
    with np.errstate(over="ignore"):
        return np.asarray(power(sensed / half_max, hill))


def response(total: np.ndarray) -> np.ndarray:
    """Return total/(1 + total), float64[m] in [0, 1]; 1 for an infinite total."""
    finite = np.minimum(total, 1e300)
    return np.asarray(finite / (1.0 + finite))


def blend(value: np.ndarray, to: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Return value + (to - value) strength, exact at strengths 0 and 1, float64[m]."""
    return np.asarray(value * (1.0 - strength) + to * strength)
