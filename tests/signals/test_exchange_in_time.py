from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tissue_sim.errors import SimulationError

OXYGEN = {"unit": "mmHg", "diffusion": "1e5 um^2/min", "initial": 3}
"""Well mixed: one voxel, closed."""


def _run(made, time, steps):
    for _ in range(steps):
        made.process.advance(made.tissue, time / steps)
    return float(made.tissue.fields["oxygen"].ravel()[0])


def _order(steps, errors):
    return -np.polyfit(np.log(steps), np.log(errors), 1)[0]


def test_secretion_relaxes_exponentially_to_saturation_with_order_2(
    make_tissue, add_cells, assert_books_close
):
    secretion, saturation, v = 4.0, 10.0, 2000.0 / 8000.0
    errors, steps = [], [4, 8, 16, 32]
    for number in steps:
        made = make_tissue(
            {"oxygen": OXYGEN}, {"a": {"oxygen": {"secretion": secretion, "saturation": saturation}}}
        )
        add_cells(made.tissue, [0, 0, 0], volume=2000.0)
        exact = saturation + (3.0 - saturation) * np.exp(-v * secretion * 1.5)
        errors.append(abs(_run(made, 1.5, number) - exact))
        assert_books_close(made.process)
        lines = made.process.ledger()["oxygen"]
        assert lines["secretion"] == pytest.approx(lines["field"] - lines["initial"])
    assert 1.9 < _order(steps, errors) < 2.2
    assert errors[-1] < 1e-3


def test_two_cells_of_a_voxel_and_of_two_types_add_up(make_tissue, add_cells):
    exchange = {
        "a": {"oxygen": {"uptake": 2.0}},
        "b": {"oxygen": {"uptake": 1.0, "export": "500 mmHg*um^3/min"}},
    }
    made = make_tissue({"oxygen": OXYGEN}, exchange, cell_types=("a", "b"))
    add_cells(made.tissue, [[1, 0, 0], [2, 3, 4]], volume=[2000.0, 1000.0], types=[0, 1])
    sink, source = (2000 * 2.0 + 1000 * 1.0) / 8000, 500.0 / 8000
    exact = source / sink + (3.0 - source / sink) * np.exp(-sink * 2.0)
    assert _run(made, 2.0, 100) == pytest.approx(exact, rel=1e-4)


def test_saturating_uptake_follows_the_ode_with_order_2(make_tissue, add_cells, assert_books_close):
    largest, half, v = 6.0, 0.5, 0.5

    def rate(_, rho):
        return -v * largest * rho / (half + rho)

    exact = solve_ivp(rate, (0.0, 1.5), [3.0], rtol=1e-11, atol=1e-13, method="DOP853").y[0, -1]
    errors, steps = [], [20, 40, 80, 160]
    for number in steps:
        made = make_tissue(
            {"oxygen": OXYGEN}, {"a": {"oxygen": {"uptake": {"max": "6 mmHg/min", "half": half}}}}
        )
        add_cells(made.tissue, [0, 0, 0], volume=4000.0)
        errors.append(abs(_run(made, 1.5, number) - exact))
        assert_books_close(made.process)
        assert made.process.counters()["oxygen: steps redone by backward Euler"] == 0
    assert 1.8 < _order(steps, errors) < 2.3
    assert errors[-1] < 1e-4 * 3.0


def test_saturating_uptake_stays_positive_at_huge_steps(make_tissue, add_cells, assert_books_close):
    made = make_tissue({"oxygen": OXYGEN}, {"a": {"oxygen": {"uptake": {"max": 60, "half": 0.1}}}})
    add_cells(made.tissue, [0, 0, 0], volume=4000.0)
    previous = 3.0
    for _ in range(5):
        made.process.advance(made.tissue, 5.0)
        now = float(made.tissue.fields["oxygen"].ravel()[0])
        assert 0.0 <= now < previous
        previous = now
    assert made.process.counters()["oxygen: steps redone by backward Euler"] > 0
    assert_books_close(made.process)


@pytest.mark.parametrize(
    "exchange",
    [{"export": "-4000 mmHg*um^3/min"}, {"uptake": {"max": "1 mmHg/min", "half": 0}}],
    ids=["export", "zero-order uptake"],
)
def test_constant_removal_ends_where_the_voxel_is_empty(make_tissue, add_cells, assert_books_close, exchange):
    made = make_tissue({"oxygen": OXYGEN}, {"a": {"oxygen": exchange}})
    add_cells(made.tissue, [0, 0, 0], volume=4000.0)
    assert _run(made, 4.0, 40) == pytest.approx(3.0 - 0.5 * 4.0, rel=1e-12)
    assert made.process.ledger()["oxygen"]["shortfall"] == 0.0
    assert _run(made, 4.0, 40) == pytest.approx(0.0, abs=1e-12)
    assert made.tissue.fields["oxygen"].min() >= 0.0
    lines = made.process.ledger()["oxygen"]
    assert lines["shortfall"] == pytest.approx(8000.0 * (8.0 * 0.5 - 3.0))
    assert lines["export"] + lines["uptake"] == pytest.approx(-8000.0 * 8.0 * 0.5)
    assert_books_close(made.process)


