"""Settings of `initial`: which cells there are at the start, and where."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tissue_sim.errors import SettingsError
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Coordinate, Length, PositiveLength

__all__ = ["SHAPES", "Annulus", "Ball", "Box", "Hexagonal", "InitialItem", "Point"]

Point = Annotated[list[Coordinate], Field(min_length=1, max_length=3)]
"""[x], [x, y] or [x, y, z], um; what is missing is 0."""

Count = Annotated[int, Field(ge=1, le=10_000_000)]
SHAPES = ("point", "points", "ball", "disc", "box", "annulus", "hexagonal", "csv")
_LISTED = ("point", "points", "csv", "hexagonal")
"""Shapes that name every cell; packing, number and spacing have no meaning there."""


class Ball(Settings):
    """All points nearer to `center` than `radius`; as `disc` only in the plane of the center."""

    center: Point = Field(default_factory=lambda: [0.0, 0.0, 0.0])
    radius: PositiveLength


class Box(Settings):
    """A box with edges along the axes."""

    lower: Point = Field(alias="from")
    upper: Point = Field(alias="to")

    @model_validator(mode="after")
    def _ordered(self) -> Box:
        if len(self.lower) != len(self.upper):
            raise SettingsError("`from` and `to` must have the same number of coordinates")
        if any(low > high for low, high in zip(self.lower, self.upper, strict=True)):
            raise SettingsError("no coordinate of `from` may be larger than that of `to`")
        return self


class Annulus(Settings):
    """What lies between two radii, in the plane of the center."""

    center: Point = Field(default_factory=lambda: [0.0, 0.0, 0.0])
    inner: Length
    outer: PositiveLength

    @model_validator(mode="after")
    def _ordered(self) -> Annulus:
        if self.inner >= self.outer:
            raise SettingsError("`inner` must be smaller than `outer`")
        return self


class Hexagonal(Settings):
    """A sheet of `rows` x `columns` cells in the x-y plane, every second row shifted by half a spacing.

    On a periodic domain without `size` it sets the size, and `rows` must be even so that it closes.
    """

    rows: Count
    columns: Count
    spacing: PositiveLength | None = None


class InitialItem(Settings):
    """Cells of one type.

    Attributes
    ----------
    type : str
        A cell type.
    point, points, ball, disc, box, annulus, hexagonal, csv
        Exactly one says where. A csv file has columns x, y, z and, if wanted, declared columns.
    packing : str
        hexagonal (triangular lattice in 2-D, hexagonal close packing in 3-D) or random (uniform).
    number : int
        How many cells; needed with random packing, the innermost ones with hexagonal packing.
    spacing : length, um
        Distance of neighbours on the lattice; default 0.95 * 2R of the type's volume.
    """

    type: str
    point: Point | None = None
    points: list[Point] | None = None
    ball: Ball | None = None
    disc: Ball | None = None
    box: Box | None = None
    annulus: Annulus | None = None
    hexagonal: Hexagonal | None = None
    csv: str | None = None
    packing: Literal["hexagonal", "random"] | None = None
    number: Count | None = None
    spacing: PositiveLength | None = None

    @property
    def shape(self) -> str:
        """Which of the shapes is given."""
        return next(name for name in SHAPES if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one_shape(self) -> InitialItem:
        given = [name for name in SHAPES if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise SettingsError(f"write exactly one of {', '.join(SHAPES)}; found {found}")
        for key in ("packing", "number", "spacing"):
            if getattr(self, key) is not None and given[0] in _LISTED:
                where = "; write it inside hexagonal:" if (key, given[0]) == ("spacing", "hexagonal") else ""
                raise SettingsError(f"`{key}` has no meaning with `{given[0]}`{where}")
        if self.packing == "random" and self.number is None:
            raise SettingsError("random packing needs `number`")
        if self.packing == "random" and self.spacing is not None:
            raise SettingsError("`spacing` has no meaning with random packing")
        return self
