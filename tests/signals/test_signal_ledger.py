from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tissue_sim.signals.ledger import LINES, Amounts, Ledger

RATE = st.floats(0.0, 50.0)
FACE = st.sampled_from(
    [{"value": 5}, {"flux": 40}, {"flux": -3}, {"mixed": {"value": 2, "permeability": 300}}]
)
SHAPE = st.sampled_from([(1, 1, 5), (1, 3, 4), (3, 2, 4), (3, 3, 1)])


@st.composite
def scenarios(draw):
    boundary = {"default": draw(FACE)}
    if draw(st.booleans()):
        boundary["x_max"] = draw(FACE)
    signal = {
        "diffusion": draw(st.floats(10.0, 1e5)),
        "decay": draw(st.one_of(st.floats(0.0, 5.0), st.sampled_from([0.0, 1e-9, 1e-3]))),
        "initial": draw(st.sampled_from([0, 4, "3 + x/30"])),
        "boundary": boundary,
    }
    exchange = {
        "a": {
            "s": {
                "uptake": draw(
                    st.one_of(RATE, st.fixed_dictionaries({"max": RATE, "half": st.floats(0.0, 3.0)}))
                ),
                "secretion": draw(RATE),
                "saturation": draw(RATE),
                "export": draw(st.floats(-1e5, 1e5)),
            }
        },
        "b": {
            "s": {"membrane": {"species": "network.n.S", "permeability": draw(RATE)}, "uptake": draw(RATE)}
        },
    }
    sources = [{"signal": "s", "region": {"point": [0, 0, 0]}, "rate": draw(st.floats(-100.0, 100.0))}]
    fixed = [{"signal": "s", "region": {"point": [-1, -1, -1]}, "value": 3}] if draw(st.booleans()) else []
    if draw(st.booleans()):
        signal["tolerance"] = 0.01
    return {
        "signal": signal,
        "exchange": exchange,
        "options": {
            "shape": draw(SHAPE),
            "sources": sources,
            "fixed": fixed,
            "periodic": draw(st.sampled_from([(False,) * 3, (True, False, False)])),
        },
        "seed": draw(st.integers(0, 100)),
        "dt": draw(st.sampled_from([0.01, 0.3])),
    }


@given(scenarios())
@settings(max_examples=20, deadline=None, derandomize=True)
def test_books_close_whatever_the_settings(make_tissue, add_cells, assert_books_close, scenario):
    made = make_tissue(
        {"s": scenario["signal"]}, scenario["exchange"], cell_types=("a", "b"),
        network=("n", ("S",), (False, True)), **scenario["options"],
    )  # fmt: skip
    rng = np.random.default_rng(scenario["seed"])
    add_cells(made.tissue, rng.uniform(-45, 45, (12, 3)), volume=1000.0, types=np.arange(12) % 2)
    made.tissue.blocks["n"].values[:, 0] = rng.uniform(0, 9, 6)
    for step in range(3):
        made.process.advance(made.tissue, scenario["dt"])
        if step == 1:
            made.tissue.population["state"][:2] = 1
            made.tissue.requests.ask("removal", np.array([1, 4]), 0, cause="removed")
            made.tissue.apply_due()
    assert_books_close(made.process)


def test_lines_keep_what_rounding_drops():
    ledger = Ledger({"s": 1.0})
    small, large = Amounts(), Amounts()
    small.add("decay", 0.1)
    large.add("decay", 1e16)
    ledger.book("s", large)
    for _ in range(2000):
        ledger.book("s", small)
    large.values *= -1.0
    ledger.book("s", large)
    assert abs(ledger.lines("s", 0.0)["decay"] - 200.0) < 1e-9


def test_ledger_state_goes_over_bit_for_bit():
    one, other, amounts = Ledger({"s": 1.0, "t": 2.0}), Ledger({"s": 0.0, "t": 0.0}), Amounts()
    amounts.values[:] = np.random.default_rng(1).normal(size=len(LINES))
    for _ in range(9):
        one.book("t", amounts)
    other.restore(one.state())
    assert other.lines("t", 3.0) == one.lines("t", 3.0)
    assert list(one.lines("t", 3.0)) == ["initial", *LINES, "field"]
