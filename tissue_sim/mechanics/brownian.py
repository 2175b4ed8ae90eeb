"""Brownian motion of live cells, with a given diffusivity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.mechanics.brownian import kick
from tissue_sim.mechanics.behaviours import DIFFUSIVITY

if TYPE_CHECKING:
    from tissue_sim.tissue.model import TissueModel

__all__ = ["Brownian"]


class Brownian:
    """Adds what moves cells by sqrt(2 D dt) times a standard normal number along each axis.

    The kick is a velocity held over the step, so that every integrator treats it as it does active motion; it
    depends on seed, cell and time only. As active motion it ends with a cell's death.

    Parameters
    ----------
    tissue : TissueModel
    """

    def __init__(self, tissue: TissueModel) -> None:
        self._present = np.array(tissue.domain.present, dtype=np.int64)

    def added(self, tissue: TissueModel, velocity: np.ndarray | None, dt: float) -> np.ndarray | None:
        """Return the velocity (float64[n, 3], um/min; changed) with the kicks of a step of `dt` min.

        None stands for no velocity.
        """
        diffusivity = tissue.behaviours.effective(DIFFUSIVITY)
        if not diffusivity.any():
            return velocity
        population = tissue.population
        if velocity is None:
            velocity = np.zeros((population.size, 3))
        kick(
            population["cell_id"], population["state"], diffusivity, dt, tissue.key, tissue.clock.tick,
            self._present, velocity,
        )  # fmt: skip
        return velocity
