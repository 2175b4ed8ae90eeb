"""Settings of `record`: what is written, and when."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from tissue_sim.tissue.settings import Settings
from tissue_sim.units import PositiveTime

__all__ = ["RecordSettings"]


def _kind(value: Any) -> str:
    return "list" if isinstance(value, list | tuple) else "all"


AllOrNames = Annotated[
    Annotated[Literal["all"], Tag("all")] | Annotated[list[str], Tag("list")], Discriminator(_kind)
]


class RecordSettings(Settings):
    """What is recorded; start and end always are, with cell_id, type, state and position.

    Attributes
    ----------
    every : time, min
        Interval; without it only start and end.
    signals, columns : "all" or list of names
        A value of a network is the column NETWORK__SPECIES.
    """

    every: PositiveTime | None = None
    signals: AllOrNames = "all"
    columns: AllOrNames = "all"
