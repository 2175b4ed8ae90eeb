"""Steps as long as an error bound allows: Bogacki and Shampine's third-order method.

Its second-order companion gives the estimate; doi:10.1016/0893-9659(89)90079-7. A mechanics step is divided
into parts, the same ones for all cells; a part is taken again, shorter, where the estimated error of any
cell's position exceeds the tolerance. The next part is as long as the estimate allows,
h (tolerance / error)^(1/3), which is kept from step to step. The result is the third-order one, better than
the estimate, and its error goes down in proportion to the tolerance.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.mechanics.integrator import Integrator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.mechanics.motion import Motion
    from tissue_sim.tissue.model import TissueModel

__all__ = ["INTEGRATOR"]

TOLERANCE = 0.01
"""um; 0.1 % of a cell's radius."""
MARGIN = 0.5
"""Share of the tolerance that one part may take, so that the errors of several stay below it."""
SAFETY, SHRINK, GROW = 0.9, 0.2, 5.0
SHORTEST = 2.0**-24
"""Parts below this share of a mechanics step are taken for a tolerance that cannot be met."""


class Adaptive(Integrator):
    """Keeps the length of the next part, min; 0 before the first step."""

    stability = math.inf

    def __init__(self, tissue: TissueModel, tolerance: float | None) -> None:
        super().__init__(tissue, TOLERANCE if tolerance is None else tolerance)
        self._most = MARGIN * (TOLERANCE if tolerance is None else tolerance)
        self._length = 0.0
        self._taken = self._refused = 0

    def velocity(self, motion: Motion) -> np.ndarray:
        """Return the mean velocity over all parts of the step."""
        position, rate = motion.start, motion.first()
        displaced = np.zeros_like(rate)
        elapsed, limit = 0.0, GROW
        while elapsed < motion.dt:
            left = motion.dt - elapsed
            parts = math.ceil(left / self._length * (1.0 - 1e-12)) if self._length > 0.0 else 1
            length = left / max(1, parts)
            reached, velocity, rate_there, error = _part(motion, position, rate, length)
            factor = min(limit, max(SHRINK, SAFETY * (self._most / max(error, 1e-300)) ** (1.0 / 3.0)))
            self._length = length * factor
            if error > self._most:
                self._refused += 1
                self._check(motion, error)
                limit = 1.0
                continue
            self._taken += 1
            position, rate, limit = reached, rate_there, GROW
            displaced += length * velocity
            elapsed = motion.dt if parts <= 1 else elapsed + length
        self._length = min(self._length, motion.dt)
        return displaced / motion.dt

    def _check(self, motion: Motion, error: float) -> None:
        if self._length < SHORTEST * motion.dt:
            raise SimulationError(
                f"the positions of cells cannot be computed to {self.tolerance:g} um: the estimated error of "
                f"parts of {self._length:.2g} min is still {error:.2g} um; give a larger `tolerance` of "
                "mechanics, or a contact law that does not jump",
                process="mechanics",
                time=motion.tissue.clock.time,
            )

    def counters(self) -> dict[str, int]:
        """Return the numbers of parts."""
        return {
            "parts of mechanics steps taken": self._taken,
            "parts of mechanics steps refused": self._refused,
        }

    def state(self) -> dict[str, np.ndarray]:
        """Return the length of the next part (min) and the counters."""
        return {
            "part": np.array(self._length),
            "parts": np.array([self._taken, self._refused], dtype=np.int64),
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""
        self._length = float(state["part"])
        self._taken, self._refused = (int(number) for number in state["parts"])


def _part(
    motion: Motion, position: np.ndarray, first: np.ndarray, length: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Try one part.

    Returns
    -------
    (position reached, velocity with walls, rate there, estimated error in um)
    """
    second = motion.rate(motion.moved(position, first.copy(), 0.5 * length))
    third = motion.rate(motion.moved(position, second.copy(), 0.75 * length))
    velocity = (2.0 * first + 3.0 * second + 4.0 * third) / 9.0
    reached = motion.moved(position, velocity, length)
    fourth = motion.rate(reached)
    wrong = (-5.0 * first + 6.0 * second + 8.0 * third - 9.0 * fourth) / 72.0
    error = length * math.sqrt(float((wrong * wrong).sum(axis=1).max()))
    return reached, velocity, fourth, error


INTEGRATOR = Adaptive
