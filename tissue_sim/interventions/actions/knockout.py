"""``knockout: network.NET.SPECIES``: the species and its rate are 0."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Discriminator, Tag

from tissue_sim.interventions.action import Action, Hold

__all__ = ["Knockout"]


def _form(value: Any) -> str:
    return "list" if isinstance(value, list | tuple) else "single"


class Knockout(Action):
    """One species, or a list of them."""

    name: ClassVar[str] = "knockout"
    form: ClassVar[Any] = Annotated[
        Annotated[str, Tag("single")] | Annotated[list[str], Tag("list")], Discriminator(_form)
    ]
    description: ClassVar[str] = "network.NET.SPECIES that is held at 0, or a list of them"

    @classmethod
    def holds(cls, given: Any) -> dict[str, Hold]:
        """Hold every species at 0."""
        return dict.fromkeys(_names(given), Hold(value=0.0))

    @classmethod
    def place(cls, given: Any, name: str) -> tuple[str | int, ...]:
        """Return the place in the list, if it is one."""
        return () if isinstance(given, str) else (list(given).index(name),)

    @classmethod
    def words(cls, given: Any) -> str:
        """Name the species."""
        return f"knock out {', '.join(_names(given))}"


def _names(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else list(given)
