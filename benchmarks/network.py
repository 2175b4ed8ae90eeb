"""Repressilator, 6 min in each of 10,000 cells on one thread: microseconds per cell, and the error made.

The equations are those of Elowitz and Leibler 2000 (doi:10.1038/35002125), with the constants of BioModels
BIOMD0000000012. Run ``python benchmarks/network.py``.
"""

from __future__ import annotations

import statistics
import time

import numba
import numpy as np

from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.tissue.distributions import parse_distribution

EQUATIONS = """
X' = a0 + a*K^n/(K^n + PZ^n) - kd_m*X
Y' = a0 + a*K^n/(K^n + PX^n) - kd_m*Y
Z' = a0 + a*K^n/(K^n + PY^n) - kd_m*Z
PX' = k_tl*X - kd_p*PX
PY' = k_tl*Y - kd_p*PY
PZ' = k_tl*Z - kd_p*PZ
"""
PARAMETERS = {
    "a0": 0.03,
    "a": 29.97,
    "K": 40.0,
    "n": 2,
    "kd_m": 0.34657359,
    "kd_p": 0.069314718,
    "k_tl": 6.9314718,
}
INITIAL = {"X": 0, "Y": 20, "Z": 0, "PX": "uniform(0, 10)", "PY": 0, "PZ": 0}
CELLS, STEP, WARM_UP, REPEATS = 10_000, 6.0, 30, 15


def kind_with(relative: float, absolute: float) -> OdeKind:
    given = Given(
        {name: parse_distribution(value) for name, value in PARAMETERS.items()},
        {name: parse_distribution(value) for name, value in INITIAL.items()},
    )
    model = readers()["equations"].read(EQUATIONS.encode(), "repressilator", given)
    return OdeKind(model, ToleranceSettings(relative=relative, absolute=absolute))


def main() -> dict[str, float]:
    """Print and return the figures: microseconds per cell and step, largest relative error of a step."""
    numba.set_num_threads(1)
    kind, tight = kind_with(1e-6, 1e-9), kind_with(1e-12, 1e-15)
    values = np.zeros((CELLS, len(kind.names)))
    places = np.arange(CELLS)
    kind.start(values, places, places + 1, key=np.uint64(1), tick=0, time=0.0, inputs={})
    spent, errors = [], []
    for i in range(WARM_UP + REPEATS):
        exact = values[:100].copy()
        began = time.perf_counter()
        kind.advance(values, places, start=i * STEP, duration=STEP, inputs={})
        if i < WARM_UP:
            continue
        spent.append(1e6 * (time.perf_counter() - began) / CELLS)
        exact[:, kind.system.places["step_size"]] = 0.0
        tight.advance(exact, places[:100], start=i * STEP, duration=STEP, inputs={})
        errors.append(np.abs(values[:100, :6] / exact[:, :6] - 1.0).max())
    figures = {"us_per_cell": statistics.median(spent), "largest_relative_error": float(max(errors))}
    print(
        f"repressilator, {STEP:g} min at relative tolerance 1e-6, {CELLS} cells, one thread: "
        f"{figures['us_per_cell']:.2f} us per cell (best {min(spent):.2f}); "
        f"largest relative error of a step {figures['largest_relative_error']:.1e}"
    )
    return figures


if __name__ == "__main__":
    main()
