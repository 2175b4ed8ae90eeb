"""The writers of all groups of a run together: one snapshot goes through each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from tissue_sim.errors import RunError
from tissue_sim.recorder import tables
from tissue_sim.recorder.cells import CellsWriter
from tissue_sim.recorder.signals import PATH as SIGNALS_PATH
from tissue_sim.recorder.signals import SignalsWriter

if TYPE_CHECKING:
    from collections.abc import Mapping

    import h5py

    from tissue_sim.recorder.selection import Selection
    from tissue_sim.tissue.domain import Grid
    from tissue_sim.tissue.snapshot import Snapshot

__all__ = ["Writers"]


class _Cut(Protocol):
    """What every writer can do to go back to an earlier snapshot."""

    def forget(self, steps: int) -> None:
        """Let readers see only the first `steps` snapshots."""

    def cut(self, steps: int) -> None:
        """Drop what does not count."""


class Writers:
    """Writers of `/data`, `/signals`, `/lineage`, `/ledger`, `/measures` and `/summary`.

    Parameters
    ----------
    file : h5py.File
        A run that is laid out already; see `create`.
    """

    def __init__(self, file: h5py.File) -> None:
        self._cells = CellsWriter(file)
        self._signals = SignalsWriter(file) if SIGNALS_PATH in file else None
        self._lineage = tables.LineageWriter(file)
        self._series = tables.existing_series(file)
        self._populations = tables.population_names(file)

    @classmethod
    def create(cls, file: h5py.File, first: Snapshot, settings: Selection, grid: Grid | None) -> Self:
        """Lay out all groups for what the first snapshot holds."""
        CellsWriter.create(file, first, settings)
        SignalsWriter.create(file, first, settings, grid)
        tables.LineageWriter.create(file, first)
        tables.population_series(file, first)
        tables.measure_series(file, first)
        tables.ledger_series(file, first)
        return cls(file)

    @property
    def has_signals(self) -> bool:
        """Whether signals are recorded."""
        return self._signals is not None

    def write(self, step: int, snapshot: Snapshot) -> None:
        """Write the data of snapshot number `step`; `finish` makes it count.

        Raises
        ------
        RunError
            If the snapshot lacks something the run began with.
        """
        try:
            self._cells.write(step, snapshot)
            if self._signals is not None:
                self._signals.write(step, snapshot)
            self._lineage.write(step, snapshot)
            for name, series in self._series.items():
                series.write(step, self._row(name, snapshot))
        except KeyError as error:
            raise RunError(
                f"the snapshot at {snapshot.time:g} min lacks {error}, which the run began with"
            ) from error

    def finish(self, steps: int, time: float) -> None:
        """Let readers see `steps` snapshots, the last of them at `time`."""
        self._lineage.finish(steps)
        for series in self._series.values():
            series.finish(steps, time)
        if self._signals is not None:
            self._signals.finish(steps, time)
        self._cells.finish(steps, time)

    def shorten(self, steps: int) -> None:
        """Drop the times of all later snapshots; to be committed before `forget`."""
        self._cells.shorten(steps)
        for series in self._series.values():
            series.shorten(steps)
        if self._signals is not None:
            self._signals.shorten(steps)

    def forget(self, steps: int) -> None:
        """Let readers see only the first `steps` snapshots."""
        for writer in self._all():
            writer.forget(steps)

    def cut(self, steps: int) -> None:
        """Drop the rows of all later snapshots; to be committed after `forget`."""
        for writer in self._all():
            writer.cut(steps)

    def _all(self) -> list[_Cut]:
        writers: list[_Cut] = [self._cells, self._lineage, *self._series.values()]
        return writers if self._signals is None else [*writers, self._signals]

    def _row(self, name: str, snapshot: Snapshot) -> Mapping[str, object]:
        if name == "summary":
            return {"populations": [snapshot.populations[key] for key in self._populations]}
        if name == "measures":
            return snapshot.measures
        return snapshot.ledger[name.removeprefix("ledger/")]
