"""Settings of `domain`: size, grid and what happens at its edges."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tissue_sim.scenario.one_or_list import OneOrList
from tissue_sim.tissue.domain import BoundaryKind
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Coordinate, PositiveLength

__all__ = ["DomainSettings", "per_axis"]

Sizes = Annotated[list[PositiveLength], Field(min_length=1, max_length=3)]
Corner = Annotated[list[Coordinate], Field(min_length=1, max_length=3)]


class DomainSettings(Settings):
    """The box the tissue lives in.

    Attributes
    ----------
    size : list of 1 to 3 lengths, um
        x, y, z; a missing size makes the tissue 1-D or 2-D. May be left out where a periodic hexagonal
        sheet sets it.
    spacing : length or one per axis, um
        Edge of a voxel; needed with signals, divides the size exactly.
    boundary : word or one per axis
        open (no force; a cell outside reads the nearest voxel and exchanges nothing), remove (open, and a
        cell outside is deleted), wall or periodic.
    origin : list of lengths, um
        Lower corner; without it the domain is centred on 0.
    thickness : length, um
        Extent along missing axes; default the spacing.
    """

    size: Sizes | None = None
    spacing: OneOrList[PositiveLength] | None = None
    boundary: OneOrList[BoundaryKind] = "open"
    origin: Corner | None = None
    thickness: PositiveLength | None = None


def per_axis(value: Any, axes: int) -> list[Any]:
    """Return one value for each of the axes."""
    return list(value) if isinstance(value, list) else [value] * axes
