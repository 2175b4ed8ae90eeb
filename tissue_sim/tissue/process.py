"""What a process is: something that advances the tissue by its own time step."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from tissue_sim.tissue.model import TissueModel

__all__ = ["Process"]


class Process:
    """Base of the processes; they meet in the columns, fields and quantities, never in each other.

    A process declares its columns, behaviours and quantities in its constructor, which takes the tissue and
    its own settings. All methods but `advance` may stay as they are.

    Attributes
    ----------
    name : str
        As printed in the order of a step and in the timings.
    step_names : tuple of str
        Which of the scenario's `steps` (signals, mechanics, network, lifecycle) make it due; `dt` is the
        first one's.
    order : int
        Place in the printed order: 10 networks, 20 rules, 30 lifecycle, 35 hooks, 38 forces
        beside contacts, 40 mechanics, 60 signals,
        90 interventions.
    """

    name: ClassVar[str]
    step_names: tuple[str, ...]
    order: ClassVar[int]

    def advance(self, tissue: TissueModel, dt: float) -> None:
        """Advance from ``tissue.clock.time`` by `dt` (min), from the state the processes before left."""
        raise NotImplementedError

    def added(self, tissue: TissueModel, rows: np.ndarray) -> None:
        """Give founder cells in `rows` (int64[m]) their first values; type and position are set."""

    def divided(self, tissue: TissueModel, mothers: np.ndarray, daughters: np.ndarray) -> None:
        """Act on divisions: rows of mothers and of their new daughters (int64[m] each), columns are set."""

    def died(self, tissue: TissueModel, rows: np.ndarray, causes: list[str]) -> None:
        """Act on deaths: rows (int64[m]) of cells that die now, with the cause of each."""

    def removed(self, tissue: TissueModel, keep: np.ndarray) -> None:
        """Act before rows where `keep` (bool[n]) is False leave."""

    def between_steps(self, tissue: TissueModel) -> None:
        """Act between ticks, after the births and deaths due; doing it again at one tick changes nothing."""

    def intervened(self, tissue: TissueModel, rows: np.ndarray) -> None:
        """Follow a change of own values, species or parameters of cells in `rows` (int64[m]) from outside."""

    def counters(self) -> dict[str, int]:
        """Return what is worth counting, in words: shown by ``info`` where it is not 0."""
        return {}

    def state(self) -> dict[str, np.ndarray]:
        """Return what is needed beyond columns, blocks and fields to go on with the same bits."""
        return {}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""
