"""Settings that are one value for all axes or a list with one per axis."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import Discriminator, Tag

__all__ = ["OneOrList"]

T = TypeVar("T")


def _kind(value: Any) -> str:
    return "list" if isinstance(value, list | tuple) else "single"


OneOrList = Annotated[Annotated[T, Tag("single")] | Annotated[list[T], Tag("list")], Discriminator(_kind)]
