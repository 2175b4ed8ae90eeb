"""Reactions in every voxel, by the error-controlled integrators of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.network.status import OK
from tissue_sim.kernels.signals.exchange import compensated_sum
from tissue_sim.signals.reactions.balance import balanced, limited
from tissue_sim.signals.reactions.failure import failure
from tissue_sim.signals.reactions.positive import keep_positive, overdrawn
from tissue_sim.signals.reactions.rates_now import rates_now
from tissue_sim.signals.reactions.reactions import TIME
from tissue_sim.signals.reactions.rows import VoxelRows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tissue_sim.codegen.network_kernels import OdeKernels
    from tissue_sim.signals.reactions.reactions import Reactions
    from tissue_sim.tissue.domain import Grid

    Fields = Mapping[str, np.ndarray]
    Held = Mapping[str, np.ndarray | None]
    Parameters = Mapping[str, float]

__all__ = ["VoxelReactions"]

RELATIVE = 1e-8
"""Relative tolerance of an integration; far below what splitting costs at a step of use."""
ABSOLUTE = 1e-13
"""Absolute tolerance over the largest value of a signal."""
SMALLEST = 1e-30
"""Absolute tolerance where all signals are 0."""
FIRST_PART, PART_GROWTH = 64, 8
"""Voxels integrated at once, and how that grows: few calls for large fields, a soon end where all fail."""


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
        self._rows = VoxelRows(reactions, grid, [name for name in reactions.rates if name in fixed])
        self._driven: tuple[str, ...] = ()
        self._all = np.arange(len(self._rows.values))

    @property
    def stiff_voxels(self) -> int:
        """Number of voxels in which the stiff method is in use."""
        return int(np.count_nonzero(self._rows["stiff"]))

    def balance(
        self,
        driven: Sequence[str],
        fields: Fields,
        held: Held,
        parameters: Parameters,
        time: float,
        dt: float,
    ) -> None:
        """Find what the reactions of driven signals leave to their diffusion in a step; see `balance`.

        Parameters
        ----------
        driven : sequence of str
            Signals that faces or voxels supply, of those that reactions change.
        fields, held, parameters
            As for `advance`.
        time, dt : float
            Start and length of the whole step, min.
        """
        for name in self._driven:
            self._rows.moved(name)[:] = 0.0
        self._driven = tuple(driven)
        if not driven:
            return
        self._take(fields, held)
        rates = rates_now(self._reactions, self._known(parameters, time))
        for name in driven:
            moved = self._rows.moved(name)
            moved[:] = balanced(np.asarray(rates[name]), fields[name].ravel(), dt)
            mask = held.get(name)
            if mask is not None:
                moved[mask.ravel()] = 0.0

    def limit(self, fields: Fields, dt: float) -> tuple[dict[str, np.ndarray], dict[str, float]]:
        """Return what is moved of driven signals, now at most what the fields hold.

        Returns
        -------
        moved : mapping of signal to float64 (nz, ny, nx), unit/min
        short : mapping of signal to float
            What the reactions have given back for it in the first half of the step and it will not take;
            amounts, unit um^3.
        """
        moved, short = {}, {}
        for name in self._driven:
            column = self._rows.moved(name)
            new = limited(column, fields[name].ravel(), dt)
            short[name] = 0.5 * dt * float(compensated_sum(new - column)) * self._grid.voxel_volume
            column[:] = new
            moved[name] = new.reshape(self._grid.shape)
        return moved, short

    def advance(
        self, fields: Fields, held: Held, parameters: Parameters, start: float, dt: float
    ) -> dict[str, tuple[float, float]]:
        """Advance the fields in place by reactions alone, less what `balance` has moved.

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
        rows, number = self._rows, len(self._reactions.rates)
        self._take(fields, held)
        before = rows.values[:, :number].copy()
        kernels = rows.kernels(parameters, RELATIVE)
        kernels.absolute = _absolute(before)
        self._integrate(kernels, self._all, parameters, start, dt)
        short = np.zeros(number)
        if self._driven:
            short += self._again(kernels, before, parameters, start, dt)
        after = rows.values[:, :number]
        for name in rows.fixed:
            # The stiff method keeps a voxel that is held to rounding only.
            mask = held.get(name)
            if mask is not None:
                rows[name][mask.ravel()] = fields[name][mask]
        short += keep_positive(before, after, kernels.absolute, RELATIVE)
        amounts, volume = {}, self._grid.voxel_volume
        for column, name in enumerate(self._reactions.rates):
            change = float(compensated_sum(after[:, column] - before[:, column])) * volume
            more = float(short[column]) * volume
            amounts[name] = (change - more, more)
            fields[name][...] = after[:, column].reshape(self._grid.shape)
        return amounts

    def state(self) -> np.ndarray:
        """Return the voxels' step sizes (min) and whether they are stiff, float64[voxels, 2]."""
        return self._rows.state()

    def restore(self, state: np.ndarray) -> None:
        """Take over what `state` returned."""
        self._rows.restore(state)

    def _take(self, fields: Fields, held: Held) -> None:
        rows = self._rows
        for name in (*self._reactions.rates, *self._reactions.read):
            rows[name][:] = fields[name].ravel()
        for name in rows.fixed:
            mask = held.get(name)
            rows.free(name)[:] = 1.0 if mask is None else ~mask.ravel()

    def _known(self, parameters: Parameters, time: float) -> dict[str, np.ndarray | float]:
        reactions = self._reactions
        known: dict[str, np.ndarray | float] = {name: parameters[name] for name in reactions.parameters}
        known |= {name: self._rows[name] for name in (*reactions.rates, *reactions.read, *reactions.places)}
        return {**known, TIME: time}

    def _integrate(
        self, kernels: OdeKernels, voxels: np.ndarray, parameters: Parameters, start: float, dt: float
    ) -> None:
        # Voxels that fail take the most steps of all; parts end the search at the first of them, for any
        # number of threads the same one. What one voxel does never depends on the others of its part.
        first, length = 0, FIRST_PART
        while first < len(voxels):
            self._integrate_part(kernels, voxels[first : first + length], parameters, start, dt)
            first, length = first + length, length * PART_GROWTH

    def _integrate_part(
        self, kernels: OdeKernels, voxels: np.ndarray, parameters: Parameters, start: float, dt: float
    ) -> None:
        status = kernels.advance(self._rows.values, voxels, start, dt)
        wrong = np.flatnonzero(status != OK)
        if len(wrong):
            # A row that fails keeps its values.
            voxel = int(voxels[wrong[0]])
            known = {
                name: float(value if np.ndim(value) == 0 else np.asarray(value)[voxel])
                for name, value in self._known(parameters, start).items()
            }
            raise failure(int(status[wrong[0]]), voxel, self._grid, start, self._reactions, known)

    def _again(
        self, kernels: OdeKernels, before: np.ndarray, parameters: Parameters, start: float, dt: float
    ) -> np.ndarray:
        """Integrate voxels anew that could not give what was moved out of them, and let them keep it.

        Returns
        -------
        float64[signals]
            Sums of what the voxels so kept.
        """
        rows, short = self._rows, np.zeros(before.shape[1])
        wrong = overdrawn(before, rows.values[:, : before.shape[1]], kernels.absolute, RELATIVE)
        voxels = np.flatnonzero(wrong)
        if not len(voxels):
            return short
        rows.values[voxels, : before.shape[1]] = before[voxels]
        rows["step_size"][voxels] = 0.0
        kept = {}
        for name in self._driven:
            kept[name] = rows.moved(name)[voxels]
            rows.moved(name)[voxels] = np.minimum(kept[name], 0.0)
        self._integrate(kernels, voxels, parameters, start, dt)
        for column, name in enumerate(self._reactions.rates):
            if name in kept:
                rows.moved(name)[voxels] = kept[name]
                short[column] = dt * float(compensated_sum(np.maximum(kept[name], 0.0)))
        return short


def _absolute(values: np.ndarray) -> np.ndarray:
    """Return the absolute tolerances, float64[signals]; of an empty signal that of the others."""
    largest = np.abs(values).max(axis=0)
    every = float(largest.max(initial=0.0))
    return np.maximum(ABSOLUTE * np.where(largest > 0.0, largest, every), SMALLEST)
