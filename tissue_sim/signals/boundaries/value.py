"""The signal has a given value on the face."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tissue_sim.signals.boundaries.boundary import Boundary
from tissue_sim.signals.solver.faces import FaceCoefficients

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Value"]


class Value(Boundary):
    """rho = value on the face (Dirichlet).

    The face stands half a voxel from the first centre, so (ghost + inner)/2 = value.
    """

    name = "value"
    quantities: ClassVar[dict[str, str]] = {"value": "{unit}"}

    @staticmethod
    def coefficients(
        numbers: Mapping[str, float],
        diffusion: float,  # noqa: ARG004 - the same for every D
        spacing: float,  # noqa: ARG004
    ) -> FaceCoefficients:
        """Return ghost = 2 value - inner."""
        return FaceCoefficients(2.0 * numbers["value"], -1.0)
