"""Settings of `columns`: quantities of every cell that the scenario adds."""

from typing import Annotated, Any, Literal

from pydantic import ValidationInfo, field_validator

from tissue_sim.errors import SettingsError
from tissue_sim.tissue.distributions import Distribution, DistributionIn, parse_distribution
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import is_unit

__all__ = ["ColumnSettings"]


class ColumnSettings(Settings):
    """One column.

    Attributes
    ----------
    unit : str
        Unit of its values; "1" for a pure number.
    initial : number, quantity or distribution
        Drawn for each of the first cells; numbers are in `unit`.
    division : str
        copy (both daughters get the mother's value), volume (split like the volume) or reset (drawn anew).
    """

    unit: str = "1"
    initial: Annotated[Distribution, DistributionIn("1")] = Distribution("fixed", (0.0,))
    division: Literal["copy", "volume", "reset"] = "copy"

    @field_validator("unit")
    @classmethod
    def _known(cls, value: str) -> str:
        if not is_unit(value):
            raise SettingsError(
                f"unknown unit '{value[:40]}'; write one like um, 1/min, or '1' for a pure number"
            )
        return value

    @field_validator("initial", mode="before")
    @classmethod
    def _distribution(cls, value: Any, info: ValidationInfo) -> Distribution:
        return parse_distribution(value, info.data.get("unit", "1"))
