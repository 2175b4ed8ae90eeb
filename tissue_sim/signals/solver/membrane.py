"""Two-way passage between a voxel and a species inside a cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Membrane"]


@dataclass
class Membrane:
    """Cells that exchange the signal with a species through their membrane.

    d rho/dt = -volume_fraction permeability (rho - s), ds/dt = permeability (rho - s).

    Attributes
    ----------
    voxel : int64[m]
        Flat index of each cell's voxel in ``field.ravel()``.
    volume_fraction : float64[m]
        V_cell / V_voxel.
    permeability : float64[m], 1/min
    inside : float64[m], the signal's unit
        The species s; changed in place by a step.
    """

    voxel: np.ndarray
    volume_fraction: np.ndarray
    permeability: np.ndarray
    inside: np.ndarray
