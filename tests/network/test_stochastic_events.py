"""Events among reactions that happen one by one: exact laws, a naive loop, every rule of execution."""

from __future__ import annotations

import math
from dataclasses import replace

import numba
import numpy as np
import pytest
from scipy import stats

from tissue_sim.codegen.syntax import Binary, Name, Number
from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.kernels.philox import uniform_pair
from tissue_sim.kernels.stochastic.events import below_zero, crossing
from tissue_sim.network.advancing import advance_rows
from tissue_sim.network.fit import check_fit
from tissue_sim.network.kind import Draws
from tissue_sim.network.kinds.gillespie import GillespieKind
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate
from tissue_sim.random_numbers import Purpose

KEY = np.uint64(6)
LEAST_CHANCE = 1e-4
NOW = {"values_at_trigger": False}


@pytest.fixture
def eventful(make_network, models):
    """Return a model of reactions with events: ``eventful(text, parameters, initial, [(name, ...)])``."""

    def make(text, parameters, initial, *events, inputs=()):
        model = make_network(text, parameters, initial, inputs)
        return replace(model, events=tuple(models.event(*each[:3], **each[3]) for each in events))

    return make


def run(model, steps, cells, *, batches=1, duration=1.0):
    kind = GillespieKind(model, ToleranceSettings())
    values, places = np.zeros((cells, len(kind.names))), np.arange(cells)
    kind.start(values, places, places + 1, key=KEY, tick=0, time=0.0, inputs={})
    for tick in range(steps):
        for part in np.array_split(places, batches):
            values, codes = advance_rows(
                kind, values, part, start=tick * duration, duration=duration, inputs={},
                draws=Draws(KEY, part + 1, tick),
            )  # fmt: skip
            assert not codes.any()
    return values, kind


@pytest.fixture
def mixed(eventful):
    """A reset at a number, one at a time, one at a line in time, and one that waits."""
    return eventful(
        "-> X @ k\nX -> @ d*X",
        {"k": 9, "d": 0.2, "resets": 0, "when": -1, "line": 0, "late": 0, "seen": 0},
        {"X": 0},
        ("full", "X >= 20", {"X": "X - 15.2", "resets": "resets + 1"}, {}),
        ("at", "time >= 2.5", {"X": "50 - 40", "when": "time"}, {}),
        ("cut", "time + X/10 >= 4.05", {"line": "time"}, {}),
        ("wait", "X >= 12", {"late": "time", "seen": "X"}, {"delay": "0.75"}),
    )


class Naive:
    """Events and reactions of `mixed` in one cell as one would write them down, with the same draws."""

    def __init__(self, cell_id):
        self.cell_id, self.x, self.time, self.draw = cell_id, 0.0, 0.0, 0
        self.resets, self.when, self.line, self.late, self.seen = 0, -1.0, 0.0, 0.0, 0.0
        self.pending, self.held = [], {"full": True, "at": True, "cut": True, "wait": True}

    def settle(self):
        while True:
            now = {
                "full": self.x >= 20,
                "at": self.time >= 2.5 - 1e-14,
                "cut": self.time + self.x / 10 >= 4.05 - 1e-14,
                "wait": self.x >= 12,
            }
            begun = [name for name in now if now[name] and not self.held[name]]
            self.held = now
            changed = False
            if "full" in begun:
                self.x, self.resets, changed = round(self.x - 15.2), self.resets + 1, True
            if "at" in begun:
                self.x, self.when, changed = 10.0, self.time, True
            if "cut" in begun:
                self.line = self.time
            if "wait" in begun:
                self.pending.append((self.time + 0.75, self.time, self.x))
            due = [each for each in self.pending if each[0] <= self.time + 1e-12]
            for each in due:
                _, self.late, self.seen = each  # values of the trigger's time
                self.pending.remove(each)
            if not changed:
                return

    def step(self, tick):
        self.draw = 0
        self.settle()
        while self.time < tick + 1.0:
            stop = min([tick + 1.0, *(each[0] for each in self.pending)])
            for moment, held in ((2.5, "at"), (4.05 - self.x / 10, "cut")):
                if not self.held[held] and self.time < moment < stop:
                    stop = moment
            rates = [9.0, 0.2 * self.x]
            u, v = uniform_pair(KEY, self.cell_id, tick, int(Purpose.STOCHASTIC_NETWORK), self.draw)
            self.draw += 1
            moment = self.time - math.log(u) / sum(rates)
            if moment >= stop:
                self.time = stop
            else:
                self.time = moment
                self.x += 1 if v * sum(rates) < rates[0] else -1
            self.settle()


