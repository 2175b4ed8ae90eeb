"""Interventions are part of the state: round trips, resume, threads; and a membrane that pulls at a clamp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tissue_sim.analysis.info import info
from tissue_sim.analysis.run import open_run
from tissue_sim.kernels.threads import most_threads, use_threads
from tissue_sim.recorder.checkpoint import read_checkpoint, write_checkpoint
from tissue_sim.run_to_folder import reopen_simulation, run_to_folder
from tissue_sim.scenario.scenario import load_scenario, load_scenario_text
from tissue_sim.simulation import Simulation

TREATMENT = Path(__file__).parent / "tissue_under_treatment.yaml"
# Times of the file, min, at which something is under way in different combinations.
STOPS = (60, 61, 120, 180, 200, 240, 300, 360)


def treatment(duration: int = 480) -> Simulation:
    return Simulation(load_scenario(TREATMENT, overrides=[f"duration={duration} min"]))


def at_end(simulation: Simulation, digests_of) -> dict[str, str]:
    for _ in simulation:
        pass
    return digests_of(simulation)


@pytest.fixture(scope="module")
def whole():
    return {}


@pytest.fixture
def reference(whole, digests_of):
    """Digests of the uninterrupted run's end."""
    if not whole:
        whole.update(at_end(treatment(), digests_of))
    return whole


def test_the_state_goes_on_with_the_same_bits_wherever_it_is_taken(reference, digests_of):
    running = treatment()
    for tick in range(max(STOPS) + 1):
        if tick in STOPS:
            if STOPS.index(tick) % 2:  # before or after what is due at this tick
                running.tissue.apply_due()
            copy = treatment()
            copy.restore(running.state())
            assert at_end(copy, digests_of) == reference, tick
        running.step()


def test_the_state_names_cells_and_former_values(lab_of, scenario_text):
    run = lab_of(
        scenario_text(
            "at: 20 min, for: 100 min, set: {networks.gene.parameters.k: 0.3}, where: cell.cell_id < 3",
            "at: 30 min, for: 100 min, clamp: {network.gene.Z: 1}, where: cell.cell_id == 2",
            duration=50,
        )
    ).run()
    state = run.simulation.state()
    ends = state["process/interventions/occurrences"].tolist()
    assert ends == [[0, 12, 2], [1, 13, 1]]
    assert state["process/interventions/cells"].tolist() == [1, 2, 2]
    assert state["process/interventions/former/network.gene.k/ids"].tolist() == [1, 2]
    assert state["process/interventions/former/network.gene.k/values"].tolist() == [0.1, 0.1]
    assert state["process/interventions/former/hold.gene.Z/values"].tolist() == [7.0]


@pytest.mark.parametrize("half", [120, 240])
def test_resume(tmp_path, reference, digests_of, half):
    run_to_folder(treatment(half), tmp_path / "run")
    again = reopen_simulation(tmp_path / "run", overrides=["duration=480 min"])
    run_to_folder(again, tmp_path / "run", resume=True)
    assert digests_of(again) == reference
    with open_run(tmp_path / "run") as recorded:
        assert "interventions begun: 5" in info(recorded)


def test_one_thread(reference, digests_of):
    assert most_threads() > 1, "this test needs NUMBA_NUM_THREADS of 2 or more"
    use_threads(1)
    try:
        assert at_end(treatment(), digests_of) == reference
    finally:
        use_threads(most_threads())


def test_the_file_says_what_it_does(relaxation):
    simulation = treatment()
    seen = {}
    for snapshot in simulation:
        block = simulation.tissue.blocks["gene"]
        types = simulation.tissue.population["type"][block.rows]
        seen[snapshot.time] = block.values[:, block.index("X")].copy(), types.copy()
    x, types = seen[480.0]
    assert 0 < (x[types == 0] == 0.0).sum() < (types == 0).sum()
    for time, exact in ((240.0, relaxation(60.0, 2.0, 0.05)), (420.0, relaxation(60.0, 1.0, 0.1))):
        np.testing.assert_allclose(seen[time][0][seen[time][1] == 1], exact, rtol=1e-3)
    assert len(seen[240.0][0]) == len(seen[480.0][0])  # no divisions from 4 h on


MEMBRANE = """\
tissue_sim: 1
duration: 20 min
steps: {signals: 0.5 min, network: 1 min, lifecycle: 1 min}
record: {every: 0.5 min}
domain: {size: [100, 100, 100], spacing: 50}
signals: {AI: {unit: nM, diffusion: 1000, initial: 1}}
networks: {lux: {equations: "S' = 0.1 - 0.05*S", initial: {S: 3}}}
cell_types:
  a:
    mechanics: none
    networks: [lux]
    exchange: {AI: {membrane: {species: network.lux.S, permeability: 2 /min}}}
initial: [{type: a, point: [10, 10, 10]}, {type: a, point: [-20, 10, 10]}]
interventions:
  - {at: 5 min, for: 10 min, clamp: {network.lux.S: 8}, where: cell.cell_id == 1}
"""


def test_a_clamp_holds_against_a_membrane():
    simulation = Simulation(load_scenario_text(MEMBRANE, name="s.yaml"))
    for snapshot in simulation:
        first, second = simulation.tissue.quantities.value("network.lux.S")
        assert (first == 8.0) == (5.0 <= snapshot.time <= 15.0), snapshot.time
        assert second != 8.0


MANY = (
    "at: 20 min, for: 60 min, clamp: {network.gene.Z: 1, network.gene.X: 3}, fraction: 0.5",
    "at: 30 min, for: 60 min, set: {networks.gene.parameters.k: 0.3}",
    "at: 40 min, every: 30 min, for: 20 min, set: {cell_types.a.cycle.rate: 0.03}, fraction: 0.5",
    "at: 50 min, for: 20 min, set: {parameters.food: 0.1}",
)


def test_former_values_come_back_after_a_restart(tmp_path, lab_of, scenario_text, digests_of):
    text = scenario_text(
        *MANY, step=1, duration=100, rate=0.005,
        type="death: {apoptosis: {rate: 0.005 /min, duration: 2 min}}",
    )  # fmt: skip
    whole = lab_of(text).run()
    assert len({*whole.at("Z", 100.0)}) == 1
    reference = digests_of(whole.simulation)
    for stop in (25, 60, 75):
        first = lab_of(text)
        while first.tissue.clock.tick < stop:
            first.simulation.step()
        second = lab_of(text)
        write_checkpoint(tmp_path / "state.h5", first.simulation.state(), {})
        second.simulation.restore(read_checkpoint(tmp_path / "state.h5")[0])
        assert at_end(second.simulation, digests_of) == reference, stop


def test_cells_that_leave_are_forgotten(lab_of, scenario_text):
    text = scenario_text(
        *MANY, step=1, duration=60, rate=0.01, type="death: {apoptosis: {rate: 0.02 /min, duration: 2 min}}"
    )
    run = lab_of(text).run()
    state = run.simulation.state()
    there = state["population/column/cell_id"]
    assert len(there) < run.tissue.population.next_id - 1  # some have left
    prefix = "process/interventions/"
    assert np.isin(state[f"{prefix}cells"], there).all()
    known = [values for name, values in state.items() if name.startswith(prefix) and name.endswith("/ids")]
    assert sum(len(ids) for ids in known) > 10
    for ids in known:
        assert np.isin(ids, there).all()
        assert (np.diff(ids) > 0).all()
