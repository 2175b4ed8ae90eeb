"""A tissue with a lifecycle and nothing else: no grid, no forces."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tissue_sim.lifecycle.process import LifecycleProcess
from tissue_sim.lifecycle.settings import LifecycleSettings
from tissue_sim.tissue.behaviours import Behaviours
from tissue_sim.tissue.births_and_deaths import add_founders, apply_due
from tissue_sim.tissue.clock import Clock
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.lineage import Lineage
from tissue_sim.tissue.population import Population
from tissue_sim.tissue.requests import Requests


class BareTissue:
    """The parts of a tissue that the lifecycle meets."""

    def __init__(self, types, dt=6.0, seed=1, domain=None, others=()):
        self.cell_types = tuple(types)
        self.phase_names = {}
        self.clock = Clock({"lifecycle": dt})
        self.key = np.uint64(seed)
        self.domain = domain or Domain((-1e6,) * 3, (1e6,) * 3)
        self.population = Population()
        self.behaviours = Behaviours(self.population)
        self.requests, self.lineage, self.blocks = Requests(), Lineage(), {}
        self.neighbours = SimpleNamespace(invalidate=lambda: None)
        settings = {name: LifecycleSettings.model_validate(value) for name, value in types.items()}
        self.lifecycle = LifecycleProcess(self, settings)
        self.processes = [self.lifecycle, *others]

    def set_initial_columns(self, rows, only=None):
        """There are no columns of the scenario's own."""

    def agents_born(self, rows, mothers=None):
        """There are no agents."""

    def agents_died(self, rows, causes):
        """There are no agents."""

    def agents_removed(self, rows):
        """There are no agents."""

    def add(self, number, kind=0):
        """Add founders at the origin."""
        return add_founders(self, np.zeros((number, 3)), np.full(number, kind), {})

    def step(self):
        """Advance by one lifecycle step."""
        apply_due(self)
        for process in self.processes:
            process.advance(self, self.clock.step("lifecycle"))
        self.clock.tick += 1

    def run(self, minutes):
        """Advance to a time and apply what is due then."""
        while self.clock.time < minutes - 1e-9:
            self.step()
        apply_due(self)
        return self

    def column(self, name):
        """Return a copy of a column."""
        return self.population[name].copy()


@pytest.fixture
def tissue_of():
    """Build a tissue of one cell type `cell`, or of several, with founders."""

    def build(settings=None, number=1, types=None, **options):
        tissue = BareTissue(types or {"cell": settings}, **options)
        tissue.add(number)
        return tissue

    return build


@pytest.fixture
def ground_truth():
    """Folder of the reference data."""
    folder = os.environ.get("TISSUE_SIM_GROUND_TRUTH")
    if not folder:
        pytest.skip("reference data are not at hand; set TISSUE_SIM_GROUND_TRUTH to their folder")
    return Path(folder)


class Divisions:
    """Records the exact times of divisions and the lengths of the cycles that they end."""

    def __init__(self):
        self.times, self.lengths, self.cells, self._born = [], [], [], {}

    def added(self, tissue, rows):
        """Founders are born at 0."""

    def advance(self, tissue, dt):
        """Nothing happens with time."""

    def died(self, tissue, rows, causes):
        """Deaths do not matter."""

    def removed(self, tissue, keep):
        """Removals do not matter."""

    def divided(self, tissue, mothers, daughters):
        """Note when each division really was: the clock's time less what is still to be made up for."""
        ids, lag = tissue.population["cell_id"], tissue.population["lifecycle_lag"]
        for mother, daughter in zip(mothers, daughters, strict=True):
            now = tissue.clock.time - lag[mother]
            self.times.append(now)
            self.cells.append(int(ids[mother]))
            self.lengths.append(now - self._born.get(ids[mother], 0.0))
            self._born[ids[mother]] = self._born[ids[daughter]] = now


@pytest.fixture
def divisions():
    """A record of divisions, to be given to `tissue_of` as one of `others`."""
    return Divisions()
