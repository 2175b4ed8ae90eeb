"""``set: {PATH: value}``: a key of the scenario has another value."""

from __future__ import annotations

from typing import Any, ClassVar

from tissue_sim.interventions.action import Action

__all__ = ["SetValue"]


class SetValue(Action):
    """Path of the file -> value as it would stand there; see `interventions.paths` for what can change."""

    name: ClassVar[str] = "set"
    form: ClassVar[Any] = dict[str, Any]
    description: ClassVar[str] = "path of the file, such as signals.NAME.boundary.default.value -> value"

    @classmethod
    def sets(cls, given: Any) -> dict[str, Any]:
        """Return paths and values."""
        return dict(given)

    @classmethod
    def words(cls, given: Any) -> str:
        """Name paths and values."""
        return "set " + ", ".join(f"{path} to {_shown(value)}" for path, value in given.items())


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(one)}" for key, one in value.items()) + "}"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
