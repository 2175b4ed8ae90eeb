"""Mistakes in a signal's diffusion that only show on the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import Problem, SettingsError
from tissue_sim.signals.diffusion_value import DiffusionFile, diffusion_field
from tissue_sim.signals.prescribed import COORDINATES
from tissue_sim.tissue.domain import FACES
from tissue_sim.tissue.names import DeclaredNames, check_expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.tissue.domain import Grid

    Path = tuple[str | int, ...]

__all__ = ["checked_diffusion", "lowest_at"]


def checked_diffusion(
    path: Path,
    value: object,
    grid: Grid | None,
    parameters: Mapping[str, float],
    files: Mapping[str, np.ndarray],
) -> tuple[float | np.ndarray | None, list[Problem]]:
    """Return a signal's diffusion, None where it is wrong or not known yet, and what is wrong with it.

    Parameters
    ----------
    path : path of the signal's `diffusion`
    value, parameters, files : as in `diffusion_field`
        Of files, those that could be read.
    """
    if isinstance(value, DiffusionFile):
        path = (*path, "file")
        if value.file not in files:
            return None, []
    elif value is not None and not isinstance(value, float):
        names = DeclaredNames(parameters=frozenset(parameters))
        tree = value.tree  # type: ignore[attr-defined]
        found = list(check_expression(tree, names, local=COORDINATES, contacts=False))
        if found:
            return None, [Problem(path, message, offset) for message, offset in found]
    if grid is None:
        return (value if isinstance(value, float) else None), []
    try:
        return diffusion_field(value, grid, parameters, files), []
    except SettingsError as error:
        return None, [Problem(path, error.message, error.offset)]


def lowest_at(face: str, diffusion: float | np.ndarray | None) -> float:
    """Return the smallest diffusion of the voxels at a face or at all (`default`); 1 where it is unknown."""
    if diffusion is None:
        return 1.0
    if isinstance(diffusion, float):
        return diffusion
    places = [FACES.index(face)] if face in FACES else range(6)
    layers = (np.take(diffusion, 0 if place % 2 == 0 else -1, axis=2 - place // 2) for place in places)
    return min(float(layer.min()) for layer in layers)
