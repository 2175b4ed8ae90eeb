"""Boolean networks in continuous time: 30 nodes that stay active, 1 time unit in each of 20,000 cells.

Three copies of the mammalian cell cycle of Faure et al. 2006 (doi:10.1093/bioinformatics/btl210), all rates
1, the input CycD on, so that no copy comes to rest; every cell begins at random. Microseconds per cell on one
thread, flips of nodes per cell beside it, and how much faster two threads are. Run
``python benchmarks/network_boolean.py``.
"""

from __future__ import annotations

import statistics
import time

import numba
import numpy as np

from tissue_sim.network.kind import Draws
from tissue_sim.network.kinds.boolean_continuous import BooleanContinuousKind
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.tissue.distributions import Distribution

RULES = {
    "CycD": "CycD",
    "Rb": "(!CycA & !CycB & !CycD & !CycE) | (p27 & !CycB & !CycD)",
    "E2F": "(!Rb & !CycA & !CycB) | (p27 & !Rb & !CycB)",
    "CycE": "E2F & !Rb",
    "CycA": "(E2F & !Rb & !Cdc20 & !(Cdh1 & UbcH10)) | (CycA & !Rb & !Cdc20 & !(Cdh1 & UbcH10))",
    "p27": "(!CycD & !CycE & !CycA & !CycB) | (p27 & !(CycE & CycA) & !CycB & !CycD)",
    "Cdc20": "CycB",
    "Cdh1": "(!CycA & !CycB) | Cdc20 | (p27 & !CycB)",
    "UbcH10": "!Cdh1 | (Cdh1 & UbcH10 & (Cdc20 | CycA | CycB))",
    "CycB": "!Cdc20 & !Cdh1",
}
COPIES, CELLS, DURATION, REPEATS = 3, 20_000, 1.0, 25


def kind_of_copies() -> BooleanContinuousKind:
    lines, initial = [], {}
    for copy in range(COPIES):
        renamed = {name: f"{name}_{copy}" for name in RULES}
        for name, rule in RULES.items():
            text = rule
            for old in sorted(RULES, key=len, reverse=True):
                text = text.replace(old, f"<{list(RULES).index(old)}>")
            for place, old in enumerate(RULES):
                text = text.replace(f"<{place}>", renamed[old])
            lines.append(f"{renamed[name]}, {text}")
        initial[renamed["CycD"]] = Distribution.fixed(1.0)
    model = readers()["bnet"].read("\n".join(lines).encode(), "cell cycles", Given(initial=initial))
    return BooleanContinuousKind(model, ToleranceSettings())


def measured(kind: BooleanContinuousKind, first: np.ndarray) -> tuple[list[float], float]:
    """Return microseconds per cell of each repeat, and flips per cell."""
    places = np.arange(CELLS)
    spent, before = [], kind.kernels.flips
    for tick in range(REPEATS):
        values, draws = first.copy(), Draws(np.uint64(1), places + 1, tick)
        began = time.perf_counter()
        kind.advance(values, places, start=0.0, duration=DURATION, inputs={}, draws=draws)
        spent.append(1e6 * (time.perf_counter() - began) / CELLS)
    return spent, (kind.kernels.flips - before) / (CELLS * REPEATS)


def main() -> dict[str, float]:
    """Print and return the figures: microseconds and flips per cell, gain of two threads."""
    kind = kind_of_copies()
    first, places = np.zeros((CELLS, len(kind.names))), np.arange(CELLS)
    kind.start(first, places, places + 1, key=np.uint64(1), tick=0, time=0.0, inputs={})
    measured(kind, first)  # compiles
    numba.set_num_threads(1)
    one, flips = measured(kind, first)
    figures = {"us_per_cell": statistics.median(one), "flips_per_cell": flips}
    gain = ""
    if numba.config.NUMBA_NUM_THREADS >= 2:
        numba.set_num_threads(2)
        two, _ = measured(kind, first)
        numba.set_num_threads(1)
        figures["gain_of_two_threads"] = min(one) / min(two)
        gain = f"; two threads {figures['gain_of_two_threads']:.2f} times as fast"
    print(
        f"Boolean, {len(kind.system.nodes)} nodes, {DURATION:g} time unit, {CELLS} cells, one thread: "
        f"{figures['us_per_cell']:.2f} us per cell (best {min(one):.2f}), {flips:.1f} flips per cell{gain}"
    )
    return figures


if __name__ == "__main__":
    main()
