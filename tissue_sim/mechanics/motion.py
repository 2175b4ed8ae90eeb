"""One mechanics step as integrators see it: where the cells are, and how fast they go anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.mechanics.boundaries import Boundaries
    from tissue_sim.mechanics.forces import Forces
    from tissue_sim.mechanics.further_force import FurtherForce
    from tissue_sim.tissue.model import TissueModel

__all__ = ["Motion"]


class Motion:
    """The cells at the beginning of a step, and what drives them.

    Parameters
    ----------
    tissue : TissueModel
    law : Forces
    further : sequence of FurtherForce
        Forces beside contacts.
    boundaries : Boundaries
    active : float64[n, 3] or None
        um/min, held over the step: motility, drift, Brownian motion.
    dt : float
        min.

    Attributes
    ----------
    start : float64[n, 3], um
        The live view of the positions; integrators only read it.
    forces : float64[n, 3], um/min
        The velocities that forces give there.
    """

    def __init__(
        self,
        tissue: TissueModel,
        law: Forces,
        further: Sequence[FurtherForce],
        boundaries: Boundaries,
        active: np.ndarray | None,
        dt: float,
    ) -> None:
        self.tissue, self.active, self.dt = tissue, active, dt
        self._law, self._further, self._boundaries = law, further, boundaries
        self.start = tissue.population["position"]
        self.forces = law.velocity(tissue, self.start)
        self._add_further(self.start, self.forces)

    def first(self) -> np.ndarray:
        """Return the velocity at the beginning, float64[n, 3]; `forces` is used up by it."""
        if self.active is not None:
            self.forces += self.active
        return self.forces

    def rate(self, position: np.ndarray) -> np.ndarray:
        """Return the velocity (float64[n, 3], um/min) at other positions (float64[n, 3], um)."""
        velocity = self._law.velocity(self.tissue, position, same_cells=True)
        self._add_further(position, velocity)
        if self.active is not None:
            velocity += self.active
        return velocity

    def moved(self, position: np.ndarray, velocity: np.ndarray, dt: float) -> np.ndarray:
        """Return where cells are `dt` min later, float64[n, 3], um; walls and missing axes change `velocity`.

        Raises
        ------
        SimulationError
            If that is no finite place.
        """
        out = np.empty_like(position)
        self._boundaries.move(self.tissue, position, dt, velocity, out)
        return out

    def _add_further(self, position: np.ndarray, velocity: np.ndarray) -> None:
        for force in self._further:
            force.add_velocity(self.tissue, position, velocity)
