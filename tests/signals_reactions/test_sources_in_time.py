"""Sources whose rates are formulas of place and time."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import ScenarioError, SimulationError
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

TEXT = """\
tissue_sim: 1
duration: 1000 min
steps: {{signals: {dt} min, lifecycle: {dt} min}}
parameters: {{k: 1}}
domain: {{size: [40, 4], spacing: 1 um, boundary: wall}}
signals:
  s: {{diffusion: {diffusion}, decay: 0.2, unit: nM, {more}}}
sources:
  - signal: s
    region: {region}
    rate: "{rate}"
cell_types: {{a: {{mechanics: none}}}}
{interventions}
"""
EVERYWHERE = "{box: {from: [-20, -2, 0], to: [20, 2, 0]}}"


class Run:
    def __init__(
        self, rate, *, dt=0.1, diffusion=100, region=EVERYWHERE, more="initial: 2", interventions=""
    ):
        text = TEXT.format(
            rate=rate, dt=dt, diffusion=diffusion, region=region, more=more, interventions=interventions
        )
        self.simulation = Simulation(load_scenario_text(text, name="s.yaml"))

    def until(self, time):
        while self.simulation.tissue.clock.time < time - 1e-9:
            self.simulation.step()
        self.simulation.tissue.apply_due()
        return self

    @property
    def field(self):
        return self.simulation.tissue.fields["s"][0]

    def assert_books_close(self):
        process = next(each for each in self.simulation.tissue.processes if each.name == "signals")
        lines = process.ledger()["s"]
        total = sum(value for line, value in lines.items() if line != "field")
        assert abs(lines["field"] - total) <= 1e-10 * max(abs(value) for value in lines.values())
        return lines


MODE = np.sin(np.pi * np.arange(-19.5, 20.0) / 40.0)
SLOW = float(100.0 * (2.0 - 2.0 * np.cos(np.pi / 40.0)))


@pytest.mark.parametrize("more", ["initial: 2", "initial: 2, boundary: {default: {flux: 0}}, tolerance: 1"])
def test_a_rate_of_place_and_time_is_of_second_order(more):
    # s = 2 + sin(pi x/40) sin(t): s_t = D s_xx - 0.2 s + the rate.
    rate = f"0.4 + sin(pi*x/40)*(cos(time) + {SLOW + 0.2!r}*sin(time))"
    steps, errors = [0.4, 0.2, 0.1], []
    for dt in steps:
        run = Run(rate, dt=dt, more=more).until(2.0)
        errors.append(np.abs(run.field - 2.0 - MODE * np.sin(2.0)).max())
    slope = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert slope == pytest.approx(2.0, abs=0.15), errors
    run.assert_books_close()


def test_a_rate_of_place_alone_is_that_of_its_voxels():
    # Only inside the region has the formula a value.
    region = "{box: {from: [0, -2, 0], to: [20, 2, 0]}}"
    run = Run("sqrt(x)", region=region, diffusion=0, dt=0.5).until(100.0)
    x = np.arange(-19.5, 20.0)
    np.testing.assert_allclose(run.field[0], np.sqrt(np.maximum(x, 0.0)) / 0.2, atol=1e-5)
    lines = run.assert_books_close()
    assert lines["sources"] == pytest.approx(100.0 * 4.0 * np.sqrt(x[x > 0]).sum(), rel=1e-10)


def test_a_rate_that_turns_negative_takes_what_there_is():
    run = Run("if(time < 2, 1, -3)", diffusion=0, more="initial: 0").until(6.0)
    assert (run.field >= 0.0).all()
    assert run.field.max() < 1e-5
    lines = run.assert_books_close()
    assert lines["sources"] == pytest.approx(160.0 * (2.0 - 12.0), rel=1e-10)
    assert lines["shortfall"] > 0.0


def test_a_rate_follows_parameters_that_are_set():
    pulse = "interventions: [{at: 1 min, for: 2 min, set: {parameters.k: 3}}]"
    lines = Run("k*x^2", interventions=pulse).until(5.0).assert_books_close()
    squares = 4.0 * (np.arange(-19.5, 20.0) ** 2).sum()
    assert lines["sources"] == pytest.approx(squares * (1.0 * 3.0 + 3.0 * 2.0), rel=1e-10)


def test_a_rate_can_be_set_to_a_formula():
    pulse = 'interventions: [{at: 1 min, set: {sources.0.rate: "2*time"}}]'
    lines = Run("0", interventions=pulse).until(3.0).assert_books_close()
    assert lines["sources"] == pytest.approx(160.0 * (9.0 - 1.0), rel=1e-10)


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        ("2*w", "s.yaml:11:14: unknown name 'w'"),
        ("1/(x - 0.5)", "s.yaml:11:11: the formula has no finite value in every voxel at time 0 min"),
        ("3 mmHg/min", "s.yaml:11:11: .*nM/min"),
        ("signal.s", "s.yaml:11:11: no signal 's' is declared"),
    ],
)
def test_mistakes_in_rates_have_their_place(rate, message):
    with pytest.raises(ScenarioError, match=message.replace(".yaml", r"\.yaml").replace("(", r"\(")):
        Run(rate)


def test_a_rate_that_stops_being_finite_is_named():
    run = Run("1/(1.05 - time)", dt=0.1)
    with pytest.raises(
        SimulationError,
        match=r"sources\.0\.rate: the formula has no finite value.* 1\.05 min: it is inf in voxel \(",
    ):
        run.until(3.0)
