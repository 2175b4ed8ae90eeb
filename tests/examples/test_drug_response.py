"""A drug response: survival as integrated independently, tolerant cells enriched, tolerance inherited."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

HOURS = 24.0
RESTING = "cell_types.tumour.cycle.rate=0"


def expected_survival(parameters, tolerance, minutes) -> np.ndarray:
    """Probability of each tolerance to survive, from damage and hazards integrated to 1e-9."""
    p = parameters

    def slopes(time, values):
        damage = values[0]
        drug = p["dose"] * 2.0 ** (-time / p["half_life"])
        hazard = p["max_kill"] * damage**4 / (tolerance**4 + damage**4)
        return np.concatenate([[p["build_up"] * drug - p["repair"] * damage], hazard])

    start = np.zeros(1 + len(tolerance))
    solution = solve_ivp(slopes, (0.0, minutes), start, rtol=1e-9, atol=1e-12)
    return np.exp(-solution.y[1:, -1])


@pytest.fixture(scope="module")
def treated(example):
    """Cells that do not divide, a thousand for each of four seeds, after a day.

    Returns the scenario's parameters, and of every cell tolerance, whether it is live, and damage.
    """
    columns = []
    for seed in range(11, 15):
        simulation = example(
            "drug_response", RESTING, "initial.0.disc.radius=270 um", f"duration={HOURS} h",
            "cell_types.tumour.death={apoptosis: {duration: 10 d}}", seed=seed,
        )  # fmt: skip
        for _ in simulation:
            pass
        population = simulation.tissue.population
        columns.append([population["tolerance"], population["state"] == 0, population["damage"]])
    tolerance, live, damage = (np.concatenate(each) for each in zip(*columns, strict=True))
    return simulation.scenario.settings.parameters, tolerance, live, damage


def test_survival_is_the_integrated_one(treated):
    parameters, tolerance, live, _ = treated
    assert len(live) > 4000
    assert 0.02 < live.mean() < 0.5
    expected = expected_survival(parameters, tolerance, HOURS * 60.0)
    # Not only how many: which ones. Each third of the tolerances has its own expectation.
    for part in (np.arange(len(live)), *np.array_split(np.argsort(tolerance), 3)):
        error = np.sqrt((expected[part] * (1.0 - expected[part])).sum())
        assert abs(live[part].sum() - expected[part].sum()) < 3.0 * error


def test_damage_is_the_integrated_one(treated):
    p, _, live, damage = treated
    fading = np.log(2.0) / p["half_life"]
    end = HOURS * 60.0
    exact = p["build_up"] * p["dose"] * (np.exp(-fading * end) - np.exp(-p["repair"] * end))
    exact /= p["repair"] - fading
    # The dose is held over the step of 2 min, in which it falls by 0.3 %.
    assert damage[live] == pytest.approx(exact, rel=3e-3)


def test_survivors_are_the_tolerant_ones(treated):
    _, tolerance, live, _ = treated
    survivors, all_cells = np.log(tolerance[live]), np.log(tolerance)
    error = all_cells.std() / np.sqrt(live.sum())
    assert survivors.mean() - all_cells.mean() > 10.0 * error


def test_without_the_drug_all_live(finished):
    tissue = finished("drug_response", RESTING, "parameters.dose=0", short=True).tissue
    assert (tissue.population["state"] == 0).all()


def test_relapse_grows_from_tolerant_founders(example):
    simulation = example("drug_response", "duration=72 h")
    tissue = simulation.tissue
    simulation.place_cells()
    founders = dict(
        zip(tissue.population["cell_id"].tolist(), tissue.population["tolerance"].tolist(), strict=True)
    )
    live = [snapshot.populations["tumour/live"] for snapshot in simulation]
    assert min(live) < 0.25 * live[0]
    assert live[-1] > 2 * min(live)
    events = tissue.lineage.arrays()
    births = (events["event"] == 0) & (events["parent_id"] > 0)
    parent = dict(zip(events["cell_id"][births].tolist(), events["parent_id"][births].tolist(), strict=True))
    for cell_id, tolerance in zip(
        tissue.population["cell_id"].tolist(), tissue.population["tolerance"].tolist(), strict=True
    ):
        founder = cell_id
        while founder in parent:
            founder = parent[founder]
        assert tolerance == founders[founder]
    assert np.median(tissue.population["tolerance"]) > 2.0 * np.median(list(founders.values()))
