"""Advancing rows whose kind may need more places in a row than it began with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.network.status import NO_ROOM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.network.kind import Draws, Kind

__all__ = ["advance_rows"]

WIDEST = 1 << 16
"""Values of a row up to which it is widened: thousands of pending events are a mistake of the model."""


def advance_rows(
    kind: Kind,
    values: np.ndarray,
    places: np.ndarray,
    *,
    start: float,
    duration: float,
    inputs: Mapping[str, np.ndarray],
    draws: Draws,
) -> tuple[np.ndarray, np.ndarray]:
    """Advance rows as `Kind.advance`; rows that have no room are widened by zeros and advanced again.

    A row that had no room kept its values, so what it does is the same as if it had been wider before.

    Returns
    -------
    values : float64[m, k or more]
        The same array, or a wider copy.
    codes : int64[p]
        `NO_ROOM` where even the widest row has none.
    """
    codes = kind.advance(values, places, start=start, duration=duration, inputs=inputs, draws=draws)
    again = np.flatnonzero(codes == NO_ROOM) if kind.executes_events else np.empty(0, dtype=np.int64)
    while len(again) and values.shape[1] < WIDEST:
        added = kind.wider(values.shape[1]) - values.shape[1]
        values = np.concatenate([values, np.zeros((len(values), added))], axis=1)
        codes[again] = kind.advance(
            values,
            places[again],
            start=start,
            duration=duration,
            inputs={name: np.asarray(given)[again] for name, given in inputs.items()},
            draws=replace(draws, cell_ids=draws.cell_ids[again]),
        )
        again = again[codes[again] == NO_ROOM]
    return values, codes
