"""Boolean networks in a tissue: inputs by threshold, outputs by node, columns of whole numbers, mistakes."""

from __future__ import annotations

import numpy as np
import pytest

import tissue_sim
from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.scenario import load_scenario
from tissue_sim.simulation import Simulation

BND = """
node O2 { rate_up = 0; rate_down = 0; }
node HIF { logic = NOT O2; rate_up = @logic ? $on : 0; rate_down = @logic ? 0 : $off; }
node Apoptosis { logic = HIF; rate_up = @logic ? $kill : 0; rate_down = 0; }
"""
CFG = "$on = 1e3; $off = 1e3; $kill = 1e3; HIF.istate = 0; Apoptosis.istate = 0;"
SCENARIO = """\
tissue_sim: 1
seed: 3
duration: 4 min
steps:
  mechanics: 1 min
  signals: 1 min
  lifecycle: 1 min
record:
  every: 1 min
domain:
  size: [200, 20, 20]
  spacing: 20 um
signals:
  oxygen:
    unit: mmHg
    mode:
      prescribed: 10*(x > 0)
networks:
  fate:
    maboss:
      bnd: fate.bnd
      cfg: [fate.cfg, more.cfg]
    method: boolean_continuous
    parameters:
      'on': lognormal(1000, 0.3)
    time_scale: lognormal(1, 0.2)
    inputs:
      O2: signal.oxygen > 5
    outputs:
      cycle.rate:
        when: HIF
        value: 60 /h
      motility.speed:
        - when: Apoptosis
          value: 3
        - when: HIF and not Apoptosis
          value: 2
cell_types:
  a:
    mechanics: none
    motility:
      speed: 0.001 um/min
    cycle:
      model: live
      rate: 0 /min
    networks: [fate]
    rules:
      - network.fate.HIF increases death.apoptosis.rate to 0 with half_max 0.5
  b:
    mechanics: none
initial:
  - type: a
    points: [[-50, 0, 0], [-40, 0, 0], [40, 0, 0], [50, 0, 0]]
  - type: b
    point: [0, 5, 0]
"""


@pytest.fixture
def write(tmp_path):
    def of(*changes, more="$kill = 0;"):
        text = SCENARIO
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "fate.bnd").write_text(BND)
        (tmp_path / "fate.cfg").write_text(CFG)
        (tmp_path / "more.cfg").write_text(more)
        path = tmp_path / "fate.yaml"
        path.write_text(text)
        return path

    return of


def started(path) -> Simulation:
    simulation = Simulation(load_scenario(path))
    simulation.place_cells()
    return simulation


def test_a_threshold_switches_nodes_and_nodes_switch_behaviours(write):
    tissue = started(write()).tissue
    block = tissue.blocks["fate"]
    assert block.rows.tolist() == [0, 1, 2, 3]
    for _ in range(2):
        tissue.step()
    hif = tissue.quantities.value("network.fate.HIF")
    left = tissue.population["position"][:, 0] < -20
    carrying = ~np.isnan(hif)
    assert (hif[left] == 1.0).all()
    assert (hif[carrying & ~left] == 0.0).all()
    assert np.isnan(hif[~carrying]).all()
    rate = tissue.behaviours.effective("cycle.rate")
    np.testing.assert_allclose(rate[left], 1.0)
    np.testing.assert_array_equal(rate[carrying & ~left], 0.0)
    speed = tissue.behaviours.effective("motility.speed")
    np.testing.assert_allclose(speed[left], 2.0)  # the second of the list: Apoptosis never comes on
    np.testing.assert_allclose(speed[carrying & ~left], 0.001)


def test_of_several_outputs_the_first_that_holds_acts(write):
    tissue = started(write(more="$kill = 1e3;")).tissue
    for _ in range(3):
        tissue.step()
    speed = tissue.behaviours.effective("motility.speed")
    left = tissue.population["position"][:, 0] < -20
    np.testing.assert_allclose(speed[left], 3.0)


