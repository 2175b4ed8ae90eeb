"""What a boundary condition tells the solver about one face of the box."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NO_FLUX", "FaceCoefficients"]


@dataclass(frozen=True)
class FaceCoefficients:
    """The value beyond a face, ``ghost = constant + factor * inner``.

    Attributes
    ----------
    constant : float
        In the signal's unit.
    factor : float
        Share of the value in the voxel next to the face; 1 with constant 0 is a closed face.
    """

    constant: float = 0.0
    factor: float = 1.0


NO_FLUX = FaceCoefficients(0.0, 1.0)
