from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tissue_sim.signals.process import SignalsProcess
from tissue_sim.signals.settings import ExchangeSettings, FixedSettings, SignalSettings, SourceSettings
from tissue_sim.tissue.block import Block
from tissue_sim.tissue.domain import Domain, Grid
from tissue_sim.tissue.model import TissueModel


def _grid(shape, spacing, periodic):
    nz, ny, nx = shape
    lower = tuple(-0.5 * n * spacing for n in (nx, ny, nz))
    present = tuple(n > 1 for n in (nx, ny, nz))
    return Grid(shape, (spacing,) * 3, lower, periodic, present if any(present) else (True,) * 3)


def _make_tissue(
    signals,
    exchange=None,
    *,
    shape=(1, 1, 1),
    spacing=20.0,
    periodic=(False, False, False),
    boundary="open",
    sources=(),
    fixed=(),
    masks=None,
    cell_types=("a",),
    parameters=None,
    network=None,
    step=0.1,
):
    """A tissue with the signals process; `network` is (name, species, carried by type)."""
    grid = _grid(shape, spacing, periodic)
    kinds = tuple("periodic" if wraps else boundary for wraps in periodic)
    upper = tuple(-x for x in grid.origin)
    domain = Domain(grid.origin, upper, grid.present, kinds, grid)
    steps = {"signals": step, "mechanics": step, "network": step, "lifecycle": step}
    tissue = TissueModel(domain, cell_types, steps, seed=1, parameters=parameters)
    if network is not None:
        name, species, carriers = network
        tissue.add_block(Block(name, species, species, carriers))
    process = SignalsProcess(
        tissue,
        {name: SignalSettings.model_validate(each) for name, each in signals.items()},
        {
            kind: {name: ExchangeSettings.model_validate(each) for name, each in by_signal.items()}
            for kind, by_signal in (exchange or {}).items()
        },
        [SourceSettings.model_validate(each) for each in sources],
        [FixedSettings.model_validate(each) for each in fixed],
        masks,
    )
    tissue.add_process(process)
    return SimpleNamespace(tissue=tissue, process=process, grid=grid)


@pytest.fixture(scope="session")
def make_tissue():
    return _make_tissue


def _add_cells(tissue, positions, *, volume=2494.0, types=None):
    positions = np.atleast_2d(np.asarray(positions, dtype=float))
    types = np.zeros(len(positions), dtype=np.int64) if types is None else np.asarray(types)
    return tissue.add_cells(
        positions, types, {"volume": np.broadcast_to(np.asarray(volume, float), len(types))}
    )


@pytest.fixture(scope="session")
def add_cells():
    return _add_cells


@pytest.fixture(scope="session")
def assert_books_close():
    def check(process, relative=1e-10):
        for signal, lines in process.ledger().items():
            total = sum(value for line, value in lines.items() if line != "field")
            scale = max(abs(value) for value in lines.values())
            assert abs(lines["field"] - total) <= relative * scale, (signal, lines)

    return check
