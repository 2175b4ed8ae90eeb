"""Scalar functions that expressions may call and that the standard `math` module lacks.

Generated code calls them as ``formulas.NAME``; NaN in gives NaN out.
"""

from __future__ import annotations

import math

import numpy as np

from tissue_sim.kernels.compile import kernel


@kernel
def floor(x):
    """Return the largest whole number not above x, as a float of any size."""
    return x - x % 1.0


@kernel
def ceil(x):
    """Return the smallest whole number not below x, as a float of any size."""
    return x + (-x) % 1.0


@kernel
def sign(x):
    """Return -1, 0 or 1."""
    if x > 0.0:
        return 1.0
    if x < 0.0:
        return -1.0
    return 0.0 * x


@kernel
def heaviside(x):
    """Return 1 for x >= 0, else 0."""
    if x >= 0.0:
        return 1.0
    if x < 0.0:
        return 0.0
    return x


@kernel
def minimum(x, y):
    """Return the smaller one."""
    if x < y or math.isnan(x):
        return x
    return y


@kernel
def maximum(x, y):
    """Return the larger one."""
    if x > y or math.isnan(x):
        return x
    return y


@kernel
def hill(x, half, n):
    """Return x^n / (half^n + x^n), written so that nothing overflows; 0 for x <= 0."""
    if x > 0.0:
        return 1.0 / (1.0 + (half / x) ** n)
    if x <= 0.0:
        return 0.0
    return x


@kernel
def root(x, degree):
    """Return the degree-th root of x; of a negative x only where the degree is odd."""
    if x < 0.0 and math.fabs(np.fmod(degree, 2.0)) == 1.0:
        return -((-x) ** (1.0 / degree))
    if x == 0.0:
        return 0.0
    return x ** (1.0 / degree) if x > 0.0 else math.nan


@kernel
def quotient(x, y):
    """Return x/y without its fraction (towards zero)."""
    ratio = x / y
    return floor(ratio) if ratio > 0.0 else ceil(ratio)


@kernel
def remainder(x, y):
    """Return x - quotient(x, y)*y, with the sign of x."""
    return np.fmod(x, y)


@kernel
def factorial(x):
    """Return Gamma(x + 1)."""
    return math.gamma(x + 1.0)
