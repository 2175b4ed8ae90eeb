"""The signal passes through the face in proportion to its difference from a value outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tissue_sim.errors import SettingsError
from tissue_sim.signals.boundaries.boundary import Boundary
from tissue_sim.signals.solver.faces import FaceCoefficients

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Mixed"]


class Mixed(Boundary):
    """D d rho/dn = permeability (value - rho) on the face, n outward (Robin).

    With rho on the face (ghost + inner)/2 and h the spacing,
    (D/h + permeability/2) ghost = permeability value + (D/h - permeability/2) inner.
    """

    name = "mixed"
    quantities: ClassVar[dict[str, str]] = {"value": "{unit}", "permeability": "um/min"}

    @staticmethod
    def coefficients(numbers: Mapping[str, float], diffusion: float, spacing: float) -> FaceCoefficients:
        """Return the ghost that gives the flux above."""
        permeability = numbers["permeability"]
        if permeability < 0.0:
            raise SettingsError(f"permeability {permeability:g} um/min is negative; allowed is 0 or more")
        if permeability == 0.0 or diffusion <= 0.0:
            return FaceCoefficients(0.0, 1.0)
        inner, outer = diffusion / spacing, 0.5 * permeability
        return FaceCoefficients(
            permeability * numbers["value"] / (inner + outer), (inner - outer) / (inner + outer)
        )
