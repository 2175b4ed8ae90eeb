"""The keys of motion in whole scenarios: states taken over, counters shown, rules on what is new."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.cli import main
from tissue_sim.mechanics.integrator import integrators
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

SCENARIO = """tissue_sim: 1
seed: 3
duration: 20 min
steps:
  mechanics: 0.5 min
  lifecycle: 1 min
domain:
  size: [200, 200]
  boundary: periodic
cell_types:
  a:
    volume: 2494
    mechanics:
      law: quadratic
      integrator: INTEGRATOR
      affinity:
        b: 0.1
    motility:
      diffusivity: 60 um^2/h
    cycle:
      model: live
      rate: 0.05 /min
    rules:
      - pressure decreases motility.diffusivity to 0 with half_max 1
  b:
    like: a
initial:
  - {type: a, points: [[0, 0], [10, 0], [20, 0]]}
  - {type: b, points: [[0, 15], [10, 15], [20, 15]]}
"""
QUIET = pytest.mark.filterwarnings("ignore::tissue_sim.mechanics.stability.StabilityWarning")


@QUIET
@pytest.mark.parametrize("integrator", integrators())
def test_a_simulation_taken_over_goes_on_with_the_same_bits_through_divisions(integrator, tmp_path):
    scenario = load_scenario_text(SCENARIO.replace("INTEGRATOR", integrator), tmp_path)
    first = Simulation(scenario)
    for _ in range(15):
        first.step()
    second = Simulation(scenario)
    second.restore(first.state())
    for _ in range(15):
        first.step()
        second.step()
    assert first.tissue.population.size > 8
    one, other = first.state(), second.state()
    assert one.keys() == other.keys()
    for name, values in one.items():
        assert np.array_equal(values, other[name], equal_nan=values.dtype.kind == "f"), name


@QUIET
def test_info_shows_the_parts_of_an_adaptive_run(tmp_path, capsys):
    path = tmp_path / "s.yaml"
    path.write_text(SCENARIO.replace("INTEGRATOR", "adaptive"))
    folder = tmp_path / "run"
    assert main(["run", str(path), "--output", str(folder), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["info", str(folder)]) == 0
    assert "parts of mechanics steps taken: " in capsys.readouterr().out


def test_rules_change_the_diffusivity(tmp_path):
    simulation = Simulation(load_scenario_text(SCENARIO.replace("INTEGRATOR", "heun"), tmp_path))
    behaviours = simulation.tissue.behaviours
    assert behaviours["motility.diffusivity"].unit == "um^2/min"
    for _ in range(4):
        simulation.step()
    pressed = simulation.tissue.population["pressure"] > 0.0
    assert pressed.any()
    assert (behaviours.effective("motility.diffusivity")[pressed] < 1.0).any()
    assert behaviours.own("motility.diffusivity") == pytest.approx(1.0)
