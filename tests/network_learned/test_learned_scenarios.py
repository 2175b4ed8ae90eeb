"""Learned and hybrid networks in scenario files: what works, and mistakes with their positions."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

TEXT = """\
tissue_sim: 1
seed: 4
duration: 20 min
parameters:
  share: 2
domain:
  size: [200, 200]
networks:
  net:
    learned: net.onnx
    species: [X]
    initial:
      X: uniform(1, 2)
    inputs:
      seen: cell.age
    division:
      X: copy
  mixed:
    equations: |
      Y' = -r*Y
      both = r + 1
    learned:
      decay:
        file: term.onnx
        inputs: [Y, k]
        outputs: [r]
    parameters:
      k: 0.1
    initial:
      Y: 3
cell_types:
  a:
    networks: [net, mixed]
initial:
  - type: a
    points: [[0, 0], [50, 0]]
"""


@pytest.fixture
def folder(tmp_path, make):
    """X' = -0.1 X; r = k."""
    (tmp_path / "net.onnx").write_bytes(make.linear([[-0.1, 0.0]]))
    (tmp_path / "term.onnx").write_bytes(make.linear([[0.0, 1.0]]))
    (tmp_path / "bad.onnx").write_bytes(make.bytes([make.node("Conv", ["x"], ["y"], name="c1")]))
    return tmp_path


def changed(*pairs: tuple[str, str]) -> str:
    text = TEXT
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def run(folder, text: str) -> Simulation:
    simulation = Simulation(load_scenario_text(text, folder, name="s.yaml"))
    simulation.place_cells()
    for _ in simulation:
        pass
    return simulation


def placed(folder) -> Simulation:
    simulation = Simulation(load_scenario_text(TEXT, folder))
    simulation.place_cells()
    return simulation


def test_learned_and_hybrid_networks_live_in_one_cell(folder):
    simulation = run(folder, TEXT)
    net, mixed = simulation.tissue.blocks["net"], simulation.tissue.blocks["mixed"]
    start = placed(folder).tissue.blocks["net"].quantity("X", 2)
    np.testing.assert_allclose(net.quantity("X", 2), start * np.exp(-2.0), rtol=1e-5)
    np.testing.assert_allclose(mixed.quantity("Y", 2), 3.0 * np.exp(-2.0), rtol=1e-5)
    np.testing.assert_allclose(mixed.quantity("both", 2), 1.1, rtol=1e-12)
    assert mixed.recorded == ("Y", "r", "both")


@pytest.mark.parametrize(("unit", "steps"), [("min", 4), ("h", 4), ("s", 4)])
def test_a_map_in_a_tissue_and_the_unit_of_its_period(folder, unit, steps):
    more = (
        "    species: [X]\n",
        f"    species: [X]\n    method: map\n    period: 5 min\n    time_unit: {unit}\n",
    )
    simulation = run(folder, changed(more))
    start = placed(folder).tissue.blocks["net"].quantity("X", 2)
    found = simulation.tissue.blocks["net"].quantity("X", 2)
    np.testing.assert_allclose(found, start * (-0.1) ** steps, rtol=1e-12)


