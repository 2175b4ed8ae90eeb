"""The recorder: writes snapshots to `run.h5` so that whatever was finished stays readable.

A snapshot is written in two parts, each ended by a flush and a commit: first its data and offsets, then the
numbers that make it count (`NSteps`, `length`, the times). A process killed at any moment therefore leaves a
file whose counted snapshots are complete; `ordered_file` sees to the bytes.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Self

import h5py
import numpy as np

from tissue_sim.errors import RunError
from tissue_sim.recorder import links
from tissue_sim.recorder.cells import PATH as CELLS_PATH
from tissue_sim.recorder.failures import explained
from tissue_sim.recorder.ordered_file import OrderedFile
from tissue_sim.recorder.scenario_group import read_header, write_header
from tissue_sim.recorder.selection import RecordSelection, Selection
from tissue_sim.recorder.signals import PATH as SIGNALS_PATH
from tissue_sim.recorder.writers import Writers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from tissue_sim.recorder.header import RunHeader
    from tissue_sim.tissue.snapshot import Snapshot

__all__ = ["Recorder"]

LIBRARY_VERSIONS = ("earliest", "v110")
# Times are ticks divided by a number; this only absorbs the last bits.
SAME_TIME = 1e-9


class Recorder:
    """Appends snapshots to one run; made by `create` or `reopen`.

    Attributes
    ----------
    folder : Path
        The run folder.
    path : Path
        Its `run.h5`.
    steps : int
        Number of finished snapshots.
    times : list of float
        Their times, min.
    """

    def __init__(self, folder: Path, *, create: bool) -> None:
        self.folder, self.path = folder, folder / links.RUN_FILE
        self.times: list[float] = []
        self._bytes = OrderedFile(self.path, create=create)
        self._file: h5py.File | None = _open(self._bytes, "w" if create else "r+")
        self._writers: Writers

    @classmethod
    def create(
        cls, folder: str | Path, header: RunHeader, first: Snapshot, settings: Selection | None = None
    ) -> Self:
        """Begin a run and write its first snapshot.

        Parameters
        ----------
        folder : path
            Made if missing; must not hold a run yet.
        header : RunHeader
            Stored under `/scenario`.
        first : Snapshot
            Its columns, signals, measures and ledger lines are those of the whole run.
        settings : Selection, optional
            Which columns and signals to write; all by default.

        Raises
        ------
        RunError
            If the folder cannot be written or holds a run, or the selection names something unknown.
        """
        folder = Path(folder)
        path = folder / links.RUN_FILE
        if path.exists():
            raise RunError(f"{path} exists; choose another folder, or resume that run")
        selection = RecordSelection() if settings is None else settings
        with explained(path, "nothing was recorded; choose a folder you can write to (--output)"):
            folder.mkdir(parents=True, exist_ok=True)
            recorder = cls(folder, create=True)
        try:
            with explained(path, "nothing was recorded"):
                recorder._lay_out(header, first, selection)
            recorder.write(first)
        except BaseException:
            recorder._abandon()
            path.unlink(missing_ok=True)
            raise
        return recorder

    def _lay_out(self, header: RunHeader, first: Snapshot, settings: Selection) -> None:
        file = self._open_file()
        grid = None if header.domain is None else header.domain.grid
        self._writers = Writers.create(file, first, settings, grid)
        write_header(file, header)
        self._commit()
        links.write_link(self.folder / links.CELLS_FILE, CELLS_PATH)
        if self._writers.has_signals:
            links.write_link(self.folder / links.SIGNALS_FILE, SIGNALS_PATH)

    @classmethod
    def reopen(cls, folder: str | Path, time: float) -> Self:
        """Go on with a run from `time` (min): snapshots after it are dropped.

        Raises
        ------
        RunError
            If this is no run, cannot be written, or has no snapshot at or before `time`.
        """
        folder = Path(folder)
        path = folder / links.RUN_FILE
        if not path.is_file():
            raise RunError(f"{folder} holds no {links.RUN_FILE}; name the folder of a run")
        with explained(path, "the run was left as it is"):
            recorder = cls(folder, create=False)
        try:
            with explained(path, "the run was left as it is"):
                recorder._take_up(time)
                recorder._open_again()
        except BaseException:
            recorder._abandon()
            raise
        return recorder

    def _take_up(self, time: float) -> None:
        file = self._open_file()
        try:
            read_header(file)
            steps = file[CELLS_PATH]["Steps"]
            times = steps["Values"][: int(steps.attrs["NSteps"])]
        except KeyError as error:
            raise RunError(f"{self.path} is not a run of tissue_sim, or was never begun: {error}") from error
        kept = int(np.count_nonzero(times <= time + SAME_TIME * max(1.0, abs(time))))
        if kept == 0:
            raise RunError(f"{self.path} has no snapshot at or before {time:g} min to go on from")
        self.times = [float(value) for value in times[:kept]]
        self._writers = Writers(file)
        # A kill in between loses nothing that is kept.
        self._writers.shorten(kept)
        self._commit()
        self._writers.forget(kept)
        self._commit()
        self._writers.cut(kept)
        self._commit()

    def _open_again(self) -> None:
        """Let HDF5 forget the gaps that the dropped rows left: new data go to the end, where nothing is."""
        self.close()
        self._bytes = OrderedFile(self.path, create=False)
        self._file = _open(self._bytes, "r+")
        self._writers = Writers(self._file)

    @property
    def steps(self) -> int:
        """Number of finished snapshots."""
        return len(self.times)

    @property
    def last_time(self) -> float:
        """Time of the last finished snapshot, min; -inf before the first."""
        return self.times[-1] if self.times else -np.inf

    def write(self, snapshot: Snapshot) -> None:
        """Append one snapshot.

        Raises
        ------
        RunError
            If the time is not after the last one, a column is missing, or the file cannot be written; in
            the last case the recorder closes, and all earlier snapshots stay readable.
        """
        if snapshot.time <= self.last_time:
            raise RunError(
                f"{self.path}: a snapshot at {snapshot.time:g} min cannot follow "
                f"one at {self.last_time:g} min"
            )
        self._open_file()
        with self._guarded(snapshot.time):
            self._writers.write(self.steps, snapshot)
            self._commit()
            self._writers.finish(self.steps + 1, snapshot.time)
            self._commit(indexes_first=True)
        self.times.append(float(snapshot.time))

    def write_summary(self, timings: Mapping[str, float], counters: Mapping[str, int] | None = None) -> None:
        """Store wall times (s, by process) and counters under `/summary`; to be called before `close`."""
        file = self._open_file()
        with self._guarded(self.last_time):
            for group, entries in (("timings", timings), ("counters", counters or {})):
                attributes = file[f"/summary/{group}"].attrs
                for name, value in entries.items():
                    kind = "f8" if group == "timings" else "i8"
                    attributes.modify(name, np.dtype(kind).type(value))
            self._commit()

    def close(self) -> None:
        """Close the file; closing twice does nothing."""
        if self._file is None:
            return
        with self._guarded(self.last_time):
            self._file.close()
            self._bytes.commit()
            self._bytes.close()
        self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._abandon()

    def __repr__(self) -> str:
        state = "closed" if self._file is None else "open"
        return f"<Recorder {self.path}: {self.steps} snapshots, {state}>"

    def _open_file(self) -> h5py.File:
        if self._file is None:
            raise RunError(f"{self.path} is closed; nothing more can be recorded")
        return self._file

    def _commit(self, *, indexes_first: bool = False) -> None:
        self._open_file().flush()
        self._bytes.commit(indexes_first=indexes_first)

    def _abandon(self) -> None:
        """Close without a word: an error is on its way already."""
        file, self._file = self._file, None
        if file is not None:
            self._bytes.discard()
            with contextlib.suppress(OSError, RuntimeError, ValueError):
                file.close()
            self._bytes.close()

    @contextlib.contextmanager
    def _guarded(self, time: float) -> Iterator[None]:
        kept = "nothing was recorded"
        if self.times:
            kept = f"{self.steps} snapshots up to {self.last_time:g} min are kept"
        try:
            with explained(self.path, f"at {time:g} min; {kept}; make room, then resume the run"):
                yield
        except BaseException:
            self._abandon()
            raise


def _open(stream: OrderedFile, mode: str) -> h5py.File:
    return h5py.File(stream, mode, driver="fileobj", libver=LIBRARY_VERSIONS, locking=False)
