"""The diffusion coefficient of a signal: a number, a formula of x, y, z, or a field in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from tissue_sim.errors import SettingsError
from tissue_sim.signals.prescribed import field_of_formula
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Quantity, is_unit, split_quantity, validated_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.tissue.domain import Grid

__all__ = ["DiffusionFile", "DiffusionValue", "diffusion_field"]

UNIT = "um^2/min"
_QUANTITY = Quantity(UNIT, minimum=0.0)


class DiffusionFile(Settings):
    """The coefficient of every voxel, um^2/min.

    Attributes
    ----------
    file : str
        A .npy file of the shape (nz, ny, nx).
    """

    file: str


@dataclass(frozen=True)
class DiffusionValue:
    """Annotation for a pydantic field: float (um^2/min), `ParsedExpression` or `DiffusionFile`."""

    def parse(self, value: Any) -> Any:
        """Return the number, the parsed formula or the file.

        Raises
        ------
        SettingsError, pydantic.ValidationError
        """
        if isinstance(value, DiffusionFile) or hasattr(value, "tree") or value is None:
            return value
        if isinstance(value, dict):
            return DiffusionFile.model_validate(value)
        if isinstance(value, str) and _is_formula(value):
            from tissue_sim.tissue.expression_settings import parsed

            return parsed(value)
        return _QUANTITY.parse(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `parse`."""
        return validated_by(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        file = {
            "type": "object",
            "properties": {"file": {"type": "string", "description": "a .npy file, (nz, ny, nx)"}},
            "required": ["file"],
            "additionalProperties": False,
        }
        return {
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}, file],
            "description": f"in {UNIT}; text with a unit, a formula of x, y, z in that unit, or a file",
        }


def _is_formula(text: str) -> bool:
    try:
        unit = split_quantity(text, UNIT)[1]
    except SettingsError:
        return True
    # "2/x" reads like 2 per x, but x is no unit.
    return unit is not None and unit.startswith("/") and not is_unit(unit)


def diffusion_field(
    value: Any, grid: Grid, parameters: Mapping[str, float], files: Mapping[str, np.ndarray]
) -> float | np.ndarray:
    """Return what a validated `diffusion:` stands for, um^2/min: a field only where it varies.

    Parameters
    ----------
    value : float, ParsedExpression, DiffusionFile or None
    files : mapping of file name to array (nz, ny, nx)

    Returns
    -------
    float or float64[nz, ny, nx]

    Raises
    ------
    SettingsError
        A field of another shape, or with values that are negative or not finite.
    """
    if value is None:
        return 0.0
    if isinstance(value, float):
        return value
    if isinstance(value, DiffusionFile):
        if value.file not in files:
            raise SettingsError(f"the file '{value.file[:200]}' was not read with the scenario")
        field = np.array(files[value.file], dtype=np.float64, order="C")
        if field.shape != grid.shape:
            raise SettingsError(
                f"the diffusion has the shape {field.shape}; the grid's (nz, ny, nx) is {grid.shape}"
            )
    else:
        field = field_of_formula(value.tree, grid, parameters)
    allowed = np.isfinite(field) & (field >= 0.0)
    if not allowed.all():
        voxel = int(np.flatnonzero(~allowed)[0])
        raise SettingsError(
            f"the diffusion falls to {field.flat[voxel]:g} um^2/min in {grid.voxel_text(voxel)}; "
            "allowed is 0 or more, finite"
        )
    lowest = float(field.min())
    return lowest if lowest == field.max() else field
