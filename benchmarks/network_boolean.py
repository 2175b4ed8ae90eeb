"""Boolean networks in continuous time: 30 nodes that stay active, 1 time unit in each of 20,000 cells.

Three copies of the mammalian cell cycle of Faure et al. 2006 (doi:10.1093/bioinformatics/btl210), all rates
1, the input CycD on, so that no copy comes to rest; every cell begins at random. Microseconds per cell on one
thread, MaBoSS itself beside it by turns in the same process where it is installed, flips of nodes per cell,
the error of the nodes' probabilities against the exact law of one copy (its 512 states), and how much faster
two threads are. Run ``python -m benchmarks.network_boolean``; the package of the peer is ``cmaboss``.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
from scipy.linalg import expm

from benchmarks.maboss import Maboss
from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.kernels.threads import most_threads, use_threads
from tissue_sim.network.kind import Draws
from tissue_sim.network.kinds.boolean_continuous import BooleanContinuousKind
from tissue_sim.network.model import NetworkModel
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
INPUT = "CycD"


def rules_of_copies(copies: int) -> dict[str, str]:
    """Return node -> rule of all copies, with the number of its copy behind each name."""
    rules = {}
    for copy in range(copies):
        renamed = {name: f"{name}_{copy}" for name in RULES}
        for name, rule in RULES.items():
            text = rule
            for old in sorted(RULES, key=len, reverse=True):
                text = text.replace(old, f"<{list(RULES).index(old)}>")
            for place, old in enumerate(RULES):
                text = text.replace(f"<{place}>", renamed[old])
            rules[renamed[name]] = text
    return rules


def model_of(copies: int) -> NetworkModel:
    """Return the network of so many copies."""
    lines = "\n".join(f"{name}, {rule}" for name, rule in rules_of_copies(copies).items())
    initial = {f"{INPUT}_{copy}": Distribution.fixed(1.0) for copy in range(copies)}
    return readers()["bnet"].read(lines.encode(), "cell cycles", Given(initial=initial))


def exact_probabilities() -> np.ndarray:
    """Return the probability of every node of one copy to be on at the end, by its master equation."""
    model = model_of(1)
    nodes = model.species_names
    states = np.arange(1 << len(nodes))
    bits = {name: (states >> place & 1).astype(float) for place, name in enumerate(nodes)}
    generator = np.zeros((len(states), len(states)))
    for place, node in enumerate(model.nodes):
        up, down = (evaluate(each, lambda name: bits[name.path[0]]) for each in (node.up, node.down))
        rate = np.where(bits[node.name] > 0.0, down, up)
        generator[states, states ^ 1 << place] += rate
        generator[states, states] -= rate
    first = bits[f"{INPUT}_0"] / bits[f"{INPUT}_0"].sum()
    last = first @ expm(DURATION * generator)
    return np.array([last @ bits[name] for name in nodes])


class Ours:
    """The kind over all cells, which begin anew with every run."""

    def __init__(self) -> None:
        self.kind = BooleanContinuousKind(model_of(COPIES), ToleranceSettings())
        self._values, self._places, self._tick = np.zeros((CELLS, len(self.kind.names))), np.arange(CELLS), 0
        self.probabilities: list[np.ndarray] = []

    def microseconds(self) -> float:
        """Advance all cells and return the time for each, us; keep the probabilities of the first copy."""
        self._tick += 1
        draws = Draws(np.uint64(1), self._places + 1, self._tick)
        self.kind.start(
            self._values, self._places, draws.cell_ids, key=draws.key, tick=draws.tick, time=0.0, inputs={}
        )
        began = time.perf_counter()
        self.kind.advance(self._values, self._places, start=0.0, duration=DURATION, inputs={}, draws=draws)
        spent = time.perf_counter() - began
        self.probabilities.append(self._values[:, : len(RULES)].mean(axis=0))
        return 1e6 * spent / CELLS


def largest_error(probabilities: list[np.ndarray], exact: np.ndarray) -> float:
    """Return the largest error of a node's probability over all runs together."""
    return float(np.abs(np.mean(probabilities, axis=0) - exact).max())


def main() -> dict[str, float]:
    """Print and return the figures: microseconds, flips, errors, the peer's and the ratio to it."""
    use_threads(1)
    rules = rules_of_copies(COPIES)
    on, shown = [f"{INPUT}_{copy}" for copy in range(COPIES)], [f"{name}_0" for name in RULES]
    ours, peer = Ours(), Maboss.of(rules, on, shown, CELLS, DURATION)
    ours.microseconds()  # compiles
    before, exact = ours.kind.kernels.flips, exact_probabilities()
    spent, theirs = [], []
    for _ in range(REPEATS):
        spent.append(ours.microseconds())
        if peer is not None:
            theirs.append(peer.microseconds())
    flips = (ours.kind.kernels.flips - before) / (CELLS * REPEATS)
    figures = {
        "us_per_cell": statistics.median(spent),
        "flips_per_cell": flips,
        "largest_error": largest_error(ours.probabilities, exact),
    }
    print(
        f"Boolean, {len(rules)} nodes, {DURATION:g} time unit, {CELLS} cells, one thread: "
        f"{figures['us_per_cell']:.2f} us per cell (best {min(spent):.2f}), {flips:.1f} flips per cell, "
        f"largest error of a node's probability {figures['largest_error']:.1e} "
        f"(its standard deviation by chance {0.5 / (CELLS * REPEATS) ** 0.5:.1e})"
    )
    if peer is None:
        print("MaBoSS is not installed (pip install cmaboss), so it was not measured")
    else:
        figures["peer_us_per_cell"] = statistics.median(theirs)
        figures["peer_largest_error"] = largest_error(peer.probabilities, exact)
        figures["ratio"] = statistics.median(b / a for a, b in zip(spent, theirs, strict=True))
        print(
            f"MaBoSS: {figures['peer_us_per_cell']:.2f} us per cell (best {min(theirs):.2f}), largest error "
            f"{figures['peer_largest_error']:.1e}; ratio {figures['ratio']:.1f}"
        )
    if most_threads() > 1:
        figures["gain_of_two_threads"] = gain_of_two_threads(ours)
        print(f"two threads: {figures['gain_of_two_threads']:.2f} times as fast at best")
    return figures


def gain_of_two_threads(ours: Ours) -> float:
    """Return how much faster two threads are at their best; they take turns."""
    spent: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(REPEATS):
        for threads, times in spent.items():
            use_threads(threads)
            times.append(ours.microseconds())
    use_threads(1)
    return min(spent[1]) / min(spent[2])


if __name__ == "__main__":
    main()
