"""Groups of `run.h5` as tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from tissue_sim.recorder.growing import names_in_order

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cells_frame", "lineage_frame", "populations_frame", "series_frame"]

BIRTH, DEATH, REMOVAL = 0, 1, 2


def cells_frame(group: h5py.Group, rows: slice) -> pd.DataFrame:
    """Return the cells in some rows of `/data/cells`."""
    import pandas as pd

    data: dict[str, Any] = {}
    columns = group["PointData"]
    data["cell_id"] = columns["cell_id"][rows]
    position = group["Points"][rows]
    for name in names_in_order(columns):
        dataset = columns[name]
        values = dataset[rows]
        if name in ("type", "state"):
            data[name] = pd.Categorical.from_codes(values, _names(dataset))
        elif values.ndim == 2:
            data |= {f"{name}_{axis}": values[:, i] for i, axis in enumerate("xyz")}
        else:
            data[name] = values
    if "phase" in data and "names" in columns["phase"].attrs:
        data["phase_name"] = _phase_names(columns["phase"], data["type"], data["phase"])
    data |= {axis: position[:, i] for i, axis in enumerate("xyz")}
    first = ("cell_id", "type", "state", "x", "y", "z")
    return pd.DataFrame(
        {name: data[name] for name in (*first, *(name for name in data if name not in first))}
    )


def lineage_frame(group: h5py.Group, steps: int) -> pd.DataFrame:
    """Return one row for each cell from the events of the first `steps` snapshots."""
    import pandas as pd

    number = int(group["recorded"][steps - 1]) if steps else 0
    log = {name: group[name][:number] for name in ("time", "event", "cell_id", "parent_id", "cause")}
    cell_ids = np.unique(log["cell_id"])
    table = pd.DataFrame({"cell_id": cell_ids, "parent_id": np.zeros(len(cell_ids), dtype="i8")})
    causes = np.full(len(cell_ids), -1)
    for event, column in ((BIRTH, "birth_time"), (REMOVAL, "removal_time"), (DEATH, "death_time")):
        chosen = log["event"] == event
        rows = np.searchsorted(cell_ids, log["cell_id"][chosen])
        times = np.full(len(cell_ids), np.nan)
        times[rows] = log["time"][chosen]
        table[column] = times
        if event == BIRTH:
            parents = np.zeros(len(cell_ids), dtype="i8")
            parents[rows] = log["parent_id"][chosen]
            table["parent_id"] = parents
        else:
            # Deaths come last: what a cell died of outweighs how it was cleared away.
            causes[rows] = log["cause"][chosen]
    table["cause"] = pd.Categorical.from_codes(causes, _names(group["cause"]))
    order = ["cell_id", "parent_id", "birth_time", "death_time", "removal_time", "cause"]
    return table[order]


def series_frame(group: h5py.Group, steps: int) -> pd.DataFrame:
    """Return the series of one group; index time, min."""
    import pandas as pd

    number = min(steps, int(group.attrs["length"]), group["time"].shape[0])
    index = pd.Index(group["time"][:number], name="time")
    names = [name for name in names_in_order(group) if group[name].ndim == 1]
    return pd.DataFrame({name: group[name][:number] for name in names}, index=index)


def populations_frame(group: h5py.Group, steps: int) -> pd.DataFrame:
    """Return numbers of cells; index time (min), columns (type, state)."""
    import pandas as pd

    frame = series_frame(group, steps)
    if "populations" not in group:
        return frame
    names = [tuple(str(name).rsplit("/", 1)) for name in group["population"].asstr()[:]]
    columns = pd.MultiIndex.from_tuples(names, names=["type", "state"])
    return pd.DataFrame(group["populations"][: len(frame)], index=frame.index, columns=columns)


def _names(dataset: h5py.Dataset) -> list[str]:
    return [str(name) for name in dataset.attrs["names"]]


def _phase_names(dataset: h5py.Dataset, types: pd.Categorical, phases: np.ndarray) -> np.ndarray:
    names = json.loads(dataset.attrs["names"])
    found = np.full(len(phases), "", dtype=object)
    for kind, of_kind in names.items():
        if kind not in types.categories:
            continue
        mine = np.asarray(types == kind)
        known = np.array([*of_kind, ""], dtype=object)
        found[mine] = known[np.minimum(phases[mine], len(of_kind))]
    return found