def test_negative_source_takes_at_most_what_is_there(make_tissue, assert_books_close):
    sources = [
        {"signal": "oxygen", "region": {"box": {"from": [-50], "to": [0]}}, "rate": "-5 mmHg/min"},
        {"signal": "oxygen", "region": {"all": True}, "rate": "1 mmHg/min"},
    ]
    made = make_tissue({"oxygen": {**OXYGEN, "diffusion": 0}}, shape=(1, 1, 4), spacing=25.0, sources=sources)
    for _ in range(20):
        made.process.advance(made.tissue, 0.1)
    field = made.tissue.fields["oxygen"].ravel()
    np.testing.assert_allclose(field[2:], 5.0)
    assert (field[:2] >= 0.0).all()
    assert (field[:2] <= 0.1 + 1e-12).all()
    assert made.process.ledger()["oxygen"]["shortfall"] > 0.0
    assert_books_close(made.process)


def test_dead_cells_and_cells_outside_exchange_nothing(make_tissue, add_cells):
    exchange = {"a": {"oxygen": {"uptake": {"max": 5, "half": 1}, "export": -100}}}
    made = make_tissue({"oxygen": OXYGEN}, exchange, shape=(2, 2, 2))
    rows = add_cells(made.tissue, [[5, 5, 5], [5, 5, 5], [90, 0, 0]])
    made.tissue.population["state"][rows[:2]] = [1, 2]
    made.process.advance(made.tissue, 1.0)
    np.testing.assert_allclose(made.tissue.fields["oxygen"], 3.0, rtol=1e-9)
    assert made.process.counters()["cells outside"] == 1


def test_behaviours_in_effect_steer_the_exchange(make_tissue, add_cells):
    made = make_tissue({"oxygen": OXYGEN}, {"a": {"oxygen": {"secretion": 0, "saturation": "0 mmHg"}}})
    made.tissue.behaviours.make_effective("exchange.oxygen.uptake")
    rows = add_cells(made.tissue, [0, 0, 0], volume=8000.0)
    made.tissue.behaviours.effective("exchange.oxygen.uptake")[rows] = 2.0
    assert _run(made, 1.0, 50) == pytest.approx(3.0 * np.exp(-2.0), rel=1e-3)
    assert made.tissue.behaviours["exchange.oxygen.export"].unit == "mmHg*um^3/min"


def test_division_and_order_of_cells_move_no_signal(make_tissue, add_cells, assert_books_close):
    made = make_tissue({"oxygen": OXYGEN}, {"a": {"oxygen": {"uptake": 5}}}, shape=(2, 2, 2))
    add_cells(made.tissue, [[5, 5, 5], [-5, 5, 5]])
    before = made.tissue.fields["oxygen"].copy()
    made.tissue.requests.ask("division", np.array([1]), 0)
    made.tissue.apply_due()
    assert made.tissue.population.size == 3
    np.testing.assert_array_equal(made.tissue.fields["oxygen"], before)
    made.process.advance(made.tissue, 1.0)
    assert_books_close(made.process)


@pytest.mark.parametrize("column", ["volume", "position", "exchange.oxygen.export"])
def test_not_finite_columns_are_errors_that_name_cell_signal_and_time(make_tissue, add_cells, column):
    made = make_tissue({"oxygen": OXYGEN}, {"a": {"oxygen": {"export": 5}}})
    rows = add_cells(made.tissue, [[0, 0, 0], [1, 1, 1]])
    made.tissue.population[column][rows[1]] = np.nan
    before = made.tissue.fields["oxygen"].copy()
    with pytest.raises(
        SimulationError, match=r"process signals, time 0 min, cell_id 2.*: .*must be finite"
    ) as caught:
        made.process.advance(made.tissue, 1.0)
    assert column in str(caught.value)
    np.testing.assert_array_equal(made.tissue.fields["oxygen"], before)


def test_a_field_that_is_not_finite_is_an_error_with_signal_and_time(make_tissue, add_cells):
    made = make_tissue({"oxygen": {**OXYGEN, "diffusion": 0}}, shape=(1, 1, 3))
    made.tissue.fields["oxygen"][0, 0, 1] = np.nan
    with pytest.raises(SimulationError, match=r"time 0 min, signal oxygen: .*not finite"):
        made.process.advance(made.tissue, 1.0)
