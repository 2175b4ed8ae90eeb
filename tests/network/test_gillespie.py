"""Exact stochastic simulation: against a naive one, exact laws, and the same bits in any batches."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from scipy import stats

from tissue_sim.codegen import stochastic_kernels
from tissue_sim.kernels.philox import uniform_pair
from tissue_sim.network.kind import Draws
from tissue_sim.network.kinds.gillespie import GillespieKind
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate
from tissue_sim.random_numbers import Purpose

MIXED = """
A + 2 B -> C @ c*A*B*(B - 1)/2
C -> A + 2 B @ r*total
-> B @ k
B -> @ push*B
A -> @ 0.5              # of order zero: stops at none
total = C
"""
VALUES = {"c": 0.002, "r": 0.8, "k": 20, "push": 0.9}
START = {"A": 40, "B": 10, "C": 3}
KEY = np.uint64(4)
LEAST_CHANCE = 1e-4


@pytest.fixture
def mixed(make_network):
    return make_network(MIXED, VALUES, START)


@pytest.fixture
def turnover(make_network):
    return make_network("-> X @ k\nX -> @ d*X", {"k": 20, "d": 0.5}, {"X": 0})


def advanced(kind, cells, steps=3, *, batches=1, duration=1.0):
    values, places = np.zeros((cells, len(kind.names))), np.arange(cells)
    kind.start(values, places, places + 1, key=KEY, tick=0, time=0.0, inputs={})
    for tick in range(steps):
        for part in np.array_split(places, batches):
            codes = kind.advance(
                values, part, start=tick * duration, duration=duration, inputs={},
                draws=Draws(KEY, part + 1, tick),
            )  # fmt: skip
            assert not codes.any()
    return values


def naive(cell_id: int, steps: int) -> list[float]:
    """The direct method as a textbook has it, with the same draws."""
    a, b, c = START["A"], START["B"], START["C"]
    for tick in range(steps):
        time, draw = 0.0, 0
        while True:
            rates = [
                VALUES["c"] * a * b * (b - 1) / 2,
                VALUES["r"] * c,
                VALUES["k"],
                VALUES["push"] * b,
                0.5 if a else 0.0,
            ]
            u, v = uniform_pair(KEY, cell_id, tick, int(Purpose.STOCHASTIC_NETWORK), draw)
            draw += 1
            time -= math.log(u) / sum(rates)
            if time >= 1.0:
                break
            happens = int(np.searchsorted(np.cumsum(rates), v * sum(rates), side="right"))
            change = [(-1, -2, 1), (1, 2, -1), (0, 1, 0), (0, -1, 0), (-1, 0, 0)][happens]
            a, b, c = a + change[0], b + change[1], c + change[2]
    return [a, b, c]


def test_trajectories_are_those_of_a_naive_simulation(mixed):
    values = advanced(GillespieKind(mixed, ToleranceSettings()), 40)
    expected = [naive(cell_id, 3) for cell_id in range(1, 41)]
    assert values[:, :3].tolist() == expected
    assert (values[:, 3] == values[:, 2]).all()
    assert (values[:, :3] >= 0.0).all()


def test_large_networks_stand_in_arrays_and_do_the_same(mixed, monkeypatch):
    scalars = advanced(GillespieKind(mixed, ToleranceSettings()), 40)
    monkeypatch.setattr(stochastic_kernels, "LARGEST_SCALAR", 0)
    arrays = advanced(GillespieKind(mixed, ToleranceSettings()), 40)
    assert arrays.tolist() == scalars.tolist()


def test_plain_python_does_the_same(mixed):
    kind = GillespieKind(mixed, ToleranceSettings())
    values = advanced(kind, 3, 1)
    module, constants, held_size = kind.kernels._compiled
    row = np.zeros(len(kind.names))
    row[:3] = list(START.values())
    nothing = np.zeros(3)
    with np.errstate(all="ignore"):
        status, _ = module.advance_cell.py_func(
            row, np.empty(held_size), constants, nothing, nothing, 0.03, 1.0, KEY, 2, 0,
            int(Purpose.STOCHASTIC_NETWORK), 0, 10**6
        )  # fmt: skip
    assert status == 0
    assert row[:3].tolist() == values[1, :3].tolist()


@pytest.mark.parametrize("method", ["gillespie", "tau_leaping", "chemical_langevin"])
def test_bits_depend_on_seed_and_cell_alone(turnover, method):
    from tissue_sim.network.kind import kinds

    kind = kinds()[method](turnover, ToleranceSettings(), 0)
    whole = advanced(kind, 60)
    assert advanced(kind, 60, batches=7).tobytes() == whole.tobytes()
    assert advanced(kind, 20).tobytes() == whole[:20].tobytes()
    assert len(np.unique(whole[:, 0])) > 5
    try:
        numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
        two = advanced(kind, 60)
        numba.set_num_threads(1)
        assert advanced(kind, 60).tobytes() == two.tobytes() == whole.tobytes()
    finally:
        numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    other = kinds()[method](turnover, ToleranceSettings(), 1)
    assert advanced(other, 60).tobytes() != whole.tobytes()


def test_waiting_times_are_exponential_with_the_summed_rate(make_network):
    """Seen through steps a thousandth of the mean long, each of which draws anew."""
    model = make_network("A -> B @ k*A\nA -> C @ l*A", {"k": 0.3, "l": 0.7}, {"A": 1, "B": 0, "C": 0})
    times = np.linspace(0.0, 12.0, 6001)
    found = simulate(model, times, method="gillespie", cells=4000, seed=3)
    gone = found["A"][:, -1] == 0.0
    waiting = times[np.argmax(found["A"] == 0.0, axis=1)][gone] - 0.001
    assert gone.sum() > 3990
    assert stats.kstest(waiting, "expon").pvalue > LEAST_CHANCE
    assert stats.binomtest(int(found["B"][:, -1].sum()), int(gone.sum()), 0.3).pvalue > LEAST_CHANCE


def test_first_reactions_within_one_step_have_exponential_times(make_network):
    """The clock of a cell is not kept, but a count is: reactions of rate a within h are Poisson(a h)."""
    model = make_network("-> X @ k", {"k": 3.7}, {"X": 0})
    found = simulate(model, [0.0, 2.0], method="gillespie", cells=20_000, seed=5)["X"][:, -1]
    observed = np.bincount(found.astype(int))
    expected = stats.poisson(7.4).pmf(np.arange(len(observed))) * len(found)
    kept = expected > 5.0
    scaled = expected[kept] / expected[kept].sum() * observed[kept].sum()
    assert stats.chisquare(observed[kept], scaled).pvalue > LEAST_CHANCE


def test_birth_and_death_settle_to_a_poisson_law_at_any_step(turnover):
    """Two half steps equal one whole in distribution; both equal the exact law at the time."""
    for steps, seed in ((1, 1), (2, 2), (64, 3)):
        times = np.linspace(0.0, 4.0, steps + 1)
        found = simulate(turnover, times, method="gillespie", cells=20_000, seed=seed)["X"][:, -1]
        law = stats.poisson(40.0 * (1.0 - math.exp(-2.0)))
        edges = np.arange(int(law.ppf(0.001)), int(law.ppf(0.999)))
        observed = np.bincount(np.searchsorted(edges, found), minlength=len(edges) + 1)
        expected = np.diff(np.concatenate([[0.0], law.cdf(edges), [1.0]])) * len(found)
        assert stats.chisquare(observed, expected).pvalue > LEAST_CHANCE


def test_a_step_may_be_cut_where_something_happens(turnover):
    """Parts of a step go on with the draws of the part before: in distribution the whole step."""
    kind = GillespieKind(turnover, ToleranceSettings())
    values, places = np.zeros((20_000, len(kind.names))), np.arange(20_000)
    used = kind.kernels.first_draws(len(places))
    for part in (0.5, 1.0, 2.5):
        assert not kind.kernels.advance(values, places, part, KEY, places + 1, 9, used).any()
    assert (used > 3).all()
    assert values[:, 0].mean() == pytest.approx(
        40.0 * (1.0 - math.exp(-2.0)), abs=4.0 * math.sqrt(35.0 / 2e4)
    )
    assert values[:, 0].var() == pytest.approx(40.0 * (1.0 - math.exp(-2.0)), rel=4.0 * math.sqrt(2.0 / 2e4))


def test_inputs_are_held_over_a_step(make_network):
    model = make_network("-> X @ push", {}, {"X": 0}, ("push",))
    kind = GillespieKind(model, ToleranceSettings())
    values, places = np.zeros((4000, len(kind.names))), np.arange(4000)
    push = np.where(places < 2000, 5.0, 0.0)
    kind.advance(
        values, places, start=0.0, duration=2.0, inputs={"push": push}, draws=Draws(KEY, places + 1, 0)
    )
    assert values[:2000, 0].mean() == pytest.approx(10.0, abs=4.0 * math.sqrt(10.0 / 2000))
    assert not values[2000:, 0].any()
    with pytest.raises(ValueError, match="method gillespie draws"):
        kind.advance(values, places, start=0.0, duration=2.0, inputs={"push": push})
