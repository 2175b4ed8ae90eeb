"""A network that cannot be advanced: status codes, messages, values left as they were."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate


@pytest.fixture
def exploding(make_network):
    """Ends at time 1/X(0)."""
    return make_network("X' = X^2", initial={"X": 1})


def test_a_singularity_is_an_error_that_names_network_and_time(exploding):
    with pytest.raises(
        SimulationError, match=r"cell_id 1: network 'net', network time 0: .*(step size|finite numbers)"
    ) as caught:
        simulate(exploding, [0.0, 2.0])
    assert caught.value.cell_id == 1


def test_only_the_failing_cells_fail_and_keep_their_values(exploding):
    kind = OdeKind(exploding, ToleranceSettings())
    values = np.zeros((3, len(kind.names)))
    values[:, 0] = 0.1, 1.0, 0.2
    codes = kind.advance(values, np.arange(3), start=0.0, duration=2.0, inputs={})
    assert codes[1] != 0
    assert codes[[0, 2]].tolist() == [0, 0]
    assert values[1, 0] == 1.0
    np.testing.assert_allclose(values[[0, 2], 0], [0.1 / 0.8, 0.2 / 0.6], rtol=1e-5)


def test_rates_that_are_not_finite(exploding):
    kind = OdeKind(exploding, ToleranceSettings())
    values = np.zeros((1, len(kind.names)))
    values[0, 0] = np.inf
    codes = kind.advance(values, np.arange(1), start=0.0, duration=1.0, inputs={})
    assert "no longer finite" in kind.describe(int(codes[0]))


def test_a_first_value_that_is_not_finite(make_network):
    from tissue_sim.codegen.syntax import Number

    model = make_network("X' = X^2", initial={"X": 1})
    unset = replace(model, species=(replace(model.species[0], initial=Number(float("nan"))),))
    with pytest.raises(SettingsError, match="species 'X' has no finite initial value"):
        simulate(unset, [0.0, 1.0])


@pytest.mark.parametrize(
    ("text", "initial", "species", "time"),
    [
        ("Z' = -0.1*Z\nX' = X^2", {"Z": 1, "X": 0.5}, "X", 2.0),
        ("Z' = -1\nX' = log(Z) - X", {"Z": 1.3, "X": 1}, "X", 1.3),
        ("Y' = 0\nX' = 1/(X - 1)", {"X": 1, "Y": 0}, "X", 0.0),
    ],
)
def test_the_message_names_species_and_moment(make_network, text, initial, species, time):
    with pytest.raises(SimulationError, match=r"cell_id 1: network 'net', network time") as caught:
        simulate(make_network(text, initial=initial), [0.0, 2.5])
    found = re.search(r"species '(\w+)' at network time ([\d.]+): ", str(caught.value))
    assert found is not None
    assert found[1] == species
    assert float(found[2]) == pytest.approx(time, abs=1e-3)


def test_a_map_and_a_boolean_node_are_named_too(make_network):
    model = replace(make_network("X' = 0.5*X\nY' = Y^2", initial={"X": 1, "Y": 10}), period=1.0)
    with pytest.raises(
        SimulationError, match=r"species 'Y' at network time (8\.99\d*|9): the next values are no"
    ):
        simulate(model, [0.0, 20.0], method="map")
    given = Given({}, {}, (), {}, (("x.cfg", b"A.istate = 0; B.istate = 0;"),))
    text = b"node A { rate_up = 1; rate_down = 0; }\nnode B { rate_up = A ? -1 : 0; rate_down = 0; }"
    message = r"species 'B' at network time .*: the rate of a node is negative"
    with pytest.raises(SimulationError, match=message):
        simulate(readers()["maboss"].read(text, "x", given), [0.0, 50.0], method="boolean_continuous")


def tissue_of(action: str):
    from tissue_sim.scenario.scenario import load_scenario_text
    from tissue_sim.simulation import Simulation

    text = (
        "tissue_sim: 1\nduration: 1 h\ndomain: {size: [100, 100]}\nnetworks:\n  net:\n"
        '    equations: "X\' = X^2"\n    initial: {X: 0.1}\n'
        f"    on_failure: {action}\n"
        "cell_types:\n  a: {networks: [net], mechanics: none}\n"
        "initial:\n  - {type: a, points: [[0, 0], [30, 0]]}\n"
    )
    return Simulation(load_scenario_text(text, name="s.yaml"))


def test_a_tissue_names_cell_network_species_and_time():
    message = r"cell_id 1: network 'net' \(and 1 more cells\): species 'X' at"
    with pytest.raises(SimulationError, match=message) as caught:
        for _ in tissue_of("stop"):
            pass
    found = re.search(r"at network time ([\d.]+): ", str(caught.value))
    assert found is not None
    assert float(found[1]) == pytest.approx(10.0, abs=1e-3)


def test_frozen_networks_are_counted():
    simulation = tissue_of("freeze")
    for _ in simulation:
        pass
    process = next(each for each in simulation.tissue.processes if each.name == "network")
    assert process.counters() == {"cells with a frozen network net": 2}
    assert (
        next(each for each in tissue_of("stop").tissue.processes if each.name == "network").counters() == {}
    )
