"""The stiff method in named scalars: factors, order, and the results of arrays and of scipy."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from tissue_sim.codegen import network_stiff, stiff_lanes
from tissue_sim.codegen.rosenbrock import ROSENBROCK
from tissue_sim.codegen.sparse_factors import SparseFactors
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.settings import ToleranceSettings

ROBERTSON = "a' = -k*a + 1e4*b*c\nb' = k*a - 1e4*b*c - 3e7*b^2\nc' = 3e7*b^2"
VAN_DER_POL = "x' = v\nv' = m*(1 - x^2)*v - x"
TYSON = """
C2' = 1*M - 1e6*C2 + 1e3*CP
CP' = -200*CP*Y + 1e6*C2 - 1e3*CP
pM' = 200*CP*Y - pM*(0.018 + w*M^2)
M' = pM*(0.018 + w*M^2) - M
Y' = 0.015 - 200*CP*Y
YP' = M - 0.6*YP
"""
CASES = {
    "robertson": (ROBERTSON, {"k": 0.04}, {"a": 1, "b": 0, "c": 0}, 40.0),
    "van der pol": (VAN_DER_POL, {"m": 1e3}, {"x": 2, "v": 0}, 1000.0),
    "tyson": (TYSON, {"w": 180}, {"C2": 0, "CP": 0.75, "pM": 0.25, "M": 0, "Y": 0, "YP": 0}, 35.0),
}


def tyson(time, y):
    c2, cp, pm, m, cyclin, yp = y
    made, turned = 200 * cp * cyclin, pm * (0.018 + 180 * m * m)
    slow = [0.015 - made, m - 0.6 * yp]
    return [m - 1e6 * c2 + 1e3 * cp, 1e6 * c2 - made - 1e3 * cp, made - turned, turned - m, *slow]


PLAIN = {
    "robertson": lambda t, y: [
        -0.04 * y[0] + 1e4 * y[1] * y[2],
        0.04 * y[0] - 1e4 * y[1] * y[2] - 3e7 * y[1] ** 2,
        3e7 * y[1] ** 2,
    ],
    "van der pol": lambda t, y: [y[1], 1e3 * (1 - y[0] ** 2) * y[1] - y[0]],
    "tyson": tyson,
}


def stiff_rows(kind, first, number=1):
    """Return rows that use the stiff method from the start."""
    values = np.zeros((number, len(kind.names)))
    for name in first.keys() & kind.system.places.keys():
        values[:, kind.system.places[name]] = first[name]
    values[:, kind.system.places["stiff"]] = 1.0
    return values


def uses_arrays(kind):
    return "_stiff_with_pivots" in vars(kind.kernels)


@pytest.mark.parametrize("seed", range(4))
def test_factors_solve_sparse_systems(seed):
    numbers = np.random.default_rng(seed)
    size = 9
    matrix = np.where(numbers.random((size, size)) < 0.25, numbers.normal(size=(size, size)), 0.0)
    matrix += np.diag(4.0 + numbers.random(size))
    right = numbers.normal(size=size)
    places = {(int(i), int(j)) for i, j in zip(*np.nonzero(matrix), strict=True)}
    factors = SparseFactors(size, places)
    names = {f"w{i}_{j}": matrix[i, j] for i, j in places} | {f"b{k}": right[k] for k in range(size)}
    exec("\n".join(factors.factor_lines("w", "m") + factors.solve_lines("m", "b")), names)
    np.testing.assert_allclose(
        [names[f"b{k}"] for k in range(size)], np.linalg.solve(matrix, right), rtol=1e-12
    )


def test_the_order_of_elimination_avoids_fill():
    """An arrow fills wholly from its tip, and not at all if the tip comes last."""
    size = 12
    arrow = {(0, k) for k in range(size)} | {(k, 0) for k in range(size)}
    factors = SparseFactors(size, arrow)
    assert factors.filled == factors.entries
    # With one row left the tip may come in any order.
    assert 0 in factors.order[-2:]


def rosenbrock_step(t, h, y, rate, jacobian, by_time):
    """Return (new value, its error) by the method's definition."""
    u = []
    matrix = np.eye(len(y)) / (h * ROSENBROCK.gamma) - jacobian(t, y)
    for stage in range(len(ROSENBROCK.values)):
        point = y + sum((a * b for a, b in zip(ROSENBROCK.values[stage], u, strict=True)), np.zeros(len(y)))
        right = rate(t + ROSENBROCK.abscissae[stage] * h, point) + h * ROSENBROCK.slopes[stage] * by_time(
            t, y
        )
        right += sum((c * b / h for c, b in zip(ROSENBROCK.rates[stage], u, strict=True)), np.zeros(len(y)))
        u.append(np.linalg.solve(matrix, right))
    return point + u[-1], u[-1]


