"""Fields given by a formula of x, y, z and time: prescribed signals and initial values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.syntax import Expression, Name
    from tissue_sim.tissue.domain import Grid

__all__ = ["COORDINATES", "field_of_formula"]

COORDINATES = ("x", "y", "z")


def field_of_formula(
    expression: Expression,
    grid: Grid,
    parameters: Mapping[str, float],
    time: float | None = None,
    where: np.ndarray | None = None,
) -> np.ndarray:
    """Return the formula's value at every voxel's centre, float64 (nz, ny, nx).

    Parameters
    ----------
    expression : Expression
        Of x, y, z (um), `time` (min) and parameters.
    time : float, optional
        None where the formula may not depend on it.
    where : bool (nz, ny, nx), optional
        The voxels to look at; their values alone are returned, float64[n].

    Raises
    ------
    SettingsError
        For another name, or a value that is not finite.
    """
    known: dict[str, np.ndarray | float] = dict(parameters)
    for axis, name in enumerate(COORDINATES):
        shape = [1, 1, 1]
        shape[2 - axis] = -1
        centres = grid.centres(axis).reshape(shape)
        known[name] = centres if where is None else np.broadcast_to(centres, grid.shape)[where]
    if time is not None:
        known["time"] = time

    def lookup(name: Name) -> np.ndarray | float:
        try:
            return known[str(name)]
        except KeyError:
            raise SettingsError(
                f"'{name}' is not known here; known are {', '.join(known)}", name.offset
            ) from None

    with np.errstate(all="ignore"):
        values = np.asarray(evaluate(expression, lookup), dtype=np.float64)
    wanted = grid.shape if where is None else (int(np.count_nonzero(where)),)
    values = np.array(np.broadcast_to(values, wanted), order="C")
    if not np.isfinite(values).all():
        when = "" if time is None else f" at time {time:g} min"
        first = int(np.flatnonzero(~np.isfinite(values))[0])
        voxel = first if where is None else int(np.flatnonzero(where)[first])
        raise SettingsError(
            f"the formula has no finite value in every voxel{when}: it is {values.flat[first]:g} in "
            f"{grid.voxel_text(voxel)}"
        )
    return values
