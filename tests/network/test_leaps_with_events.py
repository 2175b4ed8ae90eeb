"""Events among leaps and Langevin steps: their instants, the laws of exact simulation, orders of errors."""

from __future__ import annotations

import math
from dataclasses import replace

import numba
import numpy as np
import pytest
from scipy import stats

from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.network.advancing import advance_rows
from tissue_sim.network.fit import check_fit
from tissue_sim.network.kind import Draws, kinds
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate
from tissue_sim.random_numbers import Purpose

METHODS = ("tau_leaping", "chemical_langevin")
KEY = np.uint64(6)
LEAST_CHANCE = 1e-4
SIZE = 100.0
"""Molecules of one unit of the thresholds below."""
START = {
    "k": 9.0 * SIZE, "d": 0.2, "S": SIZE, "noon": 2.5, "far": -5.0, "resets": 0, "first": -1,
    "when": -1, "log": 0, "line": 0, "late": 0, "seen": 0, "kept": 0, "lost": 0,
}  # fmt: skip


@pytest.fixture
def mixed(make_network, models):
    """A reset at a number, three at one time, one at a line in time, and some that wait or are called off."""
    now = models.NOW
    events = (
        models.event("full", "X >= 20*S", {"X": "X - 15*S", "resets": "resets + 1"}),
        models.event("mark", "X >= 20*S", {"first": "if(first < 0, time, first)"}, priority="1"),
        models.event("a", "time >= noon", {"log": "10*log + 1"}, priority="1", **now),
        models.event("b", "time >= noon", {"log": "10*log + 2"}, priority="1", **now),
        models.event("c", "time >= noon", {"X": "10*S + 0.4", "when": "time", "log": "3"}, priority="2"),
        models.event("cut", "time + X/(10*S) >= 4.05", {"line": "time"}),
        models.event("wait", "X >= 12*S", {"late": "time", "seen": "X"}, delay="0.75"),
        models.event("keeps", "X >= 12*S", {"kept": "kept + 1"}, delay="0.95", **now),
        models.event("loses", "X >= 12*S", {"lost": "lost + 1"}, delay="0.95", persistent=False, **now),
        models.event("below", "X < far*S", {"X": "-1"}),
    )
    return replace(make_network("-> X @ k\nX -> @ d*X", START, {"X": 0}), events=events)


def run(model, method, durations, cells, *, leap=0.03, batches=1):
    kind = kinds()[method](model, ToleranceSettings(leap=leap), 0)
    values, places = np.zeros((cells, len(kind.names))), np.arange(cells)
    kind.start(values, places, places + 1, key=KEY, tick=0, time=0.0, inputs={})
    time = 0.0
    for tick, duration in enumerate(durations):
        for part in np.array_split(places, batches):
            values, codes = advance_rows(
                kind, values, part, start=time, duration=duration, inputs={}, draws=Draws(KEY, part + 1, tick)
            )
            assert not codes.any(), kind.describe(int(codes.max()))
        time += duration
    return {name: values[:, i].copy() for i, name in enumerate(kind.names)}, values, kind


def assert_same_law(one, other):
    """Counts of events by a contingency table, all else by Kolmogorov and Smirnov."""
    for name in ("X", "first", "line", "late"):
        assert stats.ks_2samp(one[name], other[name]).pvalue > LEAST_CHANCE, name
    for name in ("resets", "kept", "lost", "log"):
        levels = np.unique(np.concatenate([one[name], other[name]]))
        table = np.array([[(each[name] == level).sum() for level in levels] for each in (one, other)])
        if len(levels) > 1:
            assert stats.chi2_contingency(table[:, table.sum(axis=0) > 20]).pvalue > LEAST_CHANCE, name


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_laws_are_those_of_exact_simulation(mixed, method):
    """By species, by time and by both, after delays, called off: where leaps are short enough not to show."""
    exact, *_ = run(mixed, "gillespie", [6.0], 1000)
    found, *_ = run(mixed, method, [6.0], 1000, leap=0.005)
    assert_same_law(found, exact)
    np.testing.assert_allclose(found["when"], 2.5, rtol=1e-12)
    assert set(found["log"]) == {312.0, 321.0}
    assert (found["lost"] < found["kept"]).mean() > 0.05
    assert len(np.unique(found["line"])) > 400


@pytest.mark.parametrize("method", METHODS)
def test_half_steps_equal_whole_ones_in_distribution(mixed, method):
    whole, halves = (run(mixed, method, [4.5 / n] * n, 1000)[0] for n in (1, 7))
    assert (whole["X"] != halves["X"]).any()
    assert_same_law(whole, halves)


