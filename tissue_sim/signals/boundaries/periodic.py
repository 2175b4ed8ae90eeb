"""The face joins the opposite one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.signals.boundaries.boundary import Boundary
from tissue_sim.signals.solver.faces import FaceCoefficients

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Periodic"]


class Periodic(Boundary):
    """The voxel beyond the face is the last one on the other side.

    The grid wraps the axis (`Grid.periodic`); the coefficients are those of a closed face and are not used.
    """

    name = "periodic"
    wraps = True

    @staticmethod
    def coefficients(
        numbers: Mapping[str, float],  # noqa: ARG004 - takes none
        diffusion: float,  # noqa: ARG004
        spacing: float,  # noqa: ARG004
    ) -> FaceCoefficients:
        """Return the coefficients of a closed face."""
        return FaceCoefficients(0.0, 1.0)
