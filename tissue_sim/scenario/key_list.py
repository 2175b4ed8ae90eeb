"""Every key that a scenario may hold, with unit, default and meaning, read from the settings' schema."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Key", "all_keys", "keys_text"]

NAME = "NAME"
"""Stands for any name in a path; ``[]`` for any item of a list."""
UNIT = re.compile(
    r"in (?:the )?((?:signal|law)'s (?:own )?unit|[^\s,;]+)(\*[^\s,;]+)?(?:, or text with a unit)?([,;].*)?"
)


@dataclass(frozen=True)
class Key:
    """One key.

    Attributes
    ----------
    path : str
        From the top of the file, for instance ``signals.NAME.decay``.
    kind : str
        Its unit, the words it may be, or what else stands there.
    default : str
        ``needed`` where there is none, ``-`` where nothing is meant.
    meaning : str
    """

    path: str
    kind: str
    default: str
    meaning: str


def all_keys() -> list[Key]:
    """Return all keys of a scenario file in the order of the settings."""
    from tissue_sim.scenario.schema import ScenarioSettings

    schema = ScenarioSettings.model_json_schema(by_alias=True)
    return list(_merged(_Walk(schema["$defs"]).object(schema, "")).values())


def keys_text() -> str:
    """Return a page of all keys in Markdown: those at the top of a file, then a table for each section."""
    sections: dict[str, list[Key]] = {"": []}
    for key in all_keys():
        top = re.split(r"[.\[]", key.path)[0]
        sections.setdefault("" if top == key.path else top, []).append(key)
    lines = [
        "# All keys of a scenario",
        "",
        "What `tissue-sim schema --keys` prints. `NAME` stands for a name, `[]` for each item of a list. A",
        "unit says what numbers are in; others of the same dimension are written out. `-` is no default.",
        "More on them: [networks](networks.md), [signals](signals.md), [mechanics](mechanics.md).",
    ]
    for name, keys in sections.items():
        heading = [f"## {name}", ""] if name else []
        lines += ["", *heading, "| key | unit or value | default | meaning |", "|---|---|---|---|"]
        lines += [_row(key) for key in keys]
    return "\n".join(lines) + "\n"


def _row(key: Key) -> str:
    cells = (f"`{key.path}`", key.kind, key.default, key.meaning)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


class _Walk:
    """Walks through a JSON Schema.

    Parameters
    ----------
    definitions : mapping of name to schema
    """

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._first: dict[str, str] = {}
        """The path at which each object is described; elsewhere it is referred to."""

    def object(self, schema: Mapping[str, Any], path: str) -> Iterator[Key]:
        """Yield the keys of an object, each followed by those below it."""
        meanings = _attributes(schema.get("description", ""))
        for name, field in schema["properties"].items():
            own = f"{path}.{name}" if path else name
            kind = self._kind(field, own)
            meaning = meanings.get(name) or self._said(field)
            # The unit has a column of its own.
            meaning = re.sub(rf"^({re.escape(kind)}|1)[;.]\s+", "", f"{meaning} ").strip()
            default = _default(field, required=name in schema.get("required", ()))
            yield Key(own, kind, default, meaning)
            yield from self._below(field, own)

    def _resolved(self, schema: Any) -> Any:
        if "$ref" in schema:
            return self._definitions[schema["$ref"].rpartition("/")[2]]
        return schema

    def _below(self, schema: Any, path: str) -> Iterator[Key]:
        schema = self._resolved(schema)
        if "properties" in schema and self._first.setdefault(_content(schema), path) == path:
            yield from self.object(schema, path)
        for value in _values(schema):
            yield from self._below(value, f"{path}.{NAME}")
        if isinstance(schema.get("items"), dict):
            yield from self._below(schema["items"], f"{path}[]")
        branches = [branch for branch in _branches(schema) if isinstance(branch, dict)]
        for branch in branches:
            label = self._label(branch)
            for key in self._below(branch, path):
                yield replace(key, meaning=f"{label}\0{key.meaning}" if label else key.meaning)

    def _label(self, schema: Any) -> str:
        """Return the word by which one of several forms is told, for instance a law's name."""
        for field in self._resolved(schema).get("properties", {}).values():
            if "const" in field:
                return str(field["const"])
        return ""

    def _said(self, field: Any) -> str:
        """Return what a field says of itself, or what it refers to."""
        text = str(field.get("description", ""))
        if text and not UNIT.fullmatch(text):
            return text
        for each in (field, *_branches(field), *_values(field), field.get("items", {})):
            if isinstance(each, dict) and "$ref" in each:
                return str(self._resolved(each).get("description", "")).partition("\n")[0]
        return ""

    def _kind(self, schema: Any, path: str) -> str:
        schema = self._resolved(schema)
        if "const" in schema:
            return str(schema["const"]).lower()
        if "enum" in schema:
            return ", ".join(str(word) for word in schema["enum"])
        found = UNIT.fullmatch(str(schema.get("description", "")))
        if found:
            more = ", or a distribution" if "distribution" in (found[3] or "") else ""
            unit = "number" if found[1] == "1" else found[1].replace("own ", "")
            return unit + (found[2] or "") + more
        if "properties" in schema:
            first = self._first.get(_content(schema), path)
            return "keys" if first == path else f"keys as of `{first}`"
        return self._kind_of_many(schema, path)

    def _kind_of_many(self, schema: Any, path: str) -> str:
        if _values(schema):
            return f"{NAME}: {self._kind(_values(schema)[0], f'{path}.{NAME}')}"
        if schema.get("type") == "array":
            return f"list of {self._kind(schema.get('items', {}), f'{path}[]')}"
        if _branches(schema):
            kinds = [self._kind(each, path) for each in _branches(schema) if each.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
        words = {"integer": "whole number", "boolean": "true, false", "object": "keys", "string": "text"}
        kind = str(schema.get("type", "anything"))
        return words.get(kind, kind)


def _content(schema: Any) -> str:
    return json.dumps(schema, sort_keys=True)


def _branches(schema: Any) -> list[Any]:
    return [*schema.get("anyOf", ()), *schema.get("oneOf", ())]


def _values(schema: Any) -> list[Any]:
    """Return the schemas of the values of a map with free names."""
    more = schema.get("additionalProperties")
    return [*schema.get("patternProperties", {}).values(), *([more] if isinstance(more, dict) else ())]


def _default(field: Any, *, required: bool) -> str:
    if required:
        return "needed"
    value = field.get("default")
    if isinstance(value, dict) and "parameters" in value:
        value = value["parameters"][0] if value.get("kind") == "fixed" else value.get("kind")
    if isinstance(value, dict) and list(value) == ["value"]:
        value = value["value"]
    if value is None or value == "" or isinstance(value, (dict, list)):
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.3g}" if isinstance(value, float) and value < 1.0 else str(value).removesuffix(".0")


