"""Finding the classes in a folder of variants: one module, one class."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["classes_in"]

Base = TypeVar("Base")


def classes_in(package: ModuleType, base: type[Base]) -> list[type[Base]]:
    """Return the subclasses of `base` that the modules of `package` define, by module name."""
    found = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found += [
            each
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, base) and each.__module__ == module.__name__
        ]
    return found
