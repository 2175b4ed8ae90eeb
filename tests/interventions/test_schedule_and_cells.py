"""When interventions act, and in which cells: rounding, repeats, conditions, drawn fractions, daughters."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.interventions.schedule import NEVER, Schedule
from tissue_sim.kernels.philox import uniform
from tissue_sim.random_numbers import Purpose
from tissue_sim.tissue.clock import Clock


def held(run, value=3.0):
    """Times at which X is held at a value in every carrier."""
    return [time for time in run.seen if (run.at("X", time) == value).all()]


def test_times_are_rounded_up_each_by_itself():
    clock = Clock({"network": 0.1, "lifecycle": 0.3})
    one = Schedule(at=0.05, every=0.25, until=0.8, length=0.1)
    assert [one.begins(number, clock) for number in range(5)] == [1, 3, 6, 8, NEVER]
    assert [one.ends(number, clock) for number in range(4)] == [2, 4, 7, 9]
    long = Schedule(at=0.0, every=0.1)
    assert long.begins(1_000_000, clock) == 1_000_000
    assert Schedule(at=0.2).begins(1, clock) == NEVER
    assert Schedule(at=0.2).ends(0, clock) == NEVER


def test_it_acts_before_the_record_of_its_time_and_from_the_start(lab):
    run = lab("at: 0 min, for: 20 min, clamp: {network.gene.X: 3}", duration=40)
    assert held(run) == [0.0, 10.0, 20.0]  # let go at 20 min, where nothing has moved it yet
    last = lab("at: 40 min, clamp: {network.gene.X: 3}", duration=40)
    assert held(last) == [40.0]


def test_every_and_until(lab):
    run = lab(
        "at: 20 min, every: 40 min, for: 10 min, until: 100 min, clamp: {network.gene.X: 3}", duration=200
    )
    assert held(run) == [20.0, 30.0, 60.0, 70.0, 100.0, 110.0]
    whole = lab("at: 15 min, every: 40 min, for: 10 min, clamp: {network.gene.X: 3}", duration=200)
    assert held(whole) == [20.0, 30.0, 60.0, 70.0, 100.0, 110.0, 140.0, 150.0, 180.0, 190.0]


def test_where(lab):
    run = lab('at: 20 min, knockout: network.gene.X, where: cell.type == "b" and cell.age >= 20')
    assert (run.at("X", 30.0, kind=0) == 2.0).all()
    assert (run.at("X", 30.0, kind=1) == 0.0).all()


def test_where_sees_what_earlier_interventions_did(lab):
    run = lab(
        'at: 20 min, clamp: {network.gene.X: 5}, where: cell.type == "a"',
        "at: 20 min, clamp: {network.gene.Z: 1}, where: network.gene.X > 4",
    )
    assert (run.at("Z", 30.0, kind=0) == 1.0).all()
    assert (run.at("Z", 30.0, kind=1) == 7.0).all()


def test_a_fraction_is_drawn_by_cell_id(lab):
    run = lab(
        "at: 20 min, every: 20 min, for: 20 min, knockout: network.gene.X, fraction: 0.3",
        cells=100, duration=60,
    )  # fmt: skip
    first, second = run.at("X", 20.0) == 0.0, run.at("X", 50.0) == 0.0
    number, share = len(first), 0.3
    spread = np.sqrt(number * share * (1.0 - share))
    assert number == 400
    assert abs(first.sum() - number * share) < 4.0 * spread
    assert abs((first & second).sum() - number * share**2) < 4.0 * spread
    drawn = [
        uniform(run.tissue.key, int(cell_id), 2, int(Purpose.INTERVENTION), 0) < share
        for cell_id in run.at("cell_id", 20.0)
    ]
    assert drawn == first.tolist()


def test_fractions_of_different_interventions_are_drawn_apart(lab):
    run = lab(
        "at: 20 min, clamp: {network.gene.X: 5}, fraction: 0.5",
        "at: 20 min, clamp: {network.gene.Z: 1}, fraction: 0.5",
        cells=50,
    )  # fmt: skip
    both = ((run.at("X", 20.0) == 5.0) & (run.at("Z", 20.0) == 1.0)).sum()
    assert abs(both - 50) < 4.0 * np.sqrt(200 * 0.25 * 0.75)


def test_a_behaviours_own_value_reaches_cells_of_the_type(lab_of, scenario_text):
    text = scenario_text(
        "at: 20 min, for: 20 min, set: {cell_types.a.cycle.rate: 0.02, cell_types.a.motility.speed: 2}",
        "at: 30 min, for: 20 min, set: {cell_types.a.cycle.rate: 0.03}, where: cell.cell_id == 1",
        step=1, duration=60, rate=0.01,
    )  # fmt: skip

    def see(lab):
        rate = lab.tissue.behaviours.own("cycle.rate").copy()
        speed = lab.tissue.behaviours.own("motility.speed").copy()
        return {**lab.look(), "rate": rate, "speed": speed}

    run = lab_of(text).run(see)
    for time, rate in ((19.0, 0.01), (20.0, 0.02), (39.0, 0.02), (40.0, 0.01)):
        others = run.seen[time]["cell_id"][run.seen[time]["type"] == 0] > 1
        if time < 30.0:
            assert (run.at("rate", time, kind=0) == rate).all()
        assert (run.at("rate", time, kind=0)[others] == rate).mean() > 0.5
        assert (run.at("rate", time, kind=1) == 0.0).all()
    assert run.at("rate", 39.0, kind=0)[0] == 0.03
    assert run.at("rate", 40.0, kind=0)[0] == 0.03  # the second one is still under way
    assert (run.at("rate", 50.0, kind=0) == 0.01).all()
    assert (run.at("speed", 20.0, kind=0) == 2.0).all()
    assert (run.at("speed", 40.0, kind=0) == 0.0).all()


def test_rules_start_from_the_new_value_at_once(lab_of, scenario_text):
    text = scenario_text(
        "at: 21 min, set: {cell_types.a.motility.speed: 4}",
        step=1, duration=30, type='rules: ["network.gene.X decreases motility.speed to 0 with half_max 2"]',
    )  # fmt: skip
    text = text.replace("lifecycle: 1 min", "lifecycle: 10 min").replace("network: 1 min", "network: 10 min")
    run = lab_of(text).run(
        lambda lab: {**lab.look(), "speed": lab.tissue.behaviours.effective("motility.speed").copy()}
    )
    assert (run.at("speed", 20.0, kind=0) == 0.0).all()
    np.testing.assert_allclose(run.at("speed", 21.0, kind=0), 2.0, rtol=1e-12)


def test_cells_added_meanwhile_are_chosen_by_the_same_rule(lab_of, scenario_text):
    run = lab_of(scenario_text('at: 20 min, knockout: network.gene.X, where: cell.type == "b"', duration=60))
    for snapshot in run.simulation:
        if snapshot.time == 30.0:
            run.tissue.add_cells(np.array([[100.0, 0, 0], [150.0, 0, 0]]), np.array([0, 1]))
    assert run.look()["X"][-2:].tolist() == [2.0, 0.0]


def test_what_it_says_of_itself(lab):
    run = lab("at: 20 min, every: 20 min, knockout: network.gene.X, fraction: 0.5", duration=60)
    counters = run.tissue.processes[-1].counters()
    assert counters["interventions begun"] == 3
    assert counters["interventions under way"] == 1  # those without end are one
    assert 0 < counters["cells under an intervention"] <= 8


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_none_and_all(lab, share):
    run = lab(f"at: 20 min, knockout: network.gene.X, fraction: {share}")
    assert ((run.at("X", 30.0) == 0.0) == (share == 1.0)).all()
