"""A step of a whole signal by line splitting, redone where it would turn values negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.signals.solver.implicit import ROUND_OFF
from tissue_sim.signals.solver.report import StepReport
from tissue_sim.signals.solver.scheme import SPLIT_EULER, TWO_POLES
from tissue_sim.signals.solver.splitting import LineSplitting
from tissue_sim.signals.solver.star import SteadyPart
from tissue_sim.signals.solver.summation import extremes, total

if TYPE_CHECKING:
    from collections.abc import Callable

    from tissue_sim.signals.solver.kinds import LinearSystem
    from tissue_sim.signals.solver.operator import DiscreteOperator

__all__ = ["LineStep"]

SLOWEST_DECAY = 1e-4
SINGLE_ROUND_OFF = 1e-6
"""Rounding to float32 between the axes, 6e-8, times the weights of the two solves, 9 and 8."""


class LineStep:
    """Splits steps into lines, around the discrete steady state of faces and source.

    Parameters
    ----------
    operator : DiscreteOperator
    system : callable
        Returns the linear system that finds the steady state; asked only where one is needed.
    room : float64[voxels] or None
        Room for the field as it was, which signals may share: it then stays in the cache.
    """

    def __init__(
        self,
        operator: DiscreteOperator,
        system: Callable[[], LinearSystem],
        room: np.ndarray | None = None,
    ) -> None:
        self._operator, self._system = operator, system
        self._splitting = LineSplitting(operator)
        self._room = np.empty(int(np.prod(operator.shape))) if room is None else room
        self._steady_part: SteadyPart | None = None

    def applies(self, source: np.ndarray | None, dt: float, *, lasting: bool) -> bool:
        """Say whether a step without sink and membrane can be split.

        Parameters
        ----------
        source : float64[nz, ny, nx] or None, unit/min
        lasting : bool
            The source is the same from step to step: worth finding its steady state once.
        """
        operator = self._operator
        if operator.fixed_index.size > 0:
            return False
        if source is None and operator.homogeneous:
            return True
        # The steady state of a closed box with a slow decay is far above the field and would cost its digits.
        return (source is None or lasting) and not (operator.closed and operator.decay * dt < SLOWEST_DECAY)

    def advance(self, field: np.ndarray, source: np.ndarray | None, dt: float) -> StepReport | None:
        """Advance by `dt`; None, with `field` untouched, where both schemes turn it negative.

        Parameters
        ----------
        field : float64 or float32[nz, ny, nx]

        Raises
        ------
        SimulationError
            The field is not finite.
        """
        star = None
        if source is not None or not self._operator.homogeneous:
            star = self._steady_part = self._steady_part or SteadyPart(self._operator, self._system())
            star.find(source)
        saved = self._room.view(field.dtype)[: field.size].reshape(field.shape)
        for scheme in (TWO_POLES, SPLIT_EULER):
            done = self._splitting.advance(field, saved, None if star is None else star.field, dt, scheme)
            if not done.finite:
                field[...] = saved
                raise SimulationError("the field holds values that are not finite")
            if done.low >= 0.0 or _tolerable(done.low, field, saved):
                report = StepReport(
                    face_amounts=done.flows,
                    decay_amount=done.lost,
                    used_backward_euler=scheme is SPLIT_EULER,
                )
                if star is not None:
                    star.add_amounts(report, dt)
                if field.dtype != np.float64:
                    known = star is None and done.low >= 0.0
                    if done.low < 0.0 <= extremes(saved)[0]:
                        np.maximum(field, 0.0, out=field)
                    now = done.left if known else total(field)
                    self._book_rounding(report, now - total(saved), source, dt)
                return report
            field[...] = saved
        return None

    def _book_rounding(self, report: StepReport, change: float, source: np.ndarray | None, dt: float) -> None:
        """Book by how much more the field's sum changed than the step moved: rounding to single precision."""
        volume = self._operator.volume
        moved = float(np.sum(report.face_amounts)) - report.decay_amount
        moved += 0.0 if source is None else dt * volume * total(source)
        report.unsolved = volume * change - moved


def _tolerable(low: float, new: np.ndarray, old: np.ndarray) -> bool:
    """Say whether a negative value is round-off, or was there before."""
    round_off = ROUND_OFF if new.dtype == np.float64 else SINGLE_ROUND_OFF
    threshold = -round_off * max(-low, extremes(new)[1])
    before = extremes(old)[0]
    return low >= threshold or (before < threshold and low >= before)
