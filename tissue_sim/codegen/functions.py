"""The functions expressions may call: one entry each, from which all else derives.

The entries stand in `elementary` (exponentials, trigonometry), `arithmetic` (rounding, minima, division) and
`choices` (conditions, responses). To add one, add a `Function` to the tuple of its file.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from tissue_sim.codegen import arithmetic, choices, elementary
from tissue_sim.codegen.function import Function

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AGGREGATES", "CONSTANTS", "CONTACT_FUNCTIONS", "FUNCTIONS", "RESERVED", "Function"]

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {entry.name: entry for entry in (*elementary.ENTRIES, *arithmetic.ENTRIES, *choices.ENTRIES)}
)
"""Every function of a number by name."""

CONSTANTS: Mapping[str, float] = MappingProxyType({"pi": 3.141592653589793, "true": 1.0, "false": 0.0})
"""Names that stand for a number; nothing else may be called so."""

RESERVED = frozenset({"and", "or", "not", *CONSTANTS})
"""Words that cannot be names."""

AGGREGATES: Mapping[str, str] = MappingProxyType(
    {
        "count": "number of cells for which the condition holds",
        "fraction": "fraction of cells for which the condition holds",
        "mean": "mean over cells",
        "median": "median over cells",
        "std": "standard deviation over cells",
        "sum": "sum over cells",
        "min": "smallest over cells (with one argument)",
        "max": "largest over cells (with one argument)",
    }
)
"""Functions of one argument that take a value from every cell, in measures and `stop_when`."""

CONTACT_FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "contact.mean": "mean over the cells in contact, 0 of none",
        "contact.sum": "sum over the cells in contact",
        "contact.count": "number of cells in contact (for which the condition holds)",
    }
)
"""Functions of one argument over the cells in contact, with keywords ``type`` and ``dead``."""
