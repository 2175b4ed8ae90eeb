"""One step of a signal in time, in one part or in as many as its tolerance asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.signals.ledger import Amounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from tissue_sim.signals.cell_rates import CellRates
    from tissue_sim.signals.exchange import Terms
    from tissue_sim.signals.solver.membrane import Membrane
    from tissue_sim.signals.solver.report import StepReport
    from tissue_sim.signals.solver.solver import SignalSolver

__all__ = ["MOST_HALVINGS", "TransientStep"]

MOST_HALVINGS = 10
EMPTY = 1e-6
"""A voxel below this share of the largest value has run out: removal of order zero fades there."""
SECOND_ORDER_TRIES, MOST_TRIES = 10, 50
ORDER_FACTOR = 3.0
"""2^p - 1 of a method of order p = 2: the difference of two results over their error (Richardson)."""
ROOM = 8.0
"""A halving is given up where the estimate is this much below the tolerance; one costs at most a factor 4."""


class TransientStep:
    """Advances one signal in time.

    Saturating uptake is linearised by its tangent at the old value, which keeps the step second order. Where
    that step has to be redone by backward Euler, it is redone with the chord: that cannot become negative.

    Parameters
    ----------
    solver : SignalSolver
    terms : Terms
    tolerance : float or None
        Bound on a step's estimated error, relative to the largest value of the field; None takes every step
        in one part.

    Attributes
    ----------
    halvings : int
        k: the last step was found good with 2^(k+1) parts, compared with 2^k. Part of the state.
    redone : int
        Parts of steps redone by backward Euler so far.
    """

    def __init__(self, solver: SignalSolver, terms: Terms, tolerance: float | None) -> None:
        self.solver, self._terms, self._tolerance = solver, terms, tolerance
        self.halvings = 0
        self.redone = 0

    @property
    def splits_lines(self) -> bool:
        """The field alone, with its sources, is advanced by line splitting."""
        return self.solver.splits_lines and not self._terms.sources_remove

    def advance(
        self,
        field: np.ndarray,
        cells: CellRates,
        membrane: Membrane | None,
        dt: float,
        begin: Callable[[float], None] = lambda _: None,
    ) -> Amounts:
        """Advance a field (in place) and the species inside the cells by `dt` min; return what was exchanged.

        `begin` is called before each part of the step with the time of its middle, min after its start.

        Raises
        ------
        SimulationError
            If the tolerance cannot be met.
        """
        if self._tolerance is None:
            amounts, redone = self._in_parts(field, cells, membrane, dt, 1, begin)
            self.redone += redone
            return amounts
        return self._within_tolerance(field, cells, membrane, dt, self._tolerance, begin)

    def _within_tolerance(
        self,
        field: np.ndarray,
        cells: CellRates,
        membrane: Membrane | None,
        dt: float,
        tolerance: float,
        begin: Callable[[float], None],
    ) -> Amounts:
        start = field.copy()
        inside = None if membrane is None else membrane.inside.copy()

        def again(parts: int) -> tuple[Amounts, int]:
            field[...] = start
            if membrane is not None and inside is not None:
                membrane.inside[:] = inside
            return self._in_parts(field, cells, membrane, dt, parts, begin)

        _, redone = again(2**self.halvings)
        while True:
            coarse, redone_before = field.copy(), redone
            amounts, redone = again(2 ** (self.halvings + 1))
            factor = 1.0 if redone or redone_before else ORDER_FACTOR
            difference, largest = float(np.abs(field - coarse).max()), float(np.abs(field).max())
            if difference <= tolerance * largest * factor:
                break
            self.halvings += 1
            if self.halvings > MOST_HALVINGS or not np.isfinite(difference):
                raise SimulationError(
                    f"the step of {dt:g} min misses the tolerance {tolerance:g} in {2**MOST_HALVINGS} parts; "
                    "raise `tolerance` or check the rates of exchange"
                )
        if self.halvings and difference * ROOM <= tolerance * largest * factor:
            self.halvings -= 1
        self.redone += redone
        return amounts

    def _in_parts(
        self,
        field: np.ndarray,
        cells: CellRates,
        membrane: Membrane | None,
        dt: float,
        parts: int,
        begin: Callable[[float], None],
    ) -> tuple[Amounts, int]:
        total, redone = Amounts(), 0
        for part in range(parts):
            begin((part + 0.5) * dt / parts)
            amounts, was_redone = self._part(field, cells, membrane, dt / parts)
            total.add_all(amounts)
            redone += was_redone
        return total, redone

    def _part(
        self, field: np.ndarray, cells: CellRates, membrane: Membrane | None, dt: float
    ) -> tuple[Amounts, bool]:
        start = field.copy() if cells.saturating else None
        inside = None if membrane is None else membrane.inside.copy()
        report = self._solve(field, cells, membrane, dt, tangent=True)
        if report.used_backward_euler and start is not None:
            field[...] = start
            if membrane is not None and inside is not None:
                membrane.inside[:] = inside
            redone = self._solve(field, cells, membrane, dt, tangent=False)
            report, was_redone = redone, True
        else:
            was_redone = report.used_backward_euler
        amounts = booked(report, self._terms.amounts(cells, report.mean_field, dt))
        return amounts, was_redone

    def _solve(
        self, field: np.ndarray, cells: CellRates, membrane: Membrane | None, dt: float, *, tangent: bool
    ) -> StepReport:
        terms = self._terms
        terms.gather(cells, field, tangent=tangent)
        if terms.removes:
            return self._solve_with_removal(field, cells, membrane, dt, tangent=tangent)
        return self.solver.step(field, terms.sink, terms.source, dt, membrane, lasting_source=terms.lasting)

    def _solve_with_removal(
        self, field: np.ndarray, cells: CellRates, membrane: Membrane | None, dt: float, *, tangent: bool
    ) -> StepReport:
        """Take a step with removal of order zero, which ends where a voxel runs out within the step.

        Which voxels do is part of the unknowns: a primal-dual active set method, for backward Euler Newton's
        method on an M-matrix with removal min(1, rho / threshold), which converges from any guess
        (Hintermueller, Ito and Kunisch 2002, doi:10.1137/S1052623401383558).
        """
        terms, solver = self._terms, self.solver
        start, guess = field.copy(), field.copy()
        inside = None if membrane is None else membrane.inside.copy()
        largest = float(start.max())
        if largest < np.finfo(np.float64).tiny / EMPTY:
            solver.step(guess, terms.sink, terms.source, dt)
            largest = max(float(guess.max()), EMPTY)
        threshold = EMPTY * largest
        for tries in range(MOST_TRIES):
            field[...] = start
            if membrane is not None and inside is not None:
                membrane.inside[:] = inside
            terms.gather(cells, start, tangent=tangent)
            terms.soften(guess, threshold)
            report = solver.step(
                field, terms.sink, terms.source, dt, membrane, positive=tries >= SECOND_ORDER_TRIES
            )
            if np.array_equal(terms.run_out(field, threshold), terms.run_out(guess, threshold)):
                return report
            guess[...] = field
        raise SimulationError(
            f"the voxels that run out in a step of {dt:g} min were not found in {MOST_TRIES} tries; "
            "use a shorter `steps: {signals: ...}`"
        )


def booked(report: StepReport, exchanged: dict[str, float], factor: float = 1.0) -> Amounts:
    """Return the ledger lines of a solver's report and of the exchange that went into it.

    Parameters
    ----------
    factor : float
        The report's amounts times this are amounts: 1 for a step, its length for rates of a steady state.
    """
    amounts = Amounts()
    amounts.add_faces(np.asarray(report.face_amounts) * factor)
    amounts.add("decay", -report.decay_amount * factor)
    amounts.add("fixed", report.fixed_amount * factor)
    amounts.add("unsolved", report.unsolved * factor)
    for line, amount in exchanged.items():
        amounts.add(line, amount)
    return amounts
