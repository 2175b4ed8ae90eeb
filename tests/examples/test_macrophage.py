"""Macrophages that hunt: they catch more than those that walk at random, and every meal is in the books."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.tissue.lineage import CAUSES, REMOVAL

AT_RANDOM = "cell_types.macrophage.motility.chemotaxis.attractant=0"
SEEDS = (1, 2, 3)
HOURS = 3
HANDLING_TIME = 20.0


@pytest.fixture(scope="module")
def hunts(finished):
    """Tissues after some hours of hunting and of walking at random, one each for every seed."""
    duration = f"duration={HOURS} h"
    return {
        "hunting": [finished("macrophage", duration, seed=seed).tissue for seed in SEEDS],
        "random": [finished("macrophage", duration, AT_RANDOM, seed=seed).tissue for seed in SEEDS],
    }


def eaten(tissue) -> np.ndarray:
    macrophages = tissue.population["type"] == tissue.cell_types.index("macrophage")
    return tissue.population["eaten"][macrophages]


def test_hunters_catch_more_than_random_walkers(hunts):
    caught = {kind: np.concatenate([eaten(each) for each in tissues]) for kind, tissues in hunts.items()}
    difference = caught["hunting"].mean() - caught["random"].mean()
    error = np.sqrt(sum(each.var(ddof=1) / len(each) for each in caught.values()))
    assert difference > 5.0 * error
    assert caught["hunting"].sum() > 2 * caught["random"].sum()


def test_hunters_win_and_random_walkers_lose_against_growth(hunts):
    left = {
        kind: [int((each.population["type"] == each.cell_types.index("bacterium")).sum()) for each in tissues]
        for kind, tissues in hunts.items()
    }
    assert max(left["hunting"]) < 60 < min(left["random"])


def test_every_meal_is_one_removal(hunts):
    for tissue in [*hunts["hunting"], *hunts["random"]]:
        tissue.apply_due()
        events = tissue.lineage.arrays()
        removals = events["event"] == REMOVAL
        assert eaten(tissue).sum() == removals.sum() > 0
        assert {CAUSES[each] for each in events["cause"][removals]} == {"removed"}
        assert len(np.unique(events["cell_id"][removals])) == removals.sum()
        assert (tissue.population["eaten"][tissue.population["type"] == 1] == 0).all()


def test_a_meal_takes_its_time(hunts):
    for tissue in hunts["hunting"]:
        assert eaten(tissue).max() <= HOURS * 60.0 / HANDLING_TIME + 1
        digesting = tissue.population["busy_until"] > tissue.time
        assert digesting.any()
        assert (tissue.behaviours.own("motility.speed")[digesting] == 0.0).all()


def test_where_no_attractant_is_felt_there_is_no_bias(finished):
    tissue = finished("macrophage", "initial.1.number=1", "cell_types.bacterium.cycle.rate=0",
                      "cell_types.bacterium.exchange.attractant.export=0", "duration=1 h").tissue  # fmt: skip
    macrophages = tissue.population["type"] == 0
    assert (tissue.behaviours.own("motility.bias")[macrophages] == 0.0).all()
