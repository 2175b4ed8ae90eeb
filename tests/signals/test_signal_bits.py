from __future__ import annotations

import numba
import numpy as np
import pytest

SIGNALS = {
    "s": {
        "diffusion": 1e4,
        "decay": 0.1,
        "initial": 5,
        "boundary": {"default": {"value": 5}},
        "tolerance": 1e-5,
    },
    "t": {"diffusion": 1e3, "initial": "2 + x/100"},
    "u": {"diffusion": 1e4, "mode": "steady", "boundary": {"default": {"value": 3}}},
}
EXCHANGE = {
    "a": {
        "s": {"uptake": {"max": 40, "half": 1}, "export": -2000},
        "t": {"secretion": 3, "saturation": 9, "membrane": {"species": "network.n.S", "permeability": 2}},
        "u": {"uptake": {"max": 40, "half": 1}},
    }
}


@pytest.fixture
def made(make_tissue, add_cells):
    def make(*, empty=False):
        result = make_tissue(SIGNALS, EXCHANGE, shape=(6, 7, 8), network=("n", ("S",), (True,)))
        if not empty:
            positions = np.random.default_rng(5).uniform(-70, 70, (40, 3))
            add_cells(result.tissue, positions, volume=2000.0)
            result.tissue.blocks["n"].values[:, 0] = 1.0 + np.arange(40) / 40
        return result

    return make


def _bits(made):
    out = {name: field.copy() for name, field in made.tissue.fields.items()}
    out["inside"] = made.tissue.blocks["n"].values.copy()
    out.update(
        {f"ledger {name}": np.array(list(lines.values())) for name, lines in made.process.ledger().items()}
    )
    return out


def _assert_same(one, other):
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def test_same_bits_on_one_and_two_threads(made):
    results, threads = [], numba.get_num_threads()
    try:
        for number in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(number)
            run = made()
            for _ in range(3):
                run.process.advance(run.tissue, 0.3)
            results.append(_bits(run))
    finally:
        numba.set_num_threads(threads)
    _assert_same(*results)


def test_state_goes_over_to_a_new_tissue_with_the_same_bits(made):
    from tissue_sim.tissue.state import restore_state, state_of

    one, other = made(), made(empty=True)
    for _ in range(2):
        one.process.advance(one.tissue, 0.3)
    restore_state(other.tissue, state_of(one.tissue))
    _assert_same(_bits(one), _bits(other))
    assert one.process.counters() == other.process.counters()
    assert one.process.counters()["s: halvings of the step"] > 0
    for run in (one, other):
        run.process.advance(run.tissue, 0.3)
    _assert_same(_bits(one), _bits(other))


def test_rebuilding_a_signal_changes_its_boundary_and_keeps_its_books(made, assert_books_close):
    from tissue_sim.signals.settings import SignalSettings

    run = made()
    run.process.advance(run.tissue, 0.3)
    before = run.tissue.fields["s"].max()
    changed = SignalSettings.model_validate({**SIGNALS["s"], "boundary": {"default": {"value": 50}}})
    run.process.rebuild("s", changed)
    run.process.advance(run.tissue, 0.3)
    assert run.tissue.fields["s"].max() > 2 * before
    assert_books_close(run.process)