def test_the_coefficients_are_of_order_five_with_an_error_of_order_four():
    def rate(t, y):
        return np.array([-y[0] * np.cos(t), y[0] * y[1] - y[1] ** 2 + np.sin(t)])

    def jacobian(t, y):
        return np.array([[-np.cos(t), 0.0], [y[1], y[0] - 2 * y[1]]])

    def by_time(t, y):
        return np.array([y[0] * np.sin(t), np.cos(t)])

    first = np.array([1.0, 0.3])
    exact = solve_ivp(rate, (0, 2), first, method="DOP853", rtol=3e-14, atol=1e-15).y[:, -1]
    numbers, errors, estimates = np.array([20, 40, 80]), [], []
    for number in numbers:
        y, h, largest = first, 2.0 / number, 0.0
        for i in range(number):
            y, error = rosenbrock_step(i * h, h, y, rate, jacobian, by_time)
            largest = max(largest, np.abs(error).max())
        errors.append(np.abs(y - exact).max())
        estimates.append(largest)
    assert -np.polyfit(np.log(numbers), np.log(errors), 1)[0] == pytest.approx(5.0, abs=0.35)
    # The estimate of one step is that of a method of order 4: it goes as h^5.
    assert -np.polyfit(np.log(numbers), np.log(estimates), 1)[0] == pytest.approx(5.0, abs=0.35)
    # L-stable: one huge step of a decaying mode leaves nothing of it.
    rest, _ = rosenbrock_step(
        0.0, 1.0, np.ones(1), lambda t, y: -1e9 * y, lambda t, y: np.array([[-1e9]]), lambda t, y: np.zeros(1)
    )
    assert abs(rest[0]) < 1e-7


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(each, marks=[pytest.mark.slow] if each in ("van der pol", "tyson") else [])
        for each in CASES
    ],
)
def test_scalars_arrays_and_scipy_agree(make_network, monkeypatch, case):
    text, parameters, first, duration = CASES[case]
    exact = solve_ivp(
        PLAIN[case], (0, duration), list(map(float, first.values())), method="Radau", rtol=1e-10, atol=1e-14
    ).y[:, -1]
    scale = np.maximum(np.abs(exact), 1e-6)
    tolerance = ToleranceSettings(relative=1e-7, absolute=1e-12)
    found = []
    for most, rates in ((40, 120), (40, -1), (0, 120)):  # lanes, scalars, arrays
        monkeypatch.setattr(network_stiff, "MOST_SCALAR_SPECIES", most)
        monkeypatch.setattr(stiff_lanes, "MOST_RATES", rates)
        kind = OdeKind(make_network(text, parameters, first), tolerance)
        values = stiff_rows(kind, {**parameters, **first})
        assert kind.advance(values, np.arange(1), start=0.0, duration=duration, inputs={}).tolist() == [0]
        assert not uses_arrays(kind)
        found.append(values[0, : len(first)])
        assert (np.abs(found[-1] - exact) / scale).max() < 3e-6
    for other in found[1:]:
        assert (np.abs(found[0] - other) / scale).max() < 1e-6


