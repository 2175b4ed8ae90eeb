"""An endless cylinder, a duct: the distance inside is radius - (distance from the axis)."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tissue_sim.mechanics.membrane_shape import MembraneShape, Point, Side, padded
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Number, PositiveLength

__all__ = ["SHAPE", "Cylinder"]

Vector = Annotated[list[Number], Field(min_length=1, max_length=3)]


class Cylinder(Settings):
    """A cylinder without ends.

    Attributes
    ----------
    point : list of lengths, um
        A point of its axis.
    axis : list of numbers
        Along it, of any length.
    radius : length, um
    side : inside or outside
        Where the cells are kept.
    """

    point: Point = Field(default_factory=lambda: [0.0, 0.0, 0.0])
    axis: Vector
    radius: PositiveLength
    side: Side = "inside"

    @model_validator(mode="after")
    def _has_a_direction(self) -> Cylinder:
        if not any(self.axis):
            raise PydanticCustomError("cylinder", "`axis` must not be zero", {})
        return self


def numbers(settings: Cylinder) -> tuple[float, ...]:
    """Return point, unit axis, radius and side (1 inside, -1 outside)."""
    axis = padded(settings.axis)
    length = math.hypot(*axis)
    side = 1.0 if settings.side == "inside" else -1.0
    return (*padded(settings.point), *(part / length for part in axis), settings.radius, side)


def distance(
    x: float, y: float, z: float,
    px: float, py: float, pz: float, ax: float, ay: float, az: float, radius: float, side: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """Return signed distance, um, and normal; on the axis itself there is none."""
    x, y, z = x - px, y - py, z - pz
    along = x * ax + y * ay + z * az
    x, y, z = x - along * ax, y - along * ay, z - along * az
    r = math.sqrt(x * x + y * y + z * z)
    scale = -side / r if r > 0.0 else 0.0
    return side * (radius - r), scale * x, scale * y, scale * z


SHAPE = MembraneShape(
    "cylinder", Cylinder, numbers, distance, {"axis": [1, 0, 0], "radius": 30, "side": "inside"}
)
