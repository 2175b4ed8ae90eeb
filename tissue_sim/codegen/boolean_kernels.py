"""The compiled kernels of one Boolean network: the advance of all cells, and the flips of all states."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.codegen.boolean_loops import advance_source, states_source
from tissue_sim.codegen.boolean_source import WORD, BooleanProgram
from tissue_sim.codegen.module_cache import load_module
from tissue_sim.kernels.network.status import OK

if TYPE_CHECKING:
    from tissue_sim.codegen.boolean_system import BooleanSystem

__all__ = ["BooleanKernels"]


class BooleanKernels:
    """Advances rows of one system; see `BooleanSystem` for a row.

    Attributes
    ----------
    flips : int
        Flips of nodes so far.

    Parameters
    ----------
    system : BooleanSystem
    dynamics : str
        ``continuous``, ``synchronous`` or ``asynchronous``.
    """

    def __init__(self, system: BooleanSystem, dynamics: str) -> None:
        self._system = system
        self._dynamics = dynamics
        self.flips = 0

    @cached_property
    def _program(self) -> BooleanProgram:
        return BooleanProgram(self._system, by_class=self._dynamics == "continuous")

    @cached_property
    def _states_program(self) -> BooleanProgram:
        return BooleanProgram(self._system)

    def _constants(self, program: BooleanProgram) -> np.ndarray:
        return np.array([*(self._system.shared[name] for name in program.constants), 0.0])

    @cached_property
    def module(self) -> Any:
        """The module of `advance`."""
        source = advance_source(self._system, self._program, self._dynamics)
        return load_module(source, f"boolean_{self._dynamics}")

    @cached_property
    def _states_module(self) -> Any:
        return load_module(states_source(self._system, self._states_program), "boolean_states")

    def advance(
        self,
        values: np.ndarray,
        places: np.ndarray,
        cell_ids: np.ndarray,
        duration: float,
        *,
        key: Any,
        tick: int,
        purpose: int,
        first_draw: int,
    ) -> np.ndarray:
        """Advance rows by `duration` (network time); a row that fails keeps its values.

        Parameters
        ----------
        values : float64[m, k]
        places : int64[p]
            The rows to advance.
        cell_ids : int64[p]
        key, tick, purpose, first_draw
            Of the draws; draws from `first_draw` on are used.

        Returns
        -------
        int64[p]
            Codes of `kernels.network.status`.
        """
        status = np.full(len(places), OK, dtype=np.int64)
        flipped = np.zeros(len(places), dtype=np.int64)
        with np.errstate(all="ignore"):  # as compiled code, where the JIT is off
            self.module.advance(
                values,
                np.ascontiguousarray(places, dtype=np.int64),
                np.ascontiguousarray(cell_ids, dtype=np.int64),
                self._constants(self._program),
                np.uint64(key),
                int(tick),
                int(purpose),
                int(first_draw),
                float(duration),
                status,
                flipped,
            )
        self.flips += int(flipped.sum())
        return status

    def possible_flips(self, row: np.ndarray, first: int, number: int) -> tuple[int, np.ndarray]:
        """Return a code and, for each of the states first ... first + number - 1, the nodes that may flip.

        Parameters
        ----------
        row : float64[1, k]
            Holds inputs and parameters; its nodes are not looked at.

        Returns
        -------
        code : int
            Of `kernels.network.status`.
        flips : int64[number]
            Bit i is set where node i leaves its value at a rate above 0; bit i of a state is node i.
        """
        if len(self._system.nodes) > WORD:
            raise ValueError(f"states of at most {WORD} nodes can be listed")
        out = np.empty(number, dtype=np.int64)
        with np.errstate(all="ignore"):
            constants = self._constants(self._states_program)
            code = self._states_module.possible_flips(row, constants, int(first), out)
        return int(code), out
