"""The operators of ONNX that networks may use (onnx.ai/onnx/operators), one function each.

Every tensor that depends on an input is a row of values for one cell, of shape (batch, n) or (n).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.codegen.feed_forward import LayerBuilder, Vector
from tissue_sim.errors import SettingsError
from tissue_sim.kernels.network.layers import RELU, SIGMOID, SOFTPLUS, TANH
from tissue_sim.network.learned.tensors import array_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["OPERATORS", "Node"]

LARGEST_WORK = 1 << 20
"""Values of all layers together."""
MOST_WEIGHTS = 1 << 22
"""Weights of all layers together; a tensor may serve in several layers."""


@dataclass
class Node:
    """One node of the graph with what is known so far.

    Attributes
    ----------
    where : str
        Names it in messages.
    inputs : list of Vector, array or None
        Values that depend on the inputs, constants, and inputs left out.
    attributes : mapping of name to onnx.AttributeProto
    layers : LayerBuilder
    """

    where: str
    inputs: list[Vector | np.ndarray | None]
    attributes: Mapping[str, Any]
    layers: LayerBuilder
    used: set[str] = field(default_factory=set)

    def number(self, name: str, default: float) -> float:
        """Return an attribute that is one number."""
        self.used.add(name)
        given = self.attributes.get(name)
        if given is None:
            return default
        value = float(given.i if given.type == given.INT else given.f)
        if given.type not in (given.INT, given.FLOAT) or not np.isfinite(value):
            raise self.refused(f"its attribute {name} is no finite number")
        return value

    def refused(self, reason: str) -> SettingsError:
        """Return the error that names the node."""
        return SettingsError(f"{self.where}: {reason}")

    def takes(self, least: int, most: int) -> None:
        """Refuse another number of inputs."""
        if not least <= len(self.inputs) <= most or any(each is None for each in self.inputs[:least]):
            raise self.refused(f"it has {len(self.inputs)} inputs; {least} to {most} are meant")

    def data(self, place: int) -> Vector:
        """Return an input that depends on the network's inputs."""
        given = self.inputs[place]
        if not isinstance(given, Vector):
            raise self.refused(
                f"its input {place + 1} is a constant; it must depend on the network's inputs "
                "(fold constants when exporting)"
            )
        return given

    def matrix(self, place: int) -> np.ndarray:
        """Return an input that is a constant matrix."""
        given = self.inputs[place]
        if not isinstance(given, np.ndarray):
            raise self.refused(f"its input {place + 1} must be a constant: a product of two variables")
        if given.ndim != 2:
            raise self.refused(f"its input {place + 1} has {given.ndim} dimensions; 2 are meant")
        return given

    def row(self, value: Any, length: int) -> np.ndarray:
        """Return a constant that is added to a row of values, float64[length] or float64[1]."""
        if not isinstance(value, np.ndarray):
            raise self.refused("what is added must be a constant")
        if value.size not in (1, length) or value.shape not in ((), (value.size,), (1, value.size)):
            raise self.refused(f"a constant of shape {list(value.shape)} cannot be added to {length} values")
        return value.ravel()

    def room_for(self, length: int) -> None:
        """Refuse what becomes too large."""
        if self.layers.size + length > LARGEST_WORK:
            raise self.refused(f"the layers have more than {LARGEST_WORK} values together")

    def product(self, matrix: np.ndarray, bias: np.ndarray | None) -> Vector:
        """Return bias + input 1 times a matrix."""
        x = self.data(0)
        if matrix.shape[0] != x.length:
            raise self.refused(
                f"{x.length} values cannot be multiplied by a matrix of {matrix.shape[0]} x {matrix.shape[1]}"
            )
        self.room_for(matrix.shape[1])
        if self.layers.weight_count + matrix.size > MOST_WEIGHTS:
            raise self.refused(f"the layers have more than {MOST_WEIGHTS} weights together")
        return self.layers.affine(x, matrix, bias)


def _gemm(node: Node) -> Vector:
    """Return alpha A B + beta C; B and C constant, B transposed where `transB` says so."""
    node.takes(2, 3)
    if node.number("transA", 0.0) != 0.0:
        raise node.refused("transA is not supported: rows are cells")
    matrix = node.matrix(1)
    if node.number("transB", 0.0) != 0.0:
        matrix = matrix.T
    factor, share = node.number("alpha", 1.0), node.number("beta", 1.0)
    added = node.inputs[2] if len(node.inputs) == 3 else None
    bias = None if added is None else share * node.row(added, matrix.shape[1])
    return node.product(factor * matrix, bias)


def _mat_mul(node: Node) -> Vector:
    node.takes(2, 2)
    return node.product(node.matrix(1), None)


def _add(node: Node) -> Vector:
    node.takes(2, 2)
    first, second = node.inputs
    if isinstance(second, Vector) and not isinstance(first, Vector):
        first, second = second, first
    if not isinstance(first, Vector):
        node.data(0)
        raise AssertionError
    if not isinstance(second, Vector):
        added = node.row(second, first.length if first.length > 1 or second is None else second.size)
        node.room_for(max(first.length, len(added)))
        if len(added) > first.length:  # one value, spread over a row
            return node.layers.affine(first, np.ones((1, len(added))), added)
        return node.layers.shift(first, added)
    if first.length != second.length:
        raise node.refused(f"{first.length} and {second.length} values cannot be added")
    node.room_for(first.length)
    return node.layers.sum(first, second)


def _activation(code: int) -> Callable[[Node], Vector]:
    def layer(node: Node) -> Vector:
        node.takes(1, 1)
        x = node.data(0)
        node.room_for(x.length)
        return node.layers.activation(code, x)

    return layer


def _identity(node: Node) -> Vector | np.ndarray:
    node.takes(1, 1)
    given = node.inputs[0]
    assert given is not None
    return given


def _constant(node: Node) -> np.ndarray:
    node.takes(0, 0)
    node.used.update(("value", "value_float", "value_floats"))
    given = [each for name, each in node.attributes.items() if name in node.used]
    if len(given) != 1:
        raise node.refused("it must have one of the attributes value, value_float, value_floats")
    attribute = given[0]
    if attribute.name == "value":
        return array_of(attribute.t, f"the constant {node.where}")
    values = np.array(attribute.f if attribute.name == "value_float" else list(attribute.floats), dtype=float)
    if not values.size or not np.isfinite(values).all():
        raise node.refused("it holds no finite numbers")
    return values


OPERATORS: Mapping[str, Callable[[Node], Vector | np.ndarray]] = MappingProxyType(
    {
        "Add": _add,
        "Constant": _constant,
        "Gemm": _gemm,
        "Identity": _identity,
        "MatMul": _mat_mul,
        "Relu": _activation(RELU),
        "Sigmoid": _activation(SIGMOID),
        "Softplus": _activation(SOFTPLUS),
        "Tanh": _activation(TANH),
    }
)
"""Operators by name; all others are refused."""
