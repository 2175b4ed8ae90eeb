"""Waiting times are exact, whatever the step: fixed, drawn and exponential phases, sizers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tissue_sim.errors import ScenarioError, SimulationError

FOUR_PHASES = {
    "G1": {"duration": "7 h"},
    "S": {"duration": "6 h", "target_volume": 2},
    "G2": {"duration": "3 h"},
    "M": {"duration": "2 h", "divides": True},
}
DRAWN_PHASES = {
    "G1": {"duration": "normal(420, 42)"},
    "S": {"duration": "normal(360, 36)", "target_volume": 2},
    "G2": {"duration": "normal(180, 18)"},
    "M": {"duration": "normal(120, 12)", "divides": True},
}


@pytest.mark.parametrize("dt", [6.0, 1.2, 7.0, 100.0, 1000.0])
def test_fixed_cycle_divides_at_18_and_36_hours(tissue_of, divisions, dt):
    tissue = tissue_of({"volume": 523.6, "cycle": {"phases": FOUR_PHASES}}, dt=dt, others=[divisions])
    tissue.run(2980)
    np.testing.assert_allclose(sorted(divisions.times), [1080.0, 2160.0, 2160.0], rtol=0, atol=1e-8)
    assert tissue.population.size == 4


def test_fixed_cycle_is_recorded_at_18_and_36_hours(tissue_of):
    tissue = tissue_of({"volume": 523.6, "cycle": {"phases": FOUR_PHASES}})
    numbers = []
    for hour in range(0, 49, 6):
        tissue.run(60 * hour)
        numbers.append(tissue.population.size)
    assert numbers == [1, 1, 1, 2, 2, 2, 4, 4, 4]
    births = tissue.lineage.arrays()
    assert births["time"].tolist() == [0.0, 1080.0, 2160.0, 2160.0]


def test_phases_follow_each_other(tissue_of):
    tissue = tissue_of({"cycle": {"phases": FOUR_PHASES}})
    assert tissue.lifecycle.phase_names("cell") == ("G1", "S", "G2", "M")
    assert tissue.phase_names == {"cell": ("G1", "S", "G2", "M")}
    seen = []
    for hour in range(20):
        tissue.run(60 * hour + 30)
        seen.append(int(tissue.population["phase"][0]))
        began = {0: 0, 1: 7, 2: 13, 3: 16}[seen[-1]] if hour < 18 else 18
        assert tissue.population["phase_time"][0] == pytest.approx(60 * (hour - began) + 30)
        assert tissue.population["age"][0] == pytest.approx(60 * (hour % 18) + 30)
    assert seen == [0] * 7 + [1] * 6 + [2] * 3 + [3] * 2 + [0] * 2


def test_drawn_cycle_lasts_18_hours_with_sd_099(tissue_of, divisions):
    tissue = tissue_of({"cycle": {"phases": DRAWN_PHASES}}, number=350, others=[divisions])
    tissue.run(45 * 60)
    hours = np.array(divisions.lengths) / 60
    number = len(hours)
    assert number == 1050
    assert abs(hours.mean() - 18.0) < 3 * 0.98995 / np.sqrt(number)
    assert abs(hours.std(ddof=1) - 0.98995) < 3 * 0.98995 / np.sqrt(2 * number)


@pytest.mark.parametrize("dt", [0.5, 6.0, 54.0])
def test_live_cycle_waits_exponentially_at_any_step(tissue_of, divisions, dt):
    rate = 0.02
    tissue = tissue_of(
        {"cycle": {"model": "live", "rate": rate}}, number=4000, dt=dt, others=[divisions], seed=3
    )
    tissue.run(54)
    first = {}
    for cell, time in zip(divisions.cells, divisions.times, strict=True):
        if cell <= 4000:
            first.setdefault(cell, time)
    expected = 1.0 - np.exp(-rate * 54)
    assert abs(len(first) / 4000 - expected) < 3 * np.sqrt(expected * (1 - expected) / 4000)
    conditional = (1 - np.exp(-rate * np.array(list(first.values())))) / expected
    assert stats.kstest(conditional, "uniform").pvalue > 0.01


def test_exponential_phases_convolve(tissue_of, divisions):
    """A rate, a drawn exponential and a fixed time in a row, all shorter than the step."""
    phases = {
        "A": {"rate": 0.5},
        "B": {"duration": "exponential(2)"},
        "C": {"duration": 3, "divides": True},
    }
    tissue = tissue_of({"cycle": {"phases": phases}}, number=3000, dt=8.0, others=[divisions], seed=5)
    tissue.run(32)
    first = {}
    for cell, time in zip(divisions.cells, divisions.times, strict=True):
        first.setdefault(cell, time)
    waits = np.array([first[cell] for cell in range(1, 3001) if first.get(cell, 99.0) < 24.0]) - 3.0
    law = stats.gamma(2, scale=2.0)
    assert stats.kstest(law.cdf(waits) / law.cdf(21.0), "uniform").pvalue > 0.01


def test_steps_of_6_and_1_minutes_give_one_distribution(tissue_of):
    phases = {
        "G1": {"rate": 1 / 60},
        "S": {"duration": "normal(60, 6)", "target_volume": 2},
        "M": {"duration": 20, "divides": True},
    }
    numbers = []
    for dt, seed in ((6.0, 1), (1.0, 2)):
        tissue = tissue_of(
            {"cycle": {"phases": phases}, "death": {"apoptosis": {"rate": 1e-3, "duration": 100}}},
            number=1000,
            dt=dt,
            seed=seed,
        )
        tissue.run(240)
        state = np.bincount(tissue.population["state"], minlength=2)
        numbers.append(np.array([*np.bincount(tissue.population["phase"]), state[1]]))
    first, second = numbers
    # Siblings are correlated: at 1.4 generations the variance of a count is at most twice Poisson's.
    assert (np.abs(first - second) < 3 * np.sqrt(2.0 * (first + second))).all()


def test_next_phase_is_chosen_with_its_probability(tissue_of):
    phases = {
        "A": {"duration": 1, "next": {"B": 0.2, "C": 0.7, "D": 0.1}},
        "B": {"rate": 0, "next": "A"},
        "C": {"rate": 0, "next": "A"},
        "D": {"rate": 0, "next": "A"},
    }
    tissue = tissue_of({"cycle": {"phases": phases}}, number=20000).run(6)
    counts = np.bincount(tissue.population["phase"], minlength=4)
    assert counts[0] == 0
    assert stats.chisquare(counts[1:], [4000, 14000, 2000]).pvalue > 0.01


def test_daughters_choose_independently(tissue_of):
    phases = {
        "A": {"duration": 6, "divides": True, "next": {"B": 0.5, "C": 0.5}},
        "B": {"rate": 0, "next": "A"},
        "C": {"rate": 0, "next": "A"},
    }
    tissue = tissue_of({"cycle": {"phases": phases}}, number=5000).run(6)
    phase = tissue.population["phase"]
    together = np.count_nonzero(phase[:5000] == phase[5000:])
    assert abs(together - 2500) < 3 * np.sqrt(5000 / 4)


def test_without_a_cycle_nothing_happens(tissue_of):
    tissue = tissue_of({}, number=10).run(1e4)
    assert tissue.population.size == 10
    assert (tissue.population["volume"] == 2494.0).all()
    assert (tissue.population["age"] >= 1e4).all()


def test_sizer_grows_linearly_to_its_threshold(tissue_of, divisions):
    tissue = tissue_of(
        {"volume": 1000, "cycle": {"model": "sizer", "growth": 2, "threshold": 1.5}}, others=[divisions]
    )
    tissue.run(246)
    assert tissue.population["volume"][0] == pytest.approx(1000 + 2 * 246)
    assert tissue.population["target_volume"][0] == 1500.0
    tissue.run(252)
    assert divisions.times == pytest.approx([250.0])
    np.testing.assert_allclose(tissue.population["volume"], 750.0, rtol=1e-14)
    tissue.run(600)
    np.testing.assert_allclose(tissue.population["volume"], 750.0 + 2 * 350, rtol=1e-12)
    tissue.run(636)
    assert divisions.times == pytest.approx([250.0, 625.0, 625.0])


def test_sizer_draws_a_threshold_for_each_half(tissue_of):
    cycle = {"model": "sizer", "growth": 10, "threshold": "normal(2, 0.4, min=0)"}
    tissue = tissue_of({"volume": 1000, "cycle": cycle}, number=2000)
    np.testing.assert_allclose(tissue.population["target_volume"], 2000.0, rtol=1e-5)
    tissue.run(102)
    thresholds = tissue.column("target_volume") / 1000
    assert len(np.unique(thresholds)) == 4000
    assert stats.kstest((thresholds - 2) / 0.4, "norm").pvalue > 0.01


def test_cell_born_above_its_threshold_divides_at_once(tissue_of, divisions):
    cycle = {"model": "sizer", "growth": 1, "threshold": 0.2}
    tissue = tissue_of({"volume": 1000, "cycle": cycle}, others=[divisions]).run(24)
    assert divisions.times == [0.0] * 7
    np.testing.assert_allclose(tissue.population["volume"], 149.0, rtol=1e-12)
    tissue.run(30)
    np.testing.assert_allclose(tissue.population["volume"], 155.0, rtol=1e-12)


def test_effective_rates_steer_the_cycle(tissue_of):
    tissue = tissue_of({"cycle": {"model": "live", "rate": 0.05}}, number=100)
    tissue.behaviours.make_effective("cycle.rate")
    tissue.population["effective.cycle.rate"][:] = 0.0
    assert tissue.run(600).population.size == 100
    tissue.population["effective.cycle.rate"][:] = 0.05
    assert tissue.run(660).population.size > 1000


def test_types_keep_their_own_cycles(tissue_of):
    tissue = tissue_of(
        types={
            "a": {"volume": 500, "cycle": {"phases": FOUR_PHASES}},
            "b": {"volume": 900, "cycle": {"model": "live", "rate": 0}},
            "c": {"cycle": {"phases": {"X": {"duration": 108, "divides": True, "target_volume": 2}}}},
        },
        number=1,
    )
    tissue.add(1, kind=1)
    tissue.add(1, kind=2)
    assert tissue.behaviours.own("cycle.rate").tolist() == [0.0, 0.0, 0.0]
    tissue.run(1080)
    types = tissue.population["type"]
    assert np.bincount(types).tolist() == [2, 1, 2**10]


def test_phases_too_short_are_an_error(tissue_of):
    tissue = tissue_of({"cycle": {"phases": {"A": {"duration": 1e-6, "next": "A"}}}})
    with pytest.raises(SimulationError, match=r"lifecycle, time 0 min, cell_id 1: more than 10000 phases"):
        tissue.step()


def test_problems_are_refused_when_built(tissue_of):
    with pytest.raises(ScenarioError, match="cell type cell: phase A needs a duration or a rate"):
        tissue_of({"cycle": {"phases": {"A": {"divides": True}}}})
