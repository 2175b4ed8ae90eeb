"""Small ONNX models, made here, with what numpy says they give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402


def tensor(name: str, values, kind=np.float64):
    return numpy_helper.from_array(np.asarray(values, dtype=kind), name)


def model_bytes(
    nodes: Sequence,
    initializers: Sequence = (),
    inputs: Sequence[tuple[str, Sequence]] = (("x", ("N", 2)),),
    outputs: Sequence[tuple[str, Sequence]] = (("y", ("N", 2)),),
    *,
    opset: int = 17,
    kind: int = TensorProto.DOUBLE,
    change=None,
) -> bytes:
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs],
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in outputs],
        list(initializers),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    if change is not None:
        change(model)
    return model.SerializeToString()


def linear(matrix) -> bytes:
    """y = A x, column by column as Gemm with B = A^T."""
    matrix = np.asarray(matrix, dtype=float)
    node = helper.make_node("Gemm", ["x", "A"], ["y"], transB=1)
    rows, columns = matrix.shape
    return model_bytes([node], [tensor("A", matrix)], [("x", ("N", columns))], [("y", ("N", rows))])


def perceptron(rng, inputs: int, hidden: int, outputs: int, activation: str = "Tanh", scale: float = 1.0):
    """Return a two-layer network as bytes, and the same as a function of float64[..., inputs]."""
    first = rng.normal(size=(inputs, hidden)) * scale
    second = rng.normal(size=(hidden, outputs)) / np.sqrt(hidden)
    one, two = rng.normal(size=hidden), rng.normal(size=outputs)
    nodes = [
        helper.make_node("MatMul", ["x", "W1"], ["a"]),
        helper.make_node("Add", ["a", "b1"], ["b"]),
        helper.make_node(activation, ["b"], ["c"]),
        helper.make_node("Gemm", ["c", "W2", "b2"], ["y"]),
    ]
    weights = [tensor("W1", first), tensor("b1", one), tensor("W2", second), tensor("b2", two)]
    content = model_bytes(nodes, weights, [("x", ("N", inputs))], [("y", ("N", outputs))])
    act = ACTIVATIONS[activation]
    return content, lambda x: act(x @ first + one) @ second + two


ACTIVATIONS = {
    "Relu": lambda x: np.maximum(x, 0.0),
    "Tanh": np.tanh,
    "Sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),
    "Softplus": lambda x: np.logaddexp(x, 0.0),
    "Identity": lambda x: x,
}


class Make:
    """The functions above, for tests."""

    bytes = staticmethod(model_bytes)
    tensor = staticmethod(tensor)
    linear = staticmethod(linear)
    perceptron = staticmethod(perceptron)
    node = staticmethod(helper.make_node)
    activations = ACTIVATIONS


@pytest.fixture
def make() -> type[Make]:
    return Make
