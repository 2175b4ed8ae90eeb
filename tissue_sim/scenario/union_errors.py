"""A value may be one of several forms: one message about it, not one per form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tissue_sim.scenario.validation_messages import expected_words, found_words

if TYPE_CHECKING:
    from tissue_sim.scenario.positions import Path

__all__ = ["Found", "best_of_unions"]


@dataclass(frozen=True)
class Found:
    """One of pydantic's errors, located in the file.

    Attributes
    ----------
    error : dict
        As pydantic gives it.
    path : tuple
        In the file.
    branches : tuple of (path, label)
        The unions on the way that are not yet decided.
    allowed : list of str
        Keys of the settings model around it.
    offset : int
        Character inside the value.
    on_key : bool
        About the key.
    message : str
        Replaces the message where not empty.
    """

    error: Any
    path: Path
    branches: tuple[tuple[Path, str], ...]
    allowed: list[str]
    offset: int = 0
    on_key: bool = False
    message: str = ""


def best_of_unions(found: list[Found]) -> list[Found]:
    """Return the errors with those of each union reduced to the form that was meant, or to one."""
    kept = [one for one in found if not one.branches]
    groups: dict[Path, dict[str, list[Found]]] = {}
    for one in found:
        if one.branches:
            place, label = one.branches[0]
            groups.setdefault(place, {}).setdefault(label, []).append(one)
    for place, by_label in groups.items():
        branches = {
            label: best_of_unions([replace(one, branches=one.branches[1:]) for one in errors])
            for label, errors in by_label.items()
        }
        kept += _decide(place, list(branches.values()))
    return kept


def _decide(place: Path, branches: list[list[Found]]) -> list[Found]:
    """Keep the branch whose kind of value was written; else say what all of them would take."""
    inside = [errors for errors in branches if any(len(one.path) > len(place) for one in errors)]
    meant = inside or [
        errors for errors in branches if all(expected_words(one.error) is None for one in errors)
    ]
    if meant:
        return min(meant, key=len)
    words = [word for errors in branches for one in errors for word in [expected_words(one.error)] if word]
    first = branches[0][0]
    allowed = " or ".join(dict.fromkeys(words)) or "another value"
    message = f"expected {allowed}, found {found_words(first.error['input'])}"
    return [replace(first, path=place, branches=(), message=message)]
