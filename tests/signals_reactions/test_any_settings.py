"""Whatever the rates, the step and the rest: nothing below zero, closed books, conserved sums."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

FACE = st.sampled_from(
    [{"value": 5}, {"value": 0}, {"flux": 40}, {"mixed": {"value": 2, "permeability": 300}}]
)
INITIAL = st.sampled_from(
    [0, 4, "3 + x/30", "if(abs(x) < 1, 100, 0)", "if(x > 0, 1, 0)", "1e-6*(1 + cos(x))"]
)


def power_of_ten(low: float, high: float):
    return st.floats(low, high).map(lambda exponent: float(f"{10.0**exponent:.3g}"))


@st.composite
def tissues(draw):
    signals = {}
    for name in ("drug", "receptor", "complex"):
        signals[name] = {
            "diffusion": draw(st.sampled_from([0, 1, 300, 1e5])),
            "decay": draw(st.sampled_from([0, 0.3])) if name != "receptor" else 0,
            "initial": draw(INITIAL),
        }
        if name == "drug" and signals[name]["diffusion"] > 0 and draw(st.booleans()):
            signals[name]["boundary"] = {"x_min": draw(FACE), "x_max": draw(FACE)}
    uptake = draw(st.sampled_from([None, {"uptake": 50}, {"uptake": {"max": 40, "half": 0}}]))
    exchange = {} if uptake is None else {"exchange": {"drug": uptake}}
    return {
        "signals": signals,
        "k_on": draw(power_of_ten(-2.0, 6.0)),
        "k_off": draw(power_of_ten(-3.0, 3.0)),
        "dt": draw(power_of_ten(-3.0, 1.0)),
        "more": {
            "cell_types": {"a": {"mechanics": "none", "volume": 8, **exchange}},
            "initial": [{"type": "a", "points": [[-10.5], [0.5]]}],
        },
    }


@given(tissues())
@settings(max_examples=25, deadline=None, derandomize=True)
def test_nothing_falls_below_zero_and_the_books_close(bind, tissue):
    run = bind(
        tissue["signals"], k_on=tissue["k_on"], k_off=tissue["k_off"], dt=tissue["dt"], **tissue["more"]
    )
    for _ in range(4):
        run.simulation.step()
        assert min(run.line(name).min() for name in tissue["signals"]) >= 0.0
    run.assert_books_close()
    # What one loses the other gains, but for what they would have taken beyond what there was.
    books = run.process.ledger()
    made = {name: books[name]["reactions"] for name in books}
    largest = max(abs(value) for lines in books.values() for value in lines.values())
    assert abs(made["receptor"] + made["complex"]) <= 1e-10 * largest
    assert abs(made["drug"] - made["receptor"]) <= 1e-10 * largest + 2.0 * abs(books["drug"]["shortfall"])


PROGRAM = """
import json, sys
sys.path.insert(0, {folder!r})
from conftest import _react, BINDING
signals = {{
    "drug": {{"diffusion": 300, "initial": "4 + x", "boundary": {{"x_max": {{"value": 2}}}}}},
    "receptor": {{"diffusion": 0, "initial": 1}},
    "complex": {{"diffusion": 0}},
}}
run = _react(BINDING, signals, parameters={{"k_on": 3, "k_off": 1}}, size=(6,), dt=0.25)
run.until(0.5)
print(json.dumps([run.line(name).tolist() for name in signals]))
"""


def test_without_compiled_code_the_numbers_are_the_same():
    folder = str(Path(__file__).parent)
    found = []
    for disabled in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM.format(folder=folder)],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(np.array(json.loads(done.stdout)))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-12)
