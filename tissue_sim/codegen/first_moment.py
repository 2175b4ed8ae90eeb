"""Executing the events of a network's first moment, where more of them may wait than a row has slots for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.drawn import at
from tissue_sim.kernels.network.status import NO_ROOM, OK

if TYPE_CHECKING:
    from collections.abc import Callable

    from tissue_sim.codegen.drawn import Drawn
    from tissue_sim.codegen.event_layout import EventLayout

__all__ = ["execute_first"]

MOST_FIRST_WIDTH = 1 << 20
"""Width up to which room is sought for the events of the first moment."""


def execute_first(
    begin: Callable[[np.ndarray, np.ndarray, Drawn | None], np.ndarray],
    layout: EventLayout,
    values: np.ndarray,
    places: np.ndarray,
    drawn: Drawn,
) -> None:
    """Execute in rows `places` (int64[p]) of `values` the events of their first moment.

    A row in which that fails stays as it is: its first step begins with the same and reports it.

    Parameters
    ----------
    begin : function of (values, places, drawn)
        Runs the generated code, returns codes of `kernels.network.status`, int64[p].
    layout : EventLayout
    values : float64[m, k]
    places : int64[p]
    drawn : Drawn
    """
    status = begin(values, places, drawn)
    waiting, width = np.flatnonzero(status == NO_ROOM), values.shape[1]
    while len(waiting) and width < MOST_FIRST_WIDTH:
        width = layout.wider(width)
        rows = np.zeros((len(waiting), width))
        rows[:, : values.shape[1]] = values[places[waiting]]
        status = begin(rows, np.arange(len(waiting)), at(drawn, waiting))
        fits = (status == OK) & layout.pack(rows, values.shape[1])
        values[places[waiting[fits]]] = rows[fits, : values.shape[1]]
        waiting = waiting[status == NO_ROOM]
