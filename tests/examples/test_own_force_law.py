"""The Morse potential of the example: its slope, its well, momentum, and what it does to a mixed tissue."""

from __future__ import annotations

import numpy as np
import pytest

S = 16.82
STILL = "cell_types.cohesive.motility.speed=0"
PAIR = "initial=[{type: cohesive, points: [[0, 0], [%g, 0]]}]"


def law_of(simulation):
    """The law and its process, as the tissue uses them."""
    process = next(each for each in simulation.tissue.processes if each.name == "mechanics")
    return process._forces


def test_speed_is_minus_the_slope_of_the_potential(example):
    law = law_of(example("own_force_law")).law
    for depth, steepness, cutoff in ((10.0, 3.0, 2.0), (3.0, 8.0, 1.5)):
        values, h = (depth, steepness, cutoff), 1e-4
        for d in np.linspace(0.05 * S, 1.2 * cutoff * S, 200):
            if abs(d - cutoff * S) > 2.0 * h:
                slope = (law.potential(d + h, S, *values) - law.potential(d - h, S, *values)) / (2.0 * h)
                assert law.speed(d, S, *values) == pytest.approx(-slope, rel=1e-5, abs=1e-6)
        assert law.speed(S, S, *values) == 0.0
        # The well is as deep as declared, counted from where it would end without the cutoff.
        deep = law.potential(S, S, depth, steepness, 50.0)
        assert deep == pytest.approx(-depth)


@pytest.mark.parametrize("start", [10.0, 15.0, 20.0, 25.0])
def test_two_cells_come_to_rest_at_the_bottom_of_the_well(finished, start):
    tissue = finished("own_force_law", STILL, PAIR % start, "duration=4 h").tissue
    position, radius = tissue.population["position"], tissue.population["radius"]
    assert np.linalg.norm(position[1] - position[0]) == pytest.approx(radius.sum(), rel=1e-9)
    assert position.mean(axis=0) == pytest.approx([start / 2.0, 0.0, 0.0], abs=1e-12)


def test_out_of_reach_nothing_moves(finished):
    tissue = finished("own_force_law", STILL, PAIR % 34.0, "duration=1 h").tissue
    assert np.ptp(tissue.population["position"][:, 0]) == 34.0


def test_forces_of_pairs_cancel_and_are_those_of_a_double_loop(example):
    simulation = example("own_force_law")
    for _ in range(200):
        simulation.step()
    tissue, forces = simulation.tissue, law_of(simulation)
    position, radius = tissue.population["position"], tissue.population["radius"]
    velocity = forces.velocity(tissue, position)
    assert np.abs(velocity).max() > 0.1
    assert velocity.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-11)
    depth = tissue.behaviours.effective("mechanics.depth")
    expected = np.zeros_like(velocity)
    for i in range(len(position)):
        for j in range(len(position)):
            apart = position[i] - position[j]
            d = np.linalg.norm(apart)
            if d > 0.0:
                pair = np.sqrt(depth[i] * depth[j])
                expected[i] += forces.law.speed(d, radius[i] + radius[j], pair, 3.0, 2.0) * apart / d
    assert velocity == pytest.approx(expected, abs=1e-11)


def mixed(tissue) -> float:
    """Part of all contacts that join cells of different types."""
    starts, others = tissue.neighbours.contacts()
    types = tissue.population["type"]
    own = np.repeat(types, np.diff(starts))
    return float((own != types[others]).mean())


def test_cells_sort_by_cohesion_and_stay_mixed_without_a_difference(finished, example):
    start = example("own_force_law")
    start.place_cells()
    assert mixed(start.tissue) == 1.0
    sorted_tissue = finished("own_force_law", "duration=12 h").tissue
    same = finished("own_force_law", "duration=12 h", "cell_types.loose.mechanics.parameters.depth=12").tissue
    assert mixed(sorted_tissue) < 0.45
    assert 0.5 < mixed(same) < 0.75

    def lead(tissue):
        """How much nearer to the middle of the cohesive cells these are than the loose ones, um."""
        position, types = tissue.population["position"], tissue.population["type"]
        distance = np.linalg.norm(position - position[types == 0].mean(axis=0), axis=1)
        return float(np.median(distance[types == 1]) - np.median(distance[types == 0]))

    # The cohesive cells are inside, the loose ones around them.
    assert lead(sorted_tissue) > 10.0
    assert abs(lead(same)) < 6.0
