"""Which columns and signals are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from tissue_sim.errors import RunError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ALWAYS", "RecordSelection", "Selection", "select"]

ALWAYS = ("cell_id", "type", "state", "position")


class Selection(Protocol):
    """What the recorder reads of the `record:` settings."""

    @property
    def columns(self) -> Literal["all"] | Sequence[str]:
        """Columns and network quantities (``NET__SPECIES``) to write."""

    @property
    def signals(self) -> Literal["all"] | Sequence[str]:
        """Signals to write."""


@dataclass(frozen=True)
class RecordSelection:
    """A selection given in Python.

    Attributes
    ----------
    columns : "all" or sequence of str
        ``cell_id``, ``type``, ``state`` and ``position`` are written in any case.
    signals : "all" or sequence of str
        May be empty.
    """

    columns: Literal["all"] | Sequence[str] = "all"
    signals: Literal["all"] | Sequence[str] = "all"


def select(
    wanted: Literal["all"] | Sequence[str], known: Iterable[str], what: str, always: Iterable[str] = ()
) -> list[str]:
    """Return the names to write, in the order of `known`.

    Raises
    ------
    RunError
        If a wanted name is not known; the message lists those that are.
    """
    names = list(known)
    if wanted == "all":
        return names
    chosen = {*always, *wanted}
    for name in chosen:
        if name not in names:
            raise RunError(
                f"cannot record {what} '{name}'{did_you_mean(name, names)}; known are {', '.join(names)}"
            )
    return [name for name in names if name in chosen]
