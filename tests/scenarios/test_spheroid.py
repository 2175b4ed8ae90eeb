"""The spheroid against the closed form of diffusion with first-order uptake in a shell.

Between a core of radius r_n, where nothing lives, and the surface R, oxygen obeys D lap c = k c with
k = uptake * (volume fraction of live cells) and L = sqrt(D/k). With c(R) = c_s and no flux at r_n,

    c(r_n) = c_s R / (r_n cosh((R - r_n)/L) + L sinh((R - r_n)/L)).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from tissue_sim.simulation import Simulation
from tissue_sim.tissue.columns import LIVE, NECROTIC

SCENARIO = Path(__file__).parents[2] / "scenarios" / "spheroid.yaml"
DEATH_AT = 4.0  # mmHg, where the scenario's cells begin to die


def core_oxygen(surface: float, radius: float, core: float, length: float) -> float:
    depth = (radius - core) / length
    return surface * radius / (core * np.cosh(depth) + length * np.sinh(depth))


@dataclass
class Spheroid:
    """What is measured of the tissue."""

    radius: float
    core: float
    surface_oxygen: float
    core_oxygen: float
    volume_fraction: float
    distance: np.ndarray
    state: np.ndarray

    @property
    def length(self) -> float:
        return float(np.sqrt(1e5 / (60.0 * self.volume_fraction)))


def measured(simulation: Simulation) -> Spheroid:
    tissue = simulation.tissue
    population = tissue.population
    centre = population["position"].mean(axis=0)
    distance = np.linalg.norm(population["position"] - centre, axis=1)
    state, volume = population["state"].copy(), population["volume"]
    necrotic, live = state == NECROTIC, state == LIVE
    # The core ends where as many necrotic cells lie outside as live ones inside.
    edges = np.sort(distance)
    outside = np.array([(necrotic & (distance > edge)).sum() for edge in edges])
    inside = np.array([(live & (distance < edge)).sum() for edge in edges])
    core = float(edges[np.argmin(np.abs(outside - inside))])
    # The volume fraction is that of the packed rim, and the surface the equimolar one: the ball that all
    # cells fill at that packing. The cells that stick out and the gaps between them cancel.
    middle = (distance > core + 15.0) & (distance < np.quantile(distance, 0.7))
    shell_volume = 4.0 / 3.0 * np.pi * (np.quantile(distance, 0.7) ** 3 - (core + 15.0) ** 3)
    packing = volume[middle].sum() / shell_volume
    radius = float(np.cbrt(3.0 * volume.sum() / (4.0 * np.pi * packing)))
    fraction = float(volume[middle & live].sum() / shell_volume)
    field, grid = tissue.fields["oxygen"], tissue.domain.grid
    z, y, x = np.meshgrid(*(grid.centres(axis) - centre[axis] for axis in (2, 1, 0)), indexing="ij")
    voxel_distance = np.sqrt(x**2 + y**2 + z**2)

    def shell(at: float, half_width: float) -> float:
        return float(field[np.abs(voxel_distance - at) < half_width].mean())

    in_core = voxel_distance < max(core - 15.0, 20.0)
    return Spheroid(radius, core, shell(radius, 8.0), float(field[in_core].mean()), fraction, distance, state)


@pytest.fixture(scope="module")
def spheroid() -> Spheroid:
    simulation = Simulation.from_scenario(SCENARIO)
    for _ in simulation:
        pass
    return measured(simulation)


def test_the_penetration_length_is_as_designed(spheroid):
    assert 40.0 <= spheroid.length <= 50.0
    assert 170.0 <= spheroid.radius <= 230.0


def test_oxygen_in_the_core_is_the_closed_form(spheroid):
    expected = core_oxygen(spheroid.surface_oxygen, spheroid.radius, spheroid.core, spheroid.length)
    assert spheroid.core_oxygen == pytest.approx(expected, rel=0.15)


def test_the_rim_is_as_deep_as_oxygen_reaches(spheroid):
    depth = brentq(
        lambda h: (
            core_oxygen(spheroid.surface_oxygen, spheroid.radius, spheroid.radius - h, spheroid.length)
            - DEATH_AT
        ),
        1.0,
        spheroid.radius - 1.0,
    )
    assert spheroid.radius - spheroid.core == pytest.approx(depth, rel=0.20)


def test_necrosis_stays_inside_the_rim(spheroid):
    necrotic = spheroid.state == NECROTIC
    assert necrotic.sum() > 500
    # The front is as rough as cells are large, and moves while they die: two layers hold nearly all of it,
    # and the outer half of the rim has no necrotic cell at all.
    assert np.quantile(spheroid.distance[necrotic], 0.98) < spheroid.core + 2.0 * 16.8
    assert spheroid.distance[necrotic].max() < 0.5 * (spheroid.core + spheroid.radius)
