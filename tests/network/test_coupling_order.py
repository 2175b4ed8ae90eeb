"""A network and a signal that act on each other: first order in their common step, as the design says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

TEXT = """\
tissue_sim: 1
duration: 2 min
steps: {{signals: {step} min, mechanics: {step} min, network: {step} min, lifecycle: {step} min}}
domain: {{size: [20, 20], spacing: 20, thickness: 20}}
signals:
  AHL:
    unit: nM
    diffusion: 1e4
    decay: 0.3
    initial: 1
networks:
  lux:
    equations: |
      S' = 4 - 0.5*S
      X' = seen - 0.8*X
    initial: {{S: 9, X: 0}}
    inputs: {{seen: signal.AHL}}
    tolerance: {{relative: 1e-10, absolute: 1e-12}}
cell_types:
  a:
    volume: 3000
    mechanics: none
    exchange: {{AHL: {{membrane: {{species: network.lux.S, permeability: 1.5 /min}}}}}}
    networks: [lux]
initial:
  - {{type: a, point: [0, 0]}}
"""
V = 3000.0 / 8000.0
# AHL, S, X and 1: through the membrane AHL gets v P (S - AHL), S as much less per volume.
LINEAR = np.array(
    [
        [-0.3 - 1.5 * V, 1.5 * V, 0.0, 0.0],
        [1.5, -1.5 - 0.5, 0.0, 4.0],
        [1.0, 0.0, -0.8, 0.0],
        [0.0, 0.0, 0.0, 0.0],
    ]
)


def test_membrane_and_input_are_first_order_in_the_step():
    exact = (expm(2.0 * LINEAR) @ [1.0, 9.0, 0.0, 1.0])[:3]
    numbers, errors = np.array([64, 128, 256]), []
    for number in numbers:
        simulation = Simulation(load_scenario_text(TEXT.format(step=2.0 / number), name="s.yaml"))
        for _ in simulation:
            pass
        tissue = simulation.tissue
        inside = [float(tissue.blocks["lux"].quantity(name, 1)[0]) for name in "SX"]
        errors.append(np.abs([float(tissue.fields["AHL"].ravel()[0]), *inside] - exact))
    for each in np.array(errors).T:
        assert -np.polyfit(np.log(numbers), np.log(each), 1)[0] == pytest.approx(1.0, abs=0.1)
    assert np.max(errors[-1] / exact) < 0.01
