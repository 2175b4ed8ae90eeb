"""Sums, extremes and scaled additions of fields, the same on any number of threads."""

from __future__ import annotations

import numpy as np

from tissue_sim.kernels.signals import sums

__all__ = ["combined", "extremes", "scalar_product", "total"]


def total(values: np.ndarray) -> float:
    """Return the compensated sum, in float64, of a float64 or float32 array of any shape."""
    flat = np.ascontiguousarray(values).reshape(-1)
    parts = np.empty(-(-flat.size // sums.BLOCK))
    sums.sum_blocks(flat, parts)
    return float(sums.compensated(parts))


def extremes(values: np.ndarray) -> tuple[float, float]:
    """Return the smallest and largest value of a C-contiguous array; infinite where it holds NaN."""
    flat = values.reshape(-1)
    low, high = np.empty(-(-flat.size // sums.BLOCK)), np.empty(-(-flat.size // sums.BLOCK))
    sums.extremes(flat, low, high)
    return float(low.min()), float(high.max())


def scalar_product(one: np.ndarray, two: np.ndarray) -> float:
    """Return the scalar product of two C-contiguous float64 arrays of one shape."""
    parts = np.empty(-(-one.size // sums.BLOCK))
    sums.dot_blocks(one.reshape(-1), two.reshape(-1), parts)
    return float(sums.compensated(parts))


def combined(a: float, x: np.ndarray, b: float, y: np.ndarray) -> np.ndarray:
    """Return a x + b y of two C-contiguous float64 arrays of one shape."""
    out = np.empty(x.shape)
    sums.combine(a, x.reshape(-1), b, y.reshape(-1), out.reshape(-1))
    return out
