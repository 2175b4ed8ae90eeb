"""What every kind of cycle becomes before it runs: phases, how each ends and what follows it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tissue_sim.tissue.distributions import Distribution

__all__ = ["CyclePlan", "NO_CYCLE", "PhasePlan"]  # noqa: RUF022 - by use

Ending = Literal["never", "scheduled", "at_rate", "sized"]


@dataclass(frozen=True)
class PhasePlan:
    """One phase.

    Attributes
    ----------
    name : str
    ending : str
        ``never``; ``scheduled``, after a drawn duration; ``at_rate``; or ``sized``, at a drawn volume.
    divides : bool
        Its end is a division.
    target_volume : float
        Target volume at entry, um^3 (NaN: unchanged); of a ``sized`` phase what the drawn number multiplies.
    behaviour : str
        Name of the behaviour with the rate of its end (``sized``: with the speed of growth).
    draw : Distribution or None
        Of the duration, min, or of a threshold, 1.
    next : tuple of float
        Probability of every phase of the plan to follow.
    """

    name: str
    ending: Ending
    divides: bool = False
    target_volume: float = math.nan
    behaviour: str = ""
    draw: Distribution | None = None
    next: tuple[float, ...] = (1.0,)


@dataclass(frozen=True)
class CyclePlan:
    """The phases of one cell type, the first of them first.

    Attributes
    ----------
    phases : tuple of PhasePlan
    halves_target : bool
        At division both cells get half of the mother's target volume; otherwise they keep all of it.
    first_target : float
        Factor of a founder's target volume.
    axis : tuple of float or None
        Unit vector of division; None: drawn.
    """

    phases: tuple[PhasePlan, ...]
    halves_target: bool = False
    first_target: float = 1.0
    axis: tuple[float, float, float] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the phases; the column ``phase`` indexes them."""
        return tuple(phase.name for phase in self.phases)

    @property
    def dividing(self) -> int:
        """Index of the first phase that ends in a division, -1 if there is none."""
        return next((i for i, phase in enumerate(self.phases) if phase.divides), -1)


NO_CYCLE = CyclePlan((PhasePlan("live", "never"),))
