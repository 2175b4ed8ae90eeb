"""A step by implicit stages on the full operator: sink, fixed voxels and membranes inside the solve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.signals import rates
from tissue_sim.signals.solver.summation import combined, extremes

if TYPE_CHECKING:
    from tissue_sim.signals.solver.kinds import LinearSystem, Operator
    from tissue_sim.signals.solver.membrane import Membrane
    from tissue_sim.signals.solver.scheme import Scheme

__all__ = ["ImplicitStep", "StageResult"]

NOISE = 10.0
"""Negative values up to this many solver tolerances are what the solver left unsolved; they become 0."""
ROUND_OFF = 1e-12


@dataclass
class StageResult:
    """One step, not yet written to the field.

    Attributes
    ----------
    field, mean_field : float64[nz, ny, nx]
        New value and time-weighted mean of the stages.
    inside : float64[m] or None
        New species behind the membranes.
    transfer : float64[m] or None
        What each species gained per its own volume.
    unsolved : float
        Amount the solver left unsolved, unit*um^3.
    negative : bool
        The scheme, not the solver, made values negative.
    cycles : int
    residual : float
    """

    field: np.ndarray
    mean_field: np.ndarray
    inside: np.ndarray | None
    transfer: np.ndarray | None
    unsolved: float
    negative: bool
    cycles: int
    residual: float


class ImplicitStep:
    """Advances d rho/dt = div(D grad rho) - (decay + sink) rho + source with a given scheme.

    Parameters
    ----------
    operator : DiscreteOperator or VaryingOperator
    system : Multigrid, VaryingMultigrid or LineSystem
    tolerance : float
        Of the linear solves, relative to the largest value.
    """

    def __init__(self, operator: Operator, system: LinearSystem, tolerance: float) -> None:
        self._operator, self._system, self._tolerance = operator, system, tolerance

    def advance(
        self,
        field: np.ndarray,
        sink: np.ndarray | None,
        source: np.ndarray | None,
        dt: float,
        scheme: Scheme,
        membrane: Membrane | None,
    ) -> StageResult:
        """Return the field after `dt`; `field` itself and the membranes' species stay as they are.

        A membrane's species is eliminated inside each stage, s = (s* + tau P rho)/(1 + tau P) with
        tau = gamma dt.
        """
        tau = scheme.gamma * dt
        shift = 1.0 / tau
        matrix_sink, gain = self._sink_with_membrane(sink, membrane, tau)
        self._system.prepare(shift + self._operator.decay, matrix_sink)
        supply = np.zeros(self._operator.shape) if source is None else source.copy()
        self._operator.add_constants(supply)
        inside = None if membrane is None else membrane.inside
        stage, cycles, residual, unsolved = field, 0, 0.0, 0.0
        start, mean, mean_weight, transfer = field, field, 0.0, None
        for number in range(scheme.stages):
            guess = stage.copy() if number == 0 else combined(2.0, stage, -1.0, field)
            right = combined(shift, start, 1.0, supply)
            if membrane is not None:
                rates.add_at(right.reshape(-1), membrane.voxel, gain * inside)
            solution = self._system.solve(guess, right, self._tolerance)
            cycles, residual = cycles + solution.cycles, max(residual, solution.residual)
            last = number == scheme.stages - 1
            negative = self._lift(guess, field) if last else False
            weight = scheme.gamma if last else 1.0 - scheme.gamma
            unsolved -= (
                weight
                * dt
                * self._operator.stage_residual(guess, right, shift + self._operator.decay, matrix_sink)
            )
            if membrane is not None:
                change = tau * membrane.permeability * (guess.reshape(-1)[membrane.voxel] - inside)
                change /= 1.0 + tau * membrane.permeability
                transfer = (weight / scheme.gamma) * change + (0.0 if transfer is None else transfer)
                inside = membrane.inside + transfer
            mean = guess if number == 0 else combined(mean_weight, mean, weight, guess)
            mean_weight = weight if number == 0 else 1.0
            stage = guess
            if not last:
                share = (1.0 - scheme.gamma) / scheme.gamma
                start = combined(1.0 - share, field, share, stage)
        if membrane is not None and inside is not None and inside.size > 0:
            negative = negative or bool(
                inside.min() < -ROUND_OFF * np.abs(inside).max() and inside.min() < membrane.inside.min()
            )
        return StageResult(stage, mean, inside, transfer, unsolved, negative, cycles, residual)

    def _sink_with_membrane(
        self, sink: np.ndarray | None, membrane: Membrane | None, tau: float
    ) -> tuple[np.ndarray | None, np.ndarray]:
        if membrane is None:
            return sink, np.zeros(0)
        gain = membrane.volume_fraction * membrane.permeability / (1.0 + tau * membrane.permeability)
        both = np.zeros(self._operator.shape) if sink is None else sink.copy()
        rates.add_at(both.reshape(-1), membrane.voxel, gain)
        return both, gain

    def _lift(self, new: np.ndarray, old: np.ndarray) -> bool:
        """Set solver noise below 0 to 0; say whether the scheme itself made values negative."""
        low, high = extremes(new)
        if low >= 0.0:
            return False
        scale = max(-low, high)
        before = extremes(old)[0]
        if before < -ROUND_OFF * scale:
            return low < before
        noise = max(NOISE * self._tolerance, ROUND_OFF)
        if low < -noise * scale:
            return True
        np.maximum(new, 0.0, out=new)
        return False
