"""The steady state of a signal for the cells as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.signals.transient import EMPTY, booked

if TYPE_CHECKING:
    from tissue_sim.signals.cell_rates import CellRates
    from tissue_sim.signals.exchange import Terms
    from tissue_sim.signals.ledger import Amounts
    from tissue_sim.signals.solver.solver import SignalSolver

__all__ = ["SteadyStep"]

MOST_ITERATIONS = 200
TOLERANCE = 1e-6


class SteadyStep:
    """Solves for the steady state.

    Saturating uptake, rho -> max rho/(half + rho), continued by its tangent below 0, is concave and rising,
    and the rest of the operator is an M-matrix: Newton's method converges from any start, from below after
    its first iteration (Ortega and Rheinboldt 1970, section 13.3, doi:10.1137/1.9780898719468). The same
    holds for removal of order zero, r min(1, rho / threshold).

    Parameters
    ----------
    solver : SignalSolver
    terms : Terms
    """

    def __init__(self, solver: SignalSolver, terms: Terms) -> None:
        self.solver, self._terms = solver, terms

    def advance(self, field: np.ndarray, cells: CellRates, dt: float) -> Amounts:
        """Put the steady state into a field; return what is exchanged in it within `dt` min.

        Raises
        ------
        SimulationError
            If there is no steady state or it is not found.
        """
        terms = self._terms
        terms.gather(cells, field)
        threshold = self._threshold(field, cells) if terms.removes else 0.0
        for _ in range(MOST_ITERATIONS):
            previous = field.copy()
            terms.gather(cells, field)
            terms.soften(field, threshold)
            report = self.solver.steady(field, terms.sink, terms.source, TOLERANCE)
            change, largest = float(np.abs(field - previous).max()), float(np.abs(field).max())
            if not np.isfinite(change):
                raise SimulationError(
                    "there is no steady state: no decay, uptake, or face or voxel with a value holds it"
                )
            if change <= TOLERANCE * largest or not (cells.saturating or terms.removes):
                return booked(report, terms.amounts(cells, field, dt), dt)
        raise SimulationError(
            f"no steady state found in {MOST_ITERATIONS} iterations (last change {change:.3g} of "
            f"{largest:.3g}); use `mode: transient`"
        )

    def _threshold(self, field: np.ndarray, cells: CellRates) -> float:
        """Return the value below which a voxel has run out, from the steady state without removal."""
        terms = self._terms
        for _ in range(MOST_ITERATIONS if cells.saturating else 1):
            previous = field.copy()
            terms.gather(cells, field)
            self.solver.steady(field, terms.sink, terms.source, TOLERANCE)
            if float(np.abs(field - previous).max()) <= EMPTY * float(np.abs(field).max()):
                break
        largest = float(np.abs(field).max())
        return EMPTY * largest if largest > 0.0 else EMPTY
