"""Periods and sensitivities against exact answers and published oscillators."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tissue_sim.errors import SettingsError
from tissue_sim.network.analysis.limit_cycle import limit_cycle
from tissue_sim.network.analysis.sensitivity import sensitivity_of_period, sensitivity_of_steady_state

HOPF = "x' = a*x - w*y - x*(x^2 + y^2)\ny' = a*y + w*x - y*(x^2 + y^2)"


def test_the_period_of_a_limit_cycle_on_a_circle(make_network):
    cycle = limit_cycle(make_network(HOPF, {"a": 0.25, "w": 1.5}, {"x": 0.1, "y": 0}))
    assert cycle.period == pytest.approx(2.0 * np.pi / 1.5, rel=1e-9)
    assert cycle.error < 1e-7
    for name in "xy":
        assert cycle.maxima[name] == pytest.approx(0.5, rel=1e-8)
        assert cycle.minima[name] == pytest.approx(-0.5, rel=1e-8)
    assert np.hypot(cycle.state["x"], cycle.state["y"]) == pytest.approx(0.5, rel=1e-8)


def test_the_period_of_van_der_pol(make_network):
    """Against an integrator of order 8 at its smallest tolerance, which measures ten turns."""
    from scipy.integrate import solve_ivp

    def rises(t, y):
        return y[0]

    rises.direction = 1.0
    reference = solve_ivp(
        lambda t, y: (y[1], (1.0 - y[0] ** 2) * y[1] - y[0]),
        (0.0, 140.0), (1.0, 0.0), method="DOP853", rtol=1e-13, atol=1e-15, events=rises,
    )  # fmt: skip
    moments = reference.t_events[0]
    period = (moments[-1] - moments[-11]) / 10.0
    assert period == pytest.approx(6.6632868593, rel=1e-10)
    model = make_network("x' = v\nv' = (1 - x^2)*v - x", initial={"x": 1, "v": 0})
    assert limit_cycle(model).period == pytest.approx(period, rel=1e-9)
    assert limit_cycle(model, species="v", duration=50.0).period == pytest.approx(period, rel=1e-9)


def test_a_cycle_that_passes_the_section_twice(make_network):
    """z sees two different peaks per turn: its period is that of the state, not of its rises."""
    model = make_network(
        HOPF + "\nz' = 20*(1 + 0.5*x + 2*x*y - z)", {"a": 1, "w": 1}, {"x": 1, "y": 0, "z": 1}
    )
    cycle = limit_cycle(model, species="z")
    assert cycle.period == pytest.approx(2.0 * np.pi, rel=1e-8)


def test_slow_approach_is_followed_to_its_end(make_network):
    """The frequency depends on the amplitude, which settles as exp(-0.02 t)."""
    model = make_network(
        "x' = a*x - (1 + r)*y - a*x*r\ny' = a*y + (1 + r)*x - a*y*r\nr = x^2 + y^2",
        {"a": 0.01}, {"x": 0.5, "y": 0},
    )  # fmt: skip
    cycle = limit_cycle(model, duration=30.0)
    assert cycle.period == pytest.approx(np.pi, rel=1e-6)
    assert cycle.cycles > 20


def test_what_does_not_oscillate_is_refused(make_network):
    with pytest.raises(SettingsError, match=r"settles on a steady state, X = 2"):
        limit_cycle(make_network("X' = 2 - X", initial={"X": 1}))
    with pytest.raises(SettingsError, match=r"steady state|dies out"):
        limit_cycle(make_network(HOPF, {"a": -0.2, "w": 1}, {"x": 1, "y": 0}))
    with pytest.raises(SettingsError, match="the rates depend on time; a forced network"):
        limit_cycle(make_network("X' = sin(time) - X", initial={"X": 1}))
    with pytest.raises(SettingsError, match="no species 'Y' has a rate"):
        limit_cycle(make_network("X' = 2 - X", initial={"X": 1}), species="Y")


def test_sensitivity_of_a_steady_state(make_network):
    """X = k/d, Y = q X^2: exponents 1, -1 and 2, -2, 1."""
    model = make_network("X' = k - d*X\nY' = q*X^2 - Y", {"k": 2, "d": 0.5, "q": 3}, {"X": 1, "Y": 1})
    table = sensitivity_of_steady_state(model)
    expected = {"k": (1.0, 2.0), "d": (-1.0, -2.0), "q": (0.0, 1.0)}
    for name, values in expected.items():
        np.testing.assert_allclose(table.loc[name, ["X", "Y"]].to_numpy(float), values, atol=1e-7)
    assert list(sensitivity_of_steady_state(model, parameters=["d"]).index) == ["d"]


def test_sensitivity_where_sums_are_conserved_and_states_are_several(make_network):
    """A = T/(1 + k) with A + B = T."""
    model = make_network("A' = B - k*A\nB' = k*A - B", {"k": 3}, {"A": 1, "B": 1})
    table = sensitivity_of_steady_state(model)
    np.testing.assert_allclose(table.loc["k"].to_numpy(float), [-0.75, 0.25], atol=1e-7)
    toggle = make_network("u' = a/(1+v^2) - u\nv' = a/(1+u^2) - v", {"a": 10}, {"u": 1, "v": 1})
    with pytest.raises(SettingsError, match="has 2 stable steady states; name one"):
        sensitivity_of_steady_state(toggle)
    table = sensitivity_of_steady_state(toggle, state={"u": 2.0, "v": 2.0})
    # u (1 + u^2) = a: du/da = 1/(1 + 3 u^2)
    np.testing.assert_allclose(table.loc["a"].to_numpy(float), 5.0 / 13.0, atol=1e-7)
    with pytest.raises(SettingsError, match="no parameter 'b'"):
        sensitivity_of_steady_state(toggle, parameters=["b"], state={"u": 2.0, "v": 2.0})


def test_sensitivity_of_a_period(make_network):
    """T = 2 pi/w; the other parameters change amplitude only."""
    model = make_network(HOPF, {"a": 0.25, "w": 1.5}, {"x": 0.5, "y": 0})
    table = sensitivity_of_period(model)["period"]
    assert table["w"] == pytest.approx(-1.0, abs=3e-6)
    assert table["a"] == pytest.approx(0.0, abs=1e-6)


def check_period(biomodel, ground_truth, number: str) -> None:
    with (ground_truth / "biomodels" / "periods.csv").open() as file:
        row = next(row for row in csv.DictReader(file) if row["biomodel"] == number)
    model = biomodel(number)
    cycle = limit_cycle(model)
    assert cycle.period == pytest.approx(float(row["period_model_time_units"]), rel=1e-6)
    name = model.renamed.get(row["variable"], row["variable"])
    if name in cycle.maxima:  # amounts in the table, where compartments have size 1
        ratio = cycle.maxima[name] / float(row["max"])
        assert cycle.minima[name] == pytest.approx(float(row["min"]) * ratio, rel=1e-5)


def test_the_repressilators_period(biomodel, ground_truth):
    check_period(biomodel, ground_truth, "012")


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", ["003", "005", "008", "016", "021", "022", "036", "073", "079", "098", "206"]
)
def test_published_periods(biomodel, ground_truth, number):
    check_period(biomodel, ground_truth, number)


@pytest.mark.slow
def test_scaling_all_rates_scales_the_period(biomodel):
    """Sensitivities of a period by all rate constants sum to -1; the repressilator's times sum to 1."""
    table = sensitivity_of_period(biomodel("012"))["period"]
    assert table["tau_mRNA"] + table["tau_prot"] - table["ps_a"] - table["ps_0"] == pytest.approx(
        1.0, abs=1e-4
    )
