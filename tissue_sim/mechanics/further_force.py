"""What acts on cells beside their contacts and their own motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.tissue.process import Process

if TYPE_CHECKING:
    import numpy as np

    from tissue_sim.tissue.model import TissueModel

__all__ = ["FurtherForce"]


class FurtherForce(Process):
    """Base of forces with a life of their own: they advance just before mechanics, which adds their speeds.

    `add_velocity` is called at every evaluation of an integrator; `advance` once for each step before.
    """

    step_names = ("mechanics",)

    def add_velocity(self, tissue: TissueModel, position: np.ndarray, velocity: np.ndarray) -> None:
        """Add the velocities at these positions (float64[n, 3], um) to `velocity` (float64[n, 3], um/min)."""
        raise NotImplementedError
