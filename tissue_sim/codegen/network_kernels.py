"""The compiled integrators of one network: the explicit one at once, the stiff one when a cell needs it."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tissue_sim.codegen.drawn import Drawn, at
from tissue_sim.codegen.first_moment import execute_first
from tissue_sim.codegen.module_cache import load_module
from tissue_sim.kernels.network.status import OK, STEP_UNDERFLOW, STIFF, TOO_MANY_STEPS, UNPIVOTED

if TYPE_CHECKING:
    from tissue_sim.codegen.ode_system import OdeSystem
    from tissue_sim.codegen.program import Program

__all__ = ["MOST_SCALAR_SPECIES", "MOST_STEPS", "OdeKernels"]

MOST_SCALAR_SPECIES = 40
"""Up to this many integrated species stand in named scalars; more in arrays."""
MOST_STEPS = 100_000
"""Steps one cell may take within one network step."""


class _Compiled(NamedTuple):
    module: Any
    constants: np.ndarray
    held_size: int


class OdeKernels:
    """Advances rows of values of one system; see `OdeSystem` for a row.

    Parameters
    ----------
    system : OdeSystem
    absolute : float64[n]
        Absolute tolerance of each species.
    relative : float
        Relative tolerance.
    """

    def __init__(self, system: OdeSystem, absolute: np.ndarray, relative: float) -> None:
        self._system = system
        self.absolute = np.ascontiguousarray(absolute, dtype=np.float64)
        self._relative = float(relative)
        self._stiff_place = system.places["stiff"]
        self.steps_taken = 0

    @cached_property
    def _explicit(self) -> _Compiled:
        from tissue_sim.codegen.network_arrays import explicit_arrays_source
        from tissue_sim.codegen.network_source import explicit_source

        scalar = 0 < len(self._system.integrated) <= MOST_SCALAR_SPECIES and not self._system.events
        source, program = (explicit_source if scalar else explicit_arrays_source)(self._system)
        return self._compiled(source, program, "ode_explicit")

    @cached_property
    def _stiff(self) -> _Compiled:
        from tissue_sim.codegen.network_stiff import stiff_source

        source, program = stiff_source(self._system)
        return self._compiled(source, program, "ode_stiff")

    @cached_property
    def _stiff_with_pivots(self) -> _Compiled:
        from tissue_sim.codegen.network_stiff import stiff_source

        source, program = stiff_source(self._system, scalars=False)
        return self._compiled(source, program, "ode_stiff")

    def _compiled(self, source: str, program: Program, stem: str) -> _Compiled:
        return _Compiled(load_module(source, stem), program.constant_values(), max(1, program.held_size))

    def advance(
        self,
        values: np.ndarray,
        places: np.ndarray,
        start: float,
        duration: float,
        most_steps: int = MOST_STEPS,
        drawn: Drawn | None = None,
    ) -> np.ndarray:
        """Advance rows from `start` by `duration` (network time); a row that fails keeps its values.

        Parameters
        ----------
        values : float64[m, k]
        places : int64[p]
            The rows to advance.
        drawn : Drawn, optional
            What the order of events is drawn by.

        Returns
        -------
        int64[p]
            Codes of `kernels.network.status`.
        """
        status = np.zeros(len(places), dtype=np.int64)
        if not (self._system.integrated or self._system.events) or not len(places):
            return status
        stiff = values[places, self._stiff_place] != 0.0
        at_first = np.flatnonzero(~stiff)
        if len(at_first):
            status[at_first] = self._run(
                self._explicit, values, places[at_first], start, duration, most_steps, at(drawn, at_first)
            )
        failed = (status == STIFF) | (status == STEP_UNDERFLOW) | (status == TOO_MANY_STEPS)
        if failed.any():
            values[places[failed], self._stiff_place] = 1.0
            values[places[failed], self._system.places["step_size"]] = 0.0
        again = np.flatnonzero(stiff | failed)
        if len(again):
            status[again] = self._run(
                self._stiff, values, places[again], start, duration, most_steps, at(drawn, again)
            )
        again = np.flatnonzero(status == UNPIVOTED)
        if len(again):
            compiled = self._stiff_with_pivots
            status[again] = self._run(
                compiled, values, places[again], start, duration, most_steps, at(drawn, again)
            )
        return status

    def _run(
        self,
        compiled: _Compiled,
        values: np.ndarray,
        places: np.ndarray,
        start: float,
        duration: float,
        most_steps: int,
        drawn: Drawn | None,
    ) -> np.ndarray:
        status = np.full(len(places), OK, dtype=np.int64)
        steps = np.zeros(len(places), dtype=np.int64)
        held = np.empty((len(places), compiled.held_size))
        with np.errstate(all="ignore"):  # as compiled code, where the JIT is off
            compiled.module.advance(
                values,
                np.ascontiguousarray(places, dtype=np.int64),
                held,
                compiled.constants,
                self.absolute,
                self._relative,
                float(start),
                float(duration),
                int(most_steps),
                status,
                steps,
                *self._of_events(drawn, places),
            )
        self.steps_taken += int(steps.sum())
        return status

    def _of_events(self, drawn: Drawn | None, places: np.ndarray) -> tuple[Any, ...]:
        """Return the arguments that kernels with events take further."""
        if not self._system.events:
            return ()
        each = drawn or Drawn(np.uint64(0), places, 0)
        cell_ids = np.ascontiguousarray(each.cell_ids, dtype=np.int64)
        return np.uint64(each.key), cell_ids, int(each.tick), int(each.first)

    def begin(self, values: np.ndarray, places: np.ndarray, time: float, drawn: Drawn) -> None:
        """Execute in rows `places` (int64[p]) the events of their first moment; see `first_moment`."""
        if not self._system.events or not len(places):
            return
        begin = partial(self._begin, time)
        execute_first(begin, self._system.layout, values, places, drawn)

    def _begin(self, time: float, values: np.ndarray, places: np.ndarray, drawn: Drawn | None) -> np.ndarray:
        """Run `begin` of the generated code; return codes, int64[p]."""
        explicit = self._explicit
        held = np.empty((len(places), explicit.held_size))
        status = np.zeros(len(places), dtype=np.int64)
        rows = np.ascontiguousarray(places, dtype=np.int64)
        with np.errstate(all="ignore"):
            explicit.module.begin(
                values, rows, held, explicit.constants, float(time), *self._of_events(drawn, rows), status
            )
        return status

    def assign(self, values: np.ndarray, places: np.ndarray, time: float) -> None:
        """Write the assigned variables of rows `places` (int64[p]) at `time` (network time)."""
        if not self._system.assigned or not len(places):
            return
        held = np.empty((len(places), self._explicit.held_size))
        rows = np.ascontiguousarray(places, dtype=np.int64)
        with np.errstate(all="ignore"):
            self._explicit.module.assign(values, rows, held, self._explicit.constants, float(time))
