"""Saying in which voxel reactions could not be integrated, and which signal's fault it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.errors import SimulationError
from tissue_sim.kernels.network.status import NOT_FINITE, TOO_MANY_STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.syntax import Expression, Name
    from tissue_sim.tissue.domain import Grid

__all__ = ["failure"]

MEANINGS = {
    NOT_FINITE: "their rates or values are no longer finite numbers",
    TOO_MANY_STEPS: "they need too many steps",
}
ADVICE = "check the rates, the initial values and the unit of time (min)"


def failure(
    code: int,
    voxel: int,
    grid: Grid,
    time: float,
    rates: Mapping[str, Expression],
    definitions: Mapping[str, Expression],
    known: Mapping[str, float],
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
    rates, definitions : mapping of name to Expression
    known : mapping of name to float
        Values in the voxel of all other names.
    """
    slopes = _slopes(rates, definitions, known)
    # The one without a finite rate, else the one that changes fastest.
    signal = max(slopes, key=lambda name: np.inf if not np.isfinite(slopes[name]) else abs(slopes[name]))
    z, y, x = (int(each) for each in np.unravel_index(voxel, grid.shape))
    centre = ", ".join(f"{grid.centres(axis)[place]:g}" for axis, place in enumerate((x, y, z)))
    values = ", ".join(f"{name} = {known[name]:.6g}" for name in rates)
    return SimulationError(
        f"the reactions cannot be integrated in voxel (z, y, x) = ({z}, {y}, {x}), centre ({centre}) um: "
        f"{MEANINGS.get(code, 'their steps fell below rounding error')}; there {values}, "
        f"{signal}' = {slopes[signal]:.6g}; {ADVICE}",
        process="signals",
        time=time,
        signal=signal,
    )


def _slopes(
    rates: Mapping[str, Expression], definitions: Mapping[str, Expression], known: Mapping[str, float]
) -> dict[str, float]:
    def lookup(name: Name) -> float:
        word = str(name)
        return float(evaluate(definitions[word], lookup)) if word in definitions else known[word]

    with np.errstate(all="ignore"):
        return {name: float(evaluate(rate, lookup)) for name, rate in rates.items()}
