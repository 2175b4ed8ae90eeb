"""The direction in which a cell divides."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

__all__ = ["Axis", "DivisionAxis"]


class DivisionAxis:
    """Annotation of a division axis: ``random``, or a direction [x, y, z] that is made a unit vector."""

    @staticmethod
    def parse(value: Any) -> tuple[float, float, float] | None:
        """Return the unit vector, or None for ``random``; raise PydanticCustomError."""
        if value is None or value == "random":
            return None
        if not isinstance(value, (list, tuple)) or len(value) != 3:
            raise _error(f"{value!r:.40} is no division axis; allowed are random or [x, y, z]")
        if not all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in value):
            raise _error("the parts of a division axis are three numbers [x, y, z]")
        largest = max(abs(float(each)) for each in value)
        if not math.isfinite(largest) or largest == 0.0:
            raise _error("a division axis needs finite parts that are not all 0")
        x, y, z = (float(each) / largest for each in value)
        length = math.sqrt(x * x + y * y + z * z)
        return x / length, y / length, z / length

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `parse`."""
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        vector = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
        return {"anyOf": [{"const": "random"}, vector], "description": "direction of division"}


def _error(message: str) -> PydanticCustomError:
    return PydanticCustomError("axis", "{message}", {"message": message, "offset": 0})


Axis = Annotated[tuple[float, float, float] | None, DivisionAxis()]
