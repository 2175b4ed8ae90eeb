"""``{model: live, rate: 7.2e-4 /min}``: division at a rate, at any size."""

from typing import Literal

from tissue_sim.lifecycle.axis import Axis
from tissue_sim.lifecycle.plan import CyclePlan, PhasePlan
from tissue_sim.tissue.behaviours import Behaviour
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Rate

__all__ = ["LiveCycle"]

RATE = "cycle.rate"


class LiveCycle(Settings):
    """A cycle without phases: live cells divide at a rate; both halves grow back to the full target.

    Attributes
    ----------
    rate : float
        Divisions of a cell per time, 1/min.
    axis : tuple of float or None
        Direction of division; None: drawn.
    """

    model: Literal["live"] = "live"
    rate: Rate
    axis: Axis = None

    def behaviours(self) -> list[tuple[Behaviour, float]]:
        """Return the behaviours with the type's own values."""
        return [(Behaviour(RATE, "1/min", minimum=0.0, description="rate of division"), self.rate)]

    def plan(self, volume: float) -> CyclePlan:  # noqa: ARG002 - the same for all kinds
        """Return the phases of a type whose volume is `volume` (um^3)."""
        return CyclePlan((PhasePlan("live", "at_rate", divides=True, behaviour=RATE),), axis=self.axis)
