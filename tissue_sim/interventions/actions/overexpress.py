"""``overexpress: {network.NET.SPECIES: 5}``: the species' production times a factor of at least 1."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from tissue_sim.interventions.action import Action, Hold
from tissue_sim.units import Quantity

__all__ = ["Overexpress"]


class Overexpress(Action):
    """Species -> factor; what production is, `network.holding` says."""

    name: ClassVar[str] = "overexpress"
    form: ClassVar[Any] = dict[str, Annotated[float, Quantity("1", minimum=1.0)]]
    description: ClassVar[str] = "network.NET.SPECIES -> what its production is multiplied by, 1 or more"

    @classmethod
    def holds(cls, given: Any) -> dict[str, Hold]:
        """Scale the production of every species."""
        return {name: Hold(factor=factor) for name, factor in given.items()}

    @classmethod
    def words(cls, given: Any) -> str:
        """Name species and factors."""
        return "overexpress " + ", ".join(f"{name} {factor:g} times" for name, factor in given.items())