def test_trajectories_are_those_of_a_naive_simulation(mixed):
    values, kind = run(mixed, 6, 60)
    found = [values[:, kind.names.index(n)] for n in ("X", "resets", "when", "line", "late", "seen")]
    for cell in range(60):
        naive = Naive(cell + 1)
        for tick in range(6):
            naive.step(tick)
        expected = [naive.x, naive.resets, naive.when, naive.line, naive.late, naive.seen]
        np.testing.assert_allclose([each[cell] for each in found], expected, rtol=1e-11)
    assert values[:, kind.names.index("resets")].max() >= 1
    assert len(np.unique(values[:, kind.names.index("line")])) > 30


def test_bits_depend_on_seed_and_cell_alone(mixed):
    whole, _ = run(mixed, 4, 60)
    assert run(mixed, 4, 60, batches=7)[0].tobytes() == whole.tobytes()
    assert run(mixed, 4, 20)[0].tobytes() == whole[:20].tobytes()
    try:
        numba.set_num_threads(1)
        assert run(mixed, 4, 60)[0].tobytes() == whole.tobytes()
    finally:
        numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


def test_plain_python_does_the_same(mixed):
    values, kind = run(mixed, 1, 3)
    module, constants, held_size = kind.kernels._compiled
    row, _ = run(mixed, 0, 3)
    row = row[1]
    with np.errstate(all="ignore"):
        status, _ = module.advance_row.py_func(
            row, np.empty(held_size), constants, 0.0, 1.0, KEY, 2, 0, int(Purpose.STOCHASTIC_NETWORK), 0,
            10**6, 0
        )  # fmt: skip
    assert status == 0
    assert row.tobytes() == values[1].tobytes()


def test_half_steps_equal_whole_ones_in_distribution(mixed):
    ends = [run(mixed, n, 3000, duration=4.0 / n)[0] for n in (1, 7)]
    assert (ends[0][:, 0] != ends[1][:, 0]).any()
    for column in (0, 2):  # X and resets
        table = [np.bincount(end[:, column].astype(int), minlength=21)[:21] for end in ends]
        seen = sum(table) > 20
        assert stats.chi2_contingency([each[seen] for each in table]).pvalue > LEAST_CHANCE


@pytest.mark.slow
def test_every_reaction_that_reaches_a_threshold_triggers(eventful):
    """Births are Poisson(k t); every fifth resets the count, however many fall into one step."""
    model = eventful(
        "-> X @ k",
        {"k": 11, "resets": 0},
        {"X": 0},
        ("full", "X >= 5", {"X": "0", "resets": "resets + 1"}, {}),
    )
    values, kind = run(model, 2, 10_000)
    births = values[:, 0] + 5.0 * values[:, kind.names.index("resets")]
    observed = np.bincount(births.astype(int))
    expected = stats.poisson(22.0).pmf(np.arange(len(observed))) * len(births)
    kept = expected > 5.0
    scaled = expected[kept] / expected[kept].sum() * observed[kept].sum()
    assert stats.chisquare(observed[kept], scaled).pvalue > LEAST_CHANCE


@pytest.mark.slow
def test_delays_go_on_through_steps_and_can_be_called_off(eventful):
    """A molecule decays at rate 1: what waits 0.8 for it is executed, or called off, by exact laws."""
    model = eventful(
        "X -> Y @ X",
        {"when": -1, "kept": 0, "lost": 0},
        {"X": 1, "Y": 0},
        ("seen", "Y > 0", {"when": "time - 0.8"}, {"delay": "0.8", **NOW}),
        ("keeps", "X > 0", {"kept": "1"}, {"delay": "0.8", "initial": False}),
        ("loses", "X > 0", {"lost": "1"}, {"delay": "0.8", "initial": False, "persistent": False}),
    )
    values, kind = run(model, 60, 4000, duration=0.3)
    when, kept, lost = (values[:, kind.names.index(name)] for name in ("when", "kept", "lost"))
    assert stats.kstest(when[when >= 0.0], "expon").pvalue > LEAST_CHANCE
    assert (when >= 0.0).mean() > 0.999
    assert kept.all()
    assert (lost == (when > 0.8)).mean() > 0.999
    assert stats.binomtest(int(lost.sum()), 4000, math.exp(-0.8)).pvalue > LEAST_CHANCE


@pytest.mark.slow
def test_priorities_and_draws_among_equals(eventful):
    log = {"log": "10*log + 1"}, {"log": "10*log + 2"}, {"log": "10*log + 3"}
    model = eventful(
        "-> X @ 5",
        {"log": 0},
        {"X": 0},
        ("a", "time >= 1.5", log[0], {"priority": "1", **NOW}),
        ("b", "time >= 1.5", log[1], {"priority": "1", **NOW}),
        ("c", "time >= 1.5", log[2], {"priority": "2", **NOW}),
    )
    values, kind = run(model, 3, 2000)
    found, often = np.unique(values[:, kind.names.index("log")], return_counts=True)
    assert found.tolist() == [312.0, 321.0]
    assert stats.binomtest(int(often[0]), 2000, 0.5).pvalue > LEAST_CHANCE


