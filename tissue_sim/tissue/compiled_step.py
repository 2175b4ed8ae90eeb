"""A user's scalar function, compiled into a loop over cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tissue_sim.tissue.cells import Cells

__all__ = ["CompiledStep"]


class CompiledStep:
    """Runs ``function(values read..., dt) -> value(s) written`` for every cell, compiled.

    Parameters
    ----------
    function : callable
        A plain function of numbers that uses only arithmetic and `math`; its source is compiled, so it must
        stand on its own. Its parameters are the keys of `reads`, and ``dt`` (min) if it wants it.
    reads : mapping of str to str
        Parameter -> quantity, ``{"oxygen": "signal.oxygen"}``.
    writes : sequence of str
        Quantities that the returned number (or tuple) is written to.
    """

    def __init__(
        self, function: Callable[..., Any], *, reads: Mapping[str, str], writes: Sequence[str]
    ) -> None:
        self.function, self.reads, self.writes = function, dict(reads), tuple(writes)
        self._loop: Callable[..., None] | None = None

    def run(self, cells: Cells, dt: float) -> None:
        """Read, compute and write for all `cells`."""
        from tissue_sim.codegen.cell_loop import compile_cell_loop

        if self._loop is None:
            self._loop = compile_cell_loop(self.function, tuple(self.reads), len(self.writes))
        values = [np.ascontiguousarray(cells[quantity], dtype=np.float64) for quantity in self.reads.values()]
        out = np.empty((len(self.writes), len(cells)))
        self._loop(np.array(values).reshape(len(self.reads), len(cells)), dt, out)
        for quantity, result in zip(self.writes, out, strict=True):
            cells[quantity] = result
