"""Values over time as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from tissue_sim.network.simulate import Trajectories

__all__ = ["table_of"]


def table_of(trajectories: Trajectories) -> pd.DataFrame:
    """Return one row per cell and time: ``cell`` (from 1; only where there are several), ``time``, values."""
    import pandas as pd

    cells, moments, number = trajectories.values.shape
    columns: dict[str, np.ndarray] = {}
    if cells > 1:
        columns["cell"] = np.repeat(np.arange(1, cells + 1), moments)
    columns["time"] = np.tile(trajectories.times, cells)
    flat = trajectories.values.reshape(cells * moments, number)
    columns |= {name: flat[:, place] for place, name in enumerate(trajectories.names)}
    return pd.DataFrame(columns)
