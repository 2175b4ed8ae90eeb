"""Interventions on learned maps: knockout, clamp, factors of the next value, parameters; with division."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

# X <- 0.5 X + p, Y <- 0.6 Y + 0.2 X
NEXT = [[0.5, 0.0, 1.0], [0.2, 0.6, 0.0]]
TEXT = """\
tissue_sim: 1
seed: 4
duration: 60 min
steps: {{network: 1 min, lifecycle: 1 min, mechanics: 1 min}}
domain: {{size: [400, 400]}}
networks:
  net:
    learned: net.onnx
    species: [X, Y]
    method: map
    period: 2 min
    parameters: {{p: 10}}
    initial: {{X: 20, Y: "uniform(5, 15)"}}
    {network}
cell_types:
  a:
    mechanics: none
    cycle: {{model: live, rate: {rate} /min}}
    networks: [net]
initial:
  - {{type: a, hexagonal: {{rows: 3, columns: 4, spacing: 20}}}}
interventions:
{interventions}
"""


@pytest.fixture
def run(tmp_path, make):
    (tmp_path / "net.onnx").write_bytes(make.linear(NEXT))

    def load(*interventions: str, rate: float = 0.0, network: str = "") -> Simulation:
        lines = "".join(f"  - {{{each}}}\n" for each in interventions)
        text = TEXT.format(interventions=lines, rate=rate, network=network)
        simulation = Simulation(load_scenario_text(text, tmp_path, name="s.yaml"))
        simulation.place_cells()
        return simulation

    return load


def advanced(simulation: Simulation, minutes: int) -> dict[str, np.ndarray]:
    for _ in range(minutes):
        simulation.tissue.step()
    tissue = simulation.tissue
    block, size = tissue.blocks["net"], tissue.population.size
    return {name: np.array(block.quantity(name, size)) for name in ("X", "Y")}


def test_a_knockout_lasts_through_division_and_ends(run):
    simulation = run(
        "at: 10 min, for: 30 min, knockout: network.net.X", rate=0.05, network="division: {X: reset}"
    )
    before = advanced(simulation, 10)
    np.testing.assert_array_equal(before["X"], 20.0)
    cells, y = len(before["X"]), before["Y"].min()
    for _ in range(30):
        now = advanced(simulation, 1)
        assert (now["X"] == 0.0).all()
    assert len(now["X"]) > cells
    assert now["Y"].min() == pytest.approx(0.0, abs=15.0 * 0.6**14)
    assert y > 5.0
    simulation = run("at: 10 min, for: 30 min, knockout: network.net.X")
    ended = advanced(simulation, 44)  # two moments of the map later
    np.testing.assert_allclose(ended["X"], 15.0, rtol=1e-14)


def test_clamps_factors_and_parameters_give_their_steady_states(run):
    clamped = advanced(run("at: 0 min, clamp: {network.net.X: 3}"), 60)
    np.testing.assert_array_equal(clamped["X"], 3.0)
    np.testing.assert_allclose(clamped["Y"], 1.5, rtol=1e-5)
    for action, factor in (("knockdown", 0.2), ("overexpress", 1.5)):
        scaled = advanced(run(f"at: 0 min, {action}: {{network.net.X: {factor}}}"), 60)
        np.testing.assert_allclose(scaled["X"], 10.0 * factor / (1.0 - 0.5 * factor), rtol=1e-3)
    changed = advanced(run("at: 30 min, set: {networks.net.parameters.p: 1}"), 60)
    np.testing.assert_allclose(changed["X"], 2.0 + 18.0 * 0.5**15, rtol=1e-12)


def test_a_part_of_the_cells_goes_on_with_the_same_bits_from_its_state(run):
    act = (
        "at: 4 min, for: 20 min, knockout: network.net.X, fraction: 0.5",
        "at: 10 min, overexpress: {network.net.Y: 1.2}",
    )
    whole = run(*act, rate=0.02)
    advanced(whole, 12)
    part = run(*act, rate=0.02)
    part.restore(whole.state())
    one, other = advanced(whole, 30), advanced(part, 30)
    for name in ("X", "Y"):
        assert one[name].tobytes() == other[name].tobytes()
    assert 0 < (advanced(run(*act), 12)["X"] == 0.0).sum() < 12
