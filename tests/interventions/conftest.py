"""A tissue without signals and forces, whose network has exact solutions, and things done to it."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

BASE = """\
tissue_sim: 1
seed: 3
duration: {duration} min
steps: {{network: {step} min, lifecycle: {step} min, mechanics: {step} min}}
record: {{every: {step} min}}
domain: {{size: [1000, 1000]}}
parameters: {{food: 0}}
networks:
  gene:
    equations: |
      X' = k + food - d*X
      Y' = X - d*Y
      Z' = 0
    parameters: {{k: 0.1, d: 0.05}}
    initial: {{X: 2, Y: 40, Z: 7}}
    {network}
cell_types:
  a:
    mechanics: none
    cycle: {{model: live, rate: {rate} /min}}
    networks: [gene]
    {type}
  b:
    mechanics: none
    networks: [gene]
  c:
    mechanics: none
initial:
  - {{type: a, hexagonal: {{rows: 2, columns: {cells}, spacing: 20}}}}
  - {{type: b, hexagonal: {{rows: 2, columns: {cells}, spacing: 20}}}}
  - {{type: c, point: [0, 0]}}
interventions:
{interventions}
"""
# Never reached: with it all scenarios here have the same network, which so is compiled once.
LATER = """\
  - {at: 1e7 min, clamp: {network.gene.X: 1, network.gene.Z: 1}}
  - {at: 1e7 min, knockdown: {network.gene.X: 0.5}}
  - {at: 1e7 min, set: {networks.gene.parameters.k: 1, parameters.food: 1}}
"""
K, D = 0.1, 0.05


def text_of(*interventions: str, **options) -> str:
    defaults = {"duration": 400, "step": 10, "rate": 0, "cells": 2, "network": "", "type": ""}
    lines = "".join(f"  - {{{each}}}\n" for each in interventions)
    return BASE.format(**{**defaults, **options}, interventions=lines + LATER)


class Lab:
    """Runs a scenario and keeps what one wants to see."""

    def __init__(self, text: str, **options) -> None:
        self.simulation = Simulation(load_scenario_text(text, name="s.yaml", **options))
        self.tissue = self.simulation.tissue
        self.seen: dict[float, dict[str, np.ndarray]] = {}

    def run(self, see=None) -> Lab:
        for snapshot in self.simulation:
            self.seen[snapshot.time] = self.look() if see is None else see(self)
        return self

    def look(self) -> dict[str, np.ndarray]:
        """Species of all cells, NaN where there is no network, with cell_id and type."""
        size = self.tissue.population.size
        block = self.tissue.blocks["gene"]
        values = {name: block.quantity(name, size) for name in ("X", "Y", "Z", "k", "food")}
        columns = {name: self.tissue.population[name].copy() for name in ("cell_id", "type")}
        return {**values, **columns}

    def at(self, name: str, time: float, kind: int | None = None) -> np.ndarray:
        seen = self.seen[time]
        chosen = seen["type"] < 2 if kind is None else seen["type"] == kind
        return seen[name][chosen]


def digests(simulation: Simulation) -> dict[str, str]:
    return {
        name: hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
        for name, values in simulation.state().items()
    }


@pytest.fixture
def lab():
    """Run a scenario with these interventions: ``lab("at: 1 h, knockout: network.gene.X")``."""
    return lambda *interventions, **options: Lab(text_of(*interventions, **options)).run()


@pytest.fixture
def scenario_text():
    return text_of


@pytest.fixture
def lab_of():
    return Lab


@pytest.fixture
def digests_of():
    return digests


def relaxed(time, start, production=K):
    """X(time) from X(0) = start."""
    steady = production / D
    return steady + (start - steady) * np.exp(-D * time)


@pytest.fixture
def relaxation():
    return relaxed