@pytest.mark.slow
def test_a_pivot_of_zero_leads_to_the_code_that_exchanges_rows(make_network):
    """A step of 1 makes the first pivot 0: growth at rate 1/gamma. All ends well."""
    growth = 1.0 / ROSENBROCK.gamma
    kind = OdeKind(
        make_network(f"x' = {growth!r}*x - 9*y\ny' = 8*x - 6*y", initial={"x": 1, "y": 0.5}),
        ToleranceSettings(relative=1e-6, absolute=1e-9),
    )
    values = stiff_rows(kind, {"x": 1.0, "y": 0.5, "step_size": 10.0}, 3)
    values[1, :2] *= 2.0
    assert kind.advance(values, np.arange(3), start=0.0, duration=1.0, inputs={}).tolist() == [0, 0, 0]
    assert uses_arrays(kind)
    exact = expm(np.array([[growth, -9.0], [8.0, -6.0]])) @ [1.0, 0.5]
    np.testing.assert_allclose(values[0, :2], exact, rtol=1e-5)
    np.testing.assert_allclose(values[1, :2], 2.0 * exact, rtol=1e-5)
    assert values[0].tobytes() == values[2].tobytes()


def test_rates_that_are_not_finite_are_no_matter_of_pivots(make_network):
    kind = OdeKind(
        make_network("x' = -x + log(z)\nz' = 0.5*z", initial={"x": 1, "z": -1}), ToleranceSettings()
    )
    values = stiff_rows(kind, {"x": 1.0, "z": -1.0})
    codes = kind.advance(values, np.arange(1), start=0.0, duration=1.0, inputs={})
    assert "no longer finite" in kind.describe(codes[0])
    assert not uses_arrays(kind)
    assert values[0, :2].tolist() == [1.0, -1.0]


def test_cells_have_the_same_bits_in_any_batch_and_with_any_threads(make_network):
    text, parameters, first, duration = CASES["tyson"]
    kind = OdeKind(make_network(text, parameters, first), ToleranceSettings(relative=1e-7, absolute=1e-12))
    number = 70
    values = stiff_rows(kind, {**parameters, **first}, number)
    values[:, kind.system.places["YP"]] = np.linspace(0.0, 0.1, number)
    start, alone, one = values.copy(), values.copy(), values.copy()
    threads = numba.get_num_threads()
    kind.advance(values, np.arange(number), start=0.0, duration=duration, inputs={})
    try:
        numba.set_num_threads(1)
        kind.advance(one, np.arange(number)[::-1].copy(), start=0.0, duration=duration, inputs={})
    finally:
        numba.set_num_threads(threads)
    for i in (0, 7, 69):
        kind.advance(alone, np.array([i]), start=0.0, duration=duration, inputs={})
        assert alone[i].tobytes() == values[i].tobytes()
    assert one.tobytes() == values.tobytes()
    assert not np.array_equal(start, values)


def test_values_of_each_cell_and_rates_that_depend_on_time(make_network):
    """x' = -k (x - cos t), k of each cell: after the first moment the slow solution is left."""
    kind = OdeKind(
        make_network("x' = -k*(x - cos(time))", {"k": "uniform(1, 2)"}, {"x": 1}),
        ToleranceSettings(relative=1e-8, absolute=1e-10),
    )
    values = stiff_rows(kind, {"x": 1.0}, 37)
    k = np.geomspace(1e3, 1e6, 37)
    values[:, kind.system.places["k"]] = k
    order = np.random.default_rng(3).permutation(37)
    assert not kind.advance(values, order, start=0.0, duration=4.0, inputs={}).any()
    exact = (k**2 * np.cos(4.0) + k * np.sin(4.0)) / (1.0 + k**2)
    np.testing.assert_allclose(values[:, 0], exact, rtol=1e-7)
    assert not uses_arrays(kind)
