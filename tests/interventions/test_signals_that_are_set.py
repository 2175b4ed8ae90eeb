"""Setting what belongs to signals: the solver follows, the books close."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.analysis.info import closure_of
from tissue_sim.errors import ScenarioError, SimulationError
from tissue_sim.scenario.scenario import load_scenario, load_scenario_text
from tissue_sim.simulation import Simulation

SLAB = """\
tissue_sim: 1
duration: {duration} min
steps: {{signals: 0.1 min, lifecycle: 1 min}}
domain: {{size: [200], spacing: 5 um, boundary: open}}
parameters: {{level: 0}}
signals:
  drug:
    unit: uM
    {drug}
cell_types: {{a: {{mechanics: none}}}}
{more}
interventions:
{interventions}
"""
DIFFUSES = "diffusion: 1000\n    "
FACES = DIFFUSES + "boundary: {x_min: {value: 0}, x_max: {value: 0}}"


def simulation_of(*interventions, drug=FACES, more="", duration=20) -> Simulation:
    lines = "".join(f"  - {{{each}}}\n" for each in interventions) or "  []"
    text = SLAB.format(drug=drug, more=more, duration=duration, interventions=lines)
    return Simulation(load_scenario_text(text, name="s.yaml"))


def field_at(simulation: Simulation, time: float) -> np.ndarray:
    """The field when all that is due at `time` has been done."""
    while simulation.tissue.clock.time < time - 1e-9:
        simulation.step()
    simulation.tissue.apply_due()
    return simulation.tissue.fields["drug"][0, 0].copy()


def books(simulation: Simulation) -> dict[str, float]:
    return next(each for each in simulation.tissue.processes if each.name == "signals").ledger()["drug"]


def closes(simulation: Simulation) -> bool:
    import pandas as pd

    return closure_of(pd.DataFrame([books(simulation)])) < 1e-10


def step_response(x: np.ndarray, time: float) -> np.ndarray:
    """u of u_t = D u_xx on (0, 200), u(x, 0) = 0, u = 1 at both ends (Carslaw and Jaeger 1959, 3.3)."""
    odd = np.arange(1, 400, 2)[:, None]
    terms = np.sin(odd * np.pi * x / 200.0) / odd * np.exp(-1000.0 * (odd * np.pi / 200.0) ** 2 * time)
    return 1.0 - 4.0 / np.pi * terms.sum(axis=0)


SET = "signals.drug.boundary"
PULSE = f"at: 3 min, for: 8 min, set: {{{SET}.x_min.value: 1, {SET}.x_max.value: 1}}"


def test_a_pulse_on_the_boundary_follows_the_step_response():
    simulation = simulation_of(PULSE)
    x = np.arange(2.5, 200.0, 5.0)
    assert not field_at(simulation, 3.0).any()
    for time in (4.0, 6.0, 11.0):
        np.testing.assert_allclose(field_at(simulation, time), step_response(x, time - 3.0), atol=2e-3)
    for time in (12.0, 16.0):  # superposition: minus the response to its end
        exact = step_response(x, time - 3.0) - step_response(x, time - 11.0)
        np.testing.assert_allclose(field_at(simulation, time), exact, atol=2e-3)
    assert closes(simulation)


def test_a_pulse_is_the_same_to_the_bit_as_a_run_that_begins_with_it():
    pulsed = simulation_of(PULSE)
    constant = simulation_of(drug=DIFFUSES + "boundary: {default: {value: 1}}")
    for time in (0.1, 2.0, 8.0):
        assert np.array_equal(field_at(pulsed, 3.0 + time), field_at(constant, time))


def test_decay():
    simulation = simulation_of(
        "at: 5 min, for: 5 min, set: {signals.drug.decay: 0.2 /min}", drug=DIFFUSES + "initial: 10"
    )  # fmt: skip
    np.testing.assert_allclose(field_at(simulation, 5.0), 10.0, rtol=1e-12)
    np.testing.assert_allclose(field_at(simulation, 8.0), 10.0 * np.exp(-0.2 * 3.0), rtol=1e-4)
    np.testing.assert_allclose(field_at(simulation, 15.0), 10.0 * np.exp(-0.2 * 5.0), rtol=1e-4)
    assert closes(simulation)


SOURCE = "sources: [{signal: drug, region: {box: {from: [-100], to: [100]}}, rate: 0}]"


def test_source_rates():
    simulation = simulation_of(
        "at: 5 min, for: 5 min, set: {sources.0.rate: 2 uM/min}", drug=DIFFUSES + "initial: 1", more=SOURCE
    )  # fmt: skip
    np.testing.assert_allclose(field_at(simulation, 8.0), 1.0 + 2.0 * 3.0, rtol=1e-9)
    np.testing.assert_allclose(field_at(simulation, 18.0), 1.0 + 2.0 * 5.0, rtol=1e-9)
    np.testing.assert_allclose(books(simulation)["sources"], 2.0 * 5.0 * 200.0 * 25.0, rtol=1e-9)
    assert closes(simulation)


def test_fixed_values_stand_in_the_field_at_once():
    more = "fixed: [{signal: drug, value: 1, region: {box: {from: [-100], to: [-90]}}}]"
    simulation = simulation_of(
        "at: 5 min, for: 5 min, set: {fixed.0.value: 4}", drug=DIFFUSES + "initial: 1", more=more
    )
    np.testing.assert_allclose(field_at(simulation, 4.9), 1.0, rtol=1e-12)
    assert (field_at(simulation, 5.0)[:2] == 4.0).all()
    assert (field_at(simulation, 9.9)[:2] == 4.0).all()
    assert field_at(simulation, 9.9)[2] > 3.0
    assert (field_at(simulation, 10.0)[:2] == 1.0).all()
    field_at(simulation, 12.0)
    assert closes(simulation)


def test_parameters_reach_prescribed_fields_at_once():
    simulation = simulation_of(
        "at: 5 min, for: 5 min, set: {parameters.level: 3}",
        drug='mode: {prescribed: "level + 0.01*x"}',
    )  # fmt: skip
    x = 0.01 * np.arange(-97.5, 100.0, 5.0)
    for time, level in ((4.9, 0.0), (5.0, 3.0), (9.9, 3.0), (10.0, 0.0), (12.0, 0.0)):
        np.testing.assert_allclose(field_at(simulation, time), x + level, atol=1e-12)


def test_of_overlapping_ones_the_last_prevails_and_what_is_below_comes_back():
    simulation = simulation_of(
        "at: 2 min, for: 10 min, set: {signals.drug.boundary.x_min.value: 1}",
        "at: 4 min, for: 2 min, set: {signals.drug.boundary.x_min.value: 5}",
        "at: 5 min, set: {signals.drug.decay: 0.5}",
    )  # fmt: skip
    process = next(each for each in simulation.tissue.processes if each.name == "signals")
    found = []
    for time in (1.0, 2.0, 4.0, 5.0, 6.0, 12.0):
        field_at(simulation, time)
        settings = process.settings_of("drug")
        found.append((settings.boundary.x_min.resolved("uM")["value"], settings.decay))
    assert found == [(0, 0), (1, 0), (5, 0), (5, 0.5), (1, 0.5), (0, 0.5)]


def test_what_does_not_go_together_is_said_when_it_meets():
    simulation = simulation_of(
        f"at: 2 min, for: 10 min, set: {{{SET}.x_min: {{value: null, flux: 1}}}}",
        f"at: 5 min, set: {{{SET}.x_min.value: 5}}",
    )
    field_at(simulation, 4.9)
    expected = r"interventions, time 5 min: what is set at the same time does not go together \(signals.drug"
    with pytest.raises(SimulationError, match=expected):
        field_at(simulation, 5.0)


def test_another_kind_of_condition():
    simulation = simulation_of(
        "at: 0 min, set: {signals.drug.boundary.x_min: {value: null, flux: 100 uM*um/min}}"
    )
    field_at(simulation, 0.1)
    np.testing.assert_allclose(books(simulation)["x_min"], 100.0 * 0.1 * 25.0, rtol=1e-3)


def test_a_steady_signal_is_solved_for_the_new_values():
    drug = FACES + "\n    mode: steady"
    simulation = simulation_of("at: 5 min, set: {signals.drug.boundary.x_max.value: 4}", drug=drug)
    assert not field_at(simulation, 5.0).any()
    x = np.arange(2.5, 200.0, 5.0)
    np.testing.assert_allclose(field_at(simulation, 5.1), 4.0 * x / 200.0, rtol=1e-5)
    assert closes(simulation)


def test_exchange_of_cells_reaches_the_solver():
    text = """\
