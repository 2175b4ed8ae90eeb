"""Probability and mean of a distribution inside a range, in closed form.

A value drawn again until it lies in [low, high] follows the distribution conditioned on that range.
"""

from __future__ import annotations

import math

__all__ = ["mass_and_moment"]


def _normal_below(z: float) -> float:
    """Return the standard normal distribution function."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def _normal_density(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) if math.isfinite(z) else 0.0


def _normal_between(a: float, b: float) -> float:
    """Return P(a < Z < b), from the tail in which no digits are lost."""
    return _normal_below(-a) - _normal_below(-b) if a > 0.0 else _normal_below(b) - _normal_below(a)


def _normal(mean: float, sd: float, low: float, high: float) -> tuple[float, float]:
    if sd == 0.0:
        inside = float(low <= mean <= high)
        return inside, mean * inside
    a, b = (low - mean) / sd, (high - mean) / sd
    mass = _normal_between(a, b)
    return mass, mean * mass + sd * (_normal_density(a) - _normal_density(b))


def _lognormal(median: float, sigma: float, low: float, high: float) -> tuple[float, float]:
    if sigma == 0.0:
        return _normal(median, 0.0, low, high)

    def standard(x: float) -> float:
        return math.log(x / median) / sigma if x > 0.0 else -math.inf

    a, b = standard(low), standard(high)
    whole = median * math.exp(0.5 * sigma * sigma)
    return _normal_between(a, b), whole * _normal_between(a - sigma, b - sigma)


def _uniform(lower: float, upper: float, low: float, high: float) -> tuple[float, float]:
    a, b = max(lower, low), min(upper, high)
    if lower == upper:
        return _normal(lower, 0.0, low, high)
    mass = max(0.0, b - a) / (upper - lower)
    return mass, mass * 0.5 * (a + b)


def _erlang(mean: float, shape: float, low: float, high: float) -> tuple[float, float]:
    from scipy.special import gammainc, gammaincc

    def between(order: float) -> float:
        a, b = max(0.0, low) * shape / mean, max(0.0, high) * shape / mean
        tail = a > order
        return float(
            gammaincc(order, a) - gammaincc(order, b) if tail else gammainc(order, b) - gammainc(order, a)
        )

    return between(shape), mean * between(shape + 1.0)


def _exponential(mean: float, low: float, high: float) -> tuple[float, float]:
    a, b = max(0.0, low), max(0.0, high)
    after_a, after_b = math.exp(-a / mean), math.exp(-b / mean)
    second = b * after_b if math.isfinite(b) else 0.0
    return after_a - after_b, (a + mean) * after_a - second - mean * after_b


def _choice(values: tuple[float, ...], low: float, high: float) -> tuple[float, float]:
    inside = [value for value in values if low <= value <= high]
    return len(inside) / len(values), math.fsum(inside) / len(values)


def mass_and_moment(kind: str, parameters: tuple[float, ...], low: float, high: float) -> tuple[float, float]:
    """Return P(low <= X <= high) and the integral of x over that range; the mean there is their ratio."""
    match kind:
        case "fixed":
            return _normal(parameters[0], 0.0, low, high)
        case "normal":
            return _normal(parameters[0], parameters[1], low, high)
        case "lognormal":
            return _lognormal(parameters[0], parameters[1], low, high)
        case "uniform":
            return _uniform(parameters[0], parameters[1], low, high)
        case "exponential":
            return _exponential(parameters[0], low, high)
        case "erlang":
            return _erlang(parameters[0], parameters[1], low, high)
    return _choice(parameters, low, high)
