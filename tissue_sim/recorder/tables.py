"""`/lineage`, `/ledger`, `/measures`, `/summary`: what is small and grows by single values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h5py
import numpy as np

from tissue_sim.errors import RunError
from tissue_sim.recorder.growing import Growing, names_in_order, remember_order, set_text, write_attribute
from tissue_sim.recorder.signals import create_time_scale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.tissue.snapshot import Snapshot

__all__ = ["LineageWriter", "SeriesWriter", "ledger_series", "measure_series", "population_series"]

EVENTS = ("birth", "death", "removal")
EVENT_DTYPES = {"time": "f8", "event": "u1", "cell_id": "i8", "parent_id": "i8", "cause": "u1"}
EVENTS_PER_CHUNK = 4096


class LineageWriter:
    """An append-only log of births, deaths and removals.

    ``recorded`` holds the number of events at each snapshot, so that a log can be cut back to one.
    """

    def __init__(self, file: h5py.File) -> None:
        self._group = file["/lineage"]
        self._columns = {name: Growing(self._group[name]) for name in EVENT_DTYPES}
        self._recorded = Growing(self._group["recorded"])
        self._events = int(self._group.attrs["length"])

    @staticmethod
    def create(file: h5py.File, first: Snapshot) -> None:
        """Lay out the group."""
        group = file.create_group("lineage")
        group.attrs["length"] = np.int64(0)
        for name, dtype in EVENT_DTYPES.items():
            Growing.plain(group, name, dtype, chunk_rows=EVENTS_PER_CHUNK)
        set_text(group["time"], units="min")
        group["event"].attrs["names"] = list(EVENTS)
        group["cause"].attrs["names"] = list(first.causes)
        Growing.plain(group, "recorded", "i8")
        set_text(group, description="events in the order of their times; `length` of them count")

    def write(self, step: int, snapshot: Snapshot) -> None:
        """Append the events since the last snapshot; `finish` makes them count."""
        events = snapshot.lineage
        number = len(events["time"]) if events else self._events
        if number < self._events:
            raise RunError(
                f"the lineage has {number} events at {snapshot.time:g} min, fewer than the "
                f"{self._events} already recorded"
            )
        for name, column in self._columns.items():
            if number > self._events:
                column.put(self._events, events[name][self._events :])
        self._recorded.put_one(step, number)
        self._events = number

    def finish(self, steps: int) -> None:
        """Let readers see the events of the first `steps` snapshots."""
        self._events = int(self._recorded.dataset[steps - 1]) if steps else 0
        write_attribute(self._group, "length", self._events)

    def forget(self, steps: int) -> None:
        """Let readers see only the events of the first `steps` snapshots."""
        self.finish(steps)

    def cut(self, steps: int) -> None:
        """Drop everything that does not count."""
        for column in self._columns.values():
            column.cut(self._events)
        self._recorded.cut(steps)


class SeriesWriter:
    """Named values at every record, all in one group with one time axis.

    Parameters
    ----------
    file : h5py.File
        The run.
    path : str
        The group.
    """

    def __init__(self, file: h5py.File, path: str) -> None:
        self._group = file[path]
        self._series = {name: Growing(self._group[name]) for name in names_in_order(self._group)}
        self._time = Growing(self._group["time"])

    @staticmethod
    def create(
        file: h5py.File, path: str, names: Mapping[str, str], dtype: str, tail: tuple[int, ...] = ()
    ) -> None:
        """Lay out a group; `names` maps each dataset to its unit."""
        group = file.create_group(path)
        group.attrs["length"] = np.int64(0)
        time = create_time_scale(group)
        for name, unit in names.items():
            if name in ("time", "length"):
                raise RunError(f"'{name}' cannot be recorded under {path}: the name is taken; choose another")
            dataset = Growing.plain(group, name, dtype, tail).dataset
            set_text(dataset, units=unit)
            dataset.dims[0].attach_scale(time)
        remember_order(group, list(names))

    def write(self, step: int, values: Mapping[str, object]) -> None:
        """Write one row of every series; `finish` makes it count."""
        for name, series in self._series.items():
            series.put_one(step, values[name])

    def finish(self, steps: int, time: float) -> None:
        """Let readers see `steps` rows, the last of them at `time`."""
        self._time.put_one(steps - 1, time)
        write_attribute(self._group, "length", steps)

    def shorten(self, steps: int) -> None:
        """Drop the later times; comes before `forget`."""
        self._time.cut(steps)

    def forget(self, steps: int) -> None:
        """Let readers see only the first `steps` rows."""
        write_attribute(self._group, "length", steps)

    def cut(self, steps: int) -> None:
        """Drop the rows that do not count."""
        for series in self._series.values():
            series.cut(steps)


def measure_series(file: h5py.File, first: Snapshot) -> None:
    """Lay out `/measures`."""
    SeriesWriter.create(file, "/measures", dict.fromkeys(first.measures, "1"), "f8")


def ledger_series(file: h5py.File, first: Snapshot) -> None:
    """Lay out `/ledger/SIGNAL`, one series for each line of the books."""
    file.create_group("ledger")
    for signal, lines in first.ledger.items():
        unit = first.signals[signal].unit if signal in first.signals else ""
        amount = f"{unit}*um^3" if unit else "um^3"
        SeriesWriter.create(file, f"/ledger/{signal}", dict.fromkeys(lines, amount), "f8")


def population_series(file: h5py.File, first: Snapshot) -> None:
    """Lay out `/summary`: cells by type and state, (time, population)."""
    names = list(first.populations)
    SeriesWriter.create(file, "/summary", {"populations": "1"} if names else {}, "i8", (len(names),))
    group = file["/summary"]
    group.create_group("timings")
    group.create_group("counters")
    if not names:
        return
    scale = group.create_dataset("population", data=names, dtype=h5py.string_dtype(), shape=(len(names),))
    set_text(scale, long_name="cell type / state")
    scale.make_scale("population")
    group["populations"].dims[1].attach_scale(scale)


def existing_series(file: h5py.File) -> dict[str, SeriesWriter]:
    """Take up every series of a run that is opened again, by its group's path."""
    paths = ["summary", "measures", *(f"ledger/{signal}" for signal in file["/ledger"])]
    return {path: SeriesWriter(file, f"/{path}") for path in paths}


def population_names(file: h5py.File) -> list[str]:
    """Return ``TYPE/STATE`` of every column of the populations."""
    if "population" not in file["/summary"]:
        return []
    return [str(name) for name in file["/summary/population"].asstr()[:]]
