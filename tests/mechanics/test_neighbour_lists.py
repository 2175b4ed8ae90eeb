"""Neighbour lists against the double loop, on every kind of arrangement."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tissue_sim.errors import SimulationError
from tissue_sim.kernels.mechanics.coincident import direction_of_pair
from tissue_sim.mechanics.law import laws
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.neighbours import NeighbourList

ALL = (True, True, True)


def domain_of(size, boundary=("open", "open", "open"), present=ALL):
    half = tuple(0.5 * each for each in size)
    return Domain(tuple(-each for each in half), half, present, boundary)


def rows_within(near: NeighbourList, position, radius, factor):
    """The rows of the list that pass the exact test, for each row, in the order in which they stand."""
    found = [[] for _ in near.order]
    for slot, row in enumerate(near.order):
        for other in near.order[near.entries[near.starts[slot] : near.ends[slot]]]:
            step = position[row] - position[other]
            step -= near.box[1] * np.rint(step * near.box[2])
            if np.sqrt((step**2).sum()) < factor * (radius[row] + radius[other]):
                found[row].append(int(other))
    return found


def in_a_small_box(kind, size, rng):
    """Arrangements in periodic boxes of one, two and three bins (a bin is 2.5 of the largest radii wide)."""
    # Radii 1:20, or all alike.
    radius = np.exp(rng.uniform(0.0, np.log(20.0), 150)) if kind == "polydisperse" else np.full(150, 5.0)
    edge = float(size) * 2.5 * radius.max() * 1.1
    if kind in ("random", "polydisperse"):
        position = rng.uniform(-edge / 2.0, edge / 2.0, (150, 3))
    elif kind == "clustered":
        centres = rng.uniform(-edge / 2.0, edge / 2.0, (4, 3))
        position = centres[rng.integers(4, size=150)] + rng.normal(0.0, 4.0, (150, 3))
    else:
        position = np.repeat(rng.uniform(-edge / 2.0, edge / 2.0, (30, 3)), 5, axis=0)
    position = (position + edge / 2.0) % edge - edge / 2.0
    return position, radius, domain_of((edge,) * 3, ("periodic",) * 3)


KINDS = ("random", "clustered", "coincident", "polydisperse")


def arrangement(name, rng):
    """(positions, radii, domain)"""
    wide = domain_of((1000.0, 1000.0, 1000.0))
    if name == "random":
        return rng.uniform(-40.0, 40.0, (400, 3)), np.full(400, 5.0), wide
    if name == "clustered":
        centres = rng.uniform(-400.0, 400.0, (8, 3))
        return centres[rng.integers(8, size=400)] + rng.normal(0, 8.0, (400, 3)), np.full(400, 5.0), wide
    if name == "coincident":
        return np.repeat(rng.uniform(-30.0, 30.0, (20, 3)), 10, axis=0), np.full(200, 5.0), wide
    if name == "polydisperse":
        return rng.uniform(-60.0, 60.0, (500, 3)), np.exp(rng.uniform(0.0, np.log(20.0), 500)), wide
    if name == "far outside":
        position = rng.uniform(-40.0, 40.0, (300, 3))
        position[::50] *= 1e7
        position[7] = (1e12, -1e15, 3.0)
        position[8] = (1e12, -1e15, 9.0)
        return position, np.full(300, 5.0), wide
    if name == "points":
        return rng.uniform(-5.0, 5.0, (50, 3)), np.zeros(50), wide
    if name == "plane":
        position = rng.uniform(-60.0, 60.0, (300, 3)) * (1, 1, 0)
        return position, np.full(300, 5.0), domain_of((900.0, 900.0, 10.0), present=(True, True, False))
    if name == "line":
        position = rng.uniform(-200.0, 200.0, (100, 3)) * (0, 1, 0)
        return position, np.full(100, 5.0), domain_of((10.0, 900.0, 10.0), present=(False, True, False))
    if name.startswith("small box"):
        return in_a_small_box(*name.split(", ")[1:], rng)
    bins, edge = {"one bin": (1, 1.0), "two bins": (2, 1.0), "three bins": (3, 1.0), "seven bins": (7, 1.03)}[
        name
    ]
    size = 28.0 * bins * edge
    boundary = ("periodic", "periodic", "open" if bins == 2 else "periodic")
    position = rng.uniform(-size / 2, size / 2, (40 * bins**2, 3))
    return position, rng.uniform(2.0, 5.0, len(position)), domain_of((size,) * 3, boundary)


SMALL_BOXES = [f"small box, {kind}, {bins}" for kind in KINDS for bins in (1, 2, 3)]
NAMES = [
    *KINDS, "far outside", "points", "plane", "line", "one bin", "two bins", "three bins", "seven bins",
    *SMALL_BOXES,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_lists_hold_what_the_double_loop_finds(name, rng, naive):
    position, radius, domain = arrangement(name, rng)
    near = NeighbourList(domain)
    ids = np.arange(1, len(position) + 1)
    near.refresh(ids, position, radius, 1.25)
    sizes = near.box[1]
    expected = naive(position, radius, np.full(len(radius), 1.25), sizes)
    assert rows_within(near, position, radius, 1.25) == expected
    assert name == "points" or any(expected)
    if name.startswith("small box"):
        assert any(len(each) > 10 for each in expected)

    moved = position + rng.normal(0.0, 0.05, position.shape) * domain.present
    near.refresh(ids, moved, radius * 1.001, 1.25)
    assert rows_within(near, moved, radius * 1.001, 1.25) == naive(
        moved, radius * 1.001, np.full(len(radius), 1.25), sizes
    )


@pytest.mark.parametrize("name", [*KINDS, "far outside", *SMALL_BOXES])
def test_forces_pressure_and_contacts_are_those_of_the_double_loop(name, rng, make_tissue):
    position, radius, domain = arrangement(name, rng)
    tissue = make_tissue(position, radius, size=domain.size, boundary=domain.boundary)
    forces = tissue.processes[-1]._forces
    velocity = forces.velocity(tissue, tissue.population["position"])
    sizes = tissue.neighbours.list.box[1]
    expected, overlap, contacts = double_loop(position, radius, sizes, tissue)
    largest = np.abs(expected).max()
    assert largest > 0.1
    assert np.abs(velocity - expected).max() < 1e-12 * largest
    assert np.abs(velocity.sum(axis=0)).max() < 1e-13 * np.abs(velocity).sum()
    assert np.abs(forces.overlap - overlap).max() < 1e-12 * overlap.max()
    assert (forces.contacts == contacts).all()


def double_loop(position, radius, sizes, tissue):
    """Velocities, sums of squared overlap and contacts under the physicell law, by a loop over all pairs."""
    speed = laws()["physicell"].speed
    n, present = len(position), np.ones(3, dtype=np.int64)
    out, overlap, contacts = np.zeros((n, 3)), np.zeros(n), np.zeros(n, dtype=np.int64)
    ids = tissue.population["cell_id"]
    for i in range(n):
        difference = position[i] - position
        difference -= sizes * np.rint(np.divide(difference, sizes, out=np.zeros((n, 3)), where=sizes > 0.0))
        distance = np.sqrt((difference**2).sum(axis=1))
        for j in np.flatnonzero(distance < 1.25 * (radius[i] + radius)).tolist():
            if i == j:
                continue
            d, s = distance[j], radius[i] + radius[j]
            if d > 0.0:
                out[i] += speed(d, s, 10.0, 0.4, 1.25) * difference[j] / d
            else:
                away = direction_of_pair(ids[i], ids[j], tissue.key, tissue.clock.tick, present)
                out[i] += speed(1e-6 * s, s, 10.0, 0.4, 1.25) * np.array(away)
            overlap[i] += max(0.0, 1.0 - d / s) ** 2
            contacts[i] += 1
    return out, overlap, contacts


def test_a_list_is_kept_until_cells_have_moved_half_a_skin(rng):
    position, radius, domain = arrangement("random", rng)
    ids = np.arange(1, 401)
    near = NeighbourList(domain, 0.3)
    near.refresh(ids, position, radius, 1.25)
    near.refresh(ids, position + 0.4, radius, 1.25)
    assert near.builds == 1
    near.refresh(ids, position, radius + 0.7, 1.25)
    assert near.builds == 2
    near.refresh(ids, position + 0.4, radius, 1.25)
    assert near.builds == 2
    position[3] += 1.0
    near.refresh(ids, position, radius, 1.25)
    assert near.builds == 3
    near.refresh(ids + (ids > 4), position, radius, 1.25)
    assert near.builds == 4
    near.refresh(ids + (ids > 4), position, radius, 1.5)
    assert near.builds == 5


def test_lists_grow_with_what_they_must_hold(rng):
    near = NeighbourList(domain_of((1e3, 1e3, 1e3)))
    for spread in (300.0, 20.0, 1.0, 300.0):
        position = rng.uniform(-spread, spread, (600, 3))
        near.refresh(np.arange(600), position, np.full(600, 5.0), 1.25)
        listed = (near.ends - near.starts).sum()
        assert listed == 600 * 599 if spread == 1.0 else listed < 600 * 599
    assert len(near.entries) < 800_000


def test_memory_does_not_grow_with_the_distance_between_cells(rng):
    position = rng.uniform(-1e9, 1e9, (100, 3))
    near = NeighbourList(domain_of((1e3, 1e3, 1e3)))
    near.refresh(np.arange(100), position, np.full(100, 5.0), 1.25)
    assert near.entries.nbytes < 100_000


@pytest.mark.parametrize("number", [0, 1])
def test_none_and_one(number):
    near = NeighbourList(domain_of((1e3, 1e3, 1e3)))
    near.refresh(np.arange(number), np.zeros((number, 3)), np.full(number, 5.0), 1.25)
    assert len(near.order) == number
    assert (near.ends == near.starts).all()


@pytest.mark.parametrize(("what", "value"), [("position", np.nan), ("radius", np.inf), ("radius", -1.0)])
def test_a_cell_without_a_place_is_named(what, value):
    near = NeighbourList(domain_of((1e3, 1e3, 1e3)))
    position, radius = np.zeros((3, 3)), np.ones(3)
    near.refresh(np.array([4, 5, 9]), position, radius, 1.25)
    {"position": position[:, 1], "radius": radius}[what][1] = value
    if value == -1.0:
        near.invalidate()
    with pytest.raises(SimulationError, match="cell_id 5: position") as caught:
        near.refresh(np.array([4, 5, 9]), position, radius, 1.25)
    assert caught.value.cell_id == 5


@pytest.mark.parametrize("name", ["random", "coincident", "polydisperse", "three bins"])
def test_contacts_are_those_of_the_double_loop(name, rng, naive, make_tissue):
    position, radius, domain = arrangement(name, rng)
    types = np.arange(len(position)) % 2
    tissue = make_tissue(
        position, radius, types=types, size=domain.size, boundary=domain.boundary,
        mechanics=[{"contact_distance": 1.25}, {"contact_distance": 1.6}],
    )  # fmt: skip
    starts, others = tissue.neighbours.contacts()
    expected = naive(position, radius, np.array([1.25, 1.6])[types], tissue.neighbours.list.box[1])
    assert [others[a:b].tolist() for a, b in pairwise(starts)] == expected
    assert starts.dtype == others.dtype == np.int64


def test_contacts_follow_the_cells(make_tissue):
    tissue = make_tissue([[0, 0, 0], [11, 0, 0], [30, 0, 0]])
    assert tissue.neighbours.contacts()[1].tolist() == [1, 0]
    first = tissue.neighbours.contacts()
    assert tissue.neighbours.contacts() is first
    tissue.population["position"][1, 0] = 20.0
    assert tissue.neighbours.contacts()[1].tolist() == [2, 1]
    tissue.population["radius"][0] = 13.0
    assert tissue.neighbours.contacts()[1].tolist() == [1, 0, 2, 1]
    tissue.population.remove(np.array([True, False, True]))
    assert tissue.neighbours.contacts()[0].tolist() == [0, 0, 0]


def test_more_pairs_than_fit_into_memory_are_refused(monkeypatch):
    monkeypatch.setattr("tissue_sim.tissue.neighbours.MOST_ENTRIES", 10_000)
    near = NeighbourList(domain_of((1e3, 1e3, 1e3)))
    for _ in range(2):
        with pytest.raises(SimulationError, match=r"150 cells have .* too many cells lie on top"):
            near.refresh(np.arange(150), np.zeros((150, 3)), np.full(150, 5.0), 1.25)
