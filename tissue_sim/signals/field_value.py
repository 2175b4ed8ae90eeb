"""Annotation of settings that give a whole field: a quantity everywhere, or a formula of x, y, z."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from tissue_sim.errors import SettingsError
from tissue_sim.units import SignalQuantity, is_unit, parse_quantity, split_quantity, validated_by

__all__ = ["FieldValue"]


@dataclass(frozen=True)
class FieldValue:
    """Annotation for a pydantic field.

    The validated value is a `SignalQuantity`, or a `ParsedExpression` in numbers of the signal's unit.

    Attributes
    ----------
    formula_only : bool
        A number counts as a formula too.
    of_time : bool
        A formula may depend on time.
    """

    formula_only: bool = False
    of_time: bool = False

    def parse(self, value: Any) -> Any:
        """Return the quantity or the parsed formula.

        Raises
        ------
        SettingsError
            If it is neither.
        """
        if isinstance(value, SignalQuantity) or hasattr(value, "tree"):
            return value
        if not isinstance(value, str):
            parse_quantity(value, "1")
            return _formula(repr(float(value))) if self.formula_only else SignalQuantity(value)
        try:
            unit = split_quantity(value, "the signal's unit")[1]
        except SettingsError:
            return _formula(value)
        # "2/x" reads like 2 per x, but x is no unit.
        if self.formula_only or (unit is not None and unit.startswith("/") and not is_unit(unit)):
            return _formula(value)
        parse_quantity(value, unit or "1")
        return SignalQuantity(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `parse`."""
        return validated_by(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        text = "a formula of x, y, z and time"
        if not self.formula_only:
            text = f"a quantity, or {text if self.of_time else 'a formula of x, y, z'}"
        return {"anyOf": [{"type": "number"}, {"type": "string"}], "description": text}


def _formula(text: str) -> Any:
    from tissue_sim.tissue.expression_settings import parsed

    return parsed(text)
