"""Direct solve of (shift + sink - div(D grad)) u = f on a grid with a single axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.kernels.signals.tridiagonal import solve_line
from tissue_sim.signals.solver.solution import Solution

if TYPE_CHECKING:
    from tissue_sim.signals.solver.operator import DiscreteOperator
    from tissue_sim.signals.solver.varying_operator import VaryingOperator

__all__ = ["LineSystem"]


class LineSystem:
    """Tridiagonal, or cyclic on a periodic axis; same methods as `Multigrid`.

    Parameters
    ----------
    operator : DiscreteOperator or VaryingOperator
        At most one axis has more than one voxel.
    """

    def __init__(self, operator: DiscreteOperator | VaryingOperator) -> None:
        self._operator = operator
        self._axis = max(range(3), key=lambda axis: operator.numbers[axis])
        self._diagonal = np.zeros(operator.numbers[self._axis])

    def prepare(self, shift: float, sink: np.ndarray | None) -> None:
        """Set the matrix shift + sink - div(D grad)."""
        self._diagonal = self._operator.line(self._axis)[2] + shift
        if sink is not None:
            self._diagonal += sink.reshape(-1)

    def solve(
        self,
        u: np.ndarray,
        f: np.ndarray,
        tolerance: float,  # noqa: ARG002 - exact to round-off
    ) -> Solution:
        """Solve in place.

        Raises
        ------
        SimulationError
            The matrix is singular.
        """
        operator = self._operator
        lower, upper, _ = operator.line(self._axis)
        diagonal, right = self._diagonal, f.reshape(-1)
        if operator.fixed_index.size > 0:
            diagonal, right = diagonal.copy(), right.copy()
            lower[operator.fixed_index] = 0.0
            upper[operator.fixed_index] = 0.0
            diagonal[operator.fixed_index] = 1.0
            right[operator.fixed_index] = operator.fixed_values
        out = u.reshape(-1)
        status = solve_line(lower, diagonal, upper, right, operator.grid.periodic[self._axis], out)
        if status != 0 or not np.isfinite(out).all():
            raise SimulationError("the equations of the signal have no single solution")
        return Solution(0, 0.0)
