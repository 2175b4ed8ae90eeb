"""Where the two cells of a division lie."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.random_numbers import Purpose

if TYPE_CHECKING:
    from tissue_sim.tissue.domain import Domain
    from tissue_sim.tissue.population import Population

__all__ = ["DISPLACEMENT", "random_axes", "split"]

DISPLACEMENT = 0.5
"""Distance of each half from the mother's centre, in radii of the mother (PhysiCell's choice,
doi:10.1371/journal.pcbi.1005991)."""


def random_axes(
    key: np.uint64, cell_ids: np.ndarray, tick: int, present: tuple[bool, bool, bool]
) -> np.ndarray:
    """Return one unit vector for each cell, uniform in the axes the tissue has.

    Parameters
    ----------
    key : uint64
        The seed.
    cell_ids : int64[m]
        The mothers.
    tick : int
        Clock tick of the division.
    present : tuple of bool
        Which of the axes x, y, z there are.

    Returns
    -------
    float64[m, 3]
        On the sphere (height uniform in -1 to 1, after Archimedes), the circle, or one of two directions.
    """
    from tissue_sim.kernels.philox import fill_uniform

    u, v = np.empty((2, len(cell_ids)))
    fill_uniform(key, np.asarray(cell_ids, dtype=np.int64), tick, int(Purpose.DIVISION_AXIS), 0, u)
    fill_uniform(key, np.asarray(cell_ids, dtype=np.int64), tick, int(Purpose.DIVISION_AXIS), 1, v)
    axes = [axis for axis in range(3) if present[axis]]
    height = 2.0 * u - 1.0
    out = np.zeros((len(cell_ids), 3))
    if len(axes) == 1:
        out[:, axes[0]] = np.where(height < 0.0, -1.0, 1.0)
        return out
    across = np.sqrt(1.0 - height * height) if len(axes) == 3 else np.ones(len(cell_ids))
    out[:, axes[0]] = across * np.cos(2.0 * math.pi * v)
    out[:, axes[1]] = across * np.sin(2.0 * math.pi * v)
    if len(axes) == 3:
        out[:, axes[2]] = height
    return out


def split(
    population: Population, domain: Domain, mothers: np.ndarray, daughters: np.ndarray, axes: np.ndarray
) -> None:
    """Move mother and daughter apart along the axis; their centre of mass stays where the mother was.

    Called when the volumes are already halved. The halves lie `DISPLACEMENT` mother's radii on either side
    (mother on the negative one); missing axes stay as they are. On a wall axis a centre that would leave the
    box is put on the wall, which moves the centre of mass inwards; on a periodic axis it wraps.

    Parameters
    ----------
    population : Population
        Changed: ``position``. Read: ``position`` of the mothers, um; ``volume`` of both, um^3.
    domain : Domain
    mothers, daughters : int64[m]
        Rows.
    axes : float64[m, 3]
        Unit vectors.
    """
    position, volume = population["position"], population["volume"]
    whole = volume[mothers] + volume[daughters]
    radius = np.cbrt(3.0 / (4.0 * math.pi) * whole)
    centre = position[mothers].copy()
    shift = DISPLACEMENT * radius[:, None] * axes * np.asarray(domain.present, dtype=np.float64)
    position[mothers] = _inside(domain, centre - shift)
    position[daughters] = _inside(domain, centre + shift)


def _inside(domain: Domain, position: np.ndarray) -> np.ndarray:
    """Return positions (float64[m, 3]) clamped at walls and wrapped on periodic axes."""
    for axis in range(3):
        if not domain.present[axis]:
            continue
        lower, upper = domain.lower[axis], domain.upper[axis]
        if domain.boundary[axis] == "wall":
            position[:, axis] = np.clip(position[:, axis], lower, upper)
        elif domain.boundary[axis] == "periodic":
            wrapped = lower + np.mod(position[:, axis] - lower, upper - lower)
            position[:, axis] = np.where(wrapped < upper, wrapped, lower)
    return position
