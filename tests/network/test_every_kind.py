"""The contract of every kind of network: reproducible rows, steps that add up, inheritance, knockouts.

A new kind needs an entry in `SAMPLES`: a small model that it can take. ``METHOD with events`` is the same for
networks with events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import pytest
from scipy import stats

from tissue_sim.kernels.threads import most_threads, use_threads
from tissue_sim.network.kind import Draws, Kind, kinds
from tissue_sim.network.model import NetworkModel
from tissue_sim.network.outside import NetworksFromOutside
from tissue_sim.network.process import NetworkProcess
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import NetworkSettings, ToleranceSettings
from tissue_sim.tissue.behaviours import Behaviour
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.model import TissueModel

BOX = Domain((-50.0, -50.0, -50.0), (50.0, 50.0, 50.0))
STEPS = {"signals": 1.0, "mechanics": 1.0, "network": 1.0, "lifecycle": 1.0}
CELLS = 60
MANY = 2000
KEY = np.uint64(11)
TIGHT = ToleranceSettings(relative=1e-12, absolute=1e-12)
LEAST_CHANCE = 1e-4


@dataclass(frozen=True)
class Sample:
    """A network, and the species that is knocked out, which does not stay at 0 by itself."""

    text: str
    source: str = "equations"
    parameters: dict[str, float | str] = field(default_factory=dict)
    initial: dict[str, float | str] = field(default_factory=dict)
    period: float | None = None
    knocked_out: str = "X"


CHAIN = Sample(
    "-> X @ k\nX -> Y @ d*X\nY -> @ d*Y",
    parameters={"k": "uniform(15, 25)", "d": 0.5},
    initial={"X": 100, "Y": "uniform(0, 20)"},
)
EVENTFUL = Sample(
    CHAIN.text
    + """
at(X <= 85, X = X + 25.5, fed = fed + 1)
at(time >= 0.6, X = X + push, priority = 1)
at(time >= 0.6, Y = 10, n = n + 1)
at(Y >= 30, late = late + 1, delay = 0.3, persistent = false)
""",
    parameters={**CHAIN.parameters, "push": "uniform(0, 30)", "fed": 0, "n": 0, "late": 0},
    initial=CHAIN.initial,
)
RING = Sample("A, !C\nB, A\nC, B\nD, D | A", source="bnet", initial={"B": 0, "D": 0}, knocked_out="A")
SAMPLES = {
    "ode": CHAIN,
    "gillespie": CHAIN,
    "gillespie with events": EVENTFUL,
    "tau_leaping": CHAIN,
    "tau_leaping with events": EVENTFUL,
    "chemical_langevin": CHAIN,
    "chemical_langevin with events": EVENTFUL,
    "boolean_synchronous": RING,
    "boolean_asynchronous": RING,
    "boolean_continuous": RING,
    "map": Sample(
        "X' = r*X*(1 - X)\nY' = 0.5*Y + X",  # the next values
        parameters={"r": "uniform(3, 3.9)"},
        initial={"X": "uniform(0.1, 0.9)", "Y": 1},
        period=0.5,
    ),
}
SAME_BY_NUMBERS = {"ode": 1e-9}
"""Kinds whose half steps add up to a relative difference."""
SAME_BITS = {"map", "boolean_synchronous"}
"""Kinds whose half steps add up exactly, since nothing is drawn on the way; others do in distribution."""
LONG = {name for name in SAMPLES if name.endswith(" with events")}
"""Samples that take long to compile."""
EVERY_KIND = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in LONG else [])
        for name in sorted({*kinds(), *SAMPLES})
    ],
)


def method_of(name: str) -> str:
    return name.partition(" with ")[0]


@lru_cache(maxsize=len(SAMPLES))
def model_of(name: str) -> NetworkModel:
    """Return a kind's sample, ready to hold a species."""
    assert name in SAMPLES, f"method {name} is new: give it a small model in SAMPLES"
    sample = SAMPLES[name]
    given = NetworkSettings.model_validate(
        {"bnet": "file", "parameters": sample.parameters, "initial": sample.initial}
    )
    model = readers()[sample.source].read(sample.text.encode(), "net", Given(given.parameters, given.initial))
    model = replace(model, period=sample.period)
    return kinds()[method_of(name)].with_holds(model, [sample.knocked_out], [])


