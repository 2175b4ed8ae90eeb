"""Every operator that is read, against numpy's forward pass: by numpy, compiled and as plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.kernels.network import feed_forward as kernels
from tissue_sim.network.learned.onnx_file import read_onnx


def kernel_values(function, x, *, plain=False):
    """Return outputs and slopes of one row of inputs, as kernels give them, between other values."""
    n, m = function.inputs, function.outputs
    constants = np.concatenate([[7.0, 8.0], function.weights])
    values = np.full(3 + n + m, np.nan)
    slopes = np.full(3 + n + n * m, np.nan)
    values[2 : 2 + n] = slopes[2 : 2 + n] = x
    one, two = kernels.feed_forward, kernels.feed_forward_slopes
    if plain:
        one, two = one.py_func, two.py_func
    one(function.plan, constants, 2, values, 2)
    two(function.plan, constants, 2, slopes, 2)
    assert np.isnan(values[[0, 1, -1]]).all()
    assert np.isnan(slopes[[0, 1, -1]]).all()
    return values[2 + n : -1], slopes[2 + n : -1].reshape(m, n)


def check(content: bytes, expected, rng, *, rtol=1e-14):
    """Compare values with numpy's and slopes with differences."""
    function = read_onnx(content, "m.onnx")
    points = rng.normal(size=(4, function.inputs)) * 2.0
    by_numpy = function.value(list(points.T))
    for k, x in enumerate(points):
        wanted = np.asarray(expected(x[None, :]))[0]
        np.testing.assert_allclose(by_numpy[:, k], wanted, rtol=rtol, atol=1e-14)
        for plain in (False, True):
            values, slopes = kernel_values(function, x, plain=plain)
            np.testing.assert_allclose(values, wanted, rtol=rtol, atol=1e-14)
            np.testing.assert_allclose(slopes, function.slopes(list(x)), rtol=1e-12, atol=1e-14)
        h = 1e-6
        for j in range(function.inputs):
            up, down = x.copy(), x.copy()
            up[j] += h
            down[j] -= h
            difference = (expected(up[None, :])[0] - expected(down[None, :])[0]) / (2.0 * h)
            np.testing.assert_allclose(slopes[:, j], difference, rtol=1e-6, atol=1e-8)
    return function


@pytest.mark.parametrize("name", ["Relu", "Tanh", "Sigmoid", "Softplus", "Identity"])
def test_activations(make, rng, name):
    check(make.bytes([make.node(name, ["x"], ["y"])]), make.activations[name], rng)


def test_matmul_and_add_of_a_constant_on_either_side(make, rng):
    matrix, shift = rng.normal(size=(2, 3)), rng.normal(size=3)
    nodes = [make.node("MatMul", ["x", "W"], ["a"]), make.node("Add", ["c", "a"], ["y"])]
    content = make.bytes(
        nodes, [make.tensor("W", matrix), make.tensor("c", shift)], outputs=[("y", ("N", 3))]
    )
    check(content, lambda x: x @ matrix + shift, rng)


@pytest.mark.parametrize("transposed", [0, 1])
@pytest.mark.parametrize("shape", [None, (), (1,), (3,), (1, 3)])
def test_gemm_with_factors(make, rng, transposed, shape):
    matrix = rng.normal(size=(2, 3))
    stored = matrix.T if transposed else matrix
    added = None if shape is None else rng.normal(size=shape)
    names = ["x", "B"] + ([] if shape is None else ["C"])
    node = make.node("Gemm", names, ["y"], alpha=0.5, beta=-2.0, transB=transposed)
    constants = [make.tensor("B", stored)] + ([] if added is None else [make.tensor("C", added)])
    content = make.bytes([node], constants, outputs=[("y", ("N", 3))])
    check(content, lambda x: 0.5 * (x @ matrix) - 2.0 * (0.0 if added is None else added), rng)


