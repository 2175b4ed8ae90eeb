"""Steady states against exact answers: all of them, their stability and eigenvalues; conserved sums."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import SettingsError
from tissue_sim.network.analysis.conservation import conserved_sums, law_text, quasi_random
from tissue_sim.network.analysis.rate_function import RateFunction
from tissue_sim.network.analysis.steady_states import steady_states

TOGGLE = "u' = a/(1+v^2) - u\nv' = a/(1+u^2) - v"


def test_the_toggle_switch(make_network):
    """u = 5 +- sqrt(24), saddle u = v = 2; the Jacobian is [[-1, s], [s', -1]]."""
    found = steady_states(make_network(TOGGLE, {"a": 10}, {"u": 1, "v": 1}))
    assert [state.kind for state in found.states] == ["stable", "stable", "saddle"]
    pairs = sorted((state.values["u"], state.values["v"]) for state in found.states)
    high, low = 5.0 + np.sqrt(24.0), 5.0 - np.sqrt(24.0)
    np.testing.assert_allclose(pairs, [(low, high), (2.0, 2.0), (high, low)], rtol=1e-12)
    slope = 10.0 * 2.0 * 2.0 / 25.0
    np.testing.assert_allclose(found.states[2].eigenvalues, [slope - 1.0, -slope - 1.0], rtol=1e-10)
    for state in found.states[:2]:
        u, v = state.values["u"], state.values["v"]
        product = (20.0 * v / (1 + v**2) ** 2) * (20.0 * u / (1 + u**2) ** 2)
        np.testing.assert_allclose(state.eigenvalues, -1.0 + np.sqrt([product, product]) * [1, -1], rtol=1e-9)
    table = found.table()
    assert list(table.columns) == ["u", "v", "kind", "largest_real_part"]
    assert len(table) == 3


def test_all_real_roots_of_a_polynomial(make_network):
    """X' = -(X - 1)(X - 2)(X - 3)(X + 1)."""
    model = make_network("X' = -(X - 1)*(X - 2)*(X - 3)*(X + 1)", initial={"X": 0.5})
    found = steady_states(model)
    assert sorted(state.values["X"] for state in found.states) == pytest.approx([1.0, 2.0, 3.0], rel=1e-12)
    assert found.negative == 1
    every = steady_states(model, negative=True)
    values = {round(state.values["X"], 9): state for state in every.states}
    assert sorted(values) == [-1.0, 1.0, 2.0, 3.0]
    for root, state in values.items():
        slope = -np.polyval(np.polyder(np.poly([1.0, 2.0, 3.0, -1.0])), root)
        assert state.eigenvalues[0] == pytest.approx(slope, rel=1e-9)
        assert state.kind == ("stable" if slope < 0.0 else "unstable")


def test_a_state_at_zero_and_a_spiral(make_network):
    model = make_network("X' = r*X*(1 - X)", {"r": 0.3}, {"X": 0.1})
    states = steady_states(model).states
    assert [(state.kind, state.values["X"]) for state in states] == [("stable", 1.0), ("unstable", 0.0)]
    spiral = make_network("x' = a*x - w*y\ny' = a*y + w*x", {"a": -0.1, "w": 2}, {"x": 1, "y": 0})
    (state,) = steady_states(spiral).states
    np.testing.assert_allclose(sorted(state.eigenvalues.imag), [-2.0, 2.0], rtol=1e-10)
    np.testing.assert_allclose(state.eigenvalues.real, -0.1, rtol=1e-9)
    assert state.kind == "stable"


def test_conserved_sums_are_found_and_held(make_network):
    """A + B <-> C in equilibrium: k A B = C with A + C = 1 and B + C = 2."""
    model = make_network("A' = C - k*A*B\nB' = C - k*A*B\nC' = k*A*B - C", {"k": 2}, {"A": 1, "B": 2, "C": 0})
    found = steady_states(model)
    (state,) = found.states
    c = np.roots([2.0, -7.0, 4.0]).min()  # 2 (1 - c)(2 - c) = c
    np.testing.assert_allclose([state.values[n] for n in "ABC"], [1.0 - c, 2.0 - c, c], rtol=1e-12)
    assert len(state.eigenvalues) == 1
    assert state.eigenvalues[0].real == pytest.approx(-2.0 * (3.0 - 2.0 * c) - 1.0, rel=1e-10)
    assert state.kind == "stable"
    laws = dict(found.laws)
    assert len(laws) == 2
    assert set(laws.values()) <= {1.0, 2.0, -1.0}


def test_conserved_sums_of_wide_sizes(make_network):
    model = make_network(
        "A' = B*k - A*q\nB' = A*q - B*k\nD' = 2*B*k - 2*A*q + 1 - D", {"k": 1e6, "q": 1e-3},
        {"A": 1e-9, "B": 1e3, "D": 1},
    )  # fmt: skip
    function = RateFunction(model)
    laws = conserved_sums(function, function.start)
    assert laws.tolist() == [[1.0, 1.0, 0.0]]
    assert law_text(np.array([1.0, -2.5, 0.0]), ("A", "B", "C")) == "A - 2.5*B"
    (state,) = steady_states(model).states
    assert state.values["B"] == pytest.approx(1e3 * 1e-3 / (1e6 + 1e-3), rel=1e-9)


def test_what_cannot_be_done_is_refused(make_network):
    with pytest.raises(SettingsError, match="the rates depend on time"):
        steady_states(make_network("X' = sin(time) - X", initial={"X": 1}))
    with pytest.raises(SettingsError, match="the inputs seen need values"):
        steady_states(make_network("X' = seen - X", initial={"X": 1}, inputs=("seen",)))
    with pytest.raises(SettingsError, match="the steady states are not isolated"):
        steady_states(make_network("X' = -X*Y\nY' = -X*Y*Y", initial={"X": 1, "Y": 1}))
    with pytest.raises(SettingsError, match="no species has a rate"):
        steady_states(make_network("X' = 0", initial={"X": 1}))


def test_inputs_are_held(make_network):
    model = make_network("X' = seen - k*X", {"k": "uniform(1, 3)"}, {"X": 1}, ("seen",))
    (state,) = steady_states(model, inputs={"seen": 3.0}).states
    assert state.values["X"] == pytest.approx(1.5, rel=1e-12)


def test_points_fill_the_cube():
    points = quasi_random(1000, 3)
    assert points.shape == (1000, 3)
    assert ((points >= 0.0) & (points < 1.0)).all()
    for axis in range(3):
        counts = np.histogram(points[:, axis], bins=10, range=(0.0, 1.0))[0]
        assert counts.min() > 90


def test_rates_and_jacobian_of_a_published_model(biomodel, rng):
    function = RateFunction(biomodel("012"))
    x = rng.uniform(1.0, 100.0, (3, len(function.names)))
    jacobian = function.jacobian(x)
    for j in range(x.shape[1]):
        up, down = x.copy(), x.copy()
        up[:, j] *= 1.0 + 1e-6
        down[:, j] *= 1.0 - 1e-6
        difference = (function.rates(up) - function.rates(down)) / (up - down)[:, [j]]
        np.testing.assert_allclose(jacobian[:, :, j], difference, rtol=1e-5, atol=1e-7)
    (state,) = steady_states(biomodel("012")).states
    at = np.array([[state.values[name] for name in function.names]])
    assert np.abs(function.rates(at)).max() < 1e-9
    assert state.kind == "saddle"
