from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import SimulationError

SIGNAL = {"diffusion": 100.0, "initial": 10}


def _exact(rate, time):
    return 10.0 * np.exp(-rate * time)


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4])
def test_halving_keeps_the_error_below_the_tolerance(make_tissue, add_cells, assert_books_close, tolerance):
    made = make_tissue({"s": {**SIGNAL, "tolerance": tolerance}}, {"a": {"s": {"uptake": 5}}})
    add_cells(made.tissue, [0, 0, 0], volume=8000.0)
    made.process.advance(made.tissue, 0.4)
    got, exact = made.tissue.fields["s"][0, 0, 0], _exact(5, 0.4)
    assert abs(got - exact) < tolerance * exact
    assert made.process.counters()["s: halvings of the step"] >= 1
    assert_books_close(made.process)


def test_without_tolerance_the_step_is_taken_whole(make_tissue, add_cells):
    made = make_tissue({"s": SIGNAL}, {"a": {"s": {"uptake": 5}}})
    add_cells(made.tissue, [0, 0, 0], volume=8000.0)
    made.process.advance(made.tissue, 0.4)
    assert abs(made.tissue.fields["s"][0, 0, 0] / _exact(5, 0.4) - 1.0) > 1e-2
    assert "s: halvings of the step" not in made.process.counters()


def test_halvings_go_back_when_nothing_happens(make_tissue, add_cells):
    made = make_tissue({"s": {**SIGNAL, "tolerance": 1e-4}}, {"a": {"s": {"uptake": 5}}})
    add_cells(made.tissue, [0, 0, 0], volume=8000.0)
    made.process.advance(made.tissue, 0.4)
    most = made.process.counters()["s: halvings of the step"]
    made.tissue.population["state"][:] = 1
    for _ in range(12):
        made.process.advance(made.tissue, 0.4)
    assert most > made.process.counters()["s: halvings of the step"] == 0


def test_membrane_and_saturating_uptake_within_tolerance(make_tissue, add_cells, assert_books_close):
    exchange = {
        "a": {
            "s": {"uptake": {"max": 5, "half": 1}, "membrane": {"species": "network.n.S", "permeability": 3}}
        }
    }
    fields = []
    for tolerance, steps in ((1e-4, 1), (None, 500)):
        made = make_tissue(
            {"s": {**SIGNAL, "tolerance": tolerance}}, exchange, network=("n", ("S",), (True,))
        )
        add_cells(made.tissue, [0, 0, 0], volume=4000.0)
        for _ in range(steps):
            made.process.advance(made.tissue, 1.0 / steps)
        fields.append([made.tissue.fields["s"][0, 0, 0], made.tissue.blocks["n"].values[0, 0]])
        assert_books_close(made.process)
    np.testing.assert_allclose(fields[0], fields[1], rtol=1e-4)


def test_tolerance_out_of_reach_is_an_error(make_tissue, add_cells, monkeypatch):
    monkeypatch.setattr("tissue_sim.signals.transient.MOST_HALVINGS", 4)
    made = make_tissue({"s": {**SIGNAL, "tolerance": 1e-15}}, {"a": {"s": {"uptake": 500}}})
    add_cells(made.tissue, [0, 0, 0], volume=8000.0)
    with pytest.raises(SimulationError, match=r"signal s: .*misses the tolerance 1e-15 in 16 parts"):
        made.process.advance(made.tissue, 1.0)
