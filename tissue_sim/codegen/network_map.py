"""A discrete map over all cells as source, and the compiled kernel."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tissue_sim.codegen.module_cache import load_module
from tissue_sim.codegen.network_source import assign_source, hold_source, rates_into_source
from tissue_sim.codegen.program import Program
from tissue_sim.codegen.source import IMPORTS

if TYPE_CHECKING:
    from tissue_sim.codegen.ode_system import OdeSystem

__all__ = ["MapKernels"]

HEADER = f'''"""Generated from a network's map; do not edit."""

{IMPORTS}
import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.network.status import NOT_FINITE, OK

'''

CELL = """
PLACES = np.array({places}, dtype=np.int64)


@kernel
def advance_cell(row, held, constants, first, last, period):
    n = PLACES.shape[0]
    hold(row, constants, held)
    y = np.empty(n)
    z = np.empty(n)
    for i in range(n):
        y[i] = row[PLACES[i]]
    for k in range(first, last + 1):
        next_values(k * period, y, held, constants, z)
        total = 0.0
        for i in range(n):
            total += abs(z[i])
        if not total < math.inf:
            return NOT_FINITE
        y[:] = z
    for i in range(n):
        row[PLACES[i]] = y[i]
    return OK


@kernel(parallel=True)
def advance(values, places, held, constants, first, last, period, status):
    for i in prange(places.shape[0]):
        status[i] = advance_cell(values[places[i]], held[i], constants, first, last, period)
"""


class _Compiled(NamedTuple):
    module: Any
    constants: np.ndarray
    held_size: int


class MapKernels:
    """Advances rows of values by X <- f(X); the rates of the system are the next values."""

    def __init__(self, system: OdeSystem) -> None:
        self._system = system

    @cached_property
    def _compiled(self) -> _Compiled:
        system, program = self._system, Program(self._system)
        step = rates_into_source("next_values", program, [system.rates[i] for i in system.integrated])
        assign = assign_source(system, program)
        body = step + hold_source(program) + assign + CELL.format(places=list(system.integrated))
        module = load_module(HEADER + program.learned_source() + body, "map")
        return _Compiled(module, program.constant_values(), max(1, program.held_size))

    def advance(
        self, values: np.ndarray, places: np.ndarray, first: int, last: int, period: float
    ) -> np.ndarray:
        """Apply the map at the moments ``first * period`` to ``last * period``; see `OdeKernels.advance`."""
        status = np.zeros(len(places), dtype=np.int64)
        if not self._system.integrated or not len(places) or last < first:
            return status
        compiled = self._compiled
        held = np.empty((len(places), compiled.held_size))
        rows = np.ascontiguousarray(places, dtype=np.int64)
        with np.errstate(all="ignore"):  # as compiled code, where the JIT is off
            compiled.module.advance(
                values, rows, held, compiled.constants, int(first), int(last), float(period), status
            )
        return status

    def assign(self, values: np.ndarray, places: np.ndarray, time: float) -> None:
        """Write the assigned variables of rows `places` (int64[p]) at `time` (network time)."""
        if not self._system.assigned or not len(places):
            return
        compiled = self._compiled
        held = np.empty((len(places), compiled.held_size))
        rows = np.ascontiguousarray(places, dtype=np.int64)
        with np.errstate(all="ignore"):
            compiled.module.assign(values, rows, held, compiled.constants, float(time))
