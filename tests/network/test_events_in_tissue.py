"""Events of networks in cells: their times do not follow the steps of the tissue; division and state."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.network.process import NetworkProcess
from tissue_sim.network.settings import NetworkSettings
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.model import TissueModel
from tissue_sim.tissue.state import restore_state, state_of

BOX = Domain((-50.0, -50.0, -50.0), (50.0, 50.0, 50.0))


def tissue_of(model, cells: int = 6, step: float = 1.0, seed: int = 5, **settings) -> TissueModel:
    steps = {"signals": step, "mechanics": step, "network": step, "lifecycle": step}
    tissue = TissueModel(BOX, ("a",), steps, seed=seed)
    given = NetworkSettings.model_validate({"equations": "X' = 0", "initial": {"X": 0}, **settings})
    tissue.add_process(NetworkProcess(tissue, {"net": given}, {"net": model}, {"a": ["net"]}))
    if cells:
        positions = np.column_stack([np.arange(cells) * 5.0, np.zeros(cells), np.zeros(cells)])
        tissue.add_cells(positions, np.zeros(cells, dtype=np.int64))
        tissue.population["volume"][:] = 1000.0
    return tissue


def run(tissue: TissueModel, minutes: float) -> None:
    while tissue.clock.time < minutes:
        tissue.step()


@pytest.mark.parametrize("e", ["0.9", pytest.param("uniform(0.7, 0.95)", marks=pytest.mark.slow)])
def test_times_of_events_do_not_depend_on_the_step(models, e):
    model = models.ball().with_parameters({"e": models.parse_distribution(e)})
    blocks = []
    for step in (0.5, 1.0, 3.0):
        tissue = tissue_of(model, step=step)
        run(tissue, 6.0)
        blocks.append(tissue.blocks["net"])
    assert {"count", "when", "height"} <= set(blocks[0].recorded)
    for name in ("count", "when", "height", "x", "v"):
        found = [block.quantity(name, 6) for block in blocks]
        np.testing.assert_allclose(found[1], found[0], rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(found[2], found[0], rtol=1e-10, atol=1e-10)
    assert len(set(blocks[0].quantity("when", 6))) == (1 if e == "0.9" else 6)


def test_network_time_is_that_of_the_tissue(models):
    """Half as fast a network in seconds: after 0.4 min it is at 12 s, in which the ball bounces 6 times."""
    tissue = tissue_of(models.ball(), step=0.1, time_unit="s", time_scale=0.5)
    run(tissue, 0.4)
    assert tissue.blocks["net"].quantity("count", 6).tolist() == [6.0] * 6


def test_daughters_inherit_what_is_pending(models):
    """A product comes 2.3 min after each tick; those of ticks before the division come in both daughters."""
    tissue = tissue_of(models.clock())
    run(tissue, 3.0)
    tissue.ask("division", np.array([1, 4]))
    tissue.apply_due()
    block = tissue.blocks["net"]
    assert len(block.rows) == 8
    assert block.values[6:].tobytes() == block.values[[0, 3]].tobytes()
    run(tissue, 5.0)
    period, product = block.quantity("period", 8), block.quantity("P", 8)
    np.testing.assert_array_equal(product, np.floor((5.0 - 2.3) / period * (1.0 - 1e-12)))
    heads = block.quantity("n_heads", 8) + block.quantity("n_tails", 8)
    np.testing.assert_array_equal(heads, np.floor(5.0 / period * (1.0 - 1e-12)))


def test_a_restored_tissue_goes_on_with_the_same_bits(models):
    tissue = tissue_of(models.clock())
    run(tissue, 2.0)
    tissue.ask("division", np.array([2]))
    run(tissue, 4.0)
    block = tissue.blocks["net"]
    assert block.values.shape[1] > len(block.names)
    other = tissue_of(models.clock(), cells=0)
    restore_state(other, state_of(tissue))
    run(tissue, 9.0)
    run(other, 9.0)
    assert len(block.rows) == 7
    assert other.blocks["net"].values.tobytes() == block.values.tobytes()


def test_events_are_the_same_on_any_number_of_threads(models):
    numba = pytest.importorskip("numba")
    bits = []
    for threads in {1, numba.config.NUMBA_NUM_THREADS}:
        numba.set_num_threads(threads)
        tissue = tissue_of(models.clock(), cells=30)
        run(tissue, 5.0)
        bits.append(tissue.blocks["net"].values.tobytes())
    assert len(set(bits)) == 1


def test_a_division_may_trigger(models):
    """An amount that is split by volume falls below a threshold: the next step begins with the event."""
    model = models.network(
        {"A": "0"}, [models.event("low", "A < 5", {"when": "time", "A": "A + 10"})],
        {"A": 8.0}, {"when": 0.0},
    )  # fmt: skip
    tissue = tissue_of(model, cells=1, division={"A": "volume"})
    run(tissue, 2.0)
    block = tissue.blocks["net"]
    assert block.quantity("when", 1)[0] == 0.0
    tissue.ask("division", np.array([1]))
    tissue.apply_due()
    assert block.quantity("A", 2).tolist() == [4.0, 4.0]
    tissue.step()
    run(tissue, 3.0)
    assert block.quantity("A", 2).tolist() == [14.0, 14.0]
    assert block.quantity("when", 2).tolist() == [2.0, 2.0]
