"""What a kind of action is, and how the kinds are found."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Action", "Hold", "actions"]


@dataclass(frozen=True)
class Hold:
    """What an action does to a species of a network.

    Attributes
    ----------
    value : float or None
        At which it is held; None leaves it free.
    factor : float
        Of its production.
    """

    value: float | None = None
    factor: float = 1.0


class Action:
    """Base of the kinds of action, one file of `interventions.actions` each.

    Attributes
    ----------
    name : str
        The key in the file.
    form : type
        Annotation of what stands under the key, for pydantic.
    description : str
        One line for editors.
    """

    name: ClassVar[str] = ""
    form: ClassVar[Any]
    description: ClassVar[str] = ""

    @classmethod
    def holds(cls, given: Any) -> dict[str, Hold]:
        """Return ``network.NET.SPECIES`` -> what is done to it, for the value under the key."""
        del given
        return {}

    @classmethod
    def sets(cls, given: Any) -> dict[str, Any]:
        """Return path of the file -> value in effect, for the value under the key."""
        del given
        return {}

    @classmethod
    def place(cls, given: Any, name: str) -> tuple[str | int, ...]:
        """Return where a NAME or path stands below the key."""
        del given
        return (name,)

    @classmethod
    def words(cls, given: Any) -> str:
        """Say what is done, in a few words."""
        raise NotImplementedError


@lru_cache(maxsize=1)
def actions() -> Mapping[str, type[Action]]:
    """Return every kind of action by its name."""
    from tissue_sim.interventions import actions as folder

    found: dict[str, type[Action]] = {}
    for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda each: each.name):
        module = importlib.import_module(f"{folder.__name__}.{info.name}")
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Action) and each.__module__ == module.__name__:
                found[each.name] = each
    return found
