"""A Boolean network as the generators take it: rates of flips, and what stands where in a row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.syntax import Expression

__all__ = ["FROZEN", "PHASE", "TIME_SCALE", "BooleanSystem"]

FROZEN, PHASE = "frozen", "update__phase"
TIME_SCALE = "time__scale"
"""Parameter (no user's name has two underscores) by which a cell's network time runs faster."""


@dataclass(frozen=True)
class BooleanSystem:
    """Nodes with the rates of their two flips.

    A row is float64[k]: nodes (0 or 1), then `cell`, ``frozen`` and the part of the next discrete update that
    has passed.

    Attributes
    ----------
    nodes : tuple of str
    up, down : tuple of Expression
        Rate of the flip from 0 to 1 and from 1 to 0, per network time, over nodes, `cell` and `shared`.
    cell : tuple of str
        Inputs and parameters that differ from cell to cell.
    shared : mapping of name to value
        The other parameters.
    """

    nodes: tuple[str, ...]
    up: tuple[Expression, ...]
    down: tuple[Expression, ...]
    cell: tuple[str, ...]
    shared: Mapping[str, float]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the values of a row are."""
        return (*self.nodes, *self.cell, FROZEN, PHASE)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Place of each value in a row."""
        return {name: i for i, name in enumerate(self.names)}
