"""Events among reactions in a tissue: steps, divisions, rows that are wider than at first, resuming."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tissue_sim.network.process import NetworkProcess
from tissue_sim.network.settings import NetworkSettings
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.model import TissueModel
from tissue_sim.tissue.state import restore_state, state_of

BOX = Domain((-50.0, -50.0, -50.0), (50.0, 50.0, 50.0))
TEXT = "-> X @ 8\nX -> @ 0.1*X"


@pytest.fixture
def model(make_network, models):
    """Every ten molecules are used up; each time a product comes 2.3 min later."""
    parts = (
        models.event("full", "X >= 10", {"X": "X - 10", "used": "used + 10"}),
        models.event("late", "X >= 10", {"made": "made + 1"}, delay="2.3", priority="1", **models.NOW),
        models.event("noon", "time >= 3.5", {"when": "time"}),
    )
    network = make_network(TEXT, {"used": 0, "made": 0, "when": -1}, {"X": 0})
    return replace(network, events=parts)


def tissue_of(model, cells, step=1.0):
    steps = dict.fromkeys(("signals", "mechanics", "network", "lifecycle"), step)
    tissue = TissueModel(BOX, ("a",), steps, seed=5)
    settings = NetworkSettings.model_validate({"equations": TEXT, "method": "gillespie"})
    tissue.add_process(NetworkProcess(tissue, {"net": settings}, {"net": model}, {"a": ["net"]}))
    if cells:
        positions = np.column_stack([np.arange(cells) * 5.0, np.zeros(cells), np.zeros(cells)])
        tissue.add_cells(positions, np.zeros(cells, dtype=np.int64))
        tissue.population["volume"][:] = 1000.0
    return tissue


def run(tissue, minutes):
    while tissue.clock.time < minutes:
        tissue.step()


@pytest.mark.parametrize("step", [0.5, 2.0])
def test_times_of_events_do_not_follow_the_steps(model, step):
    tissue = tissue_of(model, 8, step)
    run(tissue, 6.0)
    block = tissue.blocks["net"]
    np.testing.assert_allclose(block.quantity("when", 8), 3.5, rtol=1e-12)
    assert block.quantity("X", 8).max() < 10.0
    assert {"used", "made", "when"} <= set(block.recorded)


def test_daughters_share_molecules_and_inherit_what_is_pending(model):
    tissue = tissue_of(model, 300)
    run(tissue, 4.0)
    block = tissue.blocks["net"]
    used, x = block.quantity("used", 300), block.quantity("X", 300)
    tissue.ask("division", np.arange(1, 301))
    tissue.apply_due()
    assert (block.quantity("X", 600)[:300] + block.quantity("X", 600)[300:] == x).all()
    assert (block.quantity("used", 600) == np.tile(used, 2)).all()
    run(tissue, 6.0)
    made = block.quantity("made", 600)
    assert (made >= np.tile(used, 2) / 10.0 - 1e-9).mean() > 0.5  # those of the last minute may still wait
    run(tissue, 7.0)
    assert (block.quantity("made", 600) >= np.tile(used, 2) / 10.0).all()


def test_a_restored_tissue_goes_on_with_the_same_bits(model):
    tissue = tissue_of(model, 6)
    run(tissue, 2.0)
    tissue.ask("division", np.array([2]))
    run(tissue, 4.0)
    other = tissue_of(model, 0)
    restore_state(other, state_of(tissue))
    assert other.blocks["net"].values.tobytes() == tissue.blocks["net"].values.tobytes()
    for each in (tissue, other):
        run(each, 9.0)
    assert other.blocks["net"].values.tobytes() == tissue.blocks["net"].values.tobytes()


@pytest.mark.slow
def test_more_events_than_slots_happen_at_the_first_moment(make_network, models):
    events = tuple(
        models.event(f"e{i}", "X >= 0", {"n": "n + 1"}, initial=False, **models.NOW) for i in range(9)
    )
    network = replace(make_network(TEXT, {"n": 0}, {"X": 0}), events=events)
    tissue = tissue_of(network, 3)
    assert tissue.blocks["net"].quantity("n", 3).tolist() == [9.0] * 3
    run(tissue, 1.0)
    assert tissue.blocks["net"].quantity("n", 3).tolist() == [9.0] * 3


@pytest.mark.slow
def test_the_mean_number_of_events_is_right(model):
    """No death: births 8 per minute, a tenth of them events."""
    network = replace(model, reactions=model.reactions[:1])
    tissue = tissue_of(network, 400)
    run(tissue, 10.0)
    block = tissue.blocks["net"]
    births = block.quantity("X", 400) + block.quantity("used", 400)
    assert births.mean() == pytest.approx(80.0, abs=4.0 * math.sqrt(80.0 / 400))
    assert births.var() == pytest.approx(80.0, rel=4.0 * math.sqrt(2.0 / 400))