@lru_cache(maxsize=len(SAMPLES))
def kind_of(name: str) -> Kind:
    model = model_of(name)
    kinds()[method_of(name)].check(model)
    return kinds()[method_of(name)](model, TIGHT, 0)


def advanced(
    name: str,
    durations: Sequence[float],
    cells: int = CELLS,
    key: np.uint64 = KEY,
    order: np.ndarray | None = None,
    batches: Sequence[np.ndarray] | None = None,
) -> np.ndarray:
    """Start cells and advance them; return their rows by cell_id, float64[cells, k].

    Parameters
    ----------
    order : int64[cells]
        Row of each cell.
    batches : sequence of int64[p]
        Rows that are started and advanced together.
    """
    kind = kind_of(name)
    order = np.arange(cells) if order is None else order
    ids = np.empty(cells, dtype=np.int64)
    ids[order] = np.arange(1, cells + 1)
    values = np.zeros((cells, len(kind.names)))
    time = 0.0
    for rows in batches or [np.arange(cells)]:
        kind.start(values, rows, ids[rows], key=key, tick=0, time=0.0, inputs={})
    for tick, duration in enumerate(durations):
        for rows in batches or [np.arange(cells)]:
            draws = Draws(key, ids[rows], tick)
            codes = kind.advance(values, rows, start=time, duration=duration, inputs={}, draws=draws)
            assert not codes.any(), kind.describe(int(codes.max()))
        time += duration
    return values[order]


def recorded(name: str, values: np.ndarray) -> np.ndarray:
    kind = kind_of(name)
    return values[:, [kind.names.index(each) for each in kind.recorded]]


@EVERY_KIND
def test_rows_are_the_same_bits_in_any_order_and_any_batches(name):
    durations = [0.7, 1.0, 2.3]
    whole = advanced(name, durations)
    assert len(np.unique(recorded(name, whole), axis=0)) > 2
    assert advanced(name, durations).tobytes() == whole.tobytes()
    if name not in SAME_BITS or SAMPLES[name].parameters:
        assert advanced(name, durations, key=np.uint64(12)).tobytes() != whole.tobytes()
    order = np.random.default_rng(5).permutation(CELLS)
    mixed = np.random.default_rng(6).permutation(CELLS)
    use_threads(1)
    try:
        split = advanced(name, durations, order=order, batches=np.split(mixed, [1, 8, 30]))
    finally:
        use_threads(most_threads())
    assert split.tobytes() == whole.tobytes()
    assert advanced(name, durations, cells=7).tobytes() == whole[:7].tobytes()


@EVERY_KIND
def test_two_half_steps_are_one_whole_step(name):
    if name in SAME_BITS or name in SAME_BY_NUMBERS:
        whole, halves = (recorded(name, advanced(name, each)) for each in ([3.0], [1.5, 1.5]))
        np.testing.assert_allclose(halves, whole, rtol=SAME_BY_NUMBERS.get(name, 0.0), atol=0.0)
        return
    whole = recorded(name, advanced(name, [1.0], cells=MANY))
    halves = recorded(name, advanced(name, [0.5, 0.5], cells=MANY, key=np.uint64(12)))
    if kind_of(name).boolean:
        weights = 1 << np.arange(whole.shape[1])
        states = [(each @ weights).astype(int) for each in (whole, halves)]
        counts = np.array([np.bincount(each, minlength=2 * weights[-1]) for each in states])
        often = counts[:, counts.sum(axis=0) >= 10]
        assert often.sum() > 1.9 * MANY
        assert stats.chi2_contingency(often).pvalue > LEAST_CHANCE
        return
    for one, other in zip(whole.T, halves.T, strict=True):
        assert stats.ks_2samp(one, other).pvalue > LEAST_CHANCE
    assert stats.ks_2samp(whole.sum(axis=1), halves.sum(axis=1)).pvalue > LEAST_CHANCE


