"""The spots against linear theory: wavelength, the ratio below which there are none, the exact mean."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tissue_sim.simulation import Simulation

SCENARIO = Path(__file__).parents[2] / "scenarios" / "turing_spots.yaml"
UNIT, SPACING, RATE = 10.0, 10.0, 0.06


def ran(*overrides: str, short: bool = True) -> Simulation:
    simulation = Simulation.from_scenario(SCENARIO, short=short, overrides=overrides)
    for _ in simulation:
        pass
    return simulation


def activator(simulation: Simulation) -> np.ndarray:
    return simulation.tissue.fields["activator"][0]


def at_the_cells(simulation: Simulation) -> float:
    return float(simulation.tissue.quantities.value("signal.activator").mean())


@pytest.fixture(scope="module")
def fastest(ground_truth) -> dict[str, float]:
    text = (ground_truth / "patterns" / "schnakenberg_a0.1_b0.9.csv").read_text().splitlines()
    row = next(row for row in csv.DictReader(text) if float(row["d"]) == 10.0)
    return {key: float(value) for key, value in row.items()}


@pytest.fixture(scope="module")
def spots() -> Simulation:
    return ran()


def wavelength(field: np.ndarray, expected: float) -> float:
    """Mean over the ring of the pattern's modes, weighted by their power, um."""
    power = np.abs(np.fft.fft2(field - field.mean())) ** 2
    along = 2.0 * np.pi * np.fft.fftfreq(len(field), SPACING)
    numbers = np.hypot(along[:, None], along)
    ring = np.abs(numbers * expected / (2.0 * np.pi) - 1.0) < 0.5
    # Next to nothing lies between the ring and its overtones.
    assert power[ring].sum() > 0.8 * power.sum()
    return float(2.0 * np.pi * power[ring].sum() / (numbers * power)[ring].sum())


def test_the_wavelength_is_that_of_the_fastest_mode(spots, fastest):
    expected = UNIT * fastest["wavelength_fastest"]
    assert wavelength(activator(spots), expected) == pytest.approx(expected, rel=0.05)


@pytest.mark.slow
def test_the_wavelength_at_the_end_in_ten_wavelengths(fastest):
    expected = UNIT * fastest["wavelength_fastest"]
    simulation = ran(short=False)
    field = activator(simulation)
    assert len(field) * SPACING >= 10.0 * expected
    assert wavelength(field, expected) == pytest.approx(expected, rel=0.05)
    assert field.max() == pytest.approx(1.65, abs=0.05)
    assert at_the_cells(simulation) > 1.4


def test_they_are_spots_with_substrate_between_them(spots):
    field, substrate = activator(spots), spots.tissue.fields["substrate"][0]
    assert np.ptp(field) > 1.0
    deviation = field - field.mean()
    # Tops are further from the mean than valleys, and take less room.
    assert (deviation**3).mean() > 0.1 * (deviation**2).mean() ** 1.5
    assert np.corrcoef(field.ravel(), substrate.ravel())[0, 1] < -0.9


def test_cells_gather_in_the_spots(spots):
    # Without bias they would read the mean, with an error of the spread over the root of their number.
    spread = activator(spots).std() / np.sqrt(100)
    assert at_the_cells(spots) > 1.0 + 8.0 * spread


def test_what_is_made_is_what_is_broken_down(spots):
    # d(mean u + mean v)/dt = k (a + b - mean u): the mean follows from the books, which close.
    books = next(each for each in spots.tissue.processes if each.name == "signals").ledger()
    for lines in books.values():
        flows = sum(value for line, value in lines.items() if line != "field")
        assert flows == pytest.approx(lines["field"], rel=1e-10)
    assert activator(spots).mean() == pytest.approx(1.0, abs=0.01)


def test_below_the_critical_ratio_there_are_none():
    field = activator(ran("signals.substrate.diffusion=48", "duration=30 h"))
    assert np.ptp(field) < 0.05


def test_the_pattern_does_not_hang_on_the_step(spots, fastest):
    expected = UNIT * fastest["wavelength_fastest"]
    halved = activator(ran("steps.signals=1 min"))
    assert wavelength(halved, expected) == pytest.approx(wavelength(activator(spots), expected), rel=0.01)
