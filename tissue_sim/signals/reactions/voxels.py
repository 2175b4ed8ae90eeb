"""Reactions in every voxel, by the error-controlled integrators of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.network_kernels import OdeKernels
from tissue_sim.codegen.ode_system import OdeSystem
from tissue_sim.codegen.simplify import multiply
from tissue_sim.codegen.syntax import Name
from tissue_sim.kernels.network.status import OK
from tissue_sim.kernels.signals.exchange import compensated_sum
from tissue_sim.signals.reactions.failure import failure
from tissue_sim.signals.reactions.positive import keep_positive
from tissue_sim.signals.reactions.reactions import PLACES, TIME

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tissue_sim.signals.reactions.reactions import Reactions
    from tissue_sim.tissue.domain import Grid

__all__ = ["VoxelReactions"]

RELATIVE = 1e-8
"""Relative tolerance of an integration; far below what splitting costs at a step of use."""
ABSOLUTE = 1e-13
"""Absolute tolerance over the largest value of a signal."""
SMALLEST = 1e-30
"""Absolute tolerance where all signals are 0."""


class VoxelReactions:
    """Integrates reactions in each voxel, with the voxel's own step size and choice of method.

    Nothing of one voxel's integration depends on another one, so that the bits are those of any number of
    threads.

    Parameters
    ----------
    reactions : Reactions
    grid : Grid
    fixed : collection of str
        Signals with voxels that are held at a value.
    """

    def __init__(self, reactions: Reactions, grid: Grid, fixed: Collection[str]) -> None:
        self._reactions, self._grid = reactions, grid
        self._free = {name: f"free {name}" for name in reactions.rates if name in fixed}
        voxels = int(np.prod(grid.shape))
        self._parameters: dict[str, float] = {}
        self._kernels: OdeKernels | None = None
        system = self._system({})
        self._place = system.places
        self._values = np.zeros((voxels, len(system.names)))
        self._all = np.arange(voxels)
        for name in reactions.places:
            axis = PLACES.index(name)
            shape = [1, 1, 1]
            shape[2 - axis] = -1
            centres = np.broadcast_to(grid.centres(axis).reshape(shape), grid.shape)
            self._values[:, self._place[name]] = centres.ravel()

    @property
    def stiff_voxels(self) -> int:
        """Number of voxels in which the stiff method is in use."""
        return int(np.count_nonzero(self._values[:, self._place["stiff"]]))

    def advance(
        self,
        fields: Mapping[str, np.ndarray],
        held: Mapping[str, np.ndarray | None],
        parameters: Mapping[str, float],
        start: float,
        dt: float,
    ) -> dict[str, tuple[float, float]]:
        """Advance the fields in place by reactions alone.

        Parameters
        ----------
        fields : mapping of signal to float64 (nz, ny, nx)
        held : mapping of signal to bool (nz, ny, nx) or None
            Voxels held at a value, which reactions do not change.
        parameters : mapping of str to float
            Their values now.
        start, dt : float, min

        Returns
        -------
        mapping of signal to (float, float)
            What reactions added, and what was added further because they cannot take more than there is;
            amounts, unit um^3.

        Raises
        ------
        SimulationError
            A voxel could not be integrated.
        """
        rates, values = self._reactions.rates, self._values
        kernels = self._kernels_for(parameters)
        for name in (*rates, *self._reactions.read):
            values[:, self._place[name]] = fields[name].ravel()
        for name, free in self._free.items():
            mask = held[name]
            values[:, self._place[free]] = 1.0 if mask is None else ~mask.ravel()
        before = values[:, : len(rates)].copy()
        kernels.absolute = self._absolute(before)
        status = kernels.advance(values, self._all, start, dt)
        if (status != OK).any():
            raise self._failure(status, before, start)
        return self._give_back(fields, held, before, kernels.absolute)

    def _give_back(
        self,
        fields: Mapping[str, np.ndarray],
        held: Mapping[str, np.ndarray | None],
        before: np.ndarray,
        absolute: np.ndarray,
    ) -> dict[str, tuple[float, float]]:
        after = self._values[:, : before.shape[1]]
        for name in self._free:
            # The stiff method keeps a voxel that is held to rounding only.
            mask = held[name]
            if mask is not None:
                column = self._place[name]
                after[mask.ravel(), column] = before[mask.ravel(), column]
        lifted = keep_positive(before, after, absolute, RELATIVE)
        amounts = {}
        for column, name in enumerate(self._reactions.rates):
            volume = self._grid.voxel_volume
            change = float(compensated_sum(after[:, column] - before[:, column])) * volume
            more = float(lifted[column]) * volume
            amounts[name] = (change - more, more)
            fields[name][...] = after[:, column].reshape(self._grid.shape)
        return amounts

    def state(self) -> np.ndarray:
        """Return the voxels' step sizes (min) and whether they are stiff, float64[voxels, 2]."""
        return self._values[:, [self._place["step_size"], self._place["stiff"]]]

    def restore(self, state: np.ndarray) -> None:
        """Take over what `state` returned."""
        self._values[:, [self._place["step_size"], self._place["stiff"]]] = state

    def _system(self, parameters: Mapping[str, float]) -> OdeSystem:
        reactions = self._reactions
        rates = (
            multiply(Name((self._free[name],)), rate) if name in self._free else rate
            for name, rate in reactions.rates.items()
        )
        return OdeSystem(
            species=tuple(reactions.rates),
            rates=tuple(rates),
            assigned=(),
            cell=(*reactions.read, *reactions.places, *self._free.values()),
            shared=parameters,
            definitions=reactions.definitions,
        )

    def _kernels_for(self, parameters: Mapping[str, float]) -> OdeKernels:
        """Return the integrators for the values that parameters have now; interventions may set them."""
        now = {name: parameters[name] for name in self._reactions.parameters}
        if self._kernels is None or now != self._parameters:
            self._parameters = now
            self._kernels = OdeKernels(self._system(now), np.ones(len(self._reactions.rates)), RELATIVE)
        return self._kernels

    @staticmethod
    def _absolute(values: np.ndarray) -> np.ndarray:
        """Return the absolute tolerances, float64[signals]; of an empty signal that of the others."""
        largest = np.abs(values).max(axis=0)
        every = float(largest.max(initial=0.0))
        return np.maximum(ABSOLUTE * np.where(largest > 0.0, largest, every), SMALLEST)

    def _failure(self, status: np.ndarray, before: np.ndarray, start: float) -> Exception:
        voxel = int(np.flatnonzero(status != OK)[0])
        known = {name: float(self._values[voxel, place]) for name, place in self._place.items()}
        known |= dict(zip(self._reactions.rates, before[voxel].tolist(), strict=True))
        known |= {**self._parameters, TIME: start}
        reactions = self._reactions
        return failure(
            int(status[voxel]), voxel, self._grid, start, reactions.rates, reactions.definitions, known
        )
