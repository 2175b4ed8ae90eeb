"""The lifecycle inside the real tissue: the same bits, and the same bits again after a restart."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.lifecycle.process import LifecycleProcess
from tissue_sim.lifecycle.settings import LifecycleSettings
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.model import TissueModel
from tissue_sim.tissue.state import restore_state, state_of

TYPES = {
    "cell": {
        "cycle": {
            "phases": {
                "G1": {"rate": 0.01},
                "S": {"duration": "normal(50, 5)", "target_volume": 2},
                "M": {"duration": 17, "divides": True},
            }
        },
        "death": {"apoptosis": {"rate": 0.002, "duration": "exponential(40)"}, "necrosis": {"rate": 0.001}},
    },
    "sizer": {"cycle": {"model": "sizer", "growth": 30, "threshold": "normal(2, 0.4, min=0)"}},
}


def real_tissue():
    tissue = TissueModel(
        Domain((-1e6,) * 3, (1e6,) * 3), tuple(TYPES), {"mechanics": 2.0, "lifecycle": 6.0}, seed=9
    )
    settings = {name: LifecycleSettings.model_validate(value) for name, value in TYPES.items()}
    tissue.add_process(LifecycleProcess(tissue, settings))
    return tissue


def run(tissue, ticks):
    while tissue.clock.tick < ticks:
        tissue.step()
    return tissue


def test_state_restored_in_the_middle_of_a_step_goes_on_with_the_same_bits():
    whole = real_tissue()
    whole.add_cells(np.zeros((100, 3)), np.arange(100) % 2)
    run(whole, 61)
    assert len(whole.requests) > 0
    assert (whole.population["lifecycle_lag"] != 0.0).any()
    resumed = real_tissue()
    restore_state(resumed, state_of(whole))
    first, second = state_of(run(whole, 120)), state_of(run(resumed, 120))
    assert whole.population.size > 200
    assert first.keys() == second.keys()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name)


def test_births_and_deaths_stand_in_the_lineage():
    tissue = real_tissue()
    tissue.add_cells(np.zeros((200, 3)), np.zeros(200, dtype=int))
    run(tissue, 150)
    tissue.apply_due()
    log, population = tissue.lineage.arrays(), tissue.population
    assert (log["time"] % 6.0 == 0.0).all()
    born, removed = np.count_nonzero(log["event"] == 0), np.count_nonzero(log["event"] == 2)
    assert born - removed == population.size
    assert removed > 10
    assert np.count_nonzero(log["event"] == 1) - removed == np.count_nonzero(population["state"])
    assert tissue.phase_names["cell"] == ("G1", "S", "M")
    age = tissue.clock.time - log["time"][log["event"] == 0]
    by_cell = dict(zip(log["cell_id"][log["event"] == 0], age, strict=True))
    divided = set(log["parent_id"][log["event"] == 0]) - {0}
    for cell, age in zip(population["cell_id"], population["age"], strict=True):
        if cell not in divided:
            assert age == pytest.approx(by_cell[cell])
