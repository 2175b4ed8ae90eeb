"""One signal with everything that advances it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.signals.diffusion_value import diffusion_field
from tissue_sim.signals.exchange import Terms
from tissue_sim.signals.faces import coefficients_of_faces, layers_of_faces
from tissue_sim.signals.fixed import fixed_voxels
from tissue_sim.signals.ledger import Amounts
from tissue_sim.signals.membrane import MembraneExchange
from tissue_sim.signals.physicell_lod import HeldVoxels, PhysiCellStep
from tissue_sim.signals.prescribed import field_of_formula
from tissue_sim.signals.settings import PHYSICELL, PrescribedMode
from tissue_sim.signals.solver.solver import SignalSolver
from tissue_sim.signals.solver.summation import total
from tissue_sim.signals.sources import PlacedSources
from tissue_sim.signals.steady import SteadyStep
from tissue_sim.signals.transient import TransientStep
from tissue_sim.units import SignalQuantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.signals.cell_rates import CellRates
    from tissue_sim.signals.settings import ExchangeSettings, FixedSettings, SignalSettings, SourceSettings
    from tissue_sim.tissue.domain import Grid
    from tissue_sim.tissue.model import TissueModel

__all__ = ["OneSignal"]


class OneSignal:
    """A signal's solver, sources, fixed voxels and membranes, built from its settings.

    Parameters are those of `SignalsProcess`, of which entries for other signals are passed over.

    Parameters
    ----------
    work : float64[4, voxels]
        Room that all signals share.
    parameters : mapping of str to float
        That formulas may name, as they are now.

    Attributes
    ----------
    membrane : MembraneExchange or None
    steady : bool
    fixed_mask : bool (nz, ny, nx) or None
        Voxels held at a value.
    """

    def __init__(
        self,
        name: str,
        settings: SignalSettings,
        grid: Grid,
        exchange: Mapping[str, Mapping[str, ExchangeSettings]],
        cell_types: Sequence[str],
        sources: Sequence[SourceSettings],
        fixed: Sequence[FixedSettings],
        masks: Mapping[str, np.ndarray],
        work: np.ndarray,
        parameters: Mapping[str, float],
    ) -> None:
        self.settings, self.grid = settings, grid
        self.steady = settings.mode == "steady"
        self.membrane: MembraneExchange | None = None
        self.fixed_mask: np.ndarray | None = None
        self._fixed_values: np.ndarray | None = None
        self._step: TransientStep | SteadyStep | PhysiCellStep | None = None
        self._exchanged = any(name in by_signal for by_signal in exchange.values())
        if isinstance(settings.mode, PrescribedMode):
            return
        self.fixed_mask, self._fixed_values = fixed_voxels(name, settings.unit, fixed, masks, grid)
        if settings.mode == PHYSICELL:
            held = HeldVoxels(settings.boundary, settings.unit, grid, self.fixed_mask, self._fixed_values)
            self._step = PhysiCellStep(grid, float(settings.diffusion or 0.0), settings.decay, held)
            return
        solver = self._solver(diffusion_field(settings.diffusion, grid, parameters, masks), work[3])
        self._sources = PlacedSources(name, settings.unit, sources, grid)
        self._terms = terms = Terms(grid, None, None, work[:3])
        if self.steady:
            self._step = SteadyStep(solver, terms)
        else:
            self.membrane = MembraneExchange.of(name, exchange, cell_types)
            self._step = TransientStep(solver, terms, settings.tolerance)

    def _solver(self, diffusion: float | np.ndarray, room: np.ndarray) -> SignalSolver:
        settings, grid = self.settings, self.grid
        held = self.fixed_mask, self._fixed_values
        if isinstance(diffusion, np.ndarray):
            layers = layers_of_faces(settings.boundary, settings.unit, diffusion, grid)
            return SignalSolver(grid, diffusion, settings.decay, layers, *held)
        faces = coefficients_of_faces(settings.boundary, settings.unit, diffusion, grid)
        return SignalSolver(grid, diffusion, settings.decay, faces, *held, room=room)

    def initial_field(self, tissue: TissueModel) -> np.ndarray:
        """Return the field at the start, (nz, ny, nx); fixed voxels have their value."""
        settings, initial = self.settings, self.settings.initial
        if isinstance(settings.mode, PrescribedMode):
            return self._prescribed(settings.mode, tissue, tissue.clock.time)
        if isinstance(initial, SignalQuantity):
            field = np.full(self.grid.shape, initial.to(settings.unit))
        else:
            field = field_of_formula(initial.tree, self.grid, tissue.parameters)
        if self.fixed_mask is not None and self._fixed_values is not None:
            field[self.fixed_mask] = self._fixed_values[self.fixed_mask]
        return field.astype(settings.precision)

    def impose(self, tissue: TissueModel, field: np.ndarray) -> Amounts:
        """Put fixed voxels, or a whole prescribed field, at their values of now; return what that adds."""
        before, amounts, line = self._total(field), Amounts(), "fixed"
        if isinstance(self.settings.mode, PrescribedMode):
            field[...] = self._prescribed(self.settings.mode, tissue, tissue.clock.time)
            line = "imposed"
        elif self.fixed_mask is not None and self._fixed_values is not None:
            field[self.fixed_mask] = self._fixed_values[self.fixed_mask]
        amounts.add(line, self._total(field) - before)
        return amounts

    def advance(self, tissue: TissueModel, field: np.ndarray, cells: CellRates, dt: float) -> Amounts:
        """Advance the field in place by `dt` min from the clock's time; return what was exchanged.

        In single precision a step of the field alone is taken as it is; any other is taken in double.
        """
        if field.dtype == np.float64 or self._alone(cells):
            return self._advance(tissue, field, cells, dt)
        wide = field.astype(np.float64)
        amounts = self._advance(tissue, wide, cells, dt)
        field[...] = wide
        amounts.add("unsolved", self._total(field) - self._total(wide))
        return amounts

    def _alone(self, cells: CellRates) -> bool:
        """Say whether neither cells nor fixed voxels nor a bound on the error have a part in the step."""
        step = self._step
        if not isinstance(step, TransientStep) or self.membrane is not None:
            return False
        return step.splits_lines and self.settings.tolerance is None and not cells.exchange

    def _advance(self, tissue: TissueModel, field: np.ndarray, cells: CellRates, dt: float) -> Amounts:
        if isinstance(self._step, TransientStep):
            begin = partial(self._place_sources, tissue)
            if self.membrane is None:
                return self._step.advance(field, cells, None, dt, begin)
            membrane = self.membrane.gather(tissue, cells.places, self.grid.voxel_volume)
            amounts = self._step.advance(field, cells, membrane, dt, begin)
            self.membrane.put_back(tissue)
            amounts.add("membrane", self.membrane.amount())
            return amounts
        if isinstance(self._step, PhysiCellStep):
            return self._step.advance(field, cells, dt)
        before = self._total(field)
        if isinstance(self._step, SteadyStep):
            self._place_sources(tissue, dt)
            amounts = self._step.advance(field, cells, dt)
        else:
            assert isinstance(self.settings.mode, PrescribedMode)
            field[...] = self._prescribed(self.settings.mode, tissue, tissue.clock.time + dt)
            amounts = Amounts()
        amounts.add("imposed", self._total(field) - before)
        return amounts

    def _place_sources(self, tissue: TissueModel, offset: float) -> None:
        """Let the sources have their rates of `offset` min after the clock's time."""
        time = tissue.clock.time + offset
        if self._sources.moved(time, tissue.parameters):
            moving = self._sources.changing
            self._terms.place(*self._sources.rates(time, tissue.parameters), moving=moving)

    @property
    def driven(self) -> bool:
        """It changes in time, and faces, fixed voxels or cells supply it or take it away."""
        return isinstance(self._step, TransientStep) and (self._step.solver.driven or self._exchanged)

    def react(self, rates: np.ndarray | None) -> None:
        """Add in the steps from now on what reactions leave to them, float64 (nz, ny, nx), unit/min."""
        self._terms.react(rates)

    def counts(self) -> tuple[int, int]:
        """Return (halvings of the step, steps redone by backward Euler)."""
        step = self._step
        return (step.halvings, step.redone) if isinstance(step, TransientStep) else (0, 0)

    def restore_counts(self, counts: tuple[int, int]) -> None:
        """Take over what `counts` returned."""
        if isinstance(self._step, TransientStep):
            self._step.halvings, self._step.redone = counts

    def _prescribed(self, mode: PrescribedMode, tissue: TissueModel, time: float) -> np.ndarray:
        return field_of_formula(mode.prescribed.tree, self.grid, tissue.parameters, time)

    def _total(self, field: np.ndarray) -> float:
        return total(field) * self.grid.voxel_volume
