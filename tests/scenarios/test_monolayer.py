"""A monolayer: exponential growth at the rate of the cycle, then a rim of constant width, a linear diameter.

With f the relative rate of each cell, dN/dt = rate * N * mean(f), and N = density * pi R^2, so that
dR/dt = rate * mean(f) R/2 while the density stays. A rim of width w in which all cells divide gives
mean(f) = 1 - (1 - w/R)^2, for large R 2 w/R: then R grows linearly.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tissue_sim.simulation import Simulation

SCENARIO = Path(__file__).parents[2] / "scenarios" / "monolayer.yaml"
RATE = 0.04 / 60.0
DAY = 1440.0
FULL_RADIUS = np.cbrt(3.0 * 2494.0 / (4.0 * np.pi))


def relative_rate(pressure: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + pressure**4)


@dataclass
class Colony:
    """Radius (um), mean relative rate, cells and the relative rate inside a third of the radius, by day."""

    day: np.ndarray
    radius: np.ndarray
    dividing: np.ndarray
    cells: np.ndarray
    centre: np.ndarray


def colony(*overrides: str, seed: int | None = None) -> Colony:
    simulation = Simulation.from_scenario(SCENARIO, overrides=overrides, seed=seed)
    rows = []
    for snapshot in simulation:
        position, pressure = (snapshot.columns[name].values for name in ("position", "pressure"))
        distance = np.linalg.norm(position - position.mean(axis=0), axis=1)
        # A disc of even density has <r^2> = R^2/2.
        radius = np.sqrt(2.0 * np.mean(distance**2))
        f = relative_rate(pressure)
        inside = f[distance <= max(radius / 3.0, distance.min())]
        rows.append((snapshot.time / DAY, radius, f.mean(), len(f), inside.mean()))
    return Colony(*np.array(rows).T)


def check_linear_growth(grown: Colony, from_radius: float) -> None:
    late = grown.radius > from_radius
    assert late.sum() >= 10
    day, radius = grown.day[late], grown.radius[late]
    speed, _ = np.polyfit(day, radius, 1)
    assert np.corrcoef(day, radius)[0, 1] ** 2 > 0.999
    # No sign of the exponential: its slope would double while the radius does.
    bend = np.polyfit(day, radius, 2)[0] * np.ptp(day)
    assert abs(bend) < 0.1 * speed
    # The rim keeps its width while the radius doubles, and sets the speed; some growth goes into density.
    dividing = grown.dividing[late]
    width = radius * (1.0 - np.sqrt(1.0 - dividing))
    drift = np.polyfit(radius, width, 1)[0] * np.ptp(radius)
    assert abs(drift) < 0.1 * width.mean()
    assert speed == pytest.approx(RATE * DAY * np.mean(dividing * radius) / 2.0, rel=0.06)


def check_inside(grown: Colony) -> None:
    assert grown.centre[-1] < 0.06
    # Density over that of touching full-grown discs on a hexagonal lattice.
    late = grown.radius > 150.0
    density = grown.cells[late] * FULL_RADIUS**2 * 2.0 * np.sqrt(3.0) / (np.pi * grown.radius[late] ** 2)
    assert (density < 1.35).all()
    assert np.ptp(density[-8:]) < 0.05


def test_early_growth_is_exponential_at_the_rate_of_the_cycle():
    # Many founders out of each other's reach: as many cells as statistics need, all of them early.
    simulation = Simulation.from_scenario(
        SCENARIO,
        overrides=[
            "domain.size=[5000, 5000]",
            "initial=[{type: epithelial, box: {from: [-2000, -2000], to: [2000, 2000]}, spacing: 300}]",
            "duration=2 d",
            "record.every=12 min",
        ],
    )
    cells, effective = [], []
    for snapshot in simulation:
        pressure = snapshot.columns["pressure"].values
        cells.append(len(pressure))
        effective.append(relative_rate(pressure).sum())
    births = cells[-1] - cells[0]
    assert births > 1000
    # Births are a Poisson process of intensity rate * N: births/integral(N) estimates the rate.
    error = RATE / np.sqrt(births)
    assert abs(births / (12.0 * np.sum(cells[:-1])) - RATE) < 3.0 * error
    # The same with what pressure takes away: newly parted daughters still push each other.
    assert abs(births / (12.0 * np.sum(effective[:-1])) - RATE) < 3.0 * error
    assert np.sum(effective) / np.sum(cells) > 0.93


def test_later_the_diameter_grows_linearly_and_the_centre_stands_still():
    grown = colony("duration=14 d")
    check_linear_growth(grown, 150.0)
    check_inside(grown)


def test_the_short_form_shows_how_the_centre_begins_to_stop():
    simulation = Simulation.from_scenario(SCENARIO, short=True)
    for _ in simulation:
        pass
    population = simulation.tissue.population
    position, f = population["position"], relative_rate(population["pressure"])
    distance = np.linalg.norm(position - position.mean(axis=0), axis=1)
    inner, outer = distance < np.quantile(distance, 0.3), distance > np.quantile(distance, 0.7)
    assert population.size > 100
    assert f[inner].mean() < 0.75 < 0.9 < f[outer].mean()


@pytest.mark.slow
def test_the_step_of_mechanics_hardly_matters():
    def speed(step: str, seed: int) -> float:
        grown = colony("duration=13 d", f"steps.mechanics={step}", seed=seed)
        late = grown.radius > 200.0
        return float(np.polyfit(grown.day[late], grown.radius[late], 1)[0])

    two, one = (np.array([speed(step, seed) for seed in range(1, 9)]) for step in ("2 min", "1 min"))
    error = np.sqrt((two.var() + one.var()) / 7.0)
    assert abs(two.mean() - one.mean()) < 0.01 * one.mean() + 3.0 * error


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_full_length(seed):
    grown = colony(seed=seed)
    check_linear_growth(grown, 150.0)
    check_inside(grown)
    assert grown.centre[-1] < 0.04
