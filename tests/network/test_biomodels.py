"""Published oscillators (BioModels, via sys-bio/BiomodelsStore 7736494): periods and trajectories."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tissue_sim.network.model import NetworkModel
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate

libsbml = pytest.importorskip("libsbml")

NUMBERS = ("003", "005", "008", "012", "016", "021", "022", "036", "073", "079", "098", "206")
TIGHT = ToleranceSettings(relative=1e-9, absolute=1e-12)


def read(folder: Path, number: str) -> NetworkModel:
    file = folder / f"BIOMD0000000{number}.xml"
    return readers()["sbml"].read(file.read_bytes(), file.name, Given())


def check_trajectory(folder: Path, number: str) -> None:
    """|amount - reference| <= 1e-6 max|reference| + 1e-4 |reference|, at the default tolerance."""
    model = read(folder, number)
    table = np.genfromtxt(folder / f"BIOMD0000000{number}_trajectory.csv", delimiter=",", names=True)
    time, *species = table.dtype.names
    sbml = libsbml.readSBMLFromFile(str(folder / f"BIOMD0000000{number}.xml")).getModel()
    volumes = {name: sbml.getSpecies(name).getCompartment() for name in species}
    found = simulate(model, table[time], also=sorted(set(volumes.values())))
    for name in species:
        amount = sbml.getSpecies(name).getHasOnlySubstanceUnits()
        values = found[name][0] * (1.0 if amount else found[volumes[name]][0])
        reference = table[name]
        allowed = 1e-6 * np.abs(reference).max() + 1e-4 * np.abs(reference)
        assert (np.abs(values - reference) <= allowed).all(), name


def period_of(times: np.ndarray, values: np.ndarray) -> float:
    """Return the mean distance of upward crossings of the middle, interpolated by cubics."""
    middle = 0.5 * (values.min() + values.max())
    rising = np.flatnonzero((values[:-1] < middle) & (values[1:] >= middle))
    rising = rising[(rising > 0) & (rising < len(values) - 2)]
    crossings = []
    for i in rising:
        cubic = np.polyfit(times[i - 1 : i + 3] - times[i], values[i - 1 : i + 3] - middle, 3)
        roots = np.roots(cubic)
        real = roots[np.abs(roots.imag) < 1e-9].real
        step = times[i + 1] - times[i]
        crossings.append(times[i] + real[(real >= -1e-9) & (real <= step * (1 + 1e-9))][0])
    return (crossings[-1] - crossings[0]) / (len(crossings) - 1)


def check_period(folder: Path, number: str, cycles: int) -> None:
    with (folder / "periods.csv").open() as file:
        row = next(row for row in csv.DictReader(file) if row["biomodel"] == number)
    period = float(row["period_model_time_units"])
    transient = 0.5 * float(row["t_end"])
    cycle = transient + np.arange(0, cycles * 400) * period / 400
    times = np.concatenate([np.linspace(0.0, transient, 500, endpoint=False), cycle])
    model = read(folder, number)
    found = simulate(model, times, tolerance=TIGHT)
    name = model.renamed.get(row["variable"], row["variable"])
    assert period_of(times[500:], found[name][0][500:]) == pytest.approx(period, rel=1e-4)


def test_the_repressilator_follows_its_reference(ground_truth):
    check_trajectory(ground_truth / "biomodels", "012")


def test_the_repressilators_period(ground_truth):
    check_period(ground_truth / "biomodels", "012", 6)


@pytest.mark.slow
@pytest.mark.parametrize("number", [number for number in NUMBERS if number != "012"])
def test_trajectories_follow_their_reference(ground_truth, number):
    check_trajectory(ground_truth / "biomodels", number)


@pytest.mark.slow
@pytest.mark.parametrize("number", [number for number in NUMBERS if number != "012"])
def test_periods(ground_truth, number):
    check_period(ground_truth / "biomodels", number, 5)
