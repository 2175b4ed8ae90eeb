"""``precision: float32``: rounding is all that differs, positivity and the books hold."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.signals.settings import SignalSettings
from tissue_sim.simulation import Simulation

SIGNAL = {"unit": "mmHg", "diffusion": 1e4, "decay": 0.1, "initial": "20 + 10*cos(x/30)*cos(y/40)"}
FACES = {
    "boundary": {
        "x_min": {"value": 38}, "y_max": {"flux": 20}, "z_min": {"mixed": {"value": 3, "permeability": 9}}
    }
}  # fmt: skip
CASES = {
    "alone": {},
    "faces": FACES,
    "source": {"sources": [{"signal": "s", "region": {"point": [0, 0, 0]}, "rate": 300}]},
    "sink of a place": {"sources": [{"signal": "s", "region": {"point": [0, 0, 0]}, "rate": -30}]},
    "fixed": {"fixed": [{"signal": "s", "region": {"point": [0, 0, 0]}, "value": 38.1}]},
    "cells": {"exchange": {"a": {"s": {"uptake": {"max": 400, "half": 2}, "secretion": 1, "saturation": 9}}}},
    "varying": {"diffusion": "1e4*exp(x/50)"},
    "steady": {"mode": "steady", **FACES},
    "tolerance": {"tolerance": 1e-4},
}


@pytest.fixture(params=list(CASES))
def run(request, make_tissue, add_cells):
    case = dict(CASES[request.param])
    more = {key: case.pop(key) for key in ("sources", "fixed", "exchange") if key in case}

    def make(precision, steps, dt):
        signal = {**SIGNAL, **case, "precision": precision}
        made = make_tissue({"s": signal}, shape=(4, 7, 6), **more)
        if "exchange" in more:
            add_cells(made.tissue, np.random.default_rng(1).uniform(-40, 40, (30, 3)))
        for _ in range(steps):
            made.process.advance(made.tissue, dt)
        return made

    return make


@pytest.mark.parametrize("dt", [0.01, 1.0])
def test_it_differs_by_rounding_only_and_the_books_close(run, dt, assert_books_close):
    double, single = run("float64", 20, dt), run("float32", 20, dt)
    one, two = double.tissue.fields["s"], single.tissue.fields["s"]
    assert (one.dtype, two.dtype) == (np.float64, np.float32)
    assert np.abs(two - one).max() < 5e-7 * one.max()
    assert_books_close(single.process)
    lines, exact = (made.process.ledger()["s"] for made in (single, double))
    assert abs(lines["unsolved"] - exact["unsolved"]) < 2e-6 * lines["field"]
    assert single.process.counters() == double.process.counters()


@pytest.mark.parametrize("dt", [1e-3, 0.1, 10.0])
def test_a_point_source_stays_positive(make_tissue, assert_books_close, dt):
    made = make_tissue({"s": {"diffusion": 1e5, "precision": "float32"}}, shape=(9, 10, 11))
    made.tissue.fields["s"][4, 5, 5] = 1000.0
    for _ in range(5):
        made.process.advance(made.tissue, dt)
        assert made.tissue.fields["s"].min() >= 0.0
    assert made.tissue.fields["s"].sum(dtype=np.float64) == pytest.approx(1000.0, rel=1e-6)


def test_a_tolerance_below_rounding_is_refused():
    with pytest.raises(ValidationError, match="float32 cannot show errors below 1e-05"):
        SignalSettings.model_validate({**SIGNAL, "precision": "float32", "tolerance": 1e-6})
    with pytest.raises(ValidationError, match="float64"):
        SignalSettings.model_validate({**SIGNAL, "precision": "float16"})


TEXT = """\
tissue_sim: 1
seed: 2
duration: 1 h
domain: {size: [200, 200], spacing: 20}
signals:
  s:
    diffusion: 1e4
    decay: 0.1
    initial: 10 + x/100
    precision: float32
    boundary: {x_min: {value: 12}}
cell_types:
  a:
    motility: {speed: 1, bias: 0.5, chemotaxis: {s: 1}}
    exchange: {s: {uptake: 1}}
    rules: [signal.s increases cycle.rate to 0.01 with half_max 5]
    cycle: {model: live, rate: 0}
initial: [{type: a, disc: {center: [0, 0], radius: 40}}]
"""


def test_a_state_taken_half_way_goes_on_with_the_same_bits():
    whole = Simulation(load_scenario_text(TEXT, name="s.yaml"))
    while whole.tissue.clock.time < 30.0:
        whole.step()
    state = whole.state()
    half = Simulation(load_scenario_text(TEXT, name="s.yaml"))
    half.restore(state)
    for simulation in (whole, half):
        while simulation.tissue.clock.time < 60.0:
            simulation.step()
    assert whole.tissue.fields["s"].dtype == half.tissue.fields["s"].dtype == np.float32
    for name, values in whole.state().items():
        np.testing.assert_array_equal(values, half.state()[name], err_msg=name)
