"""A plane, a line in 2-D, a point in 1-D: the distance is (x - point) . normal (Hesse's normal form)."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tissue_sim.mechanics.membrane_shape import MembraneShape, Point, padded
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Number

__all__ = ["SHAPE", "Plane"]

Vector = Annotated[list[Number], Field(min_length=1, max_length=3)]


class Plane(Settings):
    """A plane.

    Attributes
    ----------
    point : list of lengths, um
        A point of it.
    normal : list of numbers
        Across it, of any length; it points to the cells.
    """

    point: Point = Field(default_factory=lambda: [0.0, 0.0, 0.0])
    normal: Vector

    @model_validator(mode="after")
    def _has_a_direction(self) -> Plane:
        if not any(self.normal):
            raise PydanticCustomError("plane", "`normal` must not be zero: it says where the cells are", {})
        return self


def numbers(settings: Plane) -> tuple[float, ...]:
    """Return point and unit normal."""
    normal = padded(settings.normal)
    length = math.hypot(*normal)
    return (*padded(settings.point), *(part / length for part in normal))


def distance(
    x: float, y: float, z: float, px: float, py: float, pz: float, nx: float, ny: float, nz: float
) -> tuple[float, float, float, float]:
    """Return signed distance, um, and normal."""
    return (x - px) * nx + (y - py) * ny + (z - pz) * nz, nx, ny, nz


SHAPE = MembraneShape("plane", Plane, numbers, distance, {"point": [0, 0, -20], "normal": [0, 0, 1]})
