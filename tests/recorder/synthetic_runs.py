"""Snapshots whose every value is known, without a simulation."""

import numpy as np

from tissue_sim.recorder.header import RunHeader
from tissue_sim.tissue.domain import Domain, Grid
from tissue_sim.tissue.snapshot import ColumnData, Snapshot

GRID = Grid(shape=(3, 4, 5), spacing=(20.0, 25.0, 30.0), origin=(-50.0, -50.0, -45.0))
DOMAIN = Domain(lower=(-50.0, -50.0, -45.0), upper=(50.0, 50.0, 45.0), grid=GRID)
CAUSES = ("founder", "division", "apoptosis", "necrosis", "cleared")


def header(**changes):
    values = {
        "scenario_text": "tissue_sim: 1\ntitle: a test of µm\n",
        "scenario_resolved": '{"tissue_sim": 1, "title": "a test", "seed": 7}',
        "seed": 7,
        "title": "a test",
        "domain": DOMAIN,
        "files": {"../masks/vessels.npy": b"\x00\x01\xff", "empty.csv": b""},
        "versions": {"python": "3.11", "tissue_sim": "0.1"},
        "machine": {"system": "Linux"},
        "command": ("tissue-sim", "run", "x.yaml"),
        "started": "2025-01-01T00:00:00",
    }
    return RunHeader(**{**values, **changes})


def columns(number, time):
    """Values that differ between cells, columns and times."""
    rng = np.random.default_rng(int(time) + 1)
    ids = np.arange(1, number + 1) * 2
    hif = rng.random(number)
    hif[::3] = np.nan
    boolean = rng.integers(0, 2, number)
    boolean[::4] = -1
    return {
        "cell_id": ColumnData(ids, "1", "permanent identity"),
        "parent_id": ColumnData(ids // 4, "1"),
        "type": ColumnData(rng.integers(0, 2, number).astype("u2"), "1"),
        "state": ColumnData(rng.integers(0, 3, number).astype("u1"), "1"),
        "phase": ColumnData(rng.integers(0, 2, number).astype("u1"), "1"),
        "position": ColumnData(rng.normal(0, 50, (number, 3)), "um"),
        "velocity": ColumnData(rng.normal(0, 1, (number, 3)), "um/min"),
        "radius": ColumnData(rng.uniform(5, 10, number), "um", "radius"),
        "neighbours": ColumnData(rng.integers(0, 14, number).astype("i4"), "1"),
        "attached": ColumnData(rng.integers(0, 2, number).astype(bool), "1"),
        "hypoxia__HIF": ColumnData(hif, "1"),
        "fate__Apoptosis": ColumnData(boolean, "1"),
    }


def fields(time, shape=GRID.shape):
    rng = np.random.default_rng(int(time) + 1000)
    return {
        "oxygen": ColumnData(rng.uniform(0, 38, shape), "mmHg", "oxygen tension"),
        "VEGF": ColumnData(rng.uniform(0, 1, shape), "1"),
    }


def lineage(number, time):
    """Founders at 0, then one birth for each ten minutes; every third of those dies a minute later."""
    rows = [(0.0, 0, cell, 0, 0) for cell in range(1, number + 1)]
    for k in range(1, int(time // 10) + 1):
        rows.append((10.0 * k, 0, number + k, 1, 1))
        if k % 3 == 0 and 10.0 * k + 1 <= time:
            rows.append((10.0 * k + 1, 1, number + k, 0, 3))
            rows.append((10.0 * k + 1, 2, number + k, 0, 4))
    names = {"time": "f8", "event": "u1", "cell_id": "i8", "parent_id": "i8", "cause": "u1"}
    return {
        name: np.array([row[i] for row in rows], dtype=dtype) for i, (name, dtype) in enumerate(names.items())
    }


def snapshot(time, number, *, signals=True, networks=True, shape=GRID.shape):
    """One snapshot at `time` (min) with `number` cells."""
    cells = columns(number, time)
    if not networks:
        cells = {name: column for name, column in cells.items() if "__" not in name}
    kinds, states = cells["type"].values, cells["state"].values
    return Snapshot(
        time=float(time),
        columns=cells,
        signals=fields(time, shape) if signals else {},
        lineage=lineage(4, time),
        causes=CAUSES,
        ledger={"oxygen": {"field": 1.5 * time, "decay": -0.5 * time, "face x_min": 2.0 * time}}
        if signals
        else {},
        measures={"hypoxic_fraction": 0.001 * time},
        type_names=("tumour", "stroma"),
        phase_names={"tumour": ("G1", "S"), "stroma": ("live", "dead")},
        populations={
            f"{kind}/{state}": int(np.sum((kinds == i) & (states == j)))
            for i, kind in enumerate(("tumour", "stroma"))
            for j, state in enumerate(("live", "apoptotic", "necrotic"))
        },
    )
