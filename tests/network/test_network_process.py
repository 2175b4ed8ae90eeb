"""Networks in a tissue: first values, inputs, division, death, failures, several networks per cell."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import SimulationError
from tissue_sim.network.process import NetworkProcess
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import NetworkSettings
from tissue_sim.tissue.behaviours import Behaviour
from tissue_sim.tissue.columns import APOPTOTIC, Column
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.model import TissueModel

BOX = Domain((-50.0, -50.0, -50.0), (50.0, 50.0, 50.0))
STEPS = {"signals": 0.5, "mechanics": 0.5, "network": 1.0, "lifecycle": 1.0}
DECAY = {
    "equations": "X' = food - k*X\nA' = 0\ntwice = 2*X",
    "parameters": {"k": "uniform(0.5, 1)"},
    "initial": {"X": "uniform(1, 2)", "A": 8},
    "inputs": {"food": "cell.food"},
}
EXPLODING = {"equations": "X' = X^2", "initial": {"X": 2}}  # ends at time 1/X(0)


def tissue_of(networks: dict, carriers: dict, cells: int = 4, seed: int = 5) -> TissueModel:
    tissue = TissueModel(BOX, ("a", "b"), STEPS, seed=seed)
    tissue.add_column(Column("food", "f8"))
    tissue.behaviours.declare(Behaviour("growth", "1/min"), [0.0, 0.0])
    settings = {name: NetworkSettings.model_validate(given) for name, given in networks.items()}
    models = {
        name: readers()["equations"].read(
            each.equations.encode(), name, Given(each.parameters, each.initial, tuple(each.inputs))
        )
        for name, each in settings.items()
    }
    tissue.add_process(NetworkProcess(tissue, settings, models, carriers))
    positions = np.column_stack([np.arange(cells) * 5.0, np.zeros(cells), np.zeros(cells)])
    tissue.add_cells(positions, np.arange(cells) % 2)
    tissue.population["volume"][:] = 1000.0
    return tissue


def run(tissue: TissueModel, minutes: float) -> None:
    while tissue.clock.time < minutes:
        tissue.step()


def test_cells_that_carry_a_network_follow_its_equations():
    tissue = tissue_of({"net": DECAY}, {"a": ["net"]})
    block = tissue.blocks["net"]
    assert block.rows.tolist() == [0, 2]
    assert block.recorded == ("X", "A", "twice")
    tissue.population["food"][:] = 0.3
    first, k = block.quantity("X", 4)[[0, 2]], block.quantity("k", 4)[[0, 2]]
    assert len({*first, *k}) == 4
    run(tissue, 3.0)
    expected = 0.3 / k + (first - 0.3 / k) * np.exp(-k * 3.0)
    np.testing.assert_allclose(block.quantity("X", 4)[[0, 2]], expected, rtol=1e-5)
    np.testing.assert_allclose(block.quantity("twice", 4)[[0, 2]], 2.0 * expected, rtol=1e-5)
    assert np.isnan(block.quantity("X", 4)[[1, 3]]).all()


def test_first_values_belong_to_seed_and_cell_and_networks_draw_apart():
    def values(seed):
        blocks = tissue_of({"one": DECAY, "two": DECAY}, {"a": ["one", "two"]}, seed=seed).blocks
        return blocks["one"].values.copy(), blocks["two"].values.copy()

    one, two = values(5)
    again, _ = values(5)
    other, _ = values(6)
    assert one.tobytes() == again.tobytes()
    assert (one[:, 0] != two[:, 0]).all()
    assert (one[:, 0] != other[:, 0]).all()


def test_units_and_scale_of_time():
    fast = {**DECAY, "time_unit": "h", "time_scale": 60.0}
    slow = {**DECAY, "time_unit": "h"}
    tissues = [tissue_of({"net": given}, {"a": ["net"]}) for given in (DECAY, fast, slow)]
    for tissue in tissues:
        run(tissue, 2.0)
    plain, scaled, unscaled = (tissue.blocks["net"].values[:, 0] for tissue in tissues)
    np.testing.assert_allclose(scaled, plain, rtol=1e-6)
    k = tissues[2].blocks["net"].values[:, tissues[2].blocks["net"].index("k")]
    start = tissue_of({"net": slow}, {"a": ["net"]}).blocks["net"].values[:, 0]
    np.testing.assert_allclose(unscaled, start * np.exp(-k * 2.0 / 60.0), rtol=1e-6)


def test_networks_of_dead_cells_stop():
    tissue = tissue_of({"net": DECAY}, {"a": ["net"]})
    tissue.population["state"][0] = APOPTOTIC
    before = tissue.blocks["net"].values.copy()
    tissue.step()
    after = tissue.blocks["net"].values
    assert after[0].tobytes() == before[0].tobytes()
    assert after[1, 0] != before[1, 0]


@pytest.mark.parametrize(("rule", "share"), [(None, 1.0), ("copy", 1.0), ("volume", 0.5)])
def test_division_copies_or_splits(rule, share):
    given = DECAY if rule is None else {**DECAY, "division": {"A": rule}}
    tissue = tissue_of({"net": given}, {"a": ["net"]})
    tissue.step()
    block = tissue.blocks["net"]
    mother = block.values[1].copy()
    tissue.ask("division", np.array([3]))
    tissue.step()
    assert block.rows.tolist() == [0, 2, 4]
    place = block.index("A")
    assert block.values[1, place] == block.values[2, place] == mother[place] * share
    assert block.values[2, block.index("k")] == mother[block.index("k")]
    assert block.values[2, 0] == block.values[1, 0]


def test_division_may_start_a_species_anew():
    tissue = tissue_of({"net": {**DECAY, "division": {"X": "reset"}}}, {"a": ["net"]})
    run(tissue, 5.0)
    tissue.ask("division", np.array([1]))
    tissue.apply_due()
    block = tissue.blocks["net"]
    mother, daughter = block.values[0], block.values[2]
    assert 1.0 <= mother[0] <= 2.0
    assert 1.0 <= daughter[0] <= 2.0
    assert mother[0] != daughter[0]
    assert daughter[block.index("twice")] == 2.0 * daughter[0]


def test_removed_cells_leave_the_block():
    tissue = tissue_of({"net": DECAY}, {"a": ["net"], "b": ["net"]})
    kept = tissue.blocks["net"].values[[0, 2, 3]].copy()
    tissue.ask("removal", np.array([2]), cause="removed")
    tissue.apply_due()
    assert tissue.blocks["net"].values.tobytes() == kept.tobytes()


def test_a_failure_stops_and_names_network_cell_and_time():
    tissue = tissue_of({"burst": EXPLODING}, {"b": ["burst"]})
    with pytest.raises(SimulationError, match="process network, time 0 min, cell_id 2: network 'burst'"):
        run(tissue, 2.0)


@pytest.mark.parametrize("action", ["freeze", "apoptosis"])
def test_a_failure_may_freeze_or_kill(action):
    tissue = tissue_of({"burst": {**EXPLODING, "on_failure": action}}, {"b": ["burst"]})
    block = tissue.blocks["burst"]
    block.values[1, 0] = 0.1
    run(tissue, 2.0)
    assert block.values[0, 0] == 2.0
    np.testing.assert_allclose(block.values[1, 0], 0.1 / 0.8, rtol=1e-5)
    died = tissue.lineage.arrays()["event"] == 1
    assert died.sum() == (1 if action == "apoptosis" else 0)


def test_a_step_and_its_halves_give_the_same_bits_from_state():
    tissue = tissue_of({"net": DECAY}, {"a": ["net"], "b": ["net"]})
    run(tissue, 2.0)
    other = tissue_of({"net": DECAY}, {"a": ["net"], "b": ["net"]}, seed=9)
    block = other.blocks["net"]
    block.restore(tissue.blocks["net"].state())
    other.clock.tick = tissue.clock.tick
    run(tissue, 4.0)
    run(other, 4.0)
    assert block.values.tobytes() == tissue.blocks["net"].values.tobytes()
