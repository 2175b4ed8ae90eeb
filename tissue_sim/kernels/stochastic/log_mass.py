"""Logarithms of the Poisson and the binomial probabilities, without cancellation for large counts.

The saddle-point form of Loader 2000 ("Fast and accurate computation of binomial probabilities"): deviance
and the remainder of Stirling's formula, each computed by itself.
"""

from __future__ import annotations

import math

import numpy as np

from tissue_sim.kernels.compile import kernel

__all__ = ["log_binomial", "log_poisson"]

HALF_LOG_2PI = 0.9189385332046727
TABULATED = 16
REMAINDERS = np.array(
    [0.0] + [math.lgamma(k + 1.0) - ((k + 0.5) * math.log(k) - k + HALF_LOG_2PI) for k in range(1, TABULATED)]
)
SMALL = 0.1


@kernel
def remainder(k):
    """Return log(k!) - ((k + 1/2) log k - k + log(2 pi)/2) of a whole float64 k > 0."""
    if k < TABULATED:
        return REMAINDERS[int(k)]
    square = 1.0 / (k * k)
    return (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - square / 1680.0) * square) * square) / k


@kernel
def deviance(k, mean):
    """Return k log(k/mean) + mean - k for k > 0, accurate where k is near the mean."""
    d = (mean - k) / k
    if abs(d) >= SMALL:
        return k * (d - math.log1p(d))
    total = 0.0
    power = d
    for i in range(2, 20):
        power = -power * d
        term = power / i
        total -= term
        if abs(term) < 1e-17 * abs(total):
            break
    return k * total


@kernel
def log_poisson(k, mean):
    """Return log P(k) of the Poisson distribution; whole float64 k >= 0, mean > 0."""
    if k == 0.0:
        return -mean
    return -deviance(k, mean) - 0.5 * math.log(k) - HALF_LOG_2PI - remainder(k)


@kernel
def log_binomial(k, n, p):
    """Return log P(k) of the binomial distribution; whole float64 0 <= k <= n, n >= 1, 0 < p < 1."""
    if k == 0.0:
        return n * math.log1p(-p)
    if k == n:
        return n * math.log(p)
    stirling = remainder(n) - remainder(k) - remainder(n - k)
    exponent = stirling - deviance(k, n * p) - deviance(n - k, n * (1.0 - p))
    return exponent + 0.5 * (math.log(n / (n - k)) - math.log(k)) - HALF_LOG_2PI