@pytest.mark.parametrize("method", METHODS)
def test_bits_depend_on_seed_and_cell_alone(mixed, method):
    steps = [1.5] * 3
    _, values, kind = run(mixed, method, steps, 40)
    whole = values[:, : len(kind.names)]  # rows are widened where some cell has many events that wait
    assert run(mixed, method, steps, 40, batches=7)[1].tobytes() == values.tobytes()
    fewer = run(mixed, method, steps, 9)[1][:, : len(kind.names)]
    assert fewer.tobytes() == whole[:9].tobytes()
    try:
        numba.set_num_threads(1)
        assert run(mixed, method, steps, 40)[1].tobytes() == values.tobytes()
    finally:
        numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


@pytest.mark.parametrize("method", METHODS)
def test_plain_python_does_the_same(mixed, method):
    small = mixed.with_parameters({})
    _, values, kind = run(small, method, [2.6], 2, leap=0.3)
    row = np.pad(run(small, method, [], 2)[1][1], (0, values.shape[1] - len(kind.names)))
    module, constants, held_size = kind.kernels._compiled
    with np.errstate(all="ignore"):
        status, _ = module.advance_row.py_func(
            row, np.empty(held_size), constants, kind.kernels._orders, kind.kernels._multiplicities, 0.3,
            0.0, 2.6, KEY, 2, 0, int(Purpose.STOCHASTIC_NETWORK), 0, 10**6, 0,
        )  # fmt: skip
    assert status == 0
    np.testing.assert_allclose(row, values[1], rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("step", [0.5, 0.7, 8.0])
def test_a_time_is_met_wherever_steps_end(mixed, method, step):
    found, *_ = run(mixed, method, [step] * math.ceil(4.0 / step), 30, leap=1.0)
    np.testing.assert_allclose(found["when"], 2.5, rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_thresholds_are_met_at_their_molecule_by_far_fewer_leaps_than_reactions(mixed, method):
    """`seen` is the count at which an event by threshold was triggered."""
    size = 1000.0
    model = mixed.with_parameters(distributions(k=9.0 * size, S=size))
    found, _, kind = run(model, method, [2.4], 50)
    if method == "tau_leaping":
        assert (found["seen"] == 12.0 * size).all()
    else:
        assert (found["seen"] >= 12.0 * size).all()
        assert (found["seen"] < 12.0 * size + 5.0).all()
    values = np.pad(run(model, method, [], 50)[1], ((0, 0), (0, 40)))  # with room for all that wait
    draws = kind.kernels.first_draws(50)
    status = kind.kernels.advance(values, np.arange(50), 2.4, KEY, np.arange(50) + 1, 0, draws)
    assert not status.any()
    reactions = (9.0 + 10.0 * 0.2) * size * 2.4
    assert draws.mean() < (0.15 if method == "tau_leaping" else 0.3) * reactions


@pytest.mark.parametrize("method", METHODS)
def test_the_time_of_an_event_is_of_weak_order_one_in_the_leap(mixed, method):
    """X' = k - d X from 5 S on reaches 20 S after log(40/25)/d; the noise of many molecules does not show.

    At leaps above 0.1 the approach to the threshold shortens them, and with them the error, by itself.
    """
    size, leaps = 1e6, np.array([0.08, 0.04, 0.02, 0.01])
    model = mixed.with_parameters(distributions(k=9.0 * size, S=size, noon=9.0))
    model = model.with_initial(distributions(X=5.0 * size))
    exact = 5.0 * math.log(40.0 / 25.0)
    errors = [abs(run(model, method, [2.45], 60, leap=leap)[0]["first"].mean() - exact) for leap in leaps]
    assert errors[-1] < 0.003 * exact
    assert np.polyfit(np.log(leaps), np.log(errors), 1)[0] == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("method", METHODS)
def test_counts_that_events_set_are_whole_or_real_and_never_below_zero(mixed, method):
    found, *_ = run(mixed, method, [2.5], 40)
    whole = found["X"] == np.rint(found["X"])
    assert whole.all() if method == "tau_leaping" else not whole.any()
    with pytest.raises(SimulationError, match="an event sets the count of 'X' below 0"):
        simulate(mixed, [0.0, 4.0], method=method, parameters={"far": 15})


@pytest.mark.parametrize("method", METHODS)
def test_too_many_leaps_are_named_and_the_row_stays(mixed, method):
    _, values, kind = run(mixed, method, [1.0], 3)
    kind.kernels._most = 1
    before = values.copy()
    draws = Draws(KEY, np.arange(1, 4), 1)
    codes = kind.advance(values, np.arange(3), start=1.0, duration=9.0, inputs={}, draws=draws)
    assert "too many reactions within one network step, most of them" in kind.describe(int(codes.min()))
    assert values.tobytes() == before.tobytes()


@pytest.mark.parametrize("method", METHODS)
def test_waves_are_refused_by_name(mixed, models, method):
    waves = replace(mixed, events=(models.event("tide", "sin(time) > 0.5", {"log": "1"}),))
    with pytest.raises(SettingsError, match=f"event 'tide' depends on time .* method {method} finds"):
        check_fit(kinds()[method], waves)


def distributions(**values):
    from tissue_sim.tissue.distributions import parse_distribution

    return {name: parse_distribution(value) for name, value in values.items()}
