"""Adams-Bashforth of second order, as PhysiCell has it: one evaluation of the forces per step.

x(t + h) = x + h (3/2 f(t) - 1/2 f(t - h)) + h u, f the velocities that forces give. Unlike PhysiCell
(doi:10.1371/journal.pcbi.1005991) it does not extrapolate the active velocity u, which is constant over a
step and jumps between steps. A cell that is new, or just divided, begins with a step of Euler's method, which
leaves the order at 2.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.mechanics.integrator import Integrator
from tissue_sim.tissue.columns import Column

if TYPE_CHECKING:
    from tissue_sim.mechanics.motion import Motion
    from tissue_sim.tissue.model import TissueModel

__all__ = ["FORMER", "INTEGRATOR"]

FORMER = "mechanics_former_velocity"


class AdamsBashforth(Integrator):
    """Keeps the velocity that forces gave in the step before, in a column."""

    stability = 1.0

    def __init__(self, tissue: TissueModel, tolerance: float | None) -> None:
        super().__init__(tissue, tolerance)
        tissue.population.declare(
            Column(
                FORMER, "f8", (3,), unit="um/min", initial=math.nan, recorded=False, division="reset",
                description="velocity that forces gave in the step before; NaN before the first",
            )
        )  # fmt: skip

    def velocity(self, motion: Motion) -> np.ndarray:
        """Return the extrapolated velocity, and keep that of the forces for the next step."""
        former = motion.tissue.population[FORMER]
        now = motion.forces
        velocity: np.ndarray = np.where(np.isnan(former), now, 1.5 * now - 0.5 * former)
        former[:] = now
        if motion.active is not None:
            velocity += motion.active
        return velocity


INTEGRATOR = AdamsBashforth
