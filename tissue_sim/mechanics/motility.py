"""Active motion of live cells: persistent, biased by signals, or drifting along their gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.mechanics.motility import walk
from tissue_sim.mechanics.behaviours import BIAS, PERSISTENCE, SPEED
from tissue_sim.tissue.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.mechanics.settings import MotilitySettings
    from tissue_sim.tissue.model import TissueModel

__all__ = ["DIRECTION", "Motility"]

DIRECTION = "motility_direction"


class Motility:
    """Draws directions and gives live cells their active velocity.

    The chemotactic direction acts when a cell turns, not in between. A cell without a direction (zeros:
    new, or just divided) draws one in its next step.

    Parameters
    ----------
    tissue : TissueModel
    motility : mapping of cell type to MotilitySettings
    """

    def __init__(self, tissue: TissueModel, motility: Mapping[str, MotilitySettings]) -> None:
        tissue.population.declare(
            Column(
                DIRECTION, "f8", (3,), recorded=False, division="reset",
                description="direction of crawling; zeros before the first",
            )
        )  # fmt: skip
        settings = motility.values()
        self._attractants = sorted(
            {signal for each in settings for signal in each.chemotaxis} & set(tissue.fields)
        )
        self._drifts = sorted({signal for each in settings for signal in each.drift} & set(tissue.fields))
        self._present = np.array(tissue.domain.present, dtype=np.int64)

    def velocity(self, tissue: TissueModel, dt: float) -> np.ndarray | None:
        """Return active velocities (float64[n, 3], um/min) for a step of `dt` min; None if all are 0."""
        behaviours, population = tissue.behaviours, tissue.population
        speed = behaviours.effective(SPEED)
        crawling = bool(speed.any())
        drift = self._weighted(tissue, "drift", self._drifts)
        if not crawling and drift is None:
            return None
        biased = crawling and bool(behaviours.effective(BIAS).any())
        attraction = self._weighted(tissue, "chemotaxis", self._attractants) if biased else None
        nothing = np.zeros((population.size, 3)) if drift is None or attraction is None else None
        velocity = np.empty((population.size, 3))
        walk(
            population["cell_id"], population["state"], speed, behaviours.effective(PERSISTENCE),
            behaviours.effective(BIAS), nothing if attraction is None else attraction,
            nothing if drift is None else drift, dt, tissue.key, tissue.clock.tick, self._present,
            population[DIRECTION], velocity,
        )  # fmt: skip
        return velocity

    def _weighted(self, tissue: TissueModel, kind: str, signals: list[str]) -> np.ndarray | None:
        """Return the sum of weight times gradient, float64[n, 3]; None if all weights are 0."""
        total = None
        for signal in signals:
            weight = tissue.behaviours.effective(f"motility.{kind}.{signal}")
            if weight.any():
                term = weight[:, None] * tissue.gradient(signal)
                total = term if total is None else total + term
        return total
