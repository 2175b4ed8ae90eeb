"""The stochastic cases of the SBML Test Suite (DSMTS; Evans, Gillespie, Wilkinson): means and deviations.

The rule is that of the suite: over n runs Z = sqrt(n) (m - mu)/sigma stays within (-3, 3) and
Y = sqrt(n/2) (s^2/sigma^2 - 1) within (-5, 5). Two or more breaches ask for a second seed; the same breach
for two seeds is a failure.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from tissue_sim.network.reader import Given, readers
from tissue_sim.network.simulate import simulate

libsbml = pytest.importorskip("libsbml")

RUNS = 10_000
TIMES = np.arange(51.0)
SAMPLE = ("00002", "00007", "00011", "00019", "00025", "00027")
"""Local parameters, two counted species, concentrations in a volume, an assignment, boundary species."""
EVENTS = ("00028", "00029")
CASES = tuple(f"{number:05d}" for number in range(1, 28))


def read(folder: Path):
    file = next(folder.glob("*.xml"))
    return readers()["sbml"].read(file.read_bytes(), file.name, Given()), libsbml.readSBMLFromFile(str(file))


def birth_and_death_law(birth: float, death: float, time: float, start: int) -> np.ndarray:
    """Return P(0), P(1), ... of the linear process: each founder's law is geometric beside a point at 0."""
    growth = np.exp((birth - death) * time)
    none = death * (growth - 1.0) / (birth * growth - death)
    more = birth * (growth - 1.0) / (birth * growth - death)
    each = np.zeros(8192)
    each[0], each[1:] = none, (1.0 - none) * (1.0 - more) * more ** np.arange(8191)
    return np.clip(np.fft.irfft(np.fft.rfft(each) ** start, 8192), 0.0, None)


def spread_of_y(case: str) -> np.ndarray:
    """Return the standard deviation of Y of an exact simulator at each time, float64[51].

    It is sqrt((kurtosis - 1)/2), 1 for a normal law. In case 00003 (birth 1, death 1.1) the few lines that
    survive are large: the kurtosis reaches 97, so that Y leaves (-5, 5) in every second run of the suite.
    """
    spread = np.ones(51)
    if case == "00003":
        for i, time in enumerate(TIMES[1:], start=1):
            law, n = birth_and_death_law(1.0, 1.1, time, 100), np.arange(8192.0)
            moments = n - (law * n).sum()
            kurtosis = (law * moments**4).sum() / (law * moments**2).sum() ** 2
            spread[i] = np.sqrt((kurtosis - 1.0) / 2.0)
    return spread


def breaches(folder: Path, seed: int) -> set[tuple[str, str, int]]:
    """Return (Z or Y, variable, row) of the limits that are breached."""
    model, document = read(folder)
    header, *rows = csv.reader((folder / f"{folder.name}-results.csv").open())
    table = np.array([[float(value) for value in row] for row in rows if row])
    variables = sorted({name.strip().rpartition("-")[0] for name in header[1:]})
    compartments = [document.getModel().getSpecies(name) for name in variables]
    also = [*variables, *(species.getCompartment() for species in compartments)]
    found = simulate(model, TIMES, method="gillespie", cells=RUNS, seed=seed, also=also)
    wrong = set()
    for name, species in zip(variables, compartments, strict=True):
        counts = found[name]
        if not species.getHasOnlySubstanceUnits():
            counts = counts * found[species.getCompartment()]
        mean, deviation = (table[:, header.index(f"{name}-{what}")] for what in ("mean", "sd"))
        still = deviation == 0.0
        np.testing.assert_allclose(counts.mean(axis=0)[still], mean[still], rtol=1e-12)
        assert not counts.var(axis=0)[still].any()
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.sqrt(RUNS) * (counts.mean(axis=0) - mean) / deviation
            y = (
                np.sqrt(RUNS / 2)
                * (counts.var(axis=0, ddof=1) / deviation**2 - 1.0)
                / spread_of_y(folder.name)
            )
        wrong |= {("Z", name, int(i)) for i in np.flatnonzero(~still & ~(np.abs(z) < 3.0))}
        wrong |= {("Y", name, int(i)) for i in np.flatnonzero(~still & ~(np.abs(y) < 5.0))}
    return wrong


def assert_passes(folder: Path) -> None:
    first = breaches(folder, seed=1)
    if len(first) > 1:
        assert not first & breaches(folder, seed=2)


@pytest.mark.parametrize("case", SAMPLE)
def test_a_sample_of_cases_passes(ground_truth, case):
    assert_passes(ground_truth / "sbml" / "stochastic" / case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case not in SAMPLE])
def test_the_other_cases_without_events_pass(ground_truth, case):
    assert_passes(ground_truth / "sbml" / "stochastic" / case)


@pytest.mark.parametrize("case", EVENTS)
def test_cases_with_events_pass(ground_truth, case):
    assert_passes(ground_truth / "sbml" / "stochastic" / case)


@pytest.mark.slow
def test_the_law_of_the_case_with_heavy_tails(ground_truth):
    model, _ = read(ground_truth / "sbml" / "stochastic" / "00003")
    times = [0.0, 5.0, 30.0, 50.0]
    found = simulate(model, times, method="gillespie", cells=200_000, seed=11)["X"]
    for i, time in enumerate(times[1:], start=1):
        law = np.cumsum(birth_and_death_law(1.0, 1.1, time, 100))
        edges = np.unique(np.searchsorted(law, np.linspace(0.02, 0.98, 30)))
        observed = np.bincount(np.searchsorted(edges, found[:, i]), minlength=len(edges) + 1)
        expected = np.diff(np.concatenate([[0.0], law[edges], [1.0]])) * len(found)
        assert stats.chisquare(observed, expected).pvalue > 1e-4
