"""SBML ids as names of this package: letters, digits, no double underscore, no reserved word."""

from __future__ import annotations

import re

from tissue_sim.codegen.functions import RESERVED

__all__ = ["Names"]

TAKEN = frozenset({"time", "pressure", "frozen", *RESERVED})


class Names:
    """Gives every id its name, one name per id; says which had to change."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._used: set[str] = set()

    def declare(self, identifier: str) -> str:
        """Return the name of an id, a new one the first time."""
        if identifier not in self._names:
            name = re.sub("_+", "_", re.sub("[^A-Za-z0-9_]", "_", identifier)).lstrip("_") or "x"
            if not name[0].isalpha():
                name = f"x{name}"
            if name in TAKEN:
                name = f"{name}_"
            name = self.unused(name)
            self._names[identifier] = name
            self._used.add(name)
        return self._names[identifier]

    def unused(self, name: str) -> str:
        """Return `name`, or with a number behind it if it is in use; it is not taken yet."""
        if name not in self._used:
            return name
        number = 2
        while f"{name.rstrip('_')}_{number}" in self._used:
            number += 1
        return f"{name.rstrip('_')}_{number}"

    def invent(self, name: str) -> str:
        """Return and take a name for something the file does not name."""
        return self.declare(self.unused(name)) if name not in self._names else self.declare(f"{name}_")

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._names

    def __getitem__(self, identifier: str) -> str:
        return self._names[identifier]

    def renamed(self) -> dict[str, str]:
        """Return id -> name for every id that had to change."""
        return {old: new for old, new in self._names.items() if old != new}

    def changed(self) -> list[str]:
        """Return a sentence for every id that had to change."""
        return [f"'{old}' is called '{new}' here" for old, new in self.renamed().items()]
