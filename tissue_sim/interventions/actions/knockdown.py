"""``knockdown: {network.NET.SPECIES: 0.2}``: the species' production times a factor of at most 1."""

from __future__ import annotations

from typing import Any, ClassVar

from tissue_sim.interventions.action import Action, Hold
from tissue_sim.units import Fraction

__all__ = ["Knockdown"]


class Knockdown(Action):
    """Species -> factor; what production is, `network.holding` says."""

    name: ClassVar[str] = "knockdown"
    form: ClassVar[Any] = dict[str, Fraction]
    description: ClassVar[str] = "network.NET.SPECIES -> what its production is multiplied by, 0 to 1"

    @classmethod
    def holds(cls, given: Any) -> dict[str, Hold]:
        """Scale the production of every species."""
        return {name: Hold(factor=factor) for name, factor in given.items()}

    @classmethod
    def words(cls, given: Any) -> str:
        """Name species and factors."""
        return "knock down " + ", ".join(
            f"{name} to {factor:g} of its production" for name, factor in given.items()
        )
