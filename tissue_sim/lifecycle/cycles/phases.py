"""``{phases: {G1: {duration: 7 h}, S: ..., M: {duration: 2 h, divides: true}}}``: a graph of phases."""

import math
from typing import Annotated, Literal

from pydantic import Field

from tissue_sim.lifecycle.axis import Axis
from tissue_sim.lifecycle.plan import CyclePlan, PhasePlan
from tissue_sim.tissue.behaviours import Behaviour
from tissue_sim.tissue.distributions import Distribution, DistributionIn
from tissue_sim.tissue.settings import Name, Settings
from tissue_sim.units import Fraction, Positive, Rate

__all__ = ["MOST_PHASES", "PhaseCycle", "PhaseSettings", "rate_name"]

MOST_PHASES = 255
"""The column ``phase`` is one byte; 255 is kept free."""


def rate_name(phase: str) -> str:
    """Return the name of the behaviour with the rate at which a phase ends."""
    return f"cycle.{phase}.rate"


class PhaseSettings(Settings):
    """One phase of a cycle.

    Attributes
    ----------
    duration : Distribution or None
        How long it lasts, min; drawn at entry, again where below 0.
    rate : float or None
        Instead: the rate of its end, 1/min (an exponential duration that rules and outputs can steer).
    next : str, dict or None
        The phase that follows, or probabilities of several; None: the next in the file, after the last the
        first.
    target_volume : float or None
        Factor: at entry the target volume becomes this times the type's volume.
    divides : bool
        The cell divides at the phase's end; both cells get half of the target volume and enter `next`.
    """

    duration: Annotated[Distribution, DistributionIn("min", minimum=0.0)] | None = None
    rate: Rate | None = None
    next: Name | dict[Name, Fraction] | None = None
    target_volume: Positive | None = None
    divides: bool = False


class PhaseCycle(Settings):
    """A graph of phases; a founder begins in the first.

    Attributes
    ----------
    phases : dict of PhaseSettings
        By name, in order.
    axis : tuple of float or None
        Direction of division; None: drawn.
    """

    model: Literal["phases"] = "phases"
    phases: Annotated[dict[Name, PhaseSettings], Field(min_length=1, max_length=MOST_PHASES)]
    axis: Axis = None

    def behaviours(self) -> list[tuple[Behaviour, float]]:
        """Return the behaviours with the type's own values."""
        return [
            (
                Behaviour(rate_name(name), "1/min", minimum=0.0, description=f"rate of the end of {name}"),
                phase.rate,
            )
            for name, phase in self.phases.items()
            if phase.rate is not None
        ]

    def plan(self, volume: float) -> CyclePlan:
        """Return the phases of a type whose volume is `volume` (um^3)."""
        names = list(self.phases)
        return CyclePlan(
            tuple(self._phase(names, number, volume) for number in range(len(names))),
            halves_target=True,
            axis=self.axis,
        )

    def _phase(self, names: list[str], number: int, volume: float) -> PhasePlan:
        name = names[number]
        phase = self.phases[name]
        following = phase.next if phase.next is not None else names[(number + 1) % len(names)]
        chances = {following: 1.0} if isinstance(following, str) else following
        return PhasePlan(
            name,
            "scheduled" if phase.rate is None else "at_rate",
            divides=phase.divides,
            target_volume=math.nan if phase.target_volume is None else phase.target_volume * volume,
            behaviour="" if phase.rate is None else rate_name(name),
            draw=phase.duration,
            next=tuple(chances.get(each, 0.0) for each in names),
        )
