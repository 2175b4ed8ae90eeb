"""Saying in which voxel reactions could not be integrated, and which signal's fault it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.kernels.network.status import NOT_FINITE, TOO_MANY_STEPS
from tissue_sim.signals.reactions.rates_now import rates_now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.signals.reactions.reactions import Reactions
    from tissue_sim.tissue.domain import Grid

__all__ = ["failure"]

MEANINGS = {
    NOT_FINITE: "their rates or values are no longer finite numbers",
    TOO_MANY_STEPS: "they need too many steps",
}
ADVICE = "check the rates, the initial values and the unit of time (min)"


def failure(
    code: int, voxel: int, grid: Grid, time: float, reactions: Reactions, known: Mapping[str, float]
) -> SimulationError:
    """Return the error for a voxel whose reactions could not be integrated.

    Parameters
    ----------
    code : int
        Of `kernels.network.status`.
    voxel : int
        Index into the ravelled field.
    time : float
        At the start of the step, min.
    reactions : Reactions
    known : mapping of name to float
        Values in the voxel of all names that rates use.
    """
    slopes = {name: float(rate) for name, rate in rates_now(reactions, known).items()}
    # The one without a finite rate, else the one that changes fastest.
    signal = max(slopes, key=lambda name: abs(slopes[name]) if np.isfinite(slopes[name]) else np.inf)
    values = ", ".join(f"{name} = {known[name]:.6g}" for name in slopes)
    return SimulationError(
        f"the reactions cannot be integrated in {grid.voxel_text(voxel)}: "
        f"{MEANINGS.get(code, 'their steps fell below rounding error')}; there {values}, "
        f"{signal}' = {slopes[signal]:.6g}; {ADVICE}",
        process="signals",
        time=time,
        signal=signal,
    )
