"""`/data/signals`: the fields as VTKHDF ImageData; `/signals`: the same with dimension scales, for xarray."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h5py
import numpy as np

from tissue_sim.errors import RunError
from tissue_sim.recorder.growing import Growing, remember_order, set_text, write_attribute
from tissue_sim.recorder.selection import Selection, select

if TYPE_CHECKING:
    from tissue_sim.tissue.domain import Grid
    from tissue_sim.tissue.snapshot import Snapshot

__all__ = ["SignalsWriter", "create_time_scale"]

PATH = "/data/signals"
RESERVED = ("time", "x", "y", "z")
TIMES_PER_CHUNK = 1024


def create_time_scale(group: h5py.Group) -> h5py.Dataset:
    """Create ``time``: a dimension scale whose length says how many rows of its group count."""
    time = Growing.plain(group, "time", "f8", chunk_rows=TIMES_PER_CHUNK).dataset
    set_text(time, units="min", long_name="time since the start")
    time.make_scale("time")
    return time


class SignalsWriter:
    """Appends the fields of one snapshot after the other."""

    def __init__(self, file: h5py.File) -> None:
        group = file[PATH]
        self._steps = group["Steps"]
        self._fields = {name: Growing(item) for name, item in group["CellData"].items()}
        self._values = Growing(self._steps["Values"])
        self._offsets = Growing(self._steps["Offsets"])
        self._time = Growing(file["/signals/time"])

    @staticmethod
    def create(file: h5py.File, first: Snapshot, settings: Selection, grid: Grid | None) -> None:
        """Lay out both groups, or none where no signal is recorded.

        Raises
        ------
        RunError
            Without a grid, with a field of another shape, or a signal called like a coordinate.
        """
        names = select(settings.signals, first.signals, "signal")
        if not names:
            return
        if grid is None:
            raise RunError("signals cannot be recorded without a grid; give the header its domain")
        group = file.create_group(PATH)
        _describe_grid(group, grid)
        steps = group.create_group("Steps")
        steps.attrs["NSteps"] = np.int64(0)
        set_text(Growing.plain(steps, "Values", "f8").dataset, units="min")
        offsets = Growing.plain(steps, "Offsets", "i8").dataset
        scales = _create_scales(file.create_group("signals"), grid)
        for name in names:
            if name in RESERVED:
                raise RunError(f"a signal cannot be called '{name}': that is a coordinate")
            if first.signals[name].values.shape != grid.shape:
                raise RunError(
                    f"signal '{name}' has shape {first.signals[name].values.shape}, the grid {grid.shape}"
                )
            field = Growing.compressed(group.require_group("CellData"), name, "f4", grid.shape, 1).dataset
            signal = first.signals[name]
            set_text(field, units=signal.unit, long_name=signal.description or name)
            steps.require_group("CellDataOffsets")[name] = offsets
            file[f"/signals/{name}"] = field
            for axis, scale in enumerate(scales):
                field.dims[axis].attach_scale(scale)
        remember_order(group["CellData"], names)

    def write(self, step: int, snapshot: Snapshot) -> None:
        """Write the data of snapshot number `step`; `finish` makes it count."""
        for name, field in self._fields.items():
            with np.errstate(over="ignore"):
                field.put(step, snapshot.signals[name].values.astype("f4")[np.newaxis])
        self._offsets.put_one(step, step)

    def finish(self, steps: int, time: float) -> None:
        """Let readers see `steps` snapshots, the last of them at `time`; see `CellsWriter.finish`."""
        write_attribute(self._steps, "NSteps", steps)
        self._values.put_one(steps - 1, time)
        self._time.put_one(steps - 1, time)

    def shorten(self, steps: int) -> None:
        """Drop the later times; comes before `forget`."""
        self._values.cut(steps)
        self._time.cut(steps)

    def forget(self, steps: int) -> None:
        """Let readers see only the first `steps` snapshots."""
        write_attribute(self._steps, "NSteps", steps)

    def cut(self, steps: int) -> None:
        """Drop the rows of all snapshots from number `steps` on."""
        for dataset in (*self._fields.values(), self._offsets):
            dataset.cut(steps)


def _describe_grid(group: h5py.Group, grid: Grid) -> None:
    nz, ny, nx = grid.shape
    group.attrs["Version"] = np.array([2, 2], dtype="i8")
    group.attrs.create("Type", b"ImageData", dtype=h5py.string_dtype("ascii", len("ImageData")))
    group.attrs["WholeExtent"] = np.array([0, nx, 0, ny, 0, nz], dtype="i8")
    group.attrs["Origin"] = np.array(grid.origin, dtype="f8")
    group.attrs["Spacing"] = np.array(grid.spacing, dtype="f8")
    group.attrs["Direction"] = np.eye(3).ravel()


def _create_scales(group: h5py.Group, grid: Grid) -> list[h5py.Dataset]:
    scales = [create_time_scale(group)]
    for axis, name in ((2, "z"), (1, "y"), (0, "x")):
        scale = group.create_dataset(name, data=grid.centres(axis))
        set_text(scale, units="um", long_name=f"{name} of the voxel centres")
        scale.make_scale(name)
        scales.append(scale)
    return scales