def _attributes(text: str) -> dict[str, str]:
    """Return name -> description of the attributes in a numpy docstring."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in text.partition("----------\n")[2].splitlines():
        if line.startswith("    "):
            for name in names:
                found[name] = f"{found.get(name, '')} {line.strip()}".strip()
        else:
            names = [name.strip() for name in line.partition(" : ")[0].split(",")]
    # A reference to a class is for those who read the code.
    return {name: text.replace("``", "`") for name, text in found.items() if not text.startswith("See ")}


def _merged(keys: Iterator[Key]) -> dict[str, Key]:
    """Put together what several forms say of one key."""
    found: dict[str, list[Key]] = {}
    for key in keys:
        found.setdefault(key.path, []).append(key)
    return {path: _one(group) for path, group in found.items()}


def _one(group: list[Key]) -> Key:
    labels = [key.meaning.partition("\0")[0] if "\0" in key.meaning else "" for key in group]
    defaults: dict[str, list[str]] = {}
    for key, label in zip(group, labels, strict=True):
        defaults.setdefault(key.default, []).append(label)
    if len(defaults) > 1:
        # Where a form is told by a word, that of the default form may be left out.
        defaults.pop("needed", None)
    default = ", ".join(defaults)
    if list(defaults.items()) == [(label, [label]) for label in labels]:
        # Only the word by which the form is told.
        default, defaults = "-", {}
    if len(defaults) > 1:
        default = ", ".join(f"{value} ({', '.join(who)})" for value, who in defaults.items())
    meanings = dict.fromkeys(key.meaning.rpartition("\0")[2] for key in group)
    kinds = dict.fromkeys(key.kind for key in group)
    return Key(group[0].path, " or ".join(kinds), default or "-", " / ".join(filter(None, meanings)))
