"""`/data/cells`: the cells of all snapshots as VTKHDF PolyData, one vertex for each cell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import h5py
import numpy as np

from tissue_sim.errors import RunError
from tissue_sim.recorder.growing import Growing, remember_order, set_text, write_attribute
from tissue_sim.recorder.selection import ALWAYS, Selection, select
from tissue_sim.tissue.columns import STATES

if TYPE_CHECKING:
    from tissue_sim.tissue.snapshot import ColumnData, Snapshot

__all__ = ["CellsWriter", "chunk_rows_for", "recorded_dtype"]

PATH = "/data/cells"
FEWEST_CHUNK_ROWS, MOST_CHUNK_ROWS = 2048, 65536
EMPTY_PARTS = ("Lines", "Polygons", "Strips")


def chunk_rows_for(number: int) -> int:
    """Return the chunk length for a run that begins with `number` cells.

    The power of two at or above `number`, within 2048 and 65536: a snapshot takes few chunks, and what the
    last chunk is not filled with is constant and compresses to some ten bytes.
    """
    wanted = 1 << max(number - 1, 0).bit_length()
    return min(max(wanted, FEWEST_CHUNK_ROWS), MOST_CHUNK_ROWS)


def recorded_dtype(values: np.ndarray) -> np.dtype:
    """Return the dtype in the file: float32 for every float, u1 for bool, integers as they are.

    Raises
    ------
    RunError
        For anything that is no number.
    """
    if values.dtype.kind == "f":
        return np.dtype("f4")
    if values.dtype.kind == "b":
        return np.dtype("u1")
    if values.dtype.kind in "iu":
        return values.dtype.newbyteorder("<")
    raise RunError(f"values of type {values.dtype} cannot be recorded; only numbers can")


class CellsWriter:
    """Appends the cells of one snapshot after the other."""

    def __init__(self, file: h5py.File) -> None:
        group = file[PATH]
        steps = group["Steps"]
        self._steps = steps
        self._points = Growing(group["Points"])
        self._columns = {name: Growing(item) for name, item in group["PointData"].items()}
        self._identity = Growing(group["Vertices/Connectivity"])
        self._numbers = Growing(group["NumberOfPoints"])
        self._zeros = Growing(group["Lines/NumberOfCells"])
        self._times = Growing(steps["Values"])
        self._parts = Growing(steps["PartOffsets"])
        self._parts_per_step = Growing(steps["NumberOfParts"])
        self._offsets = Growing(steps["PointOffsets"])
        self._zero_rows = Growing(steps["CellOffsets"])

    @staticmethod
    def create(file: h5py.File, first: Snapshot, settings: Selection) -> None:
        """Lay out the group for the columns of the first snapshot."""
        group = file.create_group(PATH)
        group.attrs["Version"] = np.array([2, 2], dtype="i8")
        group.attrs.create("Type", b"PolyData", dtype=h5py.string_dtype("ascii", len("PolyData")))
        rows = chunk_rows_for(len(first.columns["cell_id"].values))
        points = Growing.compressed(group, "Points", "f4", (3,), rows).dataset
        set_text(points, units=first.columns["position"].unit, description="centres of the cells")
        numbers = Growing.plain(group, "NumberOfPoints", "i8").dataset
        names = select(settings.columns, first.columns, "column", ALWAYS)
        names = [name for name in names if name != "position"]
        for name in names:
            _create_column(group.require_group("PointData"), name, first, rows)
        remember_order(group["PointData"], names)
        _create_topology(group, numbers, rows)
        _create_steps(group, names)
        set_text(
            group,
            description="cells of all snapshots; rows of one snapshot: PointOffsets .. + NumberOfPoints",
        )
        file["VTKHDF"] = h5py.SoftLink(PATH)

    @property
    def chunk_rows(self) -> int:
        """Rows of one chunk; every snapshot begins on a multiple."""
        return int(self._points.dataset.chunks[0])

    def write(self, step: int, snapshot: Snapshot) -> None:
        """Write the data and offsets of snapshot number `step`; `finish` makes it count."""
        columns = snapshot.columns
        ids = columns["cell_id"].values
        order = None if np.all(ids[1:] > ids[:-1]) else np.argsort(ids, kind="stable")
        number, start = len(ids), self._start(step)
        self._points.put(start, _as_recorded(columns["position"].values, order, self._points))
        for name, column in self._columns.items():
            values = columns[name].values
            if len(values) != number:
                raise RunError(f"column '{name}' has {len(values)} values for {number} cells")
            column.put(start, _as_recorded(values, order, column))
        self._extend_identity(number)
        self._offsets.put_one(step, start)
        self._numbers.put_one(step, number)
        self._zeros.put_one(step, 0)
        self._zero_rows.put_one(step, np.zeros(4))
        self._parts.put_one(step, step)
        self._parts_per_step.put_one(step, 1)

    def finish(self, steps: int, time: float) -> None:
        """Let readers see `steps` snapshots, the last of them at `time`.

        ``Values`` must never be longer than ``NSteps``: VTK (9.7) reads all of it into an array of `NSteps`.
        """
        write_attribute(self._steps, "NSteps", steps)
        self._times.put_one(steps - 1, time)

    def shorten(self, steps: int) -> None:
        """Drop the later times; comes before `forget`."""
        self._times.cut(steps)

    def forget(self, steps: int) -> None:
        """Let readers see only the first `steps` snapshots."""
        write_attribute(self._steps, "NSteps", steps)

    def cut(self, steps: int) -> None:
        """Drop the rows of all snapshots from number `steps` on."""
        rows = self._end(steps)
        for column in (self._points, *self._columns.values()):
            column.cut(rows)
        for dataset in (
            self._offsets, self._numbers, self._zeros, self._zero_rows, self._parts,
            self._parts_per_step,
        ):  # fmt: skip
            dataset.cut(steps)

    def _end(self, step: int) -> int:
        if step == 0:
            return 0
        return int(self._offsets.dataset[step - 1] + self._numbers.dataset[step - 1])

    def _start(self, step: int) -> int:
        chunk = self.chunk_rows
        return -(-self._end(step) // chunk) * chunk

    def _extend_identity(self, number: int) -> None:
        """Keep 0, 1, 2, ... longer than any snapshot, in whole chunks only."""
        chunk = int(self._identity.dataset.chunks[0])
        present = self._identity.dataset.shape[0]
        wanted = -(-(number + 1) // chunk) * chunk
        if wanted > present:
            self._identity.put(present, np.arange(present, wanted))


def _as_recorded(values: np.ndarray, order: np.ndarray | None, target: Growing) -> np.ndarray:
    rows = values if order is None else values[order]
    with np.errstate(over="ignore"):  # beyond float32 a value is recorded as infinity
        return rows.astype(target.dataset.dtype, copy=False)


def _create_column(group: h5py.Group, name: str, first: Snapshot, rows: int) -> None:
    column: ColumnData = first.columns[name]
    values = column.values
    dataset = Growing.compressed(group, name, recorded_dtype(values), values.shape[1:], rows).dataset
    set_text(dataset, units=column.unit, description=column.description)
    if name == "type":
        dataset.attrs["names"] = list(first.type_names)
    elif name == "state":
        dataset.attrs["names"] = list(STATES)
    elif name == "phase":
        dataset.attrs["names"] = json.dumps({key: list(value) for key, value in first.phase_names.items()})


def _create_topology(group: h5py.Group, numbers: h5py.Dataset, rows: int) -> None:
    """Vertex i is point i: connectivity and offsets are the same numbers, so one dataset under two names."""
    vertices = group.create_group("Vertices")
    vertices["NumberOfCells"] = numbers
    vertices["NumberOfConnectivityIds"] = numbers
    vertices["Connectivity"] = Growing.compressed(group, "Vertices/Offsets", "i8", (), rows).dataset
    zeros = Growing.plain(group, "Lines/NumberOfCells", "i8").dataset
    for part in EMPTY_PARTS:
        empty = group.require_group(part)
        if part != "Lines":
            empty["NumberOfCells"] = zeros
        empty["NumberOfConnectivityIds"] = zeros
        empty["Connectivity"] = np.zeros(0, dtype="i8")
        empty["Offsets"] = np.zeros(1, dtype="i8")


def _create_steps(group: h5py.Group, names: list[str]) -> None:
    steps = group.create_group("Steps")
    steps.attrs["NSteps"] = np.int64(0)
    times = Growing.plain(steps, "Values", "f8").dataset
    set_text(times, units="min", description="times of the snapshots")
    for name in ("PartOffsets", "NumberOfParts", "PointOffsets"):
        Growing.plain(steps, name, "i8")
    steps["ConnectivityIdOffsets"] = Growing.plain(steps, "CellOffsets", "i8", (4,)).dataset
    offsets = steps.create_group("PointDataOffsets")
    for name in names:
        offsets[name] = steps["PointOffsets"]
