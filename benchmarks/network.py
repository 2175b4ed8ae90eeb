"""Networks of differential equations, one thread: microseconds per cell, the error made, a peer beside it.

All models are written in Antimony, so that libRoadRunner, where it can be imported (``pip install
libroadrunner``), integrates the very same equations; both take turns. Times are medians.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from tissue_sim.kernels.threads import most_threads, use_threads
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings

REPEATS = 9
RELATIVE, ABSOLUTE = 1e-6, 1e-9
PEER_CELLS = 40


@dataclass(frozen=True)
class Work:
    """A model and what is done with it: every cell starts apart and is advanced by `minutes`, `steps` times.

    Attributes
    ----------
    varied : str
        The species whose first value differs from cell to cell, uniformly from 0 to `spread`.
    """

    name: str
    text: str
    varied: str
    spread: float
    minutes: float
    cells: int
    warm_up: int


# Elowitz and Leibler 2000 (doi:10.1038/35002125), constants of BioModels BIOMD0000000012.
REPRESSILATOR = """
X' = a0 + a*K^n/(K^n + PZ^n) - kd_m*X; Y' = a0 + a*K^n/(K^n + PX^n) - kd_m*Y
Z' = a0 + a*K^n/(K^n + PY^n) - kd_m*Z; PX' = k_tl*X - kd_p*PX
PY' = k_tl*Y - kd_p*PY; PZ' = k_tl*Z - kd_p*PZ
a0 = 0.03; a = 29.97; K = 40; n = 2; kd_m = 0.34657359; kd_p = 0.069314718; k_tl = 6.9314718
X = 0; Y = 20; Z = 0; PX = 0; PY = 0; PZ = 0
"""
# A cascade of activations, each of the next.
CASCADE = "".join(
    f"S{i}' = k*S{i - 1}^2/(1 + S{i - 1}^2) - d*S{i}; S{i} = 0\n" for i in range(1, 30)
) + "S0' = k*(1 + sin(0.5*time)) - d*S0; S0 = 1; k = 1.5; d = 0.5\n"  # fmt: skip
# Tyson 1991 (doi:10.1073/pnas.88.16.7328), constants of BioModels BIOMD0000000005: stiff, k8/k6 = 1e6.
TYSON = """
C2' = k6*M - k8*C2 + k9*CP; CP' = -k3*CP*Y + k8*C2 - k9*CP
pM' = k3*CP*Y - pM*(k4p + k4*(M/CT)^2); M' = pM*(k4p + k4*(M/CT)^2) - k6*M
Y' = k1 - k3*CP*Y; YP' = k6*M - k7*YP
k1 = 0.015; k3 = 200; k4 = 180; k4p = 0.018; k6 = 1; k7 = 0.6; k8 = 1e6; k9 = 1e3; CT = 1
C2 = 0; CP = 0.75; pM = 0.25; M = 0; Y = 0; YP = 0
"""
WORKS = (
    Work("repressilator, 6 species", REPRESSILATOR, "PX", 10.0, 6.0, 10_000, 30),
    Work("cascade, 30 species", CASCADE, "S0", 2.0, 6.0, 4_000, 3),
    Work("Tyson 1991, stiff, 6 species", TYSON, "YP", 0.1, 35.0, 2_000, 1),
)


def antimony_text(text: str) -> str:
    """Return a whole Antimony model with the file's terminators."""
    return (
        "model m()\n" + ";\n".join(part for part in text.replace("\n", ";").split(";") if part) + ";\nend\n"
    )


def kind_of(work: Work, relative: float, absolute: float) -> OdeKind:
    """Return the compiled network."""
    model = readers()["antimony"].read(antimony_text(work.text).encode(), work.name, Given())
    return OdeKind(model, ToleranceSettings(relative=relative, absolute=absolute))


def started(work: Work, kind: OdeKind) -> np.ndarray:
    """Return first values of all cells."""
    values = np.zeros((work.cells, len(kind.names)))
    places = np.arange(work.cells)
    kind.start(values, places, places + 1, key=np.uint64(1), tick=0, time=0.0, inputs={})
    values[:, kind.system.places[work.varied]] = work.spread * (places + 0.5) / work.cells
    return values