def test_daughters_carry_on(folder):
    dividing = (
        "    networks: [net, mixed]\n",
        "    networks: [net, mixed]\n    cycle: {model: live, rate: 0.1 /min}\n",
    )
    simulation = run(folder, changed(dividing))
    values = simulation.tissue.blocks["net"].values
    number = len(values)
    assert number > 2
    start = placed(folder).tissue.blocks["net"].quantity("X", 2)
    founders = np.array(start) * np.exp(-2.0)
    nearest = np.abs(values[:, [0]] - founders).min(axis=1)
    assert (nearest < 1e-4).all()


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("learned: net.onnx", "learned: absent.onnx")], "10:14: the file 'absent.onnx' does not exist"),
        ([("learned: net.onnx", "learned: bad.onnx")], "10:14: bad.onnx: node 'c1' (Conv): this operator"),
        ([("    species: [X]\n", "")], "10:14: net.onnx has 1 outputs; name them under `species`"),
        ([("species: [X]", "species: [X, X]")], "11:14: 'X' is named twice"),
        ([("      X: uniform(1, 2)", "      Z: 1")], "10:14: species 'X' has no initial value"),
        ([("    species: [X]", "    species: [X]\n    period: 5")], "12:5: `period` needs method: map"),
        ([("    species: [X]", "    species: [X]\n    method: map")], "12:13: method map needs `period`"),
        (
            [("    species: [X]", "    species: [X]\n    method: mpa")],
            "12:13: method 'mpa' is unknown; did you",
        ),
        (
            [("        file: term.onnx", "        file: absent.onnx")],
            "24:15: the file 'absent.onnx' does not",
        ),
        ([("        file: term.onnx", "        file: bad.onnx")], "24:15: bad.onnx: node 'c1' (Conv)"),
        ([("inputs: [Y, k]", "inputs: [Y]")], "25:17: term.onnx has 2 inputs, in the order of its columns"),
        ([("inputs: [Y, k]", "inputs: [Y, q]")], "25:21: unknown name 'q'; known are the network's species"),
        ([("inputs: [Y, k]", "inputs: [both, k]")], "23:7: a cycle: "),
        ([("outputs: [r]", "outputs: [k]")], "26:19: 'k' is already under `parameters`"),
        ([("outputs: [r]", "outputs: [Y]")], "26:19: 'Y' is already a species"),
        ([("outputs: [r]", "outputs: [share]")], "26:19: 'share' is already a parameter of the scenario"),
        ([("both = r + 1", "r = 1")], "21:7: 'r' is already an output of the learned term 'decay'"),
        ([("outputs: [r]", "outputs: [s]")], "20:13: unknown name 'r'"),
        ([("outputs: [r]", "outputs: r")], "26:18: expected a list, found the text 'r'"),
        ([("        outputs: [r]\n", "")], "23:7: the key 'outputs' is missing"),
        (
            [("file: term.onnx", "flie: term.onnx")],
            "24:9: unknown key 'flie'; allowed are file, inputs, outputs",
        ),
        (
            [("    parameters:\n", "    species: [Y]\n    parameters:\n")],
            "27:5: `species` belongs to a network",
        ),
        (
            [("    equations: |\n      Y' = -r*Y\n      both = r + 1\n", "")],
            "antimony, bnet, maboss, learned; found none beside the learned terms",
        ),
    ],
)
def test_mistakes_are_placed(folder, pairs, expected):
    with pytest.raises(ScenarioError, match=re.escape(expected)) as caught:
        load_scenario_text(changed(*pairs), folder, name="s.yaml")
    assert any(expected in str(each) for each in caught.value.problems), str(caught.value)


def test_outputs_replace_parameters_of_an_sbml_model(folder):
    pytest.importorskip("antimony")
    (folder / "m.ant").write_text("model m\n species Y; Y = 3; r = 0.7; k = 0.1\n Y' = -r*Y\nend\n")
    text = changed(
        ("    equations: |\n      Y' = -r*Y\n      both = r + 1\n", "    antimony: m.ant\n"),
        ("      Y: 3\n", "      Y: 4\n"),
    )
    found = run(folder, text).tissue.blocks["mixed"]
    np.testing.assert_allclose(found.quantity("Y", 2), 4.0 * np.exp(-2.0), rtol=1e-5)
    with pytest.raises(ScenarioError, match="no parameter 'q' for the learned function to give"):
        load_scenario_text(text.replace("outputs: [r]", "outputs: [q]"), folder)


def test_the_files_are_stored_so_that_a_run_can_go_on(folder):
    scenario = load_scenario_text(TEXT, folder)
    assert set(scenario.files) == {"net.onnx", "term.onnx"}
