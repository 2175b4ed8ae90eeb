"""Attachments: rates against their exact laws, springs against closed forms, who keeps what."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import CellRemovedError, UsageError
from tissue_sim.kernels.mechanics import attachments as kernels
from tissue_sim.random_numbers import Purpose
from tissue_sim.tissue.state import restore_state, state_of

LINE = (True, False, False)


def springs(**attachments):
    return {"law": "none", "attachments": attachments}


def pairs_in_contact(number, apart=200.0):
    """Centres of `number` pairs, 9 um apart, each far from the others; float64[2 number, 3]."""
    edge = int(np.ceil(number ** (1.0 / 3.0)))
    corner = np.stack(np.meshgrid(*[np.arange(edge)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)[:number]
    first = (corner - edge / 2.0) * apart
    return np.stack([first, first + np.array([9.0, 0.0, 0.0])], axis=1).reshape(-1, 3)


def attach(tissue, pairs):
    first, second = np.array(pairs).T
    tissue.attachments.attach(first, second)


def within_three_errors(found, chance, number):
    return abs(found - chance) <= 3.0 * np.sqrt(chance * (1.0 - chance) / number)


# --- forming and breaking ---------------------------------------------------------------------------


@pytest.mark.parametrize("step", [0.25, 2.0])
def test_cells_in_contact_attach_after_exponential_times(step, make_tissue):
    number, rate = 4000, 0.1
    tissue = make_tissue(pairs_in_contact(number), mechanics=springs(rate=rate, stiffness=0.0), step=step)
    for time in (2.0, 6.0, 16.0):
        while tissue.time < time - 1e-9:
            tissue.step()
        assert within_three_errors(len(tissue.attachments) / number, 1.0 - np.exp(-rate * time), number)


@pytest.mark.parametrize("step", [0.1, 2.0])
def test_attachments_break_after_exponential_times(step, make_tissue):
    number, rate = 16000, 0.2
    mechanics = springs(breaking_rate=rate, stiffness=0.0)
    tissue = make_tissue(pairs_in_contact(number), mechanics=mechanics, step=step)
    attach(tissue, tissue.population["cell_id"].reshape(-1, 2))
    for time in (2.0, 4.0, 10.0):
        while tissue.time < time - 1e-9:
            tissue.step()
        assert within_three_errors(len(tissue.attachments) / number, np.exp(-rate * time), number)


@pytest.mark.parametrize("step", [0.5, 5.0])
def test_bonds_of_two_states_reach_equilibrium(step, make_tissue):
    """Occupancy on/(on + off), and its relaxation from 0, at steps short and long against the rates."""
    number, on, off = 4000, 0.3, 0.1
    mechanics = springs(rate=on, breaking_rate=off, stiffness=0.0)
    tissue = make_tissue(pairs_in_contact(number), mechanics=mechanics, step=step)
    for time in (5.0, 30.0):
        while tissue.time < time - 1e-9:
            tissue.step()
        expected = on / (on + off) * (1.0 - np.exp(-(on + off) * time))
        assert within_three_errors(len(tissue.attachments) / number, expected, number)
    # The bonds still come and go.
    before = {tuple(pair) for pair in tissue.attachments.pairs.tolist()}
    for _ in range(int(20 / step)):
        tissue.step()
    both = before & {tuple(pair) for pair in tissue.attachments.pairs.tolist()}
    assert within_three_errors(len(both) / len(before), 0.75 + 0.25 * np.exp(-0.4 * 20.0), len(before))


def test_rates_of_two_types_are_averaged_and_scaled_by_affinity(make_tissue):
    first = springs(rate=0.3, stiffness=0.0, affinity={"kind1": 0.5})
    second = springs(rate=0.1, stiffness=0.0, affinity={"kind0": 2.0, "kind1": 0.0})
    number = 3000
    mixed, alike = np.tile([0, 1], number), np.tile([1, 1], number)
    tissue = make_tissue(pairs_in_contact(number), mechanics=[first, second], types=mixed, step=3.0)
    tissue.step()
    assert within_three_errors(len(tissue.attachments) / number, 1.0 - np.exp(-0.2 * 3.0), number)
    tissue = make_tissue(pairs_in_contact(number), mechanics=[first, second], types=alike, step=3.0)
    tissue.step()
    assert len(tissue.attachments) == 0


def test_cells_out_of_contact_dead_or_without_attachments_do_not_attach(make_tissue):
    position = [
        [0, 0, 0],
        [12.6, 0, 0],
        [100, 0, 0],
        [109, 0, 0],
        [200, 0, 0],
        [209, 0, 0],
        [300, 0, 0],
        [309, 0, 0],
    ]
    tissue = make_tissue(
        position, mechanics=[springs(rate=1e9, stiffness=0.0), "none"], types=[0, 0, 0, 0, 0, 1, 0, 0]
    )
    tissue.population["state"][3] = 1
    tissue.step()
    assert tissue.attachments.pairs.tolist() == [[7, 8]]


def test_unequal_contact_distances_count_from_either_cell(make_tissue):
    near = springs(rate=1e9, stiffness=0.0) | {"contact_distance": 1.0}
    far = springs(rate=1e9, stiffness=0.0) | {"contact_distance": 1.5}
    for types in ([0, 1], [1, 0]):
        tissue = make_tissue([[0, 0, 0], [14, 0, 0]], mechanics=[near, far], types=types)
        tissue.step()
        assert tissue.attachments.pairs.tolist() == [[1, 2]]
    tissue = make_tissue([[0, 0, 0], [14, 0, 0]], mechanics=[near, far], types=[0, 0])
    tissue.step()
    assert len(tissue.attachments) == 0


def test_a_spring_that_is_too_long_breaks(make_tissue):
    mechanics = springs(rate=1e9, stiffness=0.0, breaking_length=1.1, rest_length=0.5)
    tissue = make_tissue([[0, 0, 0], [10.9, 0, 0], [100, 0, 0], [111.1, 0, 0]], mechanics=mechanics)
    tissue.step()
    assert tissue.attachments.pairs.tolist() == [[1, 2]]
    tissue.population["position"][1, 0] = 11.1
    tissue.step()
    assert len(tissue.attachments) == 0


def test_no_cell_forms_more_than_its_maximum(make_tissue, rng):
    position = rng.uniform(-30, 30, (400, 3))
    mechanics = [springs(rate=1e9, maximum=3, stiffness=0.0), springs(rate=1e9, maximum=1, stiffness=0.0)]
    types = np.arange(400) % 2
    tissue = make_tissue(position, mechanics=mechanics, types=types)
    tissue.step()
    counts = tissue.population["attachments"]
    assert counts[types == 0].max() == 3
    assert counts[types == 1].max() == 1
    assert (counts == np.bincount(tissue.attachments.pairs.ravel() - 1, minlength=400)).all()
    # Nobody in contact is left with room on both sides.
    starts, others = tissue.neighbours.contacts()
    room = counts < np.where(types == 0, 3, 1)
    attached = {tuple(pair) for pair in tissue.attachments.pairs.tolist()}
    for row in np.flatnonzero(room):
        free = [j for j in others[starts[row] : starts[row + 1]] if room[j]]
        assert all((min(row, j) + 1, max(row, j) + 1) in attached for j in free)


def test_which_pairs_win_does_not_prefer_low_ids(make_tissue):
    """Three cells in a row, room for one: the middle one attaches to either side equally often."""
    number = 3000
    position = np.repeat(pairs_in_contact(number)[::2], 3, axis=0)
    position[:, 0] += np.tile([-9.0, 0.0, 9.0], number)
    tissue = make_tissue(position, mechanics=springs(rate=5.0, maximum=1, stiffness=0.0), step=1.0)
    tissue.step()
    lower = (tissue.attachments.pairs[:, 0] % 3 == 1).sum()
    assert within_three_errors(lower / len(tissue.attachments), 0.5, len(tissue.attachments))


def naive_moments(tissue, rate, breaking, dt):
    """Pairs of cell_ids that attach, in order, by a double loop; maximum without limit."""
    from tissue_sim.kernels.philox import uniform

    position, found = tissue.population["position"], []
    limit = rate / (rate + breaking) * (1.0 - np.exp(-(rate + breaking) * dt))
    for i in range(len(position)):
        for j in range(i + 1, len(position)):
            if np.linalg.norm(position[i] - position[j]) < 12.5:
                drawn = uniform(tissue.key, i + 1, tissue.clock.tick, kernels.ATTACHMENT, j + 1)
                if drawn < limit:
                    found.append((i + 1, j + 1))
    return found


def test_the_kernel_finds_what_the_double_loop_finds(make_tissue, rng):
    position = rng.uniform(-25, 25, (150, 3))
    mechanics = springs(rate=0.5, breaking_rate=0.2, stiffness=0.0, maximum=1000)
    tissue = make_tissue(position, mechanics=mechanics, step=0.7)
    expected = naive_moments(tissue, 0.5, 0.2, 0.7)
    tissue.step()
    assert [tuple(pair) for pair in tissue.attachments.pairs.tolist()] == expected
    assert len(expected) > 50


def test_the_kernel_breaks_what_the_double_loop_breaks(make_tissue, rng):
    """Three kinds of pairs: too long, in contact (may attach again within the step), out of contact."""
    from tissue_sim.kernels.philox import uniform

    position = rng.uniform(-25, 25, (150, 3))
    mechanics = springs(rate=0.5, breaking_rate=0.4, stiffness=0.0, breaking_length=3.0)
    tissue = make_tissue(position, mechanics=mechanics, step=0.7)
    pairs = [(i, j) for i in range(1, 151) for j in range(i + 1, 151) if (i + j) % 7 == 0]
    attach(tissue, pairs)
    kinds, expected = set(), []
    for i, j in pairs:
        d = np.linalg.norm(position[i - 1] - position[j - 1])
        back = 0.5 if d < 12.5 else 0.0
        limit = 0.4 / (0.4 + back) * (1.0 - np.exp(-(0.4 + back) * 0.7))
        stays = d <= 30.0 and uniform(tissue.key, i, tissue.clock.tick, kernels.DETACHMENT, j) >= limit
        kinds.add((d > 30.0, d < 12.5, bool(stays)))
        expected += [[i, j]] if stays else []
    tissue.step()
    found = tissue.attachments.pairs.tolist()
    assert [pair for pair in found if tuple(pair) in set(pairs)] == expected
    assert len(kinds) == 5


def test_attaching_is_a_behaviour(make_tissue):
    tissue = make_tissue(pairs_in_contact(2), mechanics=springs(rate=1e9, stiffness=0.0))
    tissue.population["mechanics.attachments.rate"][:2] = 0.0
    tissue.step()
    assert tissue.attachments.pairs.tolist() == [[3, 4]]
    tissue.population["mechanics.attachments.rate"][:] = 0.0
    tissue.population["mechanics.attachments.breaking_rate"][2:] = 1e9
    tissue.step()
    assert len(tissue.attachments) == 0


# --- springs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("integrator", "order"), [("euler", 1), ("heun", 2)])
def test_two_attached_cells_relax_exponentially(integrator, order, make_tissue):
    """d = L + (d0 - L) exp(-2 k t), L = 0.9 (R_1 + R_2); Euler and Heun at their order."""
    mechanics = {
        "law": "linear", "stiffness": 0.0, "integrator": integrator,
        "attachments": {"stiffness": 0.5, "rest_length": 0.9},
    }  # fmt: skip
    errors, steps = [], np.array([0.1, 0.05, 0.025])
    for step in steps:
        tissue = make_tissue([[0, 0, 0], [20, 0, 0]], [4.0, 6.0], mechanics=mechanics, step=step)
        attach(tissue, [[1, 2]])
        for _ in range(round(2.0 / step)):
            tissue.step()
        found = np.diff(tissue.population["position"][:, 0])[0]
        errors.append(abs(found - (9.0 + 11.0 * np.exp(-2.0))))
        assert tissue.population["position"].mean(axis=0) == pytest.approx([10.0, 0, 0], abs=1e-12)
    assert np.polyfit(np.log(steps), np.log(errors), 1)[0] == pytest.approx(order, abs=0.1)
    assert errors[-1] < (0.2 if order == 1 else 1e-3)


@pytest.mark.parametrize("present", [LINE, (True, True, False), (True, True, True)])
def test_a_pulled_chain_has_the_analytic_length(present, make_tissue):
    """N cells, velocities +-v at the ends: every spring carries v, so each is longer by v/k."""
    number, pull, stiffness = 8, 0.6, 0.3
    axis = np.array(present) / np.sqrt(sum(present))
    tissue = make_tissue(
        np.arange(number)[:, None] * 10.0 * axis, present=present, step=1.0,
        mechanics=springs(stiffness=stiffness), motility={"speed": 0.0, "persistence": 1e12},
    )  # fmt: skip
    attach(tissue, [[k, k + 1] for k in range(1, number)])
    tissue.population["motility.speed"][[0, -1]] = pull
    tissue.population["motility_direction"][0], tissue.population["motility_direction"][-1] = -axis, axis
    for _ in range(450):
        tissue.step()
    lengths = np.linalg.norm(np.diff(tissue.population["position"], axis=0), axis=1)
    assert lengths == pytest.approx(np.full(number - 1, 10.0 + pull / stiffness), abs=1e-6)
    assert tissue.population["position"].mean(axis=0) == pytest.approx(3.5 * 10.0 * axis, abs=1e-9)


def test_springs_are_those_of_the_double_loop_and_sum_to_zero(make_tissue, rng):
    number = 120
    radius = rng.uniform(3.0, 6.0, number)
    mechanics = [
        springs(rest_length=0.8, affinity={"kind1": 4.0}),
        springs(rest_length=1.1, affinity={"kind0": 0.25}),
    ]
    types = rng.integers(0, 2, number)
    tissue = make_tissue(
        rng.uniform(-20, 20, (number, 3)),
        radius,
        mechanics=mechanics,
        types=types,
        boundary="periodic",
        size=40.0,
    )
    stiffness = rng.uniform(0.01, 1.0, number)
    tissue.population["mechanics.attachments.stiffness"][:] = stiffness
    pairs = np.unique(np.sort(rng.integers(1, number + 1, (400, 2)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    attach(tissue, pairs)
    velocity = np.zeros((number, 3))
    position = tissue.population["position"]
    tissue.processes[0].add_velocity(tissue, position, velocity)
    expected = np.zeros((number, 3))
    for i, j in pairs - 1:
        apart = position[j] - position[i]
        apart -= 40.0 * np.rint(apart / 40.0)
        d = np.linalg.norm(apart)
        rest = 0.5 * (np.array([0.8, 1.1])[types[[i, j]]].sum()) * (radius[i] + radius[j])
        v = np.sqrt(stiffness[i] * stiffness[j]) * (d - rest) * apart / d
        expected[i] += v
        expected[j] -= v
    assert np.abs(velocity - expected).max() < 1e-12 * np.abs(expected).max()
    assert np.abs(velocity.sum(axis=0)).max() < 1e-13 * np.abs(velocity).sum()


def test_attached_cells_at_one_place_part(make_tissue):
    tissue = make_tissue(np.zeros((2, 3)), mechanics=springs(stiffness=1.0))
    attach(tissue, [[1, 2]])
    for _ in range(200):
        tissue.step()
    assert np.linalg.norm(np.diff(tissue.population["position"], axis=0)) == pytest.approx(10.0, abs=1e-6)


# --- who keeps what ---------------------------------------------------------------------------------


def test_the_mother_keeps_her_attachments(make_tissue):
    tissue = make_tissue([[0, 0, 0], [10, 0, 0], [20, 0, 0]], mechanics=springs(stiffness=0.0))
    attach(tissue, [[1, 2], [2, 3]])
    tissue.ask("division", np.array([2]))
    tissue.step()
    assert tissue.attachments.pairs.tolist() == [[1, 2], [2, 3]]
    assert tissue.population["attachments"].tolist() == [1, 2, 1, 0]
    tissue.step()
    assert [cell.unique_id for cell in tissue.cell(2).attached] == [1, 3]
    assert tissue.cell(4).attached == []


def test_removal_breaks_attachments_and_death_does_not(make_tissue):
    tissue = make_tissue(np.arange(5)[:, None] * [10.0, 0, 0], mechanics=springs(stiffness=0.1))
    attach(tissue, [[1, 2], [2, 3], [3, 4], [4, 5]])
    tissue.population["state"][3] = 1
    tissue.ask("removal", np.array([2]), cause="removed")
    tissue.step()
    assert tissue.attachments.pairs.tolist() == [[3, 4], [4, 5]]
    assert tissue.population["attachments"].tolist() == [0, 1, 2, 1]
    position = tissue.population["position"].copy()
    position[-1, 0] += 5.0
    tissue.population["position"][:] = position
    tissue.step()
    assert tissue.population["velocity"][:, 0] == pytest.approx([0.0, 0.0, 0.5, -0.5], abs=1e-12)


def test_attaching_and_detaching_by_hand(make_tissue):
    tissue = make_tissue(np.arange(4)[:, None] * [10.0, 0, 0], mechanics=springs())
    attach(tissue, [[2, 1], [4, 2], [1, 2]])
    assert tissue.attachments.pairs.tolist() == [[1, 2], [2, 4]]
    assert tissue.attachments.of(2) == [1, 4]
    tissue.attachments.detach(np.array([2, 3]), np.array([1, 4]))
    assert tissue.attachments.pairs.tolist() == [[2, 4]]
    assert tissue.cell(4).attachments == 1
    with pytest.raises(ValueError, match="read-only"):
        tissue.attachments.pairs[0, 0] = 3
    with pytest.raises(UsageError, match="cell 3 cannot be attached to itself"):
        attach(tissue, [[3, 3]])
    with pytest.raises(CellRemovedError, match="9"):
        attach(tissue, [[3, 9]])
    for first, second in ((1.5, 2), ([1, 2], [3]), ("a", 2), (True, 2), (1, 10**30), ([[1]], [[2]])):
        for by_hand in (tissue.attachments.attach, tissue.attachments.detach):
            with pytest.raises(UsageError, match="attachments are between cell_ids"):
                by_hand(first, second)
    tissue.attachments.attach([], [])
    assert tissue.attachments.pairs.tolist() == [[2, 4]]
    with pytest.raises(UsageError, match="no cell type has attachments"):
        attach(make_tissue(np.zeros((2, 3))), [[1, 2]])


# --- the same bits ----------------------------------------------------------------------------------


LIVELY = {
    "attachments": {"rate": 2.0, "breaking_rate": 1.0, "stiffness": 0.2, "maximum": 4, "breaking_length": 1.4}
}


def lively(make_tissue, number=600, **options):
    position = np.random.default_rng(5).uniform(-40, 40, (number, 3))
    return make_tissue(position, mechanics=LIVELY, motility={"speed": 2.0}, **options)


def bits(tissue, steps=15):
    for _ in range(steps):
        tissue.step()
    return np.concatenate([tissue.population["position"].ravel(), tissue.attachments.pairs.ravel()])


def test_one_and_two_threads_give_the_same_bits(make_tissue, on_threads):
    one, two = on_threads(lambda: bits(lively(make_tissue)))
    assert np.array_equal(one, two)


def test_a_tissue_taken_over_in_the_middle_goes_on_with_the_same_bits(make_tissue):
    whole = lively(make_tissue)
    bits(whole, 7)
    assert len(whole.attachments) > 100
    rest = lively(make_tissue, number=0)
    restore_state(rest, state_of(whole))
    assert np.array_equal(rest.population["attachments"], whole.population["attachments"])
    assert np.array_equal(bits(whole, 8), bits(rest, 8))


def test_pairs_do_not_depend_on_the_rows_of_their_cells(make_tissue):
    """With cells far away gone, the others attach to each other as before."""
    many, few = (lively(make_tissue, 200, seed=4) for _ in range(2))
    for tissue in (many, few):
        tissue.population["position"][::3] += [2000.0, 0, 0]
    few.ask("removal", few.population["cell_id"][::3], cause="removed")
    bits(many), bits(few)
    near = np.isin(many.attachments.pairs, few.population["cell_id"]).all(axis=1)
    assert np.array_equal(many.attachments.pairs[near], few.attachments.pairs)
    assert near.sum() > 20


def test_draws_have_purposes_of_their_own():
    assert (kernels.ATTACHMENT, kernels.DETACHMENT) == (Purpose.ATTACHMENT, Purpose.DETACHMENT)


# --- kernels ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("compiled", [True, False])
def test_partners_are_listed_both_ways(compiled):
    pairs = np.array([[0, 2], [0, 3], [1, 2], [2, 3]])
    starts, partners = np.empty(6, dtype=np.int64), np.empty(8, dtype=np.int64)
    function = (
        kernels.list_partners
        if compiled
        else getattr(kernels.list_partners, "py_func", kernels.list_partners)
    )
    function(pairs, starts, partners)
    listed = [partners[starts[i] : starts[i + 1]].tolist() for i in range(5)]
    assert listed == [[2, 3], [2], [0, 1, 3], [0, 2], []]


@pytest.mark.parametrize("compiled", [True, False])
def test_earlier_pairs_are_accepted_first(compiled):
    function = kernels.accept if compiled else getattr(kernels.accept, "py_func", kernels.accept)
    first, second = np.array([1, 0, 0, 2]), np.array([2, 2, 1, 3])
    counts, accepted = np.array([0, 0, 0, 5]), np.empty(4, dtype=np.uint8)
    function(first, second, counts, np.array([1, 2, 1, 6]), accepted)
    assert accepted.tolist() == [1, 0, 1, 0]
    assert counts.tolist() == [1, 2, 1, 5]
