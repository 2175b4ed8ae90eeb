"""The two halves of a step that belong to reactions, before and after all else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.signals.ledger import Amounts
from tissue_sim.signals.reactions.voxels import VoxelReactions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy as np

    from tissue_sim.signals.one_signal import OneSignal
    from tissue_sim.signals.reactions.reactions import Reactions
    from tissue_sim.tissue.domain import Grid
    from tissue_sim.tissue.model import TissueModel

    Signals = Mapping[str, OneSignal]

__all__ = ["SplitReactions"]


class SplitReactions:
    """Reactions in the first and in the last half of every signals step (Strang 1968, doi:10.1137/0705041).

    Second order in the step, and positive where the reactions are. A steady state is shifted by an amount of
    second order; that of driven signals is kept (`balance`).

    Parameters
    ----------
    reactions : Reactions
    grid : Grid
    fixed : collection of str
        Signals with voxels that are held at a value.
    """

    def __init__(self, reactions: Reactions, grid: Grid, fixed: Collection[str]) -> None:
        self._voxels = VoxelReactions(reactions, grid, fixed)
        self._changed = tuple(reactions.rates)

    @property
    def stiff_voxels(self) -> int:
        """Number of voxels in which the stiff method is in use."""
        return self._voxels.stiff_voxels

    def before(self, tissue: TissueModel, signals: Signals, dt: float) -> dict[str, Amounts]:
        """Advance the fields by the first half of a step of `dt` min; return what that adds."""
        voxels, time, held = self._voxels, tissue.clock.time, _held(signals)
        driven = [name for name in self._changed if signals[name].driven]
        voxels.balance(driven, tissue.fields, held, tissue.parameters, time, dt)
        done = voxels.advance(tissue.fields, held, tissue.parameters, time, 0.5 * dt)
        moved, short = voxels.limit(tissue.fields, dt)
        for name in driven:
            signals[name].react(moved[name])
        return {name: _booked(made, more, short.get(name, 0.0)) for name, (made, more) in done.items()}

    def after(self, tissue: TissueModel, signals: Signals, dt: float) -> dict[str, Amounts]:
        """Advance the fields by the last half of a step of `dt` min; return what that adds."""
        time = tissue.clock.time + 0.5 * dt
        done = self._voxels.advance(tissue.fields, _held(signals), tissue.parameters, time, 0.5 * dt)
        return {name: _booked(made, more) for name, (made, more) in done.items()}

    def state(self) -> np.ndarray:
        """Return the voxels' step sizes (min) and whether they are stiff, float64[voxels, 2]."""
        return self._voxels.state()

    def restore(self, state: np.ndarray) -> None:
        """Take over what `state` returned."""
        self._voxels.restore(state)


def _held(signals: Signals) -> dict[str, np.ndarray | None]:
    return {name: each.fixed_mask for name, each in signals.items()}


def _booked(made: float, more: float, left_over: float = 0.0) -> Amounts:
    """Return the lines; `left_over` is what was given back before it turned out not to be taken."""
    amounts = Amounts()
    amounts.add("reactions", made - left_over)
    amounts.add("shortfall", more + left_over)
    return amounts
