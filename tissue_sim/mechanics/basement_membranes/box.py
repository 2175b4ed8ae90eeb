"""A box with edges along the axes; the exact signed distance of a box (Quilez, distance functions, 2008).

Inside only the nearest face acts, so that along the planes between two faces the normal jumps from one to the
other.
"""

from __future__ import annotations

import math

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tissue_sim.mechanics.membrane_shape import MembraneShape, Point, Side, padded
from tissue_sim.tissue.settings import Settings

__all__ = ["SHAPE", "Box"]

ENDLESS = 1e12
"""um; half the extent along axes for which no coordinate is given."""


class Box(Settings):
    """A box.

    Attributes
    ----------
    lower, upper : list of lengths, um
        ``from`` and ``to``: opposite corners; along coordinates that both leave out the box is endless.
    side : inside or outside
        Where the cells are kept.
    """

    lower: Point = Field(alias="from")
    upper: Point = Field(alias="to")
    side: Side = "inside"

    @model_validator(mode="after")
    def _ordered(self) -> Box:
        if len(self.lower) != len(self.upper) or any(
            a >= b for a, b in zip(self.lower, self.upper, strict=False)
        ):
            raise PydanticCustomError(
                "box", "`from` must have as many coordinates as `to`, each smaller than its counterpart", {}
            )
        return self


def numbers(settings: Box) -> tuple[float, ...]:
    """Return center, half extents and side (1 inside, -1 outside)."""
    pairs = list(zip(settings.lower, settings.upper, strict=True))
    half = [0.5 * (b - a) for a, b in pairs] + [ENDLESS] * (3 - len(pairs))
    return (
        *padded([0.5 * (a + b) for a, b in pairs]), *half, 1.0 if settings.side == "inside" else -1.0,
    )  # fmt: skip


def distance(
    x: float, y: float, z: float,
    cx: float, cy: float, cz: float, hx: float, hy: float, hz: float, side: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """Return signed distance, um, and normal."""
    x, y, z = x - cx, y - cy, z - cz
    qx, qy, qz = abs(x) - hx, abs(y) - hy, abs(z) - hz
    sx, sy, sz = (side if x > 0.0 else -side), (side if y > 0.0 else -side), (side if z > 0.0 else -side)
    largest = max(qx, qy, qz)
    if largest > 0.0:
        ox, oy, oz = max(0.0, qx), max(0.0, qy), max(0.0, qz)
        r = math.sqrt(ox * ox + oy * oy + oz * oz)
        return -side * r, -sx * ox / r, -sy * oy / r, -sz * oz / r
    if qx == largest:
        return -side * largest, -sx, 0.0, 0.0
    if qy == largest:
        return -side * largest, 0.0, -sy, 0.0
    return -side * largest, 0.0, 0.0, -sz


SHAPE = MembraneShape("box", Box, numbers, distance, {"from": [-30, -30, -30], "to": [30, 30, 30]})
