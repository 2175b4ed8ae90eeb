"""Apoptosis and necrosis: chances, durations, volumes, removal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tissue_sim.tissue.columns import APOPTOTIC, LIVE, NECROTIC

NEVER = {"model": "live", "rate": 0}


def test_chance_of_death_is_exponential_in_time(tissue_of):
    rate = 0.01
    tissue = tissue_of({"death": {"apoptosis": {"rate": rate, "duration": 1e6}}}, number=20000, seed=2)
    tissue.run(60)
    dead = np.count_nonzero(tissue.population["state"] == APOPTOTIC)
    chance = 1 - np.exp(-rate * 60)
    assert abs(dead - 20000 * chance) < 3 * np.sqrt(20000 * chance * (1 - chance))
    # Since its death every dying cell has lived the time that is left of the 60 min.
    waited = 60 - (tissue.population["phase_time"] + tissue.population["lifecycle_lag"])
    waited = waited[tissue.population["state"] == APOPTOTIC]
    assert stats.kstest((1 - np.exp(-rate * waited)) / chance, "uniform").pvalue > 0.01


def test_competing_events_share_by_their_rates(tissue_of):
    death = {"apoptosis": {"rate": 0.02, "duration": 1e6}, "necrosis": {"rate": 0.06}}
    phases = {"A": {"rate": 0.12}, "B": {"rate": 0.0, "divides": True}}
    tissue = tissue_of({"cycle": {"phases": phases}, "death": death}, number=20000, dt=5.0, seed=4)
    tissue.behaviours.own("cycle.A.rate")[:] = 0.12
    tissue.run(5)
    states = np.bincount(tissue.population["state"], minlength=3)
    # While in A three events compete at 0.2 in all; those that reached B go on dying at 0.08.
    decay, leave = np.exp(-0.2 * 5), 0.12 / 0.12 * (np.exp(-0.08 * 5) - np.exp(-0.2 * 5))
    live = decay + leave
    expected = 20000 * np.array([live, (1 - live) * 0.25, (1 - live) * 0.75])
    assert stats.chisquare(states, expected).pvalue > 0.01
    in_a = np.count_nonzero((tissue.population["state"] == LIVE) & (tissue.population["phase"] == 0))
    assert abs(in_a - 20000 * decay) < 3 * np.sqrt(20000 * decay * (1 - decay))


def test_volume_goes_linearly_to_its_final_factor(tissue_of):
    tissue = tissue_of({"volume": 1000, "death": {"apoptosis": {"duration": 60, "volume": 0.2}}}, number=2)
    tissue.requests.ask("death", np.array([1]), 0, cause="apoptosis")
    population = tissue.population
    for minutes in range(6, 60, 6):
        tissue.run(minutes)
        assert population["state"].tolist() == [APOPTOTIC, LIVE]
        volume = 1000 * (1 - 0.8 * minutes / 60)
        np.testing.assert_allclose(population["volume"], [volume, 1000], rtol=1e-12)
        assert population["radius"][0] == pytest.approx((3 * volume / (4 * np.pi)) ** (1 / 3), rel=1e-13)
        assert population["target_volume"][0] == 200.0
        assert population["phase_time"][0] == pytest.approx(minutes)
    tissue.run(60)
    assert population["cell_id"].tolist() == [2]
    events = tissue.lineage.arrays()
    assert events["time"].tolist() == [0.0, 0.0, 0.0, 60.0]


def test_necrotic_cells_may_swell(tissue_of):
    tissue = tissue_of({"volume": 1000, "death": {"necrosis": {"duration": 100, "volume": 2}}})
    tissue.requests.ask("death", np.array([1]), 0, cause="necrosis")
    tissue.run(48)
    assert tissue.population["state"].tolist() == [NECROTIC]
    np.testing.assert_allclose(tissue.population["volume"], 1480.0, rtol=1e-12)


def test_a_volume_of_0_never_gives_a_radius_of_0(tissue_of):
    tissue = tissue_of({"volume": 1000, "death": {"apoptosis": {"duration": 12, "volume": 0}}})
    tissue.requests.ask("death", np.array([1]), 0, cause="apoptosis")
    for _ in range(2):
        tissue.step()
        assert tissue.population["radius"][0] > 0.01
    assert tissue.run(12).population.size == 0


def test_the_default_apoptosis_takes_516_minutes(tissue_of):
    tissue = tissue_of({}, number=3)
    tissue.requests.ask("death", np.array([2]), 0, cause="apoptosis")
    assert tissue.run(510).population.size == 3
    assert tissue.run(516).population.size == 2


def test_durations_are_drawn_and_time_in_the_step_is_kept(tissue_of):
    """Exponential dying, shorter than the step: the time from death to removal has no bias."""
    tissue = tissue_of(
        {"death": {"apoptosis": {"rate": 1.0, "duration": "exponential(20)"}}}, number=5000, dt=10.0, seed=7
    )
    tissue.step()
    deaths = {}
    removed = {}
    for _ in range(60):
        tissue.run(tissue.clock.time)
        population = tissue.population
        for cell, lag in zip(population["cell_id"], population["lifecycle_lag"], strict=True):
            if lag > 0.0 and cell not in deaths:
                deaths[cell] = tissue.clock.time - lag
        tissue.step()
        going = population["lifecycle_pending"] == 4
        ends = tissue.clock.time - population["lifecycle_lag"]
        removed.update(zip(population["cell_id"][going], ends[going], strict=True))
    lasted = np.array([removed[cell] - deaths[cell] for cell in removed])
    assert len(lasted) == 5000
    assert stats.kstest(lasted, stats.expon(scale=20).cdf).pvalue > 0.01


def test_dying_cells_neither_grow_nor_divide_nor_die_again(tissue_of):
    tissue = tissue_of(
        {"cycle": {"model": "live", "rate": 1.0}, "death": {"apoptosis": {"rate": 1.0, "duration": 1e5}}},
        number=4,
    )
    tissue.requests.ask("death", np.arange(1, 5), 0, cause="necrosis")
    tissue.run(600)
    assert tissue.population["state"].tolist() == [NECROTIC] * 4


def test_death_beats_division(tissue_of):
    """A cell that has asked to divide and is killed at that time dies."""
    tissue = tissue_of({"cycle": {"phases": {"A": {"duration": 4, "divides": True}}}})
    tissue.step()
    tissue.requests.ask("death", np.array([1]), tissue.clock.tick, cause="necrosis")
    tissue.run(6)
    population = tissue.population
    assert population["state"].tolist() == [NECROTIC]
    assert population["lifecycle_lag"].tolist() == [0.0]
    assert population["lifecycle_pending"].tolist() == [0]
    assert population["phase_remaining"].tolist() == [86400.0]


def test_a_division_still_to_come_survives_one_by_others(tissue_of):
    tissue = tissue_of({"cycle": {"phases": {"A": {"duration": 4, "divides": True, "next": "B"},
                                             "B": {"rate": 0, "next": "A"}}}})  # fmt: skip
    tissue.step()
    tissue.population["lifecycle_due"][:] = 2
    tissue.requests.ask("division", np.array([1]), 1)
    taken = tissue.requests.take_due(1)["division"]
    tissue.requests.ask("division", taken.cell_ids, 1)
    tissue.run(6)
    assert tissue.population["lifecycle_pending"].tolist() == [1, 0]
    assert tissue.population["phase"].tolist() == [0, 1]


def test_types_die_each_in_its_way(tissue_of):
    tissue = tissue_of(
        types={
            "a": {"volume": 1000, "death": {"apoptosis": {"duration": 100, "volume": 0.5}}},
            "b": {"volume": 1000, "death": {"necrosis": {"duration": 300, "volume": 0.7}}},
        },
        number=2,
    )
    tissue.add(2, kind=1)
    tissue.lifecycle.died(tissue, np.arange(4), ["apoptosis", "necrosis", "network failure", "necrosis"])
    population = tissue.population
    assert population["state"].tolist() == [APOPTOTIC, NECROTIC, APOPTOTIC, NECROTIC]
    np.testing.assert_allclose(population["target_volume"], [500, 250, 100, 700])
    assert population["phase_remaining"].tolist() == [100.0, 86400.0, 516.0, 300.0]
