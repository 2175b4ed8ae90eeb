"""One signal on the grid: a step in time, the steady state, the right-hand side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.signals.solver.faces import NO_FLUX, FaceCoefficients
from tissue_sim.signals.solver.implicit import ImplicitStep
from tissue_sim.signals.solver.line_step import LineStep
from tissue_sim.signals.solver.line_system import LineSystem
from tissue_sim.signals.solver.membrane import Membrane
from tissue_sim.signals.solver.multigrid import Multigrid
from tissue_sim.signals.solver.operator import DiscreteOperator
from tissue_sim.signals.solver.report import StepReport
from tissue_sim.signals.solver.scheme import BACKWARD_EULER, SDIRK2
from tissue_sim.signals.solver.summation import extremes, total
from tissue_sim.signals.solver.varying_multigrid import VaryingMultigrid
from tissue_sim.signals.solver.varying_operator import FaceLayer, VaryingOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.signals.solver.implicit import StageResult
    from tissue_sim.signals.solver.kinds import LinearSystem
    from tissue_sim.signals.solver.scheme import Scheme
    from tissue_sim.tissue.domain import Grid

__all__ = ["FaceCoefficients", "Membrane", "SignalSolver", "StepReport"]


class SignalSolver:
    """d rho/dt = div(D grad rho) - decay rho - sink rho + source, with faces, fixed voxels and membranes.

    Second order in space and in time, L-stable; a step that would make values negative is
    redone by backward Euler (first order, positive). Without sink, fixed voxels and membranes the step is
    split into lines, which is exact because the axes' operators commute, and works on the difference from the
    discrete steady state of faces and source, which it therefore leaves unchanged; otherwise each implicit
    stage is solved by multigrid (a 1-D grid directly). Nothing of a step depends on the steps before it.

    Parameters
    ----------
    grid : Grid
    diffusion : float or float64[nz, ny, nx], um^2/min
    decay : float, 1/min
    faces : sequence of six FaceCoefficients, or of FaceLayer or None where the diffusion is a field
        x_min, x_max, y_min, y_max, z_min, z_max; without meaning on periodic and on missing axes.
    fixed_mask : bool[nz, ny, nx] or None
        Voxels held at `fixed_values`.
    fixed_values : float64[nz, ny, nx] or None
        The signal's unit.
    solver_tolerance : float
        Error of the linear solves in the maximum norm, relative to the largest value.
    room : float64[voxels] or None
        Room for a copy of the field, which signals may share: they take turns.

    Raises
    ------
    SettingsError
        Numbers or shapes that make no sense.
    """

    def __init__(
        self,
        grid: Grid,
        diffusion: float | np.ndarray,
        decay: float,
        faces: Sequence[FaceCoefficients] | Sequence[FaceLayer | None],
        fixed_mask: np.ndarray | None = None,
        fixed_values: np.ndarray | None = None,
        solver_tolerance: float = 1e-6,
        room: np.ndarray | None = None,
    ) -> None:
        self._tolerance = float(solver_tolerance)
        self._lines: LineStep | None = None
        self._operator: DiscreteOperator | VaryingOperator
        if isinstance(diffusion, np.ndarray):
            layers = [face if isinstance(face, FaceLayer) else None for face in faces]
            self._operator = VaryingOperator(grid, diffusion, decay, layers, fixed_mask, fixed_values)
        else:
            closed = [face if isinstance(face, FaceCoefficients) else NO_FLUX for face in faces]
            self._operator = DiscreteOperator(grid, diffusion, decay, closed, fixed_mask, fixed_values)
            self._lines = LineStep(self._operator, lambda: self._build()[0], room)
        self._solvers: tuple[LinearSystem, ImplicitStep] | None = None

    @property
    def driven(self) -> bool:
        """Faces or fixed voxels supply something, or let something out."""
        operator = self._operator
        return not (operator.closed and operator.homogeneous) or operator.fixed_index.size > 0

    def step(
        self,
        field: np.ndarray,
        sink: np.ndarray | None,
        source: np.ndarray | None,
        dt: float,
        membrane: Membrane | None = None,
        *,
        lasting_source: bool = False,
        positive: bool = False,
    ) -> StepReport:
        """Advance `field` by `dt` in place.

        Parameters
        ----------
        field : float64[nz, ny, nx], C-contiguous, the signal's unit
            Or float32, where `splits_lines` and there is neither sink nor membrane.
        sink : float64[nz, ny, nx] or None, 1/min
        source : float64[nz, ny, nx] or None, unit/min
        dt : float, min
        membrane : Membrane or None
            Its `inside` is changed in place.
        lasting_source : bool
            The source is the same from step to step: worth finding its steady state once for line splitting.
        positive : bool
            Take backward Euler at once.

        Raises
        ------
        SimulationError
            The field is not finite, or the solver did not converge.
        """
        if not (dt > 0.0 and np.isfinite(dt)):
            raise SimulationError(f"a step of {dt:g} min cannot be taken")
        sink = sink if sink is not None and sink.any() else None
        source = source if source is not None and source.any() else None
        membrane = membrane if membrane is not None and membrane.voxel.size > 0 else None
        schemes: tuple[Scheme, ...] = (BACKWARD_EULER,) if positive else (SDIRK2, BACKWARD_EULER)
        splits = sink is None and membrane is None and not positive
        if splits and self._lines is not None and self._lines.applies(source, dt, lasting=lasting_source):
            report = self._lines.advance(field, source, dt)
            if report is not None:
                return report
            schemes = (BACKWARD_EULER,)
        wide = field if field.dtype == np.float64 else field.astype(np.float64)
        report = self._implicit(wide, sink, source, dt, membrane, schemes)
        if wide is not field:
            field[...] = wide
            report.unsolved += self._operator.volume * (total(field) - total(wide))
        return report

    def steady(
        self,
        field: np.ndarray,
        sink: np.ndarray | None,
        source: np.ndarray | None,
        tolerance: float = 1e-8,
    ) -> StepReport:
        """Replace `field`, the first guess, by the steady state; the report's amounts are per minute.

        Raises
        ------
        SimulationError
            There is no single steady state, or the solver did not converge.
        """
        operator = self._operator
        if sink is not None and not sink.any():
            sink = None
        if operator.decay == 0.0 and sink is None and operator.closed and operator.fixed_index.size == 0:
            raise SimulationError(
                "there is no steady state: nothing removes the signal; give it a decay, an uptake, a face "
                "with a value, or use mode: transient"
            )
        _check_finite(field)
        system = self._build()[0]
        system.prepare(operator.decay, sink)
        right = np.zeros(operator.shape) if source is None else source.copy()
        operator.add_constants(right)
        solution = system.solve(field, right, tolerance)
        missed = -operator.volume * total(operator.rate(field, sink, source))
        fixed = -operator.volume * total(operator.rate_at_fixed(field, sink, source))
        return StepReport(
            mean_field=field.copy(),
            face_amounts=operator.face_rates(field),
            decay_amount=operator.volume * operator.decay * total(field),
            fixed_amount=fixed,
            unsolved=missed - fixed,
            cycles=solution.cycles,
            residual=solution.residual,
        )

    @property
    def splits_lines(self) -> bool:
        """Steps without sink and membrane, with a source that lasts or none, are split into lines."""
        return self._lines is not None and self._operator.fixed_index.size == 0

    def operator(self, field: np.ndarray, sink: np.ndarray | None, source: np.ndarray | None) -> np.ndarray:
        """Return the right-hand side in every voxel (fixed ones too), float64[nz, ny, nx], unit/min."""
        return self._operator.rate(field, sink, source)

    def _build(self) -> tuple[LinearSystem, ImplicitStep]:
        if self._solvers is None:
            operator = self._operator
            system: LinearSystem
            if sum(number > 1 for number in operator.numbers) <= 1:
                system = LineSystem(operator)
            elif isinstance(operator, VaryingOperator):
                system = VaryingMultigrid(operator)
            else:
                system = Multigrid(operator)
            self._solvers = (system, ImplicitStep(operator, system, self._tolerance))
        return self._solvers

    def _implicit(
        self,
        field: np.ndarray,
        sink: np.ndarray | None,
        source: np.ndarray | None,
        dt: float,
        membrane: Membrane | None,
        schemes: Sequence[Scheme],
    ) -> StepReport:
        _check_finite(field)
        stages = self._build()[1]
        cycles = 0
        for scheme in schemes:
            result = stages.advance(field, sink, source, dt, scheme, membrane)
            cycles += result.cycles
            if not result.negative:
                break
        report = self._report(field, sink, source, dt, membrane, result)
        report.used_backward_euler = scheme is BACKWARD_EULER
        report.cycles = cycles
        field[...] = result.field
        if membrane is not None and result.inside is not None:
            membrane.inside[:] = result.inside
        return report

    def _report(
        self,
        field: np.ndarray,
        sink: np.ndarray | None,
        source: np.ndarray | None,
        dt: float,
        membrane: Membrane | None,
        result: StageResult,
    ) -> StepReport:
        operator, mean = self._operator, result.mean_field
        fixed = 0.0
        if operator.fixed_index.size > 0:
            change = (result.field - field).reshape(-1)
            if membrane is not None and result.transfer is not None:
                np.add.at(change, membrane.voxel, membrane.volume_fraction * result.transfer)
            gap = change[operator.fixed_index] - dt * operator.rate_at_fixed(mean, sink, source)
            fixed = operator.volume * total(gap)
        return StepReport(
            mean_field=mean,
            face_amounts=dt * operator.face_rates(mean),
            decay_amount=operator.volume * dt * operator.decay * total(mean),
            fixed_amount=fixed,
            unsolved=result.unsolved,
            residual=result.residual,
        )


def _check_finite(field: np.ndarray) -> None:
    if not all(map(math.isfinite, extremes(field))):
        raise SimulationError("the field holds values that are not finite")
