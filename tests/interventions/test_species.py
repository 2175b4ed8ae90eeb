"""Knockout, knockdown, overexpression and clamping, against exact solutions of X' = k - d X, Y' = X - d Y."""

from __future__ import annotations

import numpy as np
import pytest

D = 0.05


def test_knockout_holds_a_species_at_zero_and_what_it_makes_decays(lab):
    run = lab("at: 100 min, knockout: network.gene.X")
    assert (run.at("X", 90.0) == 2.0).all()
    for time in range(100, 401, 10):
        assert (run.at("X", float(time)) == 0.0).all()
        np.testing.assert_allclose(run.at("Y", float(time)), 40.0 * np.exp(-D * (time - 100)), rtol=1e-5)


def test_clamp_holds_to_the_bit(lab):
    run = lab("at: 100 min, clamp: {network.gene.X: 3.3}")
    for time in range(100, 401, 10):
        assert (run.at("X", float(time)) == 3.3).all()
        exact = 66.0 + (40.0 - 66.0) * np.exp(-D * (time - 100))
        np.testing.assert_allclose(run.at("Y", float(time)), exact, rtol=1e-5)


@pytest.mark.parametrize(("action", "factor"), [("knockdown", 0.5), ("knockdown", 0.0), ("overexpress", 5.0)])
def test_production_is_scaled(lab, relaxation, action, factor):
    run = lab(f"at: 100 min, {action}: {{network.gene.X: {factor}}}", duration=1000)
    for time in (100.0, 150.0, 300.0):
        exact = relaxation(time - 100.0, 2.0, 0.1 * factor)
        np.testing.assert_allclose(run.at("X", time), exact, rtol=1e-4, atol=1e-8)
    np.testing.assert_allclose(run.at("X", 1000.0), 2.0 * factor, rtol=1e-5, atol=1e-8)


def test_at_its_end_a_species_goes_on_from_where_it_was_held(lab, relaxation):
    run = lab("at: 100 min, for: 50 min, clamp: {network.gene.X: 3.3}")
    assert (run.at("X", 140.0) == 3.3).all()
    for time in (150.0, 160.0, 300.0):
        np.testing.assert_allclose(run.at("X", time), relaxation(time - 150.0, 3.3), rtol=1e-5)


def test_production_comes_back_at_the_end(lab, relaxation):
    run = lab("at: 100 min, for: 50 min, knockdown: {network.gene.X: 0}")
    for time in (160.0, 300.0):
        exact = relaxation(time - 150.0, 2.0 * np.exp(-D * 50.0))
        np.testing.assert_allclose(run.at("X", time), exact, rtol=1e-5)


def test_a_species_that_nothing_changes_gets_its_former_value_back(lab):
    run = lab("at: 100 min, for: 50 min, clamp: {network.gene.Z: 3}")
    assert (run.at("Z", 90.0) == 7.0).all()
    assert (run.at("Z", 100.0) == 3.0).all()
    assert (run.at("Z", 140.0) == 3.0).all()
    assert (run.at("Z", 150.0) == 7.0).all()


def test_factors_multiply_and_the_last_hold_prevails(lab, relaxation):
    run = lab(
        "at: 10 min, overexpress: {network.gene.X: 4}",
        "at: 10 min, knockdown: {network.gene.X: 0.5}",
        "at: 100 min, for: 100 min, clamp: {network.gene.X: 1}",
        "at: 140 min, for: 20 min, knockout: network.gene.X",
    )
    np.testing.assert_allclose(run.at("X", 90.0), relaxation(80.0, 2.0, 0.2), rtol=1e-5)
    assert (run.at("X", 130.0) == 1.0).all()
    assert (run.at("X", 140.0) == 0.0).all()
    assert (run.at("X", 150.0) == 0.0).all()
    assert (run.at("X", 160.0) == 1.0).all()
    np.testing.assert_allclose(run.at("X", 300.0), relaxation(100.0, 1.0, 0.2), rtol=1e-5)


def test_several_species_and_cells_without_the_network(lab):
    run = lab("at: 20 min, knockout: [network.gene.X, network.gene.Z]")
    assert (run.at("X", 40.0) == 0.0).all()
    assert (run.at("Z", 40.0) == 0.0).all()
    assert np.isnan(run.at("X", 40.0, kind=2)).all()


def test_a_held_species_stays_through_division_that_splits(lab_of, scenario_text):
    text = scenario_text(
        'at: 20 min, for: 30 min, clamp: {network.gene.X: 3.3}, where: cell.cell_id <= 4',
        rate=0.02, step=1, duration=60, network="division: {X: volume}",
    )  # fmt: skip
    run = lab_of(text).run()
    births = run.tissue.lineage.arrays()
    mothers = {
        int(own): int(mother) for own, mother in zip(births["cell_id"], births["parent_id"], strict=True)
    }

    known_then = run.seen[20.0]["cell_id"].max()

    def ancestor(cell_id):
        """The cell's forebear, or itself, when the clamp began."""
        while cell_id > known_then:
            cell_id = mothers[cell_id]
        return cell_id

    seen = run.seen[49.0]
    treated = np.array([ancestor(each) <= 4 for each in seen["cell_id"].tolist()])
    assert treated.sum() > 6  # more than the founders
    assert (seen["X"][treated] == 3.3).all()
    assert (seen["X"][~treated & (seen["type"] == 0)] < 2.0 + 1e-9).all()
    after = run.seen[51.0]
    released = np.array([ancestor(each) <= 4 for each in after["cell_id"].tolist()])
    assert (after["X"][released] != 3.3).all()
    assert not len(run.tissue.processes[-1].state()["cells"])


def test_daughters_get_the_former_value_of_their_mother(lab):
    run = lab(
        "at: 5 min, for: 30 min, clamp: {network.gene.Z: 3}", rate=0.02, step=1, duration=60,
    )  # fmt: skip
    assert len(run.at("Z", 34.0)) > len(run.at("Z", 4.0))
    assert (run.at("Z", 34.0) == 3.0).all()
    assert (run.at("Z", 35.0) == 7.0).all()


def test_parameters_of_a_network(lab, relaxation):
    run = lab("at: 100 min, for: 100 min, set: {networks.gene.parameters.k: 0.3}")
    np.testing.assert_allclose(run.at("X", 150.0), relaxation(50.0, 2.0, 0.3), rtol=1e-5)
    top = relaxation(100.0, 2.0, 0.3)
    np.testing.assert_allclose(run.at("X", 240.0), relaxation(40.0, top), rtol=1e-5)
    assert (run.at("k", 190.0) == 0.3).all()
    assert (run.at("k", 200.0) == 0.1).all()


def test_parameters_of_the_scenario_reach_the_networks_that_read_them(lab, relaxation):
    run = lab("at: 100 min, for: 100 min, set: {parameters.food: 0.2}")
    np.testing.assert_allclose(run.at("X", 150.0), relaxation(50.0, 2.0, 0.3), rtol=1e-5)
    assert (run.at("food", 190.0) == 0.2).all()
    assert (run.at("food", 200.0) == 0.0).all()
    assert run.tissue.parameters == {"food": 0.0}
