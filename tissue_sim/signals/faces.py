"""From the settings of a signal's boundary to what the solver needs to know about the six faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.signals.boundaries.boundary import boundary
from tissue_sim.signals.solver.faces import NO_FLUX, FaceCoefficients
from tissue_sim.signals.solver.varying_operator import FaceLayer
from tissue_sim.tissue.domain import FACES

if TYPE_CHECKING:
    from tissue_sim.signals.face_settings import BoundarySettings
    from tissue_sim.tissue.domain import Grid

__all__ = ["coefficients_of_faces", "layers_of_faces"]


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


def layers_of_faces(
    settings: BoundarySettings, unit: str, diffusion: np.ndarray, grid: Grid
) -> list[FaceLayer | None]:
    """Return the same for a diffusion that varies, float64[nz, ny, nx]: the coefficients of every voxel.

    None stands for a closed face.

    Raises
    ------
    SettingsError
        As `coefficients_of_faces`.
    """
    layers: list[FaceLayer | None] = []
    for number, face in enumerate(FACES):
        axis = number // 2
        condition = settings.of(face)
        if condition is None or grid.periodic[axis] or not grid.present[axis]:
            layers.append(None)
            continue
        numbers, kind = condition.resolved(unit), boundary(condition.kind)
        layer = np.take(diffusion, 0 if number % 2 == 0 else -1, axis=2 - axis)
        values, place = np.unique(layer, return_inverse=True)
        found = [kind.coefficients(numbers, float(value), grid.spacing[axis]) for value in values]
        constant, factor = np.array([(each.constant, each.factor) for each in found]).T
        layers.append(FaceLayer(*(part[place].reshape(layer.shape) for part in (constant, factor))))
    return layers
