"""``clamp: {network.NET.SPECIES: 3}``: the species is held at a value, its rate is 0."""

from __future__ import annotations

from typing import Any, ClassVar

from tissue_sim.interventions.action import Action, Hold
from tissue_sim.units import Number

__all__ = ["Clamp"]


class Clamp(Action):
    """Species -> value in the network's own units."""

    name: ClassVar[str] = "clamp"
    form: ClassVar[Any] = dict[str, Number]
    description: ClassVar[str] = "network.NET.SPECIES -> value at which it is held"

    @classmethod
    def holds(cls, given: Any) -> dict[str, Hold]:
        """Hold every species at its value."""
        return {name: Hold(value=value) for name, value in given.items()}

    @classmethod
    def words(cls, given: Any) -> str:
        """Name species and values."""
        return "clamp " + ", ".join(f"{name} at {value:g}" for name, value in given.items())
