"""A sphere, a circle in 2-D: the distance inside is radius - |x - center|."""

from __future__ import annotations

import math

from pydantic import Field

from tissue_sim.mechanics.membrane_shape import MembraneShape, Point, Side, padded
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import PositiveLength

__all__ = ["SHAPE", "Sphere"]


class Sphere(Settings):
    """A sphere.

    Attributes
    ----------
    center : list of lengths, um
    radius : length, um
    side : inside or outside
        Where the cells are kept.
    """

    center: Point = Field(default_factory=lambda: [0.0, 0.0, 0.0])
    radius: PositiveLength
    side: Side = "inside"


def numbers(settings: Sphere) -> tuple[float, ...]:
    """Return center, radius and side (1 inside, -1 outside)."""
    return (*padded(settings.center), settings.radius, 1.0 if settings.side == "inside" else -1.0)


def distance(
    x: float, y: float, z: float, cx: float, cy: float, cz: float, radius: float, side: float
) -> tuple[float, float, float, float]:
    """Return signed distance, um, and normal; at the center itself there is none."""
    x, y, z = x - cx, y - cy, z - cz
    r = math.sqrt(x * x + y * y + z * z)
    scale = -side / r if r > 0.0 else 0.0
    return side * (radius - r), scale * x, scale * y, scale * z


SHAPE = MembraneShape("sphere", Sphere, numbers, distance, {"center": [5, 0, 0], "radius": 30})