@pytest.mark.parametrize("comparison", [">=", ">"])
@pytest.mark.parametrize("step", [0.5, 0.7, 8.0])
def test_a_time_is_met_wherever_steps_end(eventful, comparison, step):
    model = eventful(
        "-> X @ 5", {"at": 2.5, "when": -1}, {"X": 0}, ("e", f"time {comparison} at", {"when": "time"}, {})
    )
    values, kind = run(model, math.ceil(4.0 / step), 50, duration=step)
    np.testing.assert_allclose(values[:, kind.names.index("when")], 2.5, rtol=1e-12)


@pytest.mark.slow
def test_rows_are_widened_where_many_events_wait(eventful):
    model = eventful(
        "-> X @ 40", {"n": 0}, {"X": 0}, ("e", "X >= 1", {"n": "n + 1"}, {"delay": "3", **NOW}),
        ("again", "X >= 1", {"X": "0"}, {"priority": "1"}),
    )  # fmt: skip
    values, kind = run(model, 8, 20, duration=0.5)
    assert values.shape[1] > len(kind.names)
    assert values[:, kind.names.index("n")].mean() == pytest.approx(40.0, abs=4.0 * math.sqrt(40.0 / 20))


@pytest.mark.slow
def test_counts_that_events_set_are_rounded_or_refused(eventful):
    model = eventful(
        "X -> @ 0.1*X", {"to": 6.6}, {"X": 1, "Y": 0}, ("e", "time >= 0", {"X": "to"}, {"initial": False})
    )
    assert (run(model, 0, 5)[0][:, 0] == 7.0).all()
    with pytest.raises(SimulationError, match="an event sets the count of 'X' below 0"):
        simulate(model, [0.0, 1.0], method="gillespie", parameters={"to": -2})


@pytest.mark.slow
def test_held_species_are_spared_by_events(eventful):
    model = eventful(
        "-> X @ 5\nX -> @ X", {"n": 0}, {"X": 5}, ("e", "time >= 1.5", {"X": "100", "n": "n + 1"}, {})
    )
    kind = GillespieKind(GillespieKind.with_holds(model, ["X"], []), ToleranceSettings())
    values, places = np.zeros((40, len(kind.names))), np.arange(40)
    kind.start(values, places, places + 1, key=KEY, tick=0, time=0.0, inputs={})
    kind.hold(values, places[:20], "X", np.full(20, 3.0), np.ones(20))
    kind.changed(values, places[:20], 0.0)
    codes = kind.advance(values, places, start=0.0, duration=1.6, inputs={}, draws=Draws(KEY, places + 1, 0))
    assert not codes.any()
    assert (values[:20, 0] == 3.0).all()
    assert (values[20:, 0] > 60.0).all()
    assert (values[:, kind.names.index("n")] == 1.0).all()


def test_what_cannot_be_done_is_refused_by_name(eventful):
    waves = eventful("-> X @ 1", {"n": 0}, {"X": 0}, ("tide", "sin(time) > 0.5", {"n": "1"}, {}))
    with pytest.raises(SettingsError, match="trigger of event 'tide' depends on time other than linearly"):
        check_fit(GillespieKind, waves)
    grows = eventful("-> X @ 1", {"V": 2}, {"X": 2}, ("swell", "X > 5", {"V": "4"}, {}))
    held_in = replace(grows.species[0], per_amount=Binary("/", Number(1.0), Name(("V",))))
    with pytest.raises(SettingsError, match="the volume that 'X' is in depends on 'V'"):
        check_fit(GillespieKind, replace(grows, species=(held_in,)))


@pytest.mark.parametrize("form", [crossing, crossing.py_func])
def test_crossings_are_first_and_after_the_present(form):
    nan = math.nan
    now = np.array([0.0, 1.0, 0.0, 1.0, nan, 3.0, -2.0, 0.5])
    later = np.array([1.0, 1.0, 1.0, 0.0, nan, 1.0, 6.0, -0.5])
    assert form(10.0, 18.0, 1e-9, now, later) == pytest.approx(12.0 + 1e-9, abs=1e-12)
    assert form(10.0, 18.0, 1e-9, now, now) == 18.0
    touching = np.array([1.0, 0.0]), np.array([0.0, -1.0])
    assert form(10.0, 18.0, 1e-9, *touching) == 10.0 + 1e-9


@pytest.mark.parametrize("form", [below_zero, below_zero.py_func])
def test_counts_below_zero_are_named(form):
    assert form(np.array([0.0, 2.0])) == 0
    assert form(np.array([0.0, 2.0, -1.0])) % 8 == 4
    assert form(np.array([0.0, math.nan])) // 8 == 1
