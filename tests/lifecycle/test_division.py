"""Division conserves volume and centre of mass; axes are uniform in the axes there are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tissue_sim.tissue.division import random_axes, split
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.population import Population

IDS = np.arange(1, 20001)


def pairs(positions, volume=1000.0):
    population = Population()
    mothers = population.append(len(positions))
    population["position"][mothers] = positions
    daughters = population.append(len(positions))
    population["volume"][:] = volume / 2
    return population, mothers, daughters


def test_axes_in_space_are_uniform_on_the_sphere():
    axes = random_axes(np.uint64(1), IDS, 5, (True, True, True))
    np.testing.assert_allclose(np.linalg.norm(axes, axis=1), 1.0, rtol=1e-14)
    for axis in range(3):
        assert stats.kstest(axes[:, axis], stats.uniform(-1, 2).cdf).pvalue > 0.01
    assert np.abs(np.cov(axes.T) - np.eye(3) / 3).max() < 0.01


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_axes_in_a_plane_are_uniform_on_the_circle(missing):
    present = tuple(axis != missing for axis in range(3))
    axes = random_axes(np.uint64(1), IDS, 5, present)
    assert (axes[:, missing] == 0.0).all()
    x, y = axes[:, [axis for axis in range(3) if axis != missing]].T
    np.testing.assert_allclose(np.hypot(x, y), 1.0, rtol=1e-14)
    assert stats.kstest(np.arctan2(y, x) / np.pi, stats.uniform(-1, 2).cdf).pvalue > 0.01


def test_axes_on_a_line_are_its_two_directions():
    axes = random_axes(np.uint64(1), IDS, 5, (False, True, False))
    assert set(np.unique(axes[:, 1])) == {-1.0, 1.0}
    assert abs(axes[:, 1].mean()) < 3 / np.sqrt(len(IDS))
    assert not axes[:, [0, 2]].any()


def test_axes_depend_on_cell_and_tick_only():
    every = random_axes(np.uint64(1), IDS[:10], 5, (True, True, True))
    assert (random_axes(np.uint64(1), IDS[:10][::-1], 5, (True, True, True))[::-1] == every).all()
    assert (random_axes(np.uint64(1), IDS[:10], 6, (True, True, True)) != every).any()
    assert (random_axes(np.uint64(2), IDS[:10], 5, (True, True, True)) != every).any()


def test_halves_lie_half_a_radius_from_the_mother():
    centres = np.array([[1.0, 2.0, 3.0], [-40.0, 0.0, 7.0]])
    population, mothers, daughters = pairs(centres)
    axes = np.array([[1.0, 0.0, 0.0], [0.0, 0.6, 0.8]])
    split(population, Domain((-50,) * 3, (50,) * 3), mothers, daughters, axes)
    position = population["position"]
    np.testing.assert_allclose((position[mothers] + position[daughters]) / 2, centres, rtol=0, atol=1e-14)
    radius = (3 * 1000 / (4 * np.pi)) ** (1 / 3)
    np.testing.assert_allclose(position[daughters] - position[mothers], radius * axes, rtol=1e-13)


def test_walls_hold_and_periodic_axes_wrap():
    centres = np.array([[9.9, -9.9, 9.0], [-9.9, 9.9, -9.0]])
    population, mothers, daughters = pairs(centres)
    domain = Domain((-10,) * 3, (10,) * 3, boundary=("wall", "periodic", "open"))
    axis = np.ones((2, 3)) / np.sqrt(3)
    split(population, domain, mothers, daughters, axis)
    position = population["position"]
    assert np.abs(position[:, 0]).max() == 10.0
    assert (position[:, 1] >= -10).all()
    assert (position[:, 1] < 10).all()
    shift = 0.5 * (3 * 1000 / (4 * np.pi)) ** (1 / 3) / np.sqrt(3)
    np.testing.assert_allclose(position[0], [9.9 - shift, -9.9 - shift + 20, 9.0 - shift], rtol=1e-13)
    np.testing.assert_allclose(position[2], [10.0, -9.9 + shift, 9.0 + shift], rtol=1e-13)


def test_a_plane_stays_a_plane():
    population, mothers, daughters = pairs(np.zeros((5, 3)))
    domain = Domain((-10, -10, -1), (10, 10, 1), present=(True, True, False))
    axes = random_axes(np.uint64(1), IDS[:5], 0, (True, True, True))
    split(population, domain, mothers, daughters, axes)
    assert (population["position"][:, 2] == 0.0).all()
    assert population["position"][:, :2].any()


def test_division_conserves_volume_and_centre_of_mass(tissue_of):
    tissue = tissue_of({"cycle": {"model": "live", "rate": 0.01}}, number=500)
    population = tissue.population
    rng = np.random.default_rng(1)
    population["position"][:] = rng.normal(size=(500, 3)) * 50
    population["volume"][:] = rng.uniform(1000, 3000, 500)
    population["target_volume"][:] = population["volume"]
    for _ in range(20):
        before = {name: tissue.column(name) for name in ("volume", "position")}
        size = population.size
        tissue.run(tissue.clock.time)
        mothers = population.rows_of(population["parent_id"][size:])
        pair = population["volume"][mothers] + population["volume"][size:]
        np.testing.assert_array_equal(pair, before["volume"][mothers])
        centre = (population["position"][mothers] + population["position"][size:]) / 2
        np.testing.assert_allclose(centre, before["position"][mothers], rtol=0, atol=1e-12)
        assert population["volume"].sum() == pytest.approx(before["volume"].sum(), rel=1e-13)
        tissue.step()
    assert population.size > 1000


def test_halves_of_a_live_cell_grow_back_to_the_full_target(tissue_of):
    tissue = tissue_of({"volume": 1000, "cycle": {"model": "live", "rate": 1.0}}).run(6)
    np.testing.assert_array_equal(tissue.population["target_volume"], [1000.0, 1000.0])
    np.testing.assert_array_equal(tissue.population["volume"], [500.0, 500.0])
    radius = (3 * 500 / (4 * np.pi)) ** (1 / 3)
    np.testing.assert_allclose(tissue.population["radius"], radius, rtol=1e-14)
    np.testing.assert_allclose(tissue.population["nuclear_volume"], 500 * 540 / 2494, rtol=1e-14)


def test_halves_of_a_phase_cycle_get_half_of_the_target(tissue_of):
    phases = {"A": {"duration": 600, "target_volume": 2}, "B": {"duration": 30, "divides": True}}
    tissue = tissue_of({"volume": 1000, "growth": 0.01, "cycle": {"phases": {**phases, "C": {"rate": 0}}}})
    assert tissue.population["target_volume"][0] == 2000.0
    tissue.run(636)
    # V = 2000 - 1000 exp(-0.01 t) up to the division at 630 min, then each half goes to 1000.
    half = 1000 - 500 * np.exp(-6.3)
    tissue.run(642)
    exact = 1000 - (1000 - half) * np.exp(-0.12)
    np.testing.assert_allclose(tissue.population["volume"], exact, rtol=1e-12)
    np.testing.assert_array_equal(tissue.population["target_volume"], [1000.0, 1000.0])
    np.testing.assert_array_equal(tissue.population["phase"], [2, 2])


@pytest.mark.parametrize(("axis", "expected"), [([0, 3, 4], [0, 0.6, 0.8]), ([1, 0, 0], [1, 0, 0])])
def test_a_given_axis_is_used(tissue_of, axis, expected):
    tissue = tissue_of({"cycle": {"model": "live", "rate": 1.0, "axis": axis}}, number=3).run(6)
    position = tissue.population["position"]
    way = position[3:] - position[:3]
    np.testing.assert_allclose(
        way / np.linalg.norm(way, axis=1)[:, None], np.tile(expected, (3, 1)), atol=1e-14
    )


def test_random_and_given_axes_mix(tissue_of):
    tissue = tissue_of(
        types={
            "up": {"cycle": {"model": "live", "rate": 1.0, "axis": [0, 0, 1]}},
            "any": {"cycle": {"model": "live", "rate": 1.0}},
        }
    )
    tissue.add(1, kind=1)
    tissue.run(6)
    way = tissue.population["position"][2:] - tissue.population["position"][:2]
    assert (way[0, :2] == 0.0).all()
    assert way[0, 2] > 0.0
    assert (way[1] != 0.0).all()


def test_division_asked_for_by_others(tissue_of):
    """A hook divides cells whose own cycle has not come so far; they begin the phase after the division."""
    phases = {
        "A": {"duration": 600, "target_volume": 2},
        "M": {"duration": 60, "divides": True},
        "B": {"duration": 100, "next": "A"},
    }
    tissue = tissue_of({"cycle": {"phases": phases}}, number=2).run(60)
    tissue.requests.ask("division", np.array([1]), tissue.clock.tick)
    tissue.run(60)
    assert tissue.population["phase"].tolist() == [2, 0, 2]
    assert tissue.population["phase_remaining"].tolist() == [100.0, 540.0, 100.0]
    assert tissue.population["lifecycle_lag"].tolist() == [0.0, 0.0, 0.0]


def test_a_dropped_request_is_made_up_for(tissue_of, divisions):
    """A division that was asked for and not applied is asked for again, and no time is lost."""
    phases = {"A": {"duration": 10, "divides": True, "next": "B"}, "B": {"duration": 30, "next": "A"}}
    tissue = tissue_of({"cycle": {"phases": phases}}, others=[divisions])
    tissue.step()
    tissue.step()
    tissue.requests.take_due(tissue.clock.tick)
    tissue.run(60)
    assert divisions.times == pytest.approx([10.0, 50.0, 50.0])


def test_waiting_cells_stand_still(tissue_of):
    """A cell whose event is not yet due does nothing but gather the time."""
    tissue = tissue_of({"cycle": {"phases": {"A": {"duration": 10, "divides": True, "target_volume": 2}}}})
    tissue.step()
    tissue.step()
    population = tissue.population
    population["lifecycle_due"][:] = 5
    volume, lag = tissue.column("volume"), tissue.column("lifecycle_lag")
    tissue.lifecycle.advance(tissue, 6.0)
    np.testing.assert_array_equal(population["volume"], volume)
    np.testing.assert_allclose(population["lifecycle_lag"], lag + 6.0)
    assert population["lifecycle_pending"].tolist() == [1]
