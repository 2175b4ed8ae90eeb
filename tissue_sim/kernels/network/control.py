"""Step-size control of the network integrators.

Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, 2nd ed. 1993, II.4; the proportional-
integral form and its constants are those of DOPRI5 (doi:10.1007/978-3-540-78862-1).
"""

from __future__ import annotations

import math

from tissue_sim.kernels.compile import kernel

__all__ = ["accepted_factor", "first_step", "rejected_factor"]

SAFETY = 0.9
INTEGRAL = 0.04
LARGEST_GROWTH = 8.0
LARGEST_SHRINK = 0.2
SMALLEST_ERROR = 1e-10
FIRST_CHANGE = 0.01


@kernel
def accepted_factor(error, log_last, order):
    """Return (factor for the step, log of the error) after an accepted step.

    Parameters
    ----------
    error : float64
        Weighted error of the step, at most 1.
    log_last : float64
        Logarithm of the error of the step accepted before, 0 for none.
    order : float64
        Order of the higher method; the error goes as step^order.
    """
    log_error = math.log(max(error, SMALLEST_ERROR))
    exponent = -(1.0 / order - 0.75 * INTEGRAL) * log_error + INTEGRAL * log_last
    factor = SAFETY * math.exp(exponent)
    return min(LARGEST_GROWTH, max(LARGEST_SHRINK, factor)), max(log_error, math.log(1e-4))


@kernel
def rejected_factor(error, order):
    """Return the factor for the step after a rejected one; `error` > 1, infinite or not a number."""
    if not error < math.inf:
        return LARGEST_SHRINK
    return max(LARGEST_SHRINK, SAFETY * math.exp(-math.log(error) / order))


@kernel
def first_step(size, slope, curvature, order):
    """Return a first step from weighted norms (Hairer et al., II.4, "Starting Step Size").

    Parameters
    ----------
    size, slope, curvature : float64
        Norms of the values, of their rates and of their second derivatives (estimated).
    order : float64
    """
    largest = max(slope, curvature)
    if not largest < math.inf:
        return 1e-6 if not (slope > 0.0 and slope < math.inf) else 1e-3 * trial_step(size, slope)
    if largest <= 1e-15:
        return max(1e-6, 1e-3 * trial_step(size, slope))
    return min(100.0 * trial_step(size, slope), math.exp(math.log(FIRST_CHANGE / largest) / order))


@kernel
def trial_step(size, slope):
    """Return the step of the trial Euler step that measures the second derivative."""
    if size < 1e-5 or not slope > 1e-5:
        return 1e-6
    return FIRST_CHANGE * size / slope
