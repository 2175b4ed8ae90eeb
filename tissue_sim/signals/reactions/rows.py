"""Reactions in the form that the generators of network kernels take: one row of values per voxel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.network_kernels import OdeKernels
from tissue_sim.codegen.ode_system import OdeSystem
from tissue_sim.codegen.simplify import multiply, subtract
from tissue_sim.codegen.syntax import Name
from tissue_sim.signals.reactions.reactions import PLACES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.signals.reactions.reactions import Reactions
    from tissue_sim.tissue.domain import Grid

__all__ = ["VoxelRows"]

STATE = ("step_size", "stiff")


class VoxelRows:
    """The values of all voxels and the integrators that advance them.

    Parameters
    ----------
    reactions : Reactions
    grid : Grid
    fixed : sequence of str
        Signals with voxels that are held.

    Attributes
    ----------
    values : float64[voxels, k]
        A row is that of `OdeSystem`; the signals that reactions change come first.
    """

    def __init__(self, reactions: Reactions, grid: Grid, fixed: Sequence[str]) -> None:
        self._reactions = reactions
        self.fixed = tuple(fixed)
        self._parameters: Mapping[str, float] = {}
        self._kernels: OdeKernels | None = None
        system = self._system({})
        self._place = system.places
        self.values = np.zeros((int(np.prod(grid.shape)), len(system.names)))
        for name in reactions.places:
            axis = PLACES.index(name)
            shape = [1, 1, 1]
            shape[2 - axis] = -1
            self[name][:] = np.broadcast_to(grid.centres(axis).reshape(shape), grid.shape).ravel()

    def __getitem__(self, name: str) -> np.ndarray:
        """Return the values of one name, a view float64[voxels]."""
        return self.values[:, self._place[name]]

    def free(self, signal: str) -> np.ndarray:
        """Return what the rate of a fixed signal is multiplied by, a view float64[voxels]."""
        return self[f"free({signal})"]

    def moved(self, signal: str) -> np.ndarray:
        """Return what is taken off a signal's rate (see `balance`), a view float64[voxels]."""
        return self[f"moved({signal})"]

    def state(self) -> np.ndarray:
        """Return the voxels' step sizes (min) and whether they are stiff, float64[voxels, 2]."""
        return self.values[:, [self._place[name] for name in STATE]]

    def restore(self, state: np.ndarray) -> None:
        """Take over what `state` returned."""
        self.values[:, [self._place[name] for name in STATE]] = state

    def kernels(self, parameters: Mapping[str, float], relative: float) -> OdeKernels:
        """Return the integrators for the values that parameters have now; interventions may set them."""
        now = {name: parameters[name] for name in self._reactions.parameters}
        if self._kernels is None or now != self._parameters:
            self._parameters = now
            self._kernels = OdeKernels(self._system(now), np.ones(len(self._reactions.rates)), relative)
        return self._kernels

    def _system(self, parameters: Mapping[str, float]) -> OdeSystem:
        reactions, rates = self._reactions, []
        for name, rate in reactions.rates.items():
            less = subtract(rate, Name((f"moved({name})",)))
            rates.append(multiply(Name((f"free({name})",)), less) if name in self.fixed else less)
        return OdeSystem(
            species=tuple(reactions.rates),
            rates=tuple(rates),
            assigned=(),
            cell=(
                *reactions.read,
                *reactions.places,
                *(f"free({name})" for name in self.fixed),
                *(f"moved({name})" for name in reactions.rates),
            ),
            shared=parameters,
            definitions=reactions.definitions,
        )
