"""What a scenario may contain: JSON Schema for editors, lists of behaviours and of functions for people."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.functions import AGGREGATES, CONSTANTS, CONTACT_FUNCTIONS, FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tissue_sim.tissue.behaviours import Behaviour

__all__ = ["behaviours_text", "expressions_text", "scenario_schema"]

_EXAMPLE = "NAME"
"""Stands for any signal or phase in the list of behaviours."""


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    A cell type with `like` may leave out what it takes over, so nothing is required in it; `short` takes the
    keys of the file.
    """
    from tissue_sim.scenario.schema import ScenarioSettings

    schema = ScenarioSettings.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    kind = definitions["CellTypeSettings"]
    partial = _Partial(definitions)
    inheriting = partial.of(kind)
    inheriting["required"] = ["like"]
    definitions["InheritingCellType"] = inheriting
    definitions |= partial.made
    either = {
        "if": {"required": ["like"]},
        "then": {"$ref": "#/$defs/InheritingCellType"},
        "else": {"$ref": "#/$defs/CellTypeSettings"},
    }
    cell_types = schema["properties"]["cell_types"]
    cell_types["patternProperties"] = dict.fromkeys(cell_types["patternProperties"], either)
    keys = [key for key in schema["properties"] if key != "short"]
    schema["properties"]["short"] = {"type": "object", "propertyNames": {"enum": keys}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "tissue_sim scenario",
    }


class _Partial:
    """Copies of definitions in which no key is required."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self.made: dict[str, Any] = {}

    def of(self, schema: Any) -> Any:
        """Return a schema with every reference replaced by its partial form."""
        if isinstance(schema, list):
            return [self.of(one) for one in schema]
        if not isinstance(schema, dict):
            return copy.copy(schema)
        if "$ref" in schema:
            return {**schema, "$ref": self._reference(schema["$ref"])}
        properties = "properties" in schema
        # Where nothing is required, what fits one of several forms may fit another too.
        return {
            "anyOf" if key == "oneOf" else key: self.of(one)
            for key, one in schema.items()
            if not (properties and key == "required")
        }

    def _reference(self, reference: str) -> str:
        name = reference.rpartition("/")[2]
        partial = f"{name}Partial"
        if partial not in self.made:
            self.made[partial] = {}
            self.made[partial] = self.of(self.definitions[name])
        return f"#/$defs/{partial}"


def behaviours_text() -> str:
    """Return the behaviours with units, one per line."""
    lines = [f"{one.name:34} {one.unit:14} {one.description}" for one in all_behaviours()]
    return "\n".join(
        [
            f"{'behaviour':34} {'unit':14} what it is (NAME: a signal or phase; UNIT: that of the signal)",
            *lines,
        ]
    )


def all_behaviours() -> list[Behaviour]:
    """Return every behaviour a cell type may have, in the order of the processes, each once."""
    from tissue_sim.scenario.cell_types import CellTypeSettings
    from tissue_sim.scenario.checks.behaviours import behaviours_of_type

    units = {_EXAMPLE: "UNIT"}
    found: dict[str, Behaviour] = {}
    for given in _example_types():
        for behaviour, _ in behaviours_of_type(CellTypeSettings.model_validate(given), units):
            found.setdefault(behaviour.name, behaviour)
    return sorted(found.values(), key=_group)


def _group(behaviour: Behaviour) -> tuple[str, str]:
    return behaviour.name.partition(".")[0], behaviour.name


def _example_types() -> Iterable[dict[str, Any]]:
    """Yield cell types that together have every behaviour."""
    from tissue_sim.mechanics.law import laws

    exchange = {"secretion": 0.0, "saturation": 1.0, "export": 0.0}
    motility = {"chemotaxis": {_EXAMPLE: 1.0}, "drift": {_EXAMPLE: 0.0}}
    cycles: list[dict[str, Any]] = [
        {"model": "live", "rate": 0.0},
        {"phases": {_EXAMPLE: {"rate": 1.0, "divides": True}}},
        {"model": "sizer", "growth": 1.0, "threshold": 2.0},
    ]
    for cycle in cycles:
        yield {"cycle": cycle, "motility": motility, "exchange": {_EXAMPLE: {**exchange, "uptake": 1.0}}}
    for law in laws():
        yield {"mechanics": {"law": law}}
    yield {"mechanics": {"attachments": {}, "basement_membrane": {}}}
    yield {"exchange": {_EXAMPLE: {**exchange, "uptake": {"max": 1.0, "half": 1.0}}}}


def expressions_text() -> str:
    """Return what expressions may hold: operators, names, functions."""
    functions = [(f"{name}({_arguments(one)})", one.description) for name, one in FUNCTIONS.items()]
    parts = [
        ("operators", list(_OPERATORS)),
        ("names", list(_NAMES)),
        ("constants", [(name, f"{value:.10g}") for name, value in CONSTANTS.items()]),
        ("functions", functions),
        (
            "over cells in contact",
            [(f"{name}(EXPRESSION)", text) for name, text in CONTACT_FUNCTIONS.items()],
        ),
        (
            "over all cells (measures, stop_when)",
            [(f"{name}(EXPRESSION)", text) for name, text in AGGREGATES.items()],
        ),
    ]
    lines: list[str] = []
    for title, entries in parts:
        lines += ["", title, *(f"  {left:34} {right}" for left, right in entries)]
    return "\n".join(lines[1:])


_OPERATORS = (
    ("+ - * /", "arithmetic"),
    ("^", "power; binds tightest, to the right"),
    ("< <= > >= == !=", "comparison: 1 or 0"),
    ("and or not", "logic: 1 or 0"),
)
_NAMES = (
    ("signal.NAME", "value in the cell's voxel"),
    ("signal.NAME.gradient", "size of the gradient there"),
    ("network.NETWORK.SPECIES", "value in the cell"),
    ("cell.COLUMN", "a column; cell.type, cell.state and cell.phase compare with text in quotes"),
    ("pressure", "PhysiCell's simple pressure"),
    ("time", "minutes since the start"),
    ("PARAMETER", "declared under parameters"),
    ("self.X, other.X", "inside contact.*: the cell itself and each cell in contact"),
    ("x, y, z", "only in fields, sources and reactions of signals, um"),
)


def _arguments(function: Any) -> str:
    names = ["x", "a", "b", "c"][: function.minimum] if function.name != "hill" else ["x", "K", "n"]
    return ", ".join(names) + (", ..." if function.maximum is None else "")
