"""The compiled stochastic advance of one network."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tissue_sim.codegen.drawn import Drawn
from tissue_sim.codegen.first_moment import execute_first
from tissue_sim.codegen.leap_events import langevin_events_source, tau_leaping_events_source
from tissue_sim.codegen.leap_source import langevin_source, tau_leaping_source
from tissue_sim.codegen.module_cache import load_module
from tissue_sim.codegen.program import shared_value
from tissue_sim.codegen.ssa_events import ssa_events_source
from tissue_sim.codegen.ssa_source import LARGEST_SCALAR, ssa_arrays_source, ssa_source
from tissue_sim.random_numbers import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable

    from tissue_sim.codegen.program import Program
    from tissue_sim.codegen.reaction_system import ReactionSystem

__all__ = ["DRAWS_EACH", "MOST_EVENTS", "StochasticKernels"]

MOST_EVENTS = 100_000_000
"""Reactions (gillespie) or leaps one cell may take within one network step."""
DRAWS_EACH = 1 << 40
"""Draw numbers set aside for each network of a cell within one step."""

_SOURCES: dict[str, Callable[[ReactionSystem], tuple[str, Program]]] = {
    "tau_leaping": tau_leaping_source,
    "chemical_langevin": langevin_source,
}
_WITH_EVENTS: dict[str, Callable[[ReactionSystem], tuple[str, Program]]] = {
    "tau_leaping": tau_leaping_events_source,
    "chemical_langevin": langevin_events_source,
}


class _Compiled(NamedTuple):
    module: Any
    constants: np.ndarray
    held_size: int


class StochasticKernels:
    """Advances rows of values of one system of reactions; see `ReactionSystem` for a row.

    Parameters
    ----------
    system : ReactionSystem
    method : str
        ``gillespie``, ``tau_leaping`` or ``chemical_langevin``.
    orders, multiplicities : float64[s]
        Of the integrated species, see `kernels.stochastic.leap`.
    epsilon : float
        Largest relative change of a rate within one leap.
    number : int
        Place of the network among those of the tissue; it keeps their draws apart.
    most : int
        See `MOST_EVENTS`.
    """

    def __init__(
        self,
        system: ReactionSystem,
        method: str,
        orders: np.ndarray,
        multiplicities: np.ndarray,
        epsilon: float,
        number: int = 0,
        most: int = MOST_EVENTS,
    ) -> None:
        self._system = system
        self._method = method
        self._orders = np.ascontiguousarray(orders, dtype=np.float64)
        self._multiplicities = np.ascontiguousarray(multiplicities, dtype=np.float64)
        self._epsilon = float(epsilon)
        self._first_draw = number * DRAWS_EACH
        self._most = int(most)

    @cached_property
    def _compiled(self) -> _Compiled:
        system = self._system
        small = max(len(system.reactions), len(system.integrated)) <= LARGEST_SCALAR
        exact = ssa_source if small else ssa_arrays_source
        if system.events:
            source, program = _WITH_EVENTS.get(self._method, ssa_events_source)(system)
        else:
            source, program = _SOURCES.get(self._method, exact)(system)
        constants = [shared_value(tree, system) for tree in program.constants]
        module = load_module(source, self._method)
        return _Compiled(module, np.array([*constants, 0.0]), max(1, program.held_size))

    def first_draws(self, number: int) -> np.ndarray:
        """Return the numbers of the first draws of a step for `number` rows, int64[number]."""
        return np.full(number, self._first_draw, dtype=np.int64)

    def advance(
        self,
        values: np.ndarray,
        places: np.ndarray,
        duration: float,
        key: Any,
        cell_ids: np.ndarray,
        tick: int,
        used: np.ndarray,
        start: float = 0.0,
    ) -> np.ndarray:
        """Advance rows by `duration` (network time); a row that fails keeps its values.

        A step may be cut where something happens at a known time: the parts share key and tick, and each
        goes on with the draws that the part before it left in `used`.

        Parameters
        ----------
        values : float64[m, k]
        places, cell_ids : int64[p]
        key : uint64
        tick : int
        used : int64[p]
            The next draw of each row, at first from `first_draws`; brought up to date.
        start : float
            Network time; only events ask for it.

        Returns
        -------
        int64[p]
            Codes of `kernels.stochastic.codes`.
        """
        status = np.zeros(len(places), dtype=np.int64)
        if not len(places):
            return status
        compiled = self._compiled
        limits: tuple[Any, ...] = (self._orders, self._multiplicities, self._epsilon)
        before: tuple[Any, ...] = limits
        after: tuple[Any, ...] = ()
        if self._system.events:
            before = (*(limits if self._method in _WITH_EVENTS else ()), float(start))
            after = (self._first_draw,)
        with np.errstate(all="ignore"):  # as compiled code, where the JIT is off
            compiled.module.advance(
                values,
                np.ascontiguousarray(places, dtype=np.int64),
                np.empty((len(places), compiled.held_size)),
                compiled.constants,
                *before,
                float(duration),
                np.uint64(key),
                np.ascontiguousarray(cell_ids, dtype=np.int64),
                int(tick),
                int(Purpose.STOCHASTIC_NETWORK),
                self._most,
                status,
                used,
                *after,
            )
        return status

    def begin(self, values: np.ndarray, places: np.ndarray, time: float, drawn: Drawn) -> None:
        """Execute in rows `places` (int64[p]) the events of their first moment; see `first_moment`."""
        if self._system.events and len(places):
            execute_first(partial(self._begin, time), self._system.layout, values, places, drawn)

    def _begin(self, time: float, values: np.ndarray, places: np.ndarray, drawn: Drawn | None) -> np.ndarray:
        """Run `begin` of the generated code; return codes, int64[p]."""
        compiled = self._compiled
        each = drawn or Drawn(np.uint64(0), places, 0)
        status = np.zeros(len(places), dtype=np.int64)
        with np.errstate(all="ignore"):
            compiled.module.begin(
                values,
                np.ascontiguousarray(places, dtype=np.int64),
                np.empty((len(places), compiled.held_size)),
                compiled.constants,
                float(time),
                np.uint64(each.key),
                np.ascontiguousarray(each.cell_ids, dtype=np.int64),
                int(each.tick),
                self._first_draw + DRAWS_EACH // 2,
                status,
            )
        return status

    def assign(self, values: np.ndarray, places: np.ndarray, time: float) -> None:
        """Write the assigned variables of rows `places` (int64[p]) at `time` (network time)."""
        if not self._system.assigned or not len(places):
            return
        compiled = self._compiled
        rows = np.ascontiguousarray(places, dtype=np.int64)
        with np.errstate(all="ignore"):
            held = np.empty((len(places), compiled.held_size))
            compiled.module.assign(values, rows, held, compiled.constants, float(time))
