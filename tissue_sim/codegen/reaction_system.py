"""A network of reactions over counts of molecules, as the generator of stochastic kernels sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.event_layout import EventLayout
from tissue_sim.codegen.ode_system import OdeSystem
from tissue_sim.codegen.syntax import Expression, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ReactionSystem"]

ONE = Number(1.0)


@dataclass(frozen=True, kw_only=True)
class ReactionSystem(OdeSystem):
    """Reactions that change species by steps; a row as in `OdeSystem`, without a step size.

    The value of a species in a row is the one formulas see: its count times its unit.

    Attributes
    ----------
    reactions : tuple of str
        Names; their rates (reactions per network time) are in `definitions`.
    changes : tuple of tuple of (int, float)
        For each reaction (place in `integrated`, molecules).
    units : tuple of Expression
        For each integrated species, what one molecule adds to its value.
    free : mapping of species to name
        Of integrated species that can be held: what of a row is 0 where no reaction changes them, else 1.
    """

    reactions: tuple[str, ...]
    changes: tuple[tuple[tuple[int, float], ...], ...]
    units: tuple[Expression, ...]
    free: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of a row's values."""
        return (*self.species, *self.assigned, *self.cell, "frozen", *self.layout.names)

    @cached_property
    def layout(self) -> EventLayout:
        """See `OdeSystem.layout`."""
        return EventLayout(self.events, len(self.species) + len(self.assigned) + len(self.cell) + 1)

    @cached_property
    def free_places(self) -> tuple[int, ...]:
        """For each integrated species the place of what frees it in a row, -1 where it is always free."""
        names = [self.species[place] for place in self.integrated]
        return tuple(self.places[self.free[name]] if name in self.free else -1 for name in names)

    @cached_property
    def tables(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The reactions as arrays: starts int64[r + 1], members int64[e], changes float64[e]."""
        starts = np.cumsum([0, *(len(each) for each in self.changes)])
        entries = [entry for each in self.changes for entry in each]
        members = np.array([place for place, _ in entries], dtype=np.int64)
        changes = np.array([change for _, change in entries], dtype=np.float64)
        return starts.astype(np.int64), members, changes
