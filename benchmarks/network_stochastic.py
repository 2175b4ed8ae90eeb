"""Exact stochastic simulation: reactions per second on one thread, beside libRoadRunner if it is installed.

Immigration and death, 100 molecules on average, 1000 cells over 10 mean lifetimes; libRoadRunner's
`gillespie` runs the same model in SBML, by turns in the same process, without output in between. Run
``python benchmarks/network_stochastic.py``; the package of the peer is ``libroadrunner``.
"""

from __future__ import annotations

import statistics
import time
from types import ModuleType

import numba
import numpy as np

from tissue_sim.kernels.threads import most_threads, use_threads
from tissue_sim.network.kind import Draws
from tissue_sim.network.kinds.gillespie import GillespieKind
from tissue_sim.network.kinds.tau_leaping import TauLeapingKind
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.tissue.distributions import parse_distribution

EQUATIONS = "-> X @ k\nX -> @ d*X"
RATE, LIFETIMES, CELLS, REPEATS = 100.0, 10.0, 1000, 9
EXPECTED = 2.0 * RATE * LIFETIMES
"""Reactions per cell."""
SBML = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="turnover">
<listOfCompartments><compartment id="c" spatialDimensions="3" size="1" constant="true"/></listOfCompartments>
<listOfSpecies><species id="X" compartment="c" initialAmount="100" hasOnlySubstanceUnits="true"
  boundaryCondition="false" constant="false"/></listOfSpecies>
<listOfParameters><parameter id="k" value="100" constant="true"/><parameter id="d" value="1" constant="true"/>
</listOfParameters>
<listOfReactions>
<reaction id="make" reversible="false"><listOfProducts><speciesReference species="X" stoichiometry="1"
  constant="true"/></listOfProducts><kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><ci> k </ci>
  </math></kineticLaw></reaction>
<reaction id="lose" reversible="false"><listOfReactants><speciesReference species="X" stoichiometry="1"
  constant="true"/></listOfReactants><kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply>
  <times/><ci> d </ci><ci> X </ci></apply></math></kineticLaw></reaction>
</listOfReactions></model></sbml>"""


def peer() -> ModuleType | None:
    """Return libRoadRunner, None where it is not installed."""
    try:
        import roadrunner
    except ImportError:
        return None
    return roadrunner


class Ours:
    """One kind over many cells."""

    def __init__(self, kind_class, start: float = RATE, cells: int = CELLS) -> None:
        given = Given(
            {"k": parse_distribution(start), "d": parse_distribution(1.0)}, {"X": parse_distribution(start)}
        )
        model = readers()["equations"].read(EQUATIONS.encode(), "turnover", given)
        self.kind = kind_class(model, ToleranceSettings())
        self.values = np.zeros((cells, len(self.kind.names)))
        self.places = np.arange(cells)
        self.kind.start(
            self.values, self.places, self.places + 1, key=np.uint64(1), tick=0, time=0.0, inputs={}
        )
        self.tick = 0

    def seconds_per_reaction(self) -> float:
        """Advance all cells by 10 lifetimes; the draws used tell the number of reactions."""
        kernels, self.tick = self.kind.kernels, self.tick + 1
        draws = Draws(np.uint64(1), self.places + 1, self.tick)
        used = kernels.first_draws(len(self.places))
        began = time.perf_counter()
        kernels.advance(self.values, self.places, LIFETIMES, draws.key, draws.cell_ids, draws.tick, used)
        spent = time.perf_counter() - began
        reactions = used.sum() - len(used)  # the last draw of each cell leads beyond the end
        return spent / reactions

    def seconds_per_cell(self) -> float:
        """Advance all cells by 10 lifetimes, whatever that takes."""
        self.tick += 1
        began = time.perf_counter()
        self.kind.advance(
            self.values, self.places, start=0.0, duration=LIFETIMES, inputs={},
            draws=Draws(np.uint64(1), self.places + 1, self.tick),
        )  # fmt: skip
        return (time.perf_counter() - began) / len(self.places)


class Theirs:
    """libRoadRunner's gillespie, one trajectory as long as 100 of our cells."""

    def __init__(self, roadrunner: ModuleType) -> None:
        self.model = roadrunner.RoadRunner(SBML)
        self.model.setIntegrator("gillespie")
        self.model.integrator.variable_step_size = False
        self.seed = 0

    def seconds_per_reaction(self) -> float:
        """Simulate without output in between; the number of reactions is its expectation (within 0.3 %)."""
        self.seed += 1
        self.model.reset()
        self.model.integrator.seed = self.seed
        began = time.perf_counter()
        self.model.simulate(0, 100.0 * LIFETIMES, 2)
        return (time.perf_counter() - began) / (100.0 * EXPECTED)


def main() -> dict[str, float]:
    """Print and return the figures: million reactions per second, ratio to the peer, gain of two threads."""
    before = numba.get_num_threads()
    use_threads(1)
    roadrunner = peer()
    ours, theirs = Ours(GillespieKind), Theirs(roadrunner) if roadrunner else None
    ours.seconds_per_reaction()
    spent: list[float] = []
    their_spent: list[float] = []
    for _ in range(REPEATS):
        spent.append(ours.seconds_per_reaction())
        if theirs:
            their_spent.append(theirs.seconds_per_reaction())
    figures = {"million_per_second": 1e-6 / statistics.median(spent)}
    text = (
        f"immigration and death, one thread: {figures['million_per_second']:.1f} million reactions per second"
    )
    if their_spent:
        figures["peer_million_per_second"] = 1e-6 / statistics.median(their_spent)
        figures["ratio"] = statistics.median(their_spent) / statistics.median(spent)
        text += f"; libRoadRunner {figures['peer_million_per_second']:.2f}, ratio {figures['ratio']:.1f}"
    else:
        text += "; libRoadRunner is not installed (pip install libroadrunner), so it was not measured"
    print(text)
    if most_threads() > 1:
        gains = []
        for _ in range(REPEATS):
            use_threads(1)
            one = ours.seconds_per_reaction()
            use_threads(2)
            gains.append(one / ours.seconds_per_reaction())
        figures["gain_of_two_threads"] = statistics.median(gains)
        print(f"two threads: {figures['gain_of_two_threads']:.2f} times as fast (best {max(gains):.2f})")
    else:
        print("two threads: not measured, because NUMBA_NUM_THREADS is 1")
    use_threads(1)
    exact, leaping = Ours(GillespieKind, 1e5, 20), Ours(TauLeapingKind, 1e5, 20)
    gains = [exact.seconds_per_cell() / leaping.seconds_per_cell() for _ in range(1 + REPEATS)]
    figures["leaping_gain"] = statistics.median(gains[1:])
    print(f"tau-leaping at 100,000 molecules: {figures['leaping_gain']:.0f} times as fast as exact reactions")
    use_threads(before)
    return figures


if __name__ == "__main__":
    main()
