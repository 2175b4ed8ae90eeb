"""Reactions between signals as rates of change of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.syntax import Expression

__all__ = ["PLACES", "TIME", "Reactions"]

PLACES = ("x", "y", "z")
"""Names of a voxel's centre in rates, um."""
TIME = "time"


@dataclass(frozen=True)
class Reactions:
    """d(signal)/dt by reactions, validated: every name is known, nothing depends on itself.

    Attributes
    ----------
    rates : mapping of signal to Expression
        Unit of the signal per min, of those that reactions change, in the order of the signals. Their names
        are signals, parameters, `definitions`, ``x, y, z`` and ``time``.
    definitions : mapping of name to Expression
        Assigned variables, and the rates of reactions by their names.
    read : tuple of str
        Signals that rates depend on and reactions do not change.
    places : tuple of str
        Those of ``x, y, z`` that are used.
    parameters : tuple of str
        Those of the scenario that are used.
    """

    rates: Mapping[str, Expression]
    definitions: Mapping[str, Expression]
    read: tuple[str, ...]
    places: tuple[str, ...]
    parameters: tuple[str, ...]
