"""The box the tissue lives in and the grid of voxels that fills it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

__all__ = ["FACES", "BoundaryKind", "Domain", "Grid"]

BoundaryKind = Literal["open", "remove", "wall", "periodic"]
FACES = ("x_min", "x_max", "y_min", "y_max", "z_min", "z_max")


@dataclass(frozen=True)
class Grid:
    """Cubic or cuboid voxels that fill the domain.

    Attributes
    ----------
    shape : tuple of int
        (nz, ny, nx): the shape of every field array; 1 along a missing axis.
    spacing : tuple of float
        (dx, dy, dz), um.
    origin : tuple of float
        Lower corner (x, y, z) of the first voxel, um.
    periodic : tuple of bool
        Per axis x, y, z.
    present : tuple of bool
        Per axis x, y, z: False for an axis the tissue does not have (one voxel thick).
    """

    shape: tuple[int, int, int]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    periodic: tuple[bool, bool, bool] = (False, False, False)
    present: tuple[bool, bool, bool] = (True, True, True)

    @property
    def voxel_volume(self) -> float:
        """Volume of one voxel, um^3."""
        return self.spacing[0] * self.spacing[1] * self.spacing[2]

    def centres(self, axis: int) -> np.ndarray:
        """Return voxel centres along axis 0 x, 1 y, 2 z; float64[number of voxels], um."""
        number = self.shape[2 - axis]
        return self.origin[axis] + (np.arange(number) + 0.5) * self.spacing[axis]

    def voxel_text(self, voxel: int) -> str:
        """Return what a message calls a voxel, given its index in a flat field."""
        index = np.unravel_index(voxel, self.shape)
        centre = ", ".join(f"{self.centres(axis)[index[2 - axis]]:g}" for axis in range(3))
        return f"voxel (z, y, x) = ({', '.join(str(each) for each in index)}), centre ({centre}) um"


@dataclass(frozen=True)
class Domain:
    """The box.

    Attributes
    ----------
    lower, upper : tuple of float
        Corners (x, y, z), um; along a missing axis the thickness around 0.
    present : tuple of bool
        Which of the axes x, y, z the tissue has.
    boundary : tuple of str
        Per axis: open, remove (open, and a cell outside is deleted), wall or periodic.
    grid : Grid or None
        None where no signal is declared.
    """

    lower: tuple[float, float, float]
    upper: tuple[float, float, float]
    present: tuple[bool, bool, bool] = (True, True, True)
    boundary: tuple[BoundaryKind, BoundaryKind, BoundaryKind] = ("open", "open", "open")
    grid: Grid | None = None

    @property
    def size(self) -> tuple[float, float, float]:
        """Edge lengths (x, y, z), um."""
        lx, ly, lz = (b - a for a, b in zip(self.lower, self.upper, strict=True))
        return lx, ly, lz

    @property
    def dimensions(self) -> int:
        """1, 2 or 3."""
        return sum(self.present)

    @property
    def periodic(self) -> tuple[bool, bool, bool]:
        """Which axes wrap."""
        x, y, z = (kind == "periodic" for kind in self.boundary)
        return x, y, z