tissue_sim: 1
duration: 20 min
steps: {signals: 0.1 min, lifecycle: 1 min}
domain: {size: [40, 40, 40], spacing: 40}
signals: {drug: {unit: uM, diffusion: 10, initial: 5}}
cell_types: {a: {mechanics: none, exchange: {drug: {uptake: 0, secretion: 0, saturation: 2}}}}
initial: [{type: a, point: [0, 0, 0]}]
interventions:
  - {at: 5 min, for: 5 min, set: {cell_types.a.exchange.drug.uptake: 3 /min}}
  - {at: 15 min, set: {cell_types.a.exchange.drug.secretion: 2}}
"""
    simulation = Simulation(load_scenario_text(text, name="s.yaml"))
    simulation.place_cells()
    part = 2494.0 / 40.0**3
    after = 5.0 * np.exp(-3.0 * part * 5.0)
    np.testing.assert_allclose(field_at(simulation, 5.0), 5.0, rtol=1e-12)
    np.testing.assert_allclose(field_at(simulation, 10.0), after, rtol=1e-5)
    np.testing.assert_allclose(field_at(simulation, 15.0), after, rtol=1e-5)
    exact = 2.0 + (after - 2.0) * np.exp(-2.0 * part * 5.0)
    np.testing.assert_allclose(field_at(simulation, 20.0), exact, rtol=1e-5)
    assert closes(simulation)


def test_diffusion_is_set_to_a_number_a_formula_and_follows_parameters():
    start = "diffusion: 1000 + 0*x\n    initial: 5 + cos(pi*x/200)"
    simulation = simulation_of(
        "at: 5 min, for: 5 min, set: {signals.drug.diffusion: 0}",
        "at: 15 min, set: {signals.drug.diffusion: 4000*level}",
        "at: 17 min, set: {parameters.level: 1}",
        drug=start.replace("pi", "3.14159265358979"),
    )
    rate = 1000.0 / 25.0 * (2.0 - 2.0 * np.cos(np.pi / 40.0))
    wave = np.cos(np.pi * np.arange(-97.5, 100.0, 5.0) / 200.0)
    mean = wave.mean()
    before = field_at(simulation, 5.0)
    assert not np.allclose(before, 5.0 + wave, atol=1e-3)
    assert np.array_equal(field_at(simulation, 10.0), before)
    at_15 = field_at(simulation, 15.0)
    assert np.ptp(at_15) < np.ptp(before)
    assert np.array_equal(field_at(simulation, 17.0), at_15)
    np.testing.assert_allclose(field_at(simulation, 20.0).mean(), 5.0 + mean, rtol=1e-12)
    assert np.ptp(simulation.tissue.fields["drug"]) < np.ptp(at_15) * np.exp(-4.0 * rate * 2.0)
    assert closes(simulation)


def test_diffusion_from_files_of_the_scenario_and_of_an_intervention(tmp_path):
    fields = {"a.npy": np.full((1, 1, 40), 1000.0), "b.npy": np.zeros((1, 1, 40), dtype=np.float32)}
    fields["a.npy"][..., :20] = 10.0
    for name, values in fields.items():
        np.save(tmp_path / name, values)
    text = SLAB.format(
        drug="diffusion: {file: a.npy}\n    boundary: {x_max: {value: 1}}", more="", duration=20,
        interventions="  - {at: 5 min, for: 5 min, set: {signals.drug.diffusion: {file: b.npy}}}",
    )  # fmt: skip
    (tmp_path / "s.yaml").write_text(text)
    simulation = Simulation(load_scenario(tmp_path / "s.yaml"))
    at_5 = field_at(simulation, 5.0)
    assert at_5[25] > 0.1 > at_5[10]
    np.testing.assert_allclose(field_at(simulation, 10.0), at_5, rtol=1e-12)
    assert field_at(simulation, 20.0)[25] > at_5[25]
    assert closes(simulation)
    assert set(simulation.scenario.files) == {"a.npy", "b.npy"}
    (tmp_path / "s.yaml").write_text(text.replace("b.npy", "c.npy"))
    with pytest.raises(ScenarioError, match=r"the file 'c.npy' does not exist"):
        load_scenario(tmp_path / "s.yaml")
