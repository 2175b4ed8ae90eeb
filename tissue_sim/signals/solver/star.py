"""The discrete steady state of faces and source, around which line splitting works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.signals.solver.summation import total

if TYPE_CHECKING:
    from tissue_sim.signals.solver.kinds import LinearSystem
    from tissue_sim.signals.solver.operator import DiscreteOperator
    from tissue_sim.signals.solver.report import StepReport

__all__ = ["SteadyPart"]

TOLERANCE = 1e-12


class SteadyPart:
    """0 = div(D grad u) - decay u + source, solved once per source, always from the same guess.

    Parameters
    ----------
    operator : DiscreteOperator
        Not singular.
    system : Multigrid, VaryingMultigrid or LineSystem

    Attributes
    ----------
    field : float64[nz, ny, nx]
        The steady state, after `find`.
    """

    def __init__(self, operator: DiscreteOperator, system: LinearSystem) -> None:
        self._operator, self._system = operator, system
        self._source: np.ndarray | None = None
        self._known = False
        self._flows, self._decay, self._missed = np.zeros(6), 0.0, 0.0
        self.field = np.zeros(operator.shape)

    def find(self, source: np.ndarray | None) -> None:
        """Find the steady state of this source unless it is the one known."""
        if self._known and _same(source, self._source):
            return
        operator = self._operator
        self._source = None if source is None else source.copy()
        right = np.zeros(operator.shape) if source is None else source.copy()
        operator.add_constants(right)
        self.field = np.zeros(operator.shape)
        self._system.prepare(operator.decay, None)
        self._system.solve(self.field, right, TOLERANCE)
        self._flows = operator.face_rates(self.field)
        self._decay = operator.volume * operator.decay * total(self.field)
        self._missed = operator.volume * total(operator.rate(self.field, None, source))
        self._known = True

    def add_amounts(self, report: StepReport, dt: float) -> None:
        """Add what flows, decays and is left unsolved in the steady state during `dt`."""
        report.face_amounts += dt * self._flows
        report.decay_amount += dt * self._decay
        report.unsolved -= dt * self._missed


def _same(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return bool(np.array_equal(one, other))
