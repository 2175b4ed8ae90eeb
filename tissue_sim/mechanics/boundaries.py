"""Moves cells and keeps them where the domain lets them be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.kernels.mechanics import move as kernels

if TYPE_CHECKING:
    from tissue_sim.tissue.domain import Domain
    from tissue_sim.tissue.model import TissueModel

__all__ = ["Boundaries"]

CODES = {
    "open": kernels.OPEN,
    "remove": kernels.OPEN,
    "wall": kernels.WALL,
    "periodic": kernels.PERIODIC,
}
FURTHEST = 1e15
"""um; there neighbouring doubles are 0.1 um apart, and records hold single precision up to 3e38."""
SUSPICIOUS = 1e6
"""Radii moved in one step; without such a step no cell gets so far within a run."""


class Boundaries:
    """Open, wall and periodic axes of a domain.

    Parameters
    ----------
    domain : Domain
    """

    def __init__(self, domain: Domain) -> None:
        self._lower, self._upper = np.array(domain.lower), np.array(domain.upper)
        self._codes = np.array(
            [
                CODES[kind] if present else kernels.ABSENT
                for kind, present in zip(domain.boundary, domain.present, strict=True)
            ],
            dtype=np.int64,
        )
        self._removing = np.array([kind == "remove" for kind in domain.boundary]) & np.array(domain.present)

    def move(
        self, tissue: TissueModel, start: np.ndarray, dt: float, velocity: np.ndarray, out: np.ndarray
    ) -> tuple[tuple[float, int], int]:
        """Write where cells are `dt` min later.

        Parameters
        ----------
        tissue : TissueModel
        start : float64[n, 3], um
        dt : float, min
        velocity : float64[n, 3], um/min
            Becomes the displacement over `dt` where a wall or a missing axis changed it.
        out : float64[n, 3], um
            May be `start`.

        Returns
        -------
        ((farthest move in radii, its row), number of cells that left an open domain)

        Raises
        ------
        SimulationError
            If a position is no longer finite.
        """
        population = tissue.population
        chunks = -(-population.size // kernels.CHUNK)
        farthest, rows, left = np.empty(chunks), np.empty((chunks, 2), np.int64), np.empty(chunks, np.int64)
        kernels.move(
            start, dt, self._lower, self._upper, self._codes, population["radius"], velocity, out, farthest,
            rows, left,
        )  # fmt: skip
        bad = rows[rows[:, 0] >= 0, 0]
        if len(bad):
            raise SimulationError(
                f"position {out[bad[0]].tolist()} um, velocity {velocity[bad[0]].tolist()} um/min: no finite "
                "numbers any more; use a shorter mechanics step, or look at what set position, radius "
                "and speeds",
                process="mechanics",
                time=tissue.clock.time,
                cell_id=int(population["cell_id"][bad[0]]),
            )
        most = int(farthest.argmax())
        return (float(farthest[most]), int(rows[most, 1])), int(left.sum())

    def check_resolved(self, tissue: TissueModel, radii: float) -> None:
        """Refuse positions that doubles cannot resolve, given the farthest move of the step in radii."""
        if radii <= SUSPICIOUS:
            return
        position = tissue.population["position"]
        lost = np.flatnonzero(np.abs(position).max(axis=1) > FURTHEST)
        if len(lost):
            raise SimulationError(
                f"position {position[lost[0]].tolist()} um: further away than {FURTHEST:g} um, where "
                "neighbours cannot be told apart; use a shorter mechanics step, or look at what set radius, "
                "forces and speeds",
                process="mechanics",
                time=tissue.clock.time,
                cell_id=int(tissue.population["cell_id"][lost[0]]),
            )

    def remove_outside(self, tissue: TissueModel) -> None:
        """Ask for the removal of cells beyond faces that remove them."""
        if not self._removing.any():
            return
        position = tissue.population["position"]
        beyond = ((position < self._lower) | (position > self._upper)) & self._removing
        due_tick = tissue.clock.tick + tissue.clock.step_ticks("mechanics")
        tissue.requests.ask(
            "removal", tissue.population["cell_id"][beyond.any(axis=1)], due_tick, cause="left the domain"
        )
