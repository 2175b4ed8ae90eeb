"""Regions that initial cells fill: which points are inside, and how uniform numbers become points in them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tissue_sim.scenario.initial_settings import InitialItem

__all__ = ["Shape", "padded", "shape_of"]

Triple = tuple[float, float, float]
_BALL_MEASURE = {0: 1.0, 1: 2.0, 2: math.pi, 3: 4.0 * math.pi / 3.0}


def padded(point: list[float]) -> Triple:
    """Return a point with three coordinates; what is missing is 0."""
    x, y, z = (*point, 0.0, 0.0, 0.0)[:3]
    return x, y, z


@dataclass(frozen=True)
class Shape:
    """A ball or ring (of any dimension) or a box.

    Attributes
    ----------
    center, half : tuple of float
        Middle and half extents of the bounding box, um; 0 along axes in which it is flat.
    inner, outer : float
        Radii; ``outer`` 0 for a box.
    axes : tuple of int
        The axes along which it extends.
    """

    center: Triple
    half: Triple
    axes: tuple[int, ...]
    inner: float = 0.0
    outer: float = 0.0

    @property
    def measure(self) -> float:
        """Length, area or volume, in um to the power of the number of axes."""
        number = len(self.axes)
        if self.outer:
            return _BALL_MEASURE[number] * (self.outer**number - self.inner**number)
        return math.prod(2.0 * self.half[axis] for axis in self.axes)

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Say which points float64[n, 3] are strictly inside (a ring includes its inner edge), bool[n]."""
        apart = points - np.array(self.center)
        if not self.outer:
            axes = list(self.axes)
            inside: np.ndarray = (np.abs(apart[:, axes]) < np.array(self.half)[axes]).all(axis=1)
            return inside
        squared: np.ndarray = (apart[:, list(self.axes)] ** 2).sum(axis=1)
        return np.logical_and(squared < self.outer**2, squared >= self.inner**2)

    def from_uniform(self, draws: np.ndarray) -> np.ndarray:
        """Return points float64[n, 3] distributed uniformly, from uniform numbers float64[n, 3]."""
        points = np.tile(np.array(self.center), (len(draws), 1))
        number = len(self.axes)
        if not self.outer:
            for axis in self.axes:
                points[:, axis] += (2.0 * draws[:, axis] - 1.0) * self.half[axis]
            return points
        low, high = self.inner**number, self.outer**number
        distance = (low + draws[:, 0] * (high - low)) ** (1.0 / number)
        directions = _directions(draws, number)
        for place, axis in enumerate(self.axes):
            points[:, axis] += distance * directions[:, place]
        return points


def _directions(draws: np.ndarray, number: int) -> np.ndarray:
    """Return unit vectors float64[n, number] from the second and third number of each row."""
    if number == 1:
        return np.where(draws[:, 1:2] < 0.5, -1.0, 1.0)
    angle = 2.0 * np.pi * draws[:, 1]
    if number == 2:
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)
    height = 2.0 * draws[:, 2] - 1.0
    flat = np.sqrt(1.0 - height**2)
    return np.stack([flat * np.cos(angle), flat * np.sin(angle), height], axis=1)


def shape_of(item: InitialItem, present: tuple[bool, bool, bool]) -> Shape:
    """Return the region of an initial item with ball, disc, annulus or box.

    A ball extends along all axes the tissue has; disc and annulus lie in the x-y plane of their center; a
    box is flat where its corners agree.
    """
    if item.box is not None:
        return _box(padded(item.box.lower), padded(item.box.upper), present)
    if item.ball is not None:
        axes = tuple(axis for axis in range(3) if present[axis])
        return _round(padded(item.ball.center), 0.0, item.ball.radius, axes)
    axes = tuple(axis for axis in range(2) if present[axis])
    if item.disc is not None:
        return _round(padded(item.disc.center), 0.0, item.disc.radius, axes)
    assert item.annulus is not None
    return _round(padded(item.annulus.center), item.annulus.inner, item.annulus.outer, axes)


def _box(lower: Triple, upper: Triple, present: tuple[bool, bool, bool]) -> Shape:
    x, y, z = ((low + high) / 2.0 for low, high in zip(lower, upper, strict=True))
    hx, hy, hz = ((high - low) / 2.0 for low, high in zip(lower, upper, strict=True))
    half = (hx, hy, hz)
    axes = tuple(axis for axis in range(3) if present[axis] and half[axis] > 0.0)
    return Shape((x, y, z), half, axes)


def _round(center: Triple, inner: float, outer: float, axes: tuple[int, ...]) -> Shape:
    x, y, z = (outer if axis in axes else 0.0 for axis in range(3))
    return Shape(center, (x, y, z), axes, inner, outer)
