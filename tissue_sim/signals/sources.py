"""Sources that belong to places, not to cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.signals.regions import voxels_in
from tissue_sim.signals.settings import unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.signals.settings import SourceSettings
    from tissue_sim.tissue.domain import Grid

__all__ = ["rates_of_sources"]


def rates_of_sources(
    signal: str, unit: str, sources: Sequence[SourceSettings], grid: Grid
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return what the sources of a signal give and take.

    Parameters
    ----------
    signal, unit : str
    sources : sequence of SourceSettings
        Of all signals; those of others are passed over.
    grid : Grid

    Returns
    -------
    production, removal : float64 (nz, ny, nx), unit/min, both >= 0
        Removal (of order zero) takes at most what a voxel holds; None where there is none. A voxel of several
        sources gets the sum of the positive rates as production, of the negative ones as removal.
    """
    production, removal = np.zeros(grid.shape), np.zeros(grid.shape)
    for source in sources:
        if source.signal == signal:
            rate = source.rate.to(unit_of(unit, "1/min"))
            (production if rate > 0.0 else removal)[voxels_in(source.region, grid)] += abs(rate)
    return production if production.any() else None, removal if removal.any() else None