def test_daughters_carry_on_from_their_mothers_state(write):
    path = write(("      'on': lognormal(1000, 0.3)\n", "      'on': lognormal(1000, 0.3)\n      'off': 0\n"))
    tissue = started(path).tissue
    for _ in range(4):
        tissue.step()
    block, parents = tissue.blocks["fate"], tissue.population["parent_id"][tissue.blocks["fate"].rows]
    assert (parents > 0).any()
    ids = tissue.population["cell_id"][block.rows]
    for place in np.flatnonzero(parents > 0):
        mother = np.flatnonzero(ids == parents[place])[0]
        for name in ("on", "time__scale"):
            column = block.index(name)
            assert block.values[place, column] == block.values[mother, column]
        assert block.values[place, block.index("HIF")] == 1.0


def test_a_run_writes_whole_numbers_and_resumes_with_the_same_bits(write, tmp_path):
    path = write()
    run = tissue_sim.run(path, output=tmp_path / "run")
    cells = run.cells(4.0)
    assert cells["fate__HIF"].dtype.kind == "i"
    assert (cells.loc[cells["type"] == "b", "fate__HIF"] == -1).all()
    assert set(cells.loc[cells["type"] == "a", "fate__HIF"]) <= {0, 1}
    assert (cells.loc[cells["x"] < -20, "fate__HIF"] == 1).all()
    whole, first, second = started(path), started(path), Simulation(load_scenario(path))
    for _ in range(4):
        whole.step()
    for _ in range(2):
        first.step()
    second.restore(first.state())
    for _ in range(2):
        second.step()
    assert len(whole.tissue.blocks["fate"].rows) >= 4
    ours, theirs = (each.tissue.blocks["fate"].values for each in (second, whole))
    assert ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("method", ["boolean_synchronous", "boolean_asynchronous"])
def test_discrete_methods_and_bnet_files(write, tmp_path, method):
    (tmp_path / "rules.bnet").write_text("targets, factors\nO2, O2\nHIF, !O2\nApoptosis, 0\n")
    path = write(
        ("maboss:\n      bnd: fate.bnd\n      cfg: [fate.cfg, more.cfg]", "bnet: rules.bnet"),
        ("boolean_continuous", method),
        ("    parameters:\n      'on': lognormal(1000, 0.3)\n", ""),
    )
    tissue = started(path).tissue
    for _ in range(4):
        tissue.step()
    hif = tissue.quantities.value("network.fate.HIF")
    assert set(hif[~np.isnan(hif)]) <= {0.0, 1.0}
    if method == "boolean_synchronous":
        assert (hif[tissue.population["position"][:, 0] < -20] == 1.0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("when: HIF\n", "when: HOF\n"), r"fate.yaml:31:15: .*HOF.*did you mean"),
        (("value: 60 /h", "value: 60 um"), r"fate.yaml:32:16: .*um"),
        (("cycle.rate:\n        when", "cycle.rat:\n        when"), r"fate.yaml:30:7: .*cycle.rat"),
        (
            ("method: boolean_continuous", "method: ode"),
            r"fate.yaml:\d+:\d+: method ode cannot advance",
        ),
        (("      O2: signal", "      O3: signal"), r"fate.yaml:\d+:7: the network has no parameter 'O3'"),
        (("      O2: signal", "      HIF: signal"), r"fate.yaml:\d+:7: input 'HIF' is a species that"),
        (
            ("[fate.cfg, more.cfg]", "[fate.cfg, mor.cfg]"),
            r"fate.yaml:\d+:23: the file 'mor.cfg' does",
        ),
        (("'on': lognormal", "'in': lognormal"), r"fate.yaml:25:7: the network has no parameter 'in'"),
        (
            ("    outputs:", "    division:\n      HIF: volume\n    outputs:"),
            r"'HIF' is a Boolean node",
        ),
        (("when: HIF and not", "then: HIF and not"), r"fate.yaml:36:11: unknown key 'then'"),
        (
            ("  fate:\n    maboss", "  fate:\n    bnet: x\n    maboss"),
            "found bnet and maboss",
        ),
    ],
)
def test_mistakes_are_located_in_the_scenario(write, change, message):
    with pytest.raises(ScenarioError, match=message):
        load_scenario(write(change))


def test_a_speed_drawn_for_each_cell_is_for_boolean_methods(write):
    old = SCENARIO[SCENARIO.index("    maboss:") : SCENARIO.index("    time_scale")]
    new = "    equations: HIF' = O2\n    initial:\n      HIF: 0\n"
    path = write((old, new), ("      motility.speed", "      volume"))
    with pytest.raises(ScenarioError, match="method ode takes one number"):
        load_scenario(path)