def tissue_of(name: str, cells: int) -> tuple[TissueModel, NetworkProcess]:
    """Return a tissue of cells that carry the sample, all of the same volume."""
    tissue = TissueModel(BOX, ("a",), STEPS, seed=3)
    tissue.behaviours.declare(Behaviour("growth", "1/min"), [0.0])
    settings = NetworkSettings.model_validate(
        {"bnet": "file", "method": method_of(name), "tolerance": TIGHT.model_dump()}
    )
    process = NetworkProcess(tissue, {"net": settings}, {"net": model_of(name)}, {"a": ["net"]})
    tissue.add_process(process)
    tissue.add_cells(np.zeros((cells, 3)), np.zeros(cells, dtype=int))
    tissue.population["volume"][:] = 1000.0
    return tissue, process


def divide(tissue: TissueModel, ids: np.ndarray) -> None:
    tissue.ask("division", ids)
    tissue.apply_due()


@EVERY_KIND
def test_daughters_carry_on_from_their_mothers_state(name):
    tissue, process = tissue_of(name, CELLS)
    block, kind = tissue.blocks["net"], process.network("net").kind
    tissue.step()
    tissue.step()
    before = block.values.copy()
    divide(tissue, np.arange(1, CELLS + 1))
    mothers, daughters = block.values[:CELLS].copy(), block.values[CELLS:].copy()
    for column, each in enumerate(kind.names):
        inherited = before[:, column]
        if kind.is_amount(each):
            both = mothers[:, column] + daughters[:, column]
            np.testing.assert_allclose(both, inherited, rtol=1e-15, err_msg=each)
        else:
            np.testing.assert_array_equal(daughters[:, column], inherited, err_msg=each)
            np.testing.assert_array_equal(mothers[:, column], inherited, err_msg=each)
    time, tick = tissue.clock.time, tissue.clock.tick
    rows = np.arange(len(daughters))
    draws = Draws(tissue.key, tissue.population["cell_id"][block.rows[CELLS:]].copy(), tick)
    kind.advance(daughters, rows, start=time, duration=1.0, inputs={}, draws=draws)
    tissue.step()
    assert daughters.tobytes() == block.values[CELLS:].tobytes()
    assert (daughters != before).any()


@EVERY_KIND
def test_a_knocked_out_species_stays_at_zero_through_steps_and_division(name):
    tissue, process = tissue_of(name, 40)
    outside, species = NetworksFromOutside(process), SAMPLES[name].knocked_out
    block = tissue.blocks["net"]
    column = block.index(species)
    out = np.arange(0, 40, 2)
    tissue.step()
    outside.hold(tissue, "net", species, out, np.zeros(len(out)), np.ones(len(out)))
    held = set(tissue.population["cell_id"][out].tolist())
    seen = np.zeros(40)
    for step in range(20):
        tissue.step()
        if step == 9:
            divide(tissue, np.arange(1, 21))
        ids = tissue.population["cell_id"][block.rows]
        own = np.isin(ids, list(held)) | np.isin(ids, 41 + np.arange(0, 20, 2))
        assert own.sum() == (20 if step < 9 else 30)
        assert (block.values[own, column] == 0.0).all()
        seen = np.maximum(seen, block.values[:40, column])
    assert (seen[1::2] > 0.0).all()


def test_samples_are_of_kinds_that_there_are():
    assert {method_of(name) for name in SAMPLES} == set(kinds())
    assert SAME_BITS | set(SAME_BY_NUMBERS) <= set(SAMPLES)
