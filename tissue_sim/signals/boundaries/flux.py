"""The signal flows in through the face at a given rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tissue_sim.errors import SettingsError
from tissue_sim.signals.boundaries.boundary import Boundary
from tissue_sim.signals.solver.faces import FaceCoefficients

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Flux"]


class Flux(Boundary):
    """D d rho/dn = flux, n outward: positive flows into the domain (Neumann).

    D (ghost - inner)/spacing = flux.
    """

    name = "flux"
    quantities: ClassVar[dict[str, str]] = {"flux": "{unit}*um/min"}

    @staticmethod
    def coefficients(numbers: Mapping[str, float], diffusion: float, spacing: float) -> FaceCoefficients:
        """Return ghost = inner + spacing flux/D."""
        flux = numbers["flux"]
        if flux == 0.0:
            return FaceCoefficients(0.0, 1.0)
        if diffusion <= 0.0:
            raise SettingsError("a flux through a face needs a diffusion above 0")
        return FaceCoefficients(spacing * flux / diffusion, 1.0)
