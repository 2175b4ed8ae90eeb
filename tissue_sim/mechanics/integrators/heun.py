"""Heun's method: second order, two evaluations of the forces per step.

With Brownian motion, whose noise is the same in both evaluations, it is of weak order 2 (Kloeden and Platen
1992, doi:10.1007/978-3-662-12616-5, chapter 15: additive noise).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.mechanics.integrator import Integrator

if TYPE_CHECKING:
    import numpy as np

    from tissue_sim.mechanics.motion import Motion

__all__ = ["INTEGRATOR"]


class Heun(Integrator):
    """x(t + h) = x + h/2 (v(x) + v(x + h v(x)))."""

    stability = 2.0

    def velocity(self, motion: Motion) -> np.ndarray:
        """Return the mean of the velocities at the beginning and where they would lead."""
        velocity = motion.first()
        velocity += motion.rate(motion.moved(motion.start, velocity.copy(), motion.dt))
        velocity *= 0.5
        return velocity


INTEGRATOR = Heun
