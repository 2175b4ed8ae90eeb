"""The numbers of a contact law as a scenario writes them: in the law's own units, or as forces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tissue_sim.errors import SettingsError
from tissue_sim.units import Quantity, same_dimension, split_quantity

if TYPE_CHECKING:
    from tissue_sim.mechanics.law import Law, LawParameter

__all__ = ["DRAG_UNIT", "LONGEST_REACH", "Strength", "is_force", "quantity_of"]

DRAG_UNIT = "nN*min/um"
LONGEST_REACH = 10.0
"""Cells further apart than 10 (R_i + R_j) do not touch: more would list every pair of a tissue."""


def quantity_of(law: Law, parameter: LawParameter) -> Quantity:
    """Return the unit and bounds of a law's parameter: strengths may be 0, the reach may not."""
    if parameter.name == law.reach:
        return Quantity(parameter.unit, above=0.0, maximum=LONGEST_REACH)
    if parameter.positive:
        return Quantity(parameter.unit, above=0.0)
    return Quantity(parameter.unit, minimum=0.0)


@dataclass(frozen=True)
class Strength:
    """Annotation of a law's parameter: in its own unit, or as a force where ``drag`` is given.

    Attributes
    ----------
    own : Quantity
        Unit and bounds of the parameter itself.
    force_unit : str
        Empty where the parameter is no force.
    """

    own: Quantity
    force_unit: str

    def parse(self, value: Any, drag: float | None) -> float:
        """Return the number in the parameter's own unit; raise SettingsError."""
        if not is_force(value, self.force_unit):
            return self.own.parse(value)
        if drag is None:
            raise SettingsError(
                f"'{value}' is a force; give `drag` (in {DRAG_UNIT}) too, or write it in {self.own.unit}"
            )
        return Quantity(self.force_unit, minimum=0.0).parse(value) / drag

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `parse`; ``drag`` stands before the parameters."""

        def validate(value: Any, info: ValidationInfo) -> float:
            try:
                return self.parse(value, (info.data or {}).get("drag"))
            except SettingsError as error:
                raise PydanticCustomError(
                    "quantity", "{message}", {"message": error.message, "offset": error.offset}
                ) from error

        return core_schema.with_info_plain_validator_function(validate)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        return self.own.__get_pydantic_json_schema__(schema, handler)


def is_force(value: Any, force_unit: str) -> bool:
    """Say whether a value is text in units of force (nN) or force per length (nN/um)."""
    if not (force_unit and isinstance(value, str)):
        return False
    try:
        unit = split_quantity(value, force_unit)[1]
        return unit is not None and same_dimension(unit, force_unit)
    except SettingsError:
        return False