def test_add_of_two_branches_and_of_one_value_over_a_row(make, rng):
    matrix, shift = rng.normal(size=(2, 2)), rng.normal(size=4)
    nodes = [
        make.node("MatMul", ["x", "W"], ["a"]),
        make.node("Tanh", ["a"], ["b"]),
        make.node("Add", ["b", "x"], ["y"]),  # a residual connection
        make.node("MatMul", ["y", "V"], ["c"]),
        make.node("Add", ["c", "d"], ["z"]),
    ]
    column = rng.normal(size=(2, 1))
    constants = [make.tensor("W", matrix), make.tensor("V", column), make.tensor("d", shift)]
    content = make.bytes(nodes, constants, outputs=[("z", ("N", 4)), ("y", ("N", 2))])

    def expected(x):
        y = np.tanh(x @ matrix) + x
        return np.concatenate([y @ column + shift, y], axis=1)

    check(content, expected, rng)


def test_constants_as_nodes_and_passed_on(make, rng):
    nodes = [
        make.node("Constant", [], ["k"], value=make.tensor("", [[1.0, 2.0], [3.0, 5.0]])),
        make.node("Identity", ["k"], ["W"]),
        make.node("Constant", [], ["s"], value_float=0.5),
        make.node("Constant", [], ["v"], value_floats=[0.25, -1.0]),
        make.node("MatMul", ["x", "W"], ["a"]),
        make.node("Add", ["a", "s"], ["b"]),
        make.node("Add", ["b", "v"], ["y"]),
    ]
    check(make.bytes(nodes), lambda x: x @ [[1.0, 2.0], [3.0, 5.0]] + 0.5 + [0.25, -1.0], rng)


def test_several_inputs_follow_each_other_and_a_batch_of_one_or_none_is_taken(make, rng):
    matrix = rng.normal(size=(2, 2))
    nodes = [make.node("MatMul", ["p", "W"], ["a"]), make.node("Add", ["a", "q"], ["y"])]
    for shape in (("N", 2), (1, 2), (2,)):
        content = make.bytes(nodes, [make.tensor("W", matrix)], [("p", shape), ("q", shape)], [("y", shape)])
        check(content, lambda x: x[:, :2] @ matrix + x[:, 2:], rng)


def test_single_precision_weights_are_used_in_double(make, rng):
    matrix = rng.normal(size=(2, 2)).astype(np.float32)
    content = make.bytes(
        [make.node("MatMul", ["x", "W"], ["y"])], [make.tensor("W", matrix, np.float32)], kind=1
    )
    check(content, lambda x: x @ matrix.astype(np.float64), rng)


def test_two_layers_at_extreme_inputs(make, rng):
    for name in ("Relu", "Tanh", "Sigmoid", "Softplus"):
        content, expected = make.perceptron(rng, 2, 5, 2, name, scale=400.0)
        function = read_onnx(content, "m.onnx")
        x = np.array([3.0, -2.0])
        with np.errstate(over="ignore"):
            wanted = expected(x)
            by_numpy = function.value(list(x))
        values, slopes = kernel_values(function, x)
        np.testing.assert_allclose(values, wanted, rtol=1e-13)
        np.testing.assert_allclose(by_numpy, wanted, rtol=1e-13)
        assert np.isfinite(slopes).all()


def test_nan_stays_nan(make):
    for name in ("Relu", "Tanh", "Sigmoid", "Softplus"):
        function = read_onnx(make.bytes([make.node(name, ["x"], ["y"])]), "m.onnx")
        values, _ = kernel_values(function, np.array([np.nan, 1.0]))
        assert np.isnan(values[0])
        assert np.isfinite(values[1])
        assert np.isnan(function.value([np.nan, 1.0])[0])


def test_equal_networks_are_equal(make, rng):
    content, _ = make.perceptron(rng, 2, 3, 1)
    one, two = read_onnx(content, "a"), read_onnx(content, "b")
    assert one == two
    assert hash(one) == hash(two)
    assert one != read_onnx(make.perceptron(rng, 2, 3, 1)[0], "c")
    assert "2 -> 1" in repr(one)
