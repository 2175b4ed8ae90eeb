"""Regions of the domain that sources and fixed voxels name: settings and the voxels they hold."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tissue_sim.tissue.domain import Grid
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Coordinate, Length, PositiveLength

__all__ = ["AnnulusRegion", "BallRegion", "BoxRegion", "Point", "Region", "voxel_of", "voxels_in"]

Point = Annotated[list[Coordinate], Field(min_length=1, max_length=3)]
"""[x], [x, y] or [x, y, z], um; what is missing is 0."""


class BallRegion(Settings):
    """A ball; a disc in 2-D, an interval in 1-D."""

    center: Point
    radius: PositiveLength


class AnnulusRegion(Settings):
    """What lies between two radii: a shell in 3-D, a ring in 2-D."""

    center: Point
    inner: Length
    outer: PositiveLength

    @model_validator(mode="after")
    def _ordered(self) -> AnnulusRegion:
        if self.inner >= self.outer:
            raise PydanticCustomError("region", "`inner` must be smaller than `outer`", {})
        return self


class BoxRegion(Settings):
    """A box with edges along the axes."""

    lower: Point = Field(alias="from")
    upper: Point = Field(alias="to")

    @model_validator(mode="after")
    def _ordered(self) -> BoxRegion:
        pairs = zip(padded(self.lower), padded(self.upper), strict=True)
        if len(self.lower) != len(self.upper) or any(a > b for a, b in pairs):
            raise PydanticCustomError(
                "region", "`from` must have as many coordinates as `to`, none larger than its counterpart", {}
            )
        return self


class Region(Settings):
    """One region: ball, box, annulus, point or all. A voxel belongs to it if its centre lies in it.

    Attributes
    ----------
    point : list of float
        The voxel that holds this point.
    all : bool
        Every voxel.
    """

    ball: BallRegion | None = None
    box: BoxRegion | None = None
    annulus: AnnulusRegion | None = None
    point: Point | None = None
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> Region:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError(
                "region",
                "a region is one of ball, box, annulus, point, all; found {found}",
                {"found": " and ".join(given) or "none"},
            )
        return self


def padded(point: list[float]) -> tuple[float, float, float]:
    """Return a point with its missing coordinates 0."""
    x, y, z = (*point, 0.0, 0.0)[:3]
    return x, y, z


def voxel_of(point: list[float], grid: Grid) -> tuple[int, int, int] | None:
    """Return the voxel (z, y, x) that holds a point, None where it is outside; missing axes do not count."""
    index = [0, 0, 0]
    for axis in range(3):
        if grid.present[axis]:
            place = int(np.floor((padded(point)[axis] - grid.origin[axis]) / grid.spacing[axis]))
            if not 0 <= place < grid.shape[2 - axis]:
                return None
            index[2 - axis] = place
    return index[0], index[1], index[2]


def voxels_in(region: Region, grid: Grid) -> np.ndarray:
    """Return which voxels belong to a region, bool (nz, ny, nx).

    Distances count present axes only and take the short way round on periodic ones.
    """
    inside = np.ones(grid.shape, dtype=bool)
    if region.ball is not None:
        inside &= _distance_squared(grid, region.ball.center) <= region.ball.radius**2
    if region.annulus is not None:
        distance = _distance_squared(grid, region.annulus.center)
        inside &= (distance >= region.annulus.inner**2) & (distance <= region.annulus.outer**2)
    for axis in range(3):
        if not grid.present[axis]:
            continue
        centres = grid.centres(axis)
        chosen = np.ones(len(centres), dtype=bool)
        if region.box is not None and axis < len(region.box.lower):
            chosen = (centres >= region.box.lower[axis]) & (centres <= region.box.upper[axis])
        inside &= _along(chosen, axis)
    if region.point is not None:
        voxel = voxel_of(region.point, grid)
        inside[...] = False
        if voxel is not None:
            inside[voxel] = True
    return inside


def _distance_squared(grid: Grid, center: list[float]) -> np.ndarray:
    total = np.zeros(grid.shape)
    for axis in range(3):
        if not grid.present[axis]:
            continue
        apart = np.abs(grid.centres(axis) - padded(center)[axis])
        if grid.periodic[axis]:
            length = grid.shape[2 - axis] * grid.spacing[axis]
            apart = np.abs(apart - length * np.round(apart / length))
        total += _along(apart**2, axis)
    return total


def _along(values: np.ndarray, axis: int) -> np.ndarray:
    """Shape values along axis 0 x, 1 y, 2 z so that they broadcast to (nz, ny, nx)."""
    shape = [1, 1, 1]
    shape[2 - axis] = len(values)
    return values.reshape(shape)
