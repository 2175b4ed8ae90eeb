"""What a shape of basement membranes declares about itself, and how the shapes are found."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from tissue_sim.units import Coordinate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tissue_sim.tissue.settings import Settings

__all__ = ["MembraneShape", "Point", "Side", "padded", "shapes"]

Point = Annotated[list[Coordinate], Field(min_length=1, max_length=3)]
"""[x], [x, y] or [x, y, z], um; what is missing is 0."""

Side = Literal["inside", "outside"]
"""Where the cells are kept."""


@dataclass(frozen=True)
class MembraneShape:
    """A shape.

    Attributes
    ----------
    name : str
        Key in the scenario; the file is called so too.
    settings : class of Settings
        What may stand under the key.
    numbers : callable
        ``(settings) -> tuple of float``: what `distance` needs.
    distance : callable
        ``(x, y, z, *numbers) -> (d, nx, ny, nz)``: signed distance from the membrane, um, positive on the
        side of the cells, and the unit normal that points there, the gradient of d. Plain Python that may
        use ``math``; it is compiled into the loop over cells.
    example : mapping
        What may stand under the key, for tests and documentation; the cells' side holds some of the cube
        of -40 to 40 um.
    """

    name: str
    settings: type[Settings]
    numbers: Callable[[Any], tuple[float, ...]]
    distance: Callable[..., tuple[float, float, float, float]]
    example: Mapping[str, Any] = field(default_factory=dict)


def padded(point: list[float]) -> tuple[float, float, float]:
    """Return a point with its missing coordinates 0."""
    x, y, z = (*point, 0.0, 0.0)[:3]
    return x, y, z


@cache
def shapes() -> dict[str, MembraneShape]:
    """Return all shapes by name."""
    folder = importlib.import_module("tissue_sim.mechanics.basement_membranes")
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return {name: importlib.import_module(f"{folder.__name__}.{name}").SHAPE for name in names}
