"""From the location pydantic gives an error to the path in the file, and to what is allowed there.

Pydantic's locations hold names of union branches between the keys. Walking its own core schema beside the
location tells them apart exactly, and ends at the settings model whose keys are allowed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tissue_sim.scenario.positions import Path

__all__ = ["Trail", "allowed_keys", "walk"]


@dataclass(frozen=True)
class Trail:
    """Where an error's location leads.

    Attributes
    ----------
    path : tuple
        Keys and numbers in the file.
    model : BaseModel class or None
        The innermost settings model on the way, whose key the last step may be.
    branches : tuple of (path, label)
        Plain unions passed: at which path, and which branch the error speaks of.
    on_key : bool
        The error is about the key itself.
    """

    path: Path = ()
    model: type[BaseModel] | None = None
    branches: tuple[tuple[Path, str], ...] = field(default=())
    on_key: bool = False


_WRAPPERS = {
    "json-or-python": "python_schema",
    "lax-or-strict": "strict_schema",
}


@lru_cache(maxsize=32)
def _definitions(model: type[BaseModel]) -> dict[str, Any]:
    schema: Any = model.__pydantic_core_schema__
    found = schema.get("definitions", []) if schema["type"] == "definitions" else []
    return {one["ref"]: one for one in found}


def walk(model: type[BaseModel], location: tuple[Any, ...]) -> Trail:
    """Return where `location` of an error of `model` leads; steps that lead nowhere end the walk."""
    start: Any = model.__pydantic_core_schema__
    return _Walker(_definitions(model)).follow(start, tuple(location), Trail())


def allowed_keys(model: type[BaseModel] | None) -> list[str]:
    """Return the keys of a settings model as written in a file."""
    if model is None:
        return []
    return [str(info.alias or name) for name, info in model.model_fields.items()]


class _Walker:
    """Follows one location through a core schema."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self.definitions = definitions

    def follow(self, schema: Any, location: tuple[Any, ...], trail: Trail) -> Trail:
        """Return the trail at the end of the location."""
        kind = schema["type"] if isinstance(schema, dict) else ""
        if kind == "definition-ref":
            return self.follow(self.definitions.get(schema["schema_ref"], {}), location, trail)
        if kind == "model":
            trail = Trail(trail.path, schema["cls"], trail.branches)
            return self.follow(schema["schema"], location, trail)
        if not location:
            return trail
        handler = getattr(self, "_" + kind.replace("-", "_"), None)
        if handler is not None:
            return handler(schema, location, trail)  # type: ignore[no-any-return]
        inner = schema.get(_WRAPPERS.get(kind, "schema")) if kind else None
        if isinstance(inner, dict):
            return self.follow(inner, location, trail)
        # A validator that validates parts on its own: the rest of the location are keys.
        return Trail((*trail.path, *location), None, trail.branches)

    def _model_fields(self, schema: Any, location: tuple[Any, ...], trail: Trail) -> Trail:
        step, rest = location[0], location[1:]
        below = Trail((*trail.path, step), trail.model, trail.branches)
        for name, one in schema["fields"].items():
            if step in (name, one.get("validation_alias")):
                return self.follow(one["schema"], rest, below) if rest else below
        return below

    def _dict(self, schema: Any, location: tuple[Any, ...], trail: Trail) -> Trail:
        below = Trail((*trail.path, location[0]), None, trail.branches)
        if location[1:] == ("[key]",):
            return Trail(below.path, None, below.branches, on_key=True)
        return self.follow(schema.get("values_schema", {}), location[1:], below)

    def _list(self, schema: Any, location: tuple[Any, ...], trail: Trail) -> Trail:
        below = Trail((*trail.path, location[0]), None, trail.branches)
        return self.follow(schema.get("items_schema", {}), location[1:], below)

    def _tuple(self, schema: Any, location: tuple[Any, ...], trail: Trail) -> Trail:
        below = Trail((*trail.path, location[0]), None, trail.branches)
        items = schema.get("items_schema") or [{}]
        place = location[0] if isinstance(location[0], int) else 0
        return self.follow(items[min(place, len(items) - 1)], location[1:], below)

    def _chain(self, schema: Any, location: tuple[Any, ...], trail: Trail) -> Trail:
        trails = [self.follow(step, location, trail) for step in schema["steps"]]
        return max(trails, key=lambda one: len(one.path))

    def _tagged_union(self, schema: Any, location: tuple[Any, ...], trail: Trail) -> Trail:
        branch = schema["choices"].get(location[0])
        while isinstance(branch, str | int):
            branch = schema["choices"].get(branch)
        return self.follow(branch, location[1:], trail) if branch is not None else trail

    def _union(self, schema: Any, location: tuple[Any, ...], trail: Trail) -> Trail:
        label, rest = str(location[0]), location[1:]
        below = Trail(trail.path, trail.model, (*trail.branches, (trail.path, label)))
        choices = [one[0] if isinstance(one, tuple) else one for one in schema["choices"]]
        named = [one for one in choices if self._name(one) == label]
        trails = [self.follow(one, rest, below) for one in named or choices]
        return max(trails, key=lambda one: (len(one.path), one.model is not None))

    def _name(self, schema: Any) -> str:
        while isinstance(schema, dict):
            if schema["type"] == "definition-ref":
                schema = self.definitions.get(schema["schema_ref"])
            elif schema["type"] == "model":
                return str(schema["cls"].__name__)
            elif "schema" in schema and schema["type"].startswith("function"):
                schema = schema["schema"]
            else:
                return str(schema["type"])
        return ""
