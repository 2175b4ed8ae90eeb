"""Small tissues with forces beside contacts: attachments and basement membranes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
import pytest

from tissue_sim.mechanics.basement_membranes_settings import membrane_settings
from tissue_sim.mechanics.further_forces import further_forces
from tissue_sim.mechanics.process import MechanicsProcess
from tissue_sim.mechanics.settings import MotilitySettings, mechanics_settings
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.model import TissueModel


def build_tissue(
    position: Any,
    radius: Any = 5.0,
    *,
    mechanics: Any = None,
    membranes: Sequence[dict[str, Any]] = (),
    motility: dict[str, Any] | None = None,
    types: Sequence[int] | None = None,
    step: float = 0.1,
    size: float | Sequence[float] = 1e4,
    boundary: str | Sequence[str] = "open",
    present: Sequence[bool] = (True, True, True),
    seed: int = 1,
) -> TissueModel:
    """A tissue with mechanics and what acts beside contacts; `mechanics` may be a list, one per type."""
    half = np.broadcast_to(np.asarray(size, dtype=float), (3,)) / 2.0
    boundaries = (boundary,) * 3 if isinstance(boundary, str) else tuple(boundary)
    domain = Domain(tuple(-half), tuple(half), tuple(present), boundaries, None)
    contacts = mechanics if isinstance(mechanics, list) else [mechanics]
    names = [f"kind{k}" for k in range(len(contacts))]
    tissue = TissueModel(domain, names, {"mechanics": step}, seed=seed)
    settings = {name: mechanics_settings(each) for name, each in zip(names, contacts, strict=True)}
    further = further_forces(tissue, settings, [membrane_settings(each) for each in membranes])
    crawling = {name: MotilitySettings(**(motility or {})) for name in names}
    for process in (*further, MechanicsProcess(tissue, settings, crawling, further)):
        tissue.add_process(process)
    position = np.array(position, dtype=float).reshape(-1, 3)
    kinds = np.zeros(len(position), dtype=np.int64) if types is None else np.asarray(types)
    tissue.add_cells(position, kinds)
    tissue.population["radius"][:] = radius
    tissue.population["volume"][:] = 4.0 / 3.0 * np.pi * tissue.population["radius"] ** 3
    return tissue


@pytest.fixture
def make_tissue():
    """The factory `build_tissue`."""
    return build_tissue


@pytest.fixture
def on_threads():
    """Call a function on one and on two threads; return both results."""

    def run(function):
        before = numba.get_num_threads()
        try:
            results = []
            for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
                numba.set_num_threads(threads)
                results.append(function())
            return results
        finally:
            numba.set_num_threads(before)

    return run
