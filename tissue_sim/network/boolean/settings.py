"""Settings of Boolean networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag
from pydantic_core import CoreSchema

from tissue_sim.tissue.distributions import Distribution, DistributionIn
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import validated_by

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = ["MabossSettings", "TimeScale"]


def _form(value: Any) -> str:
    return "list" if isinstance(value, list | tuple) else "one"


FileOrFiles = Annotated[Annotated[str, Tag("one")] | Annotated[list[str], Tag("list")], Discriminator(_form)]


class MabossSettings(Settings):
    """A model of MaBoSS."""

    bnd: str = Field(description="file name of the nodes and their rates")
    cfg: FileOrFiles = Field(
        default=[],
        description="file name of values and initial states, or several; later files win",
    )
    mutants: dict[str, Literal["on", "off"]] = Field(
        default={}, description="node of the .bnd file -> the value it is held at from the start"
    )

    @property
    def files(self) -> tuple[str, ...]:
        """The .bnd file, then the .cfg files."""
        return (self.bnd, self.cfg) if isinstance(self.cfg, str) else (self.bnd, *self.cfg)

    @property
    def held(self) -> dict[str, bool]:
        """Mutant -> whether it is on."""
        return {name: value == "on" for name, value in self.mutants.items()}


class _TimeScaleAnnotation:
    _form = DistributionIn("1", above=0.0)

    @classmethod
    def _parse(cls, value: Any) -> float | Distribution:
        found = cls._form.parse(value)
        return found.parameters[0] if found.is_fixed else found

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `_parse`."""
        return validated_by(cls._parse)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        return cls._form.__get_pydantic_json_schema__(schema, handler)


TimeScale = Annotated[float | Distribution, _TimeScaleAnnotation]
"""Annotation for a pydantic field: a number above 0, or a distribution of such."""
