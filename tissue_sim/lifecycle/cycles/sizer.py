"""``{model: sizer, growth: 2 um^3/min, threshold: "normal(2, 0.4, min=0)"}``: division at a volume."""

from typing import Annotated, Literal

from tissue_sim.lifecycle.axis import Axis
from tissue_sim.lifecycle.plan import CyclePlan, PhasePlan
from tissue_sim.tissue.behaviours import Behaviour
from tissue_sim.tissue.distributions import Distribution, DistributionIn
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import VolumeRate

__all__ = ["SizerCycle"]

GROWTH = "cycle.growth"


class SizerCycle(Settings):
    """Linear growth; division when the volume reaches `threshold` times the type's volume.

    The threshold is drawn anew for both cells at division; founders have its mean. The column
    ``target_volume`` holds the volume at which the cell will divide. A cell born above its threshold divides
    at once.

    Attributes
    ----------
    growth : float
        dV/dt, um^3/min.
    threshold : Distribution
        Volume at division over the type's volume.
    axis : tuple of float or None
        Direction of division; None: drawn.
    """

    model: Literal["sizer"] = "sizer"
    growth: VolumeRate
    threshold: Annotated[Distribution, DistributionIn("1", above=0.0)]
    axis: Axis = None

    def behaviours(self) -> list[tuple[Behaviour, float]]:
        """Return the behaviours with the type's own values."""
        return [(Behaviour(GROWTH, "um^3/min", minimum=0.0, description="linear growth"), self.growth)]

    def plan(self, volume: float) -> CyclePlan:
        """Return the phases of a type whose volume is `volume` (um^3)."""
        phase = PhasePlan(
            "live", "sized", divides=True, target_volume=volume, behaviour=GROWTH, draw=self.threshold
        )
        return CyclePlan((phase,), first_target=self.threshold.mean, axis=self.axis)