def measure(work: Work) -> dict[str, float]:
    """Print and return the figures of one model."""
    kind, tight = kind_of(work, RELATIVE, ABSOLUTE), kind_of(work, 1e-11, 1e-14)
    values, places = started(work, kind), np.arange(work.cells)
    peer = Peer.of(work)
    checked, number = 50, len(kind.system.species)
    ours, theirs, errors = [], [], []
    for i in range(work.warm_up + REPEATS):
        start = i * work.minutes
        exact = values[:checked].copy()
        first = values[:PEER_CELLS, :number].copy()
        began = time.perf_counter()
        kind.advance(values, places, start=start, duration=work.minutes, inputs={})
        if i < work.warm_up:
            continue
        ours.append(1e6 * (time.perf_counter() - began) / work.cells)
        exact[:, kind.system.places["step_size"]] = 0.0
        tight.advance(exact, places[:checked], start=start, duration=work.minutes, inputs={})
        scale = np.maximum(np.abs(exact[:, :number]).max(axis=0), ABSOLUTE / RELATIVE)
        errors.append(float((np.abs(values[:checked, :number] - exact[:, :number]) / scale).max()))
        if peer is not None:
            theirs.append(peer.microseconds(first, kind.system.species, start, work.minutes))
    figures = {"us_per_cell": statistics.median(ours), "largest_error": max(errors)}
    line = (
        f"{work.name}, {work.minutes:g} min at relative tolerance {RELATIVE:g}, {work.cells} cells: "
        f"{figures['us_per_cell']:.2f} us per cell, largest error of a step {figures['largest_error']:.1e} "
        "of each species' largest value"
    )
    if theirs:
        figures["ratio"] = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
        line += f"; libRoadRunner {statistics.median(theirs):.0f} us, {figures['ratio']:.0f} times"
    if most_threads() > 1:
        figures["gain_of_two_threads"] = gain_of_two_threads(work, kind, values)
        line += f"; two threads {figures['gain_of_two_threads']:.2f} times as fast"
    print(line, flush=True)
    return figures


def gain_of_two_threads(work: Work, kind: OdeKind, values: np.ndarray) -> float:
    """Return how much faster two threads take the same step from the same values; they take turns."""
    gains, places = [], np.arange(work.cells)
    for _ in range(REPEATS):
        spent = []
        for threads in (1, 2):
            use_threads(threads)
            again = values.copy()
            began = time.perf_counter()
            kind.advance(again, places, start=0.0, duration=work.minutes, inputs={})
            spent.append(time.perf_counter() - began)
        gains.append(spent[0] / spent[1])
    use_threads(1)
    return statistics.median(gains)


class Peer:
    """LibRoadRunner with the same equations and tolerances, cell after cell."""

    def __init__(self, work: Work, roadrunner: Any) -> None:
        import antimony

        antimony.clearPreviousLoads()
        if antimony.loadAntimonyString(antimony_text(work.text)) < 0:
            raise ValueError(antimony.getLastError())
        self._runner = roadrunner.RoadRunner(antimony.getSBMLString(antimony.getMainModuleName()))
        self._runner.integrator.relative_tolerance = RELATIVE
        self._runner.integrator.absolute_tolerance = ABSOLUTE

    @classmethod
    def of(cls, work: Work) -> Peer | None:
        """Return the peer, None where it cannot be imported."""
        try:
            import roadrunner
        except ImportError:
            return None
        return cls(work, roadrunner)

    def microseconds(
        self, first: np.ndarray, species: tuple[str, ...], start: float, minutes: float
    ) -> float:
        """Advance cells from their values, float64[m, species]; return the time for each, us."""
        spent = 0.0
        for row in first:
            self._runner.resetAll()
            for name, value in zip(species, row, strict=True):
                self._runner[name] = float(value)
            began = time.perf_counter()
            self._runner.simulate(start, start + minutes, 2)
            spent += time.perf_counter() - began
        return 1e6 * spent / len(first)


FIRST_USE = """
import time
began = time.perf_counter()
import numpy as np
from benchmarks.network import chain
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.settings import ToleranceSettings
model = chain({number})
imported = time.perf_counter()
kind = OdeKind(model, ToleranceSettings())
values = np.zeros((2, len(kind.names)))
kind.start(values, np.arange(2), np.arange(2) + 1, key=np.uint64(1), tick=0, time=0.0, inputs={{}})
kind.advance(values, np.arange(2), start=0.0, duration=1.0, inputs={{}})
print(time.perf_counter() - imported)
"""


def chain(number: int) -> Any:
    """Return a cascade of so many species, with constants of its own: no cache knows it."""
    lines = [f"S{i}' = k*S{i - 1}^2/(1.{number} + S{i - 1}^2) - d*S{i}" for i in range(1, number)]
    text = "\n".join(["S0' = k - d*S0", *lines])
    from tissue_sim.tissue.distributions import parse_distribution

    given = Given(
        {"k": parse_distribution(1.5), "d": parse_distribution(0.5)},
        {f"S{i}": parse_distribution(0.1) for i in range(number)},
    )
    return readers()["equations"].read(text.encode(), "chain", given)


def first_use(number: int) -> None:
    """Print how long a network takes at its first use with everything else compiled, and the second time."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TISSUE_SIM_CACHE": folder}
        seconds = []
        for species in (2, number, number):
            done = subprocess.run(
                [sys.executable, "-c", FIRST_USE.format(number=species)], env=environment, check=True,
                capture_output=True, text=True,
            )  # fmt: skip
            seconds.append(float(done.stdout.split()[-1]))
    print(
        f"first use of {number} species: {seconds[1]:.1f} s; from the cache: {seconds[2]:.2f} s", flush=True
    )


def main() -> None:
    """Print all figures."""
    use_threads(1)
    for work in WORKS:
        measure(work)
    for number in (30, 300):
        first_use(number)


if __name__ == "__main__":
    main()
