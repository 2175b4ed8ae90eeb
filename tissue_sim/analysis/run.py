"""A recorded run, opened lazily: tables of cells, fields, lineage, measures, books."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import h5py
import numpy as np

from tissue_sim.analysis import tables
from tissue_sim.errors import RunError, did_you_mean
from tissue_sim.recorder.growing import names_in_order
from tissue_sim.recorder.links import RUN_FILE
from tissue_sim.recorder.scenario_group import read_header
from tissue_sim.tissue.columns import LIVE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import pandas as pd

    from tissue_sim.recorder.header import RunHeader

__all__ = ["Run", "open_run"]

# Times are ticks divided by a number; this only absorbs the last bits.
SAME_TIME = 1e-9


def open_run(path: str | Path) -> Run:
    """Open a run.

    Parameters
    ----------
    path : path
        The run folder or its `run.h5`.

    Raises
    ------
    RunError
        If there is no run; a run that crashed is opened up to its last finished snapshot.
    """
    return Run(path)


def _open(path: Path) -> h5py.File:
    try:
        # As a user's own h5py.File does: HDF5 wants one locking flag per file and process.
        return h5py.File(path, "r")
    except OSError:
        # The file is being written in this process, or its file system knows no locks.
        return h5py.File(path, "r", locking=False)


class Run:
    """One recorded run; the file is opened at the first question and closed by `close` or ``with``.

    Attributes
    ----------
    folder, path : Path
        The run folder and its `run.h5`.
    """

    def __init__(self, path: str | Path) -> None:
        path = Path(path)
        self.path = path / RUN_FILE if path.is_dir() else path
        self.folder = self.path.parent
        if not self.path.is_file():
            raise RunError(f"{path} is not a run; name a run folder or the {RUN_FILE} inside it")
        self._opened: h5py.File | None = None

    @property
    def file(self) -> h5py.File:
        """The HDF5 file, read only."""
        if self._opened is None:
            try:
                opened = _open(self.path)
            except OSError as error:
                raise RunError(f"{self.path} cannot be read as HDF5, so it is not a run: {error}") from error
            missing = [group for group in ("data/cells/Steps", "scenario") if group not in opened]
            if missing:
                opened.close()
                raise RunError(f"{self.path} is no run of tissue_sim: it has no /{missing[0]}")
            self._opened = opened
        return self._opened

    def close(self) -> None:
        """Close the file; a later question opens it again."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        times = self.times
        number = int(self._cell_numbers[-1]) if len(times) else 0
        span = f"{times[0] / 60:g} to {times[-1] / 60:g} h" if len(times) else "none finished"
        signals = f", signals {', '.join(self.signals)}" if self.signals else ""
        return (
            f"<Run {self.folder.name!r}: {self.header.title!r}, {len(times)} snapshots ({span}), "
            f"{number:,} cells at the end{signals}>"
        )

    @cached_property
    def times(self) -> np.ndarray:
        """Times of the finished snapshots; float64[number of snapshots], min."""
        steps = self.file["data/cells/Steps"]
        times: np.ndarray = steps["Values"][: int(steps.attrs["NSteps"])]
        return times

    @cached_property
    def header(self) -> RunHeader:
        """Scenario, files, versions, seed, machine, domain."""
        return read_header(self.file)

    @property
    def scenario_text(self) -> str:
        """The scenario file as it was run."""
        return self.header.scenario_text

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """The resolved scenario: after `like`, `short`, `--set` and `--seed`."""
        from ruamel.yaml import YAML

        loaded = YAML(typ="safe", pure=True).load(self.header.scenario_resolved)
        return dict(loaded or {})

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the recorded columns and network quantities, without ``position``."""
        return tuple(names_in_order(self.file["data/cells/PointData"]))

    @cached_property
    def signals(self) -> tuple[str, ...]:
        """Names of the recorded signals."""
        return (
            tuple(names_in_order(self.file["data/signals/CellData"])) if "data/signals" in self.file else ()
        )

    @cached_property
    def units(self) -> Mapping[str, str]:
        """Unit of every recorded column, of ``x``, ``y``, ``z``, ``time`` and of every signal."""
        columns = self.file["data/cells/PointData"]
        units = {"time": "min", "x": "um", "y": "um", "z": "um"}
        units |= {name: str(columns[name].attrs.get("units", "1")) for name in self.columns}
        fields = self.file["data/signals/CellData"] if self.signals else {}
        return units | {name: str(fields[name].attrs.get("units", "1")) for name in self.signals}

    @cached_property
    def type_names(self) -> tuple[str, ...]:
        """Names of the cell types, by their index."""
        return tuple(str(name) for name in self.file["data/cells/PointData/type"].attrs["names"])

    @cached_property
    def _cell_numbers(self) -> np.ndarray:
        numbers: np.ndarray = self.file["data/cells/NumberOfPoints"][: len(self.times)]
        return numbers

    def step_at(self, time: float | str | None = None, *, exact: bool = False) -> int:
        """Return the number of the snapshot nearest to a time.

        Parameters
        ----------
        time : float or str, optional
            Minutes, or text such as ``"24 h"``; the last snapshot by default.
        exact : bool
            Only take a snapshot of that very time.

        Raises
        ------
        RunError
            If the time lies outside what was recorded, or no snapshot has it exactly.
        """
        times = self.times
        if len(times) == 0:
            raise RunError(f"{self.path} has no finished snapshot")
        if time is None:
            return len(times) - 1
        wanted = _minutes(time)
        step = int(np.argmin(np.abs(times - wanted)))
        slack = SAME_TIME * max(1.0, abs(wanted))
        outside = not times[0] - slack <= wanted <= times[-1] + slack
        if outside or (exact and abs(times[step] - wanted) > slack):
            what = "recorded is" if outside else f"nearest is {times[step]:g} min; recorded is"
            raise RunError(
                f"{self.path} has no snapshot at {wanted:g} min; {what} {times[0]:g} to {times[-1]:g} min "
                f"({times[0] / 60:g} to {times[-1] / 60:g} h), {len(times)} snapshots"
            )
        return step

    def cells(self, time: float | str | None = None, *, exact: bool = False) -> pd.DataFrame:
        """Return one row for each cell at the recorded time nearest to `time` (see `step_at`).

        ``x``, ``y``, ``z`` are the position, ``velocity_x`` and so on the parts of a vector; ``type`` and
        ``state`` are categories; a network quantity is ``NET__SPECIES``. The time (min) and the units are in
        ``attrs``.
        """
        step = self.step_at(time, exact=exact)
        group = self.file["data/cells"]
        start = int(group["Steps/PointOffsets"][step])
        rows = slice(start, start + int(self._cell_numbers[step]))
        frame = tables.cells_frame(group, rows)
        frame.attrs.update(time=float(self.times[step]), units=dict(self.units))
        return frame

    def live_values(self, name: str, step: int) -> np.ndarray:
        """Return a scalar column of the live cells at one snapshot, by its number; float64."""
        group = self.file["data/cells"]
        start = int(group["Steps/PointOffsets"][step])
        rows = slice(start, start + int(self._cell_numbers[step]))
        values: np.ndarray = group["PointData"][name][rows].astype(np.float64)
        live: np.ndarray = values[group["PointData/state"][rows] == LIVE]
        return live

    def signal(self, name: str, time: float | str | None = None, *, exact: bool = False) -> np.ndarray:
        """Return one field at the recorded time nearest to `time`; float32 (nz, ny, nx), in its unit."""
        if name not in self.signals:
            known = ", ".join(self.signals) or "none"
            raise RunError(
                f"no signal '{name}' was recorded{did_you_mean(name, self.signals)}; recorded: {known}"
            )
        field: np.ndarray = self.file[f"data/signals/CellData/{name}"][self.step_at(time, exact=exact)]
        return field

    def signal_coordinates(self) -> dict[str, np.ndarray]:
        """Return voxel centres: ``x``, ``y``, ``z`` -> float64, um; empty without signals."""
        return {axis: self.file[f"signals/{axis}"][:] for axis in "xyz"} if self.signals else {}

    def lineage(self) -> pd.DataFrame:
        """Return one row for each cell that ever lived, in the order of cell_id.

        Columns: cell_id, parent_id (0 for founders), birth_time, death_time, removal_time (min; NaN where it
        has not happened) and cause (of death; of removal where the cell did not die; else empty).
        """
        return tables.lineage_frame(self.file["lineage"], len(self.times))

    def measures(self) -> pd.DataFrame:
        """Return the measures; index time (min)."""
        return tables.series_frame(self.file["measures"], len(self.times))

    def ledger(self, signal: str) -> pd.DataFrame:
        """Return the books of a signal: index time (min), one column for each line, unit * um^3."""
        books = self.file["ledger"]
        if signal not in books:
            known = list(books)
            raise RunError(
                f"no ledger of a signal '{signal}'{did_you_mean(signal, known)}; "
                f"there are {', '.join(known) or 'none'}"
            )
        frame = tables.series_frame(books[signal], len(self.times))
        frame.attrs["unit"] = next((str(item.attrs["units"]) for item in books[signal].values()), "")
        return frame

    def populations(self) -> pd.DataFrame:
        """Return numbers of cells: index time (min), columns (type, state)."""
        return tables.populations_frame(self.file["summary"], len(self.times))

    def summary(self) -> dict[str, Any]:
        """Return ``populations`` (DataFrame), ``timings`` (s by process) and ``counters``."""
        group = self.file["summary"]
        return {
            "populations": self.populations(),
            "timings": {name: float(value) for name, value in group["timings"].attrs.items()},
            "counters": {name: int(value) for name, value in group["counters"].attrs.items()},
        }


def _minutes(time: float | str) -> float:
    from tissue_sim.units import parse_quantity

    return parse_quantity(time, "min")
