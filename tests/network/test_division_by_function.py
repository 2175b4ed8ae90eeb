"""Division of a species by a function of one's own: `at_division` of the cells' class."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

CLASS = """\
from tissue_sim import Cell


class Unequal(Cell):
    def at_division(self, daughter):
        whole = self["network.n.X"]
        self["network.n.X"] = 0.8 * whole
        daughter["network.n.X"] = 0.2 * whole
"""
SCENARIO = """\
tissue_sim: 1
duration: 2 h
steps: {network: 6 min, mechanics: 6 min, lifecycle: 6 min, signals: 6 min}
domain: {size: [100, 100]}
networks:
  n:
    equations: "X' = 0"
    initial: {X: 1}
    division: {X: function}
cell_types:
  a:
    mechanics: none
    cycle: {phases: {only: {duration: 60, divides: true}}}
    networks: [n]
    agent: unequal.Unequal
extensions: [unequal.py]
initial: [{type: a, point: [0, 0]}]
"""


def test_the_class_shares_the_species_out(tmp_path):
    (tmp_path / "unequal.py").write_text(CLASS)
    simulation = Simulation(load_scenario_text(SCENARIO, tmp_path), allow_code=True)
    for _ in simulation:
        pass
    simulation.tissue.apply_due()
    shares = np.sort(simulation.tissue.quantities.value("network.n.X"))
    np.testing.assert_allclose(shares, [0.04, 0.16, 0.16, 0.64], rtol=1e-12)


def test_cells_without_a_class_have_no_function():
    text = SCENARIO.replace("    agent: unequal.Unequal\n", "").replace("extensions: [unequal.py]\n", "")
    with pytest.raises(ScenarioError, match=r":9:.*cell type 'a' has no class"):
        load_scenario_text(text, ".")
