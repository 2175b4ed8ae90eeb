"""From the settings of a signal's boundary to what the solver needs to know about the six faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.signals.boundaries.boundary import boundary
from tissue_sim.signals.solver.faces import NO_FLUX, FaceCoefficients
from tissue_sim.tissue.domain import FACES

if TYPE_CHECKING:
    from tissue_sim.signals.face_settings import BoundarySettings
    from tissue_sim.tissue.domain import Grid

__all__ = ["coefficients_of_faces"]


def coefficients_of_faces(
    settings: BoundarySettings, unit: str, diffusion: float, grid: Grid
) -> list[FaceCoefficients]:
    """Return the coefficients in the order of FACES.

    Faces of periodic and of missing axes are closed here: the grid joins the former, the latter do not exist.

    Raises
    ------
    SettingsError
        For a wrong dimension, or numbers the condition does not allow.
    """
    faces = []
    for number, face in enumerate(FACES):
        axis = number // 2
        condition = settings.of(face)
        if condition is None or grid.periodic[axis] or not grid.present[axis]:
            faces.append(NO_FLUX)
            continue
        numbers = condition.resolved(unit)
        faces.append(boundary(condition.kind).coefficients(numbers, diffusion, grid.spacing[axis]))
    return faces
