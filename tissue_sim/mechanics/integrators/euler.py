"""Forward Euler: first order, one evaluation of the forces per step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.mechanics.integrator import Integrator

if TYPE_CHECKING:
    import numpy as np

    from tissue_sim.mechanics.motion import Motion

__all__ = ["INTEGRATOR"]


class Euler(Integrator):
    """x(t + h) = x + h v(x)."""

    stability = 2.0

    def velocity(self, motion: Motion) -> np.ndarray:
        """Return the velocity at the beginning."""
        return motion.first()


INTEGRATOR = Euler
