"""The base of all settings models: strict, frozen, one declaration for check, schema and help."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

__all__ = ["NAME_PATTERN", "Name", "Settings"]

NAME_PATTERN = r"^[A-Za-z](?:_?[A-Za-z0-9])*_?$"
"""``[A-Za-z][A-Za-z0-9_]*`` without a double underscore."""

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=64)]


class Settings(BaseModel):
    """Base of the settings models; unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, strict=True)
