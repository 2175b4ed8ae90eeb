"""The parameters of all cell types as the arrays that the kernels read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.lifecycle import codes
from tissue_sim.lifecycle.behaviours import GROWTH
from tissue_sim.lifecycle.death import CAUSES, rate_name
from tissue_sim.tissue.distributions import ENCODED_LENGTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.lifecycle.plan import CyclePlan, PhasePlan

__all__ = ["Tables", "rows_of_rates", "tables_of"]

KINDS = {
    "never": codes.NEVER,
    "scheduled": codes.SCHEDULED,
    "at_rate": codes.AT_RATE,
    "sized": codes.SIZED,
}


@dataclass(frozen=True)
class Tables:
    """Arrays over the phases of all types, one type after the other.

    Attributes
    ----------
    first : int64[types]
        Row of each type's first phase.
    phases : float64[rows, codes.PHASE_COLUMNS]
    draws : float64[rows, 16]
        Encoded distributions of durations and thresholds.
    chances : float64[rows, most phases of a type]
        Cumulative probabilities of the next phase.
    dividing : int64[types]
        First phase that ends in a division, -1 if none.
    halves_target : bool[types]
    axes : float64[types, 3]
        Unit vectors of division; NaN where drawn.
    """

    first: np.ndarray
    phases: np.ndarray
    draws: np.ndarray
    chances: np.ndarray
    dividing: np.ndarray
    halves_target: np.ndarray
    axes: np.ndarray


def rows_of_rates(plans: Sequence[CyclePlan]) -> list[str]:
    """Return the names of the behaviours that the kernels read, in the order of the rows of `rates`."""
    names = [GROWTH, *(rate_name(cause) for cause in CAUSES)]
    for plan in plans:
        names += [p.behaviour for p in plan.phases if p.behaviour and p.behaviour not in names]
    return names


def tables_of(plans: Sequence[CyclePlan]) -> Tables:
    """Return the tables of the cell types' plans, in the order of the types."""
    names = rows_of_rates(plans)
    lengths = [len(plan.phases) for plan in plans]
    every = [phase for plan in plans for phase in plan.phases]
    return Tables(
        first=np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64),
        phases=np.array([_numbers(phase, names) for phase in every], dtype=np.float64),
        draws=np.array([_drawn(phase) for phase in every], dtype=np.float64),
        chances=np.array([_cumulative(phase, max(lengths)) for phase in every], dtype=np.float64),
        dividing=np.array([plan.dividing for plan in plans], dtype=np.int64),
        halves_target=np.array([plan.halves_target for plan in plans], dtype=bool),
        axes=np.array([plan.axis or (np.nan, np.nan, np.nan) for plan in plans], dtype=np.float64),
    )


def _numbers(phase: PhasePlan, names: list[str]) -> list[float]:
    rate_row = names.index(phase.behaviour) if phase.behaviour else -1
    return [KINDS[phase.ending], float(phase.divides), phase.target_volume, rate_row]


def _drawn(phase: PhasePlan) -> np.ndarray:
    return np.zeros(ENCODED_LENGTH) if phase.draw is None else phase.draw.encoded()


def _cumulative(phase: PhasePlan, width: int) -> np.ndarray:
    chances = np.zeros(width)
    chances[: len(phase.next)] = phase.next
    out = np.cumsum(chances)
    out[np.flatnonzero(chances)[-1] :] = 1.0
    return out
