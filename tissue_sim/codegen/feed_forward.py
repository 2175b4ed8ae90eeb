"""Feed-forward networks as functions that expressions may apply: layers, weights, values and slopes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.kernels.network.layers import AFFINE, COPY, RELU, SHIFT, SIGMOID, SOFTPLUS, SUM, TANH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["FeedForward", "LayerBuilder", "Vector"]


@dataclass(frozen=True)
class Vector:
    """Where a vector of values stands among all values of the network."""

    place: int
    length: int


def _sigmoid(x: np.ndarray) -> np.ndarray:
    result: np.ndarray = 1.0 / (1.0 + np.exp(-x))
    return result


_ACTIVATIONS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    COPY: lambda x: x,
    RELU: lambda x: np.where(x < 0.0, 0.0, x),
    TANH: np.tanh,
    SIGMOID: _sigmoid,
    SOFTPLUS: lambda x: np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))),
}
_SLOPES: dict[int, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    COPY: lambda x, y: np.ones_like(x),  # noqa: ARG005 - all take both
    RELU: lambda x, y: np.where(x > 0.0, 1.0, 0.0),  # noqa: ARG005
    TANH: lambda x, y: 1.0 - y * y,  # noqa: ARG005
    SIGMOID: lambda x, y: y * (1.0 - y),  # noqa: ARG005
    SOFTPLUS: lambda x, y: _sigmoid(x),  # noqa: ARG005
}


class FeedForward:
    """A fixed function from n inputs to m outputs; equal ones have the same plan and weights.

    Attributes
    ----------
    plan : int64[layers + 1, 7]
        See `kernels.network.layers`.
    weights : float64[w]
    inputs, outputs : int
    """

    def __init__(self, plan: np.ndarray, weights: np.ndarray) -> None:
        self.plan = np.ascontiguousarray(plan, dtype=np.int64)
        self.weights = np.ascontiguousarray(weights, dtype=np.float64)
        self.plan.setflags(write=False)
        self.weights.setflags(write=False)
        self.inputs, self.outputs = int(plan[0, 0]), int(plan[0, 1])

    @cached_property
    def digest(self) -> str:
        """Hash of plan and weights."""
        return hashlib.sha256(self.plan.tobytes() + self.weights.tobytes()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FeedForward) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"FeedForward({self.inputs} -> {self.outputs}, {self.digest[:8]})"

    def value(self, arguments: Sequence[Any]) -> np.ndarray:
        """Return the outputs, float64[m, ...], for inputs of like shape (float64[...] or numbers).

        No matrix product of a library is used: its rounding could depend on the number of cells.
        """
        work = self._start(arguments)
        for layer in self.plan[1:]:
            self._run(layer, work)
        return work[-self.outputs :]

    def slopes(self, arguments: Sequence[Any]) -> np.ndarray:
        """Return d output / d input, float64[m, n, ...]."""
        work = self._start(arguments)
        slopes = np.zeros((len(work), self.inputs, *work.shape[1:]))
        for i in range(self.inputs):
            slopes[i, i] = 1.0
        for layer in self.plan[1:]:
            self._run(layer, work)
            code, x, other, n, m, y, first = (int(item) for item in layer)
            if code == AFFINE:
                matrix = self.weights[first + m : first + m + n * m].reshape(n, m)
                for j in range(n):
                    slopes[y : y + m] += np.multiply.outer(matrix[j], slopes[x + j])
            elif code in (SUM, SHIFT):
                slopes[y : y + m] = slopes[x : x + m]
                if code == SUM:
                    slopes[y : y + m] += slopes[other : other + m]
            else:
                factor = _SLOPES[code](work[x : x + m], work[y : y + m])
                slopes[y : y + m] = factor[:, None] * slopes[x : x + m]
        return slopes[-self.outputs :]

    def _start(self, arguments: Sequence[Any]) -> np.ndarray:
        given = np.broadcast_arrays(*(np.asarray(each, dtype=np.float64) for each in arguments))
        work = np.empty((int(self.plan[0, 2]), *given[0].shape))
        work[: self.inputs] = given
        return work

    def _run(self, layer: np.ndarray, work: np.ndarray) -> None:
        code, x, other, n, m, y, first = (int(item) for item in layer)
        extra = (1,) * (work.ndim - 1)
        if code == AFFINE:
            matrix = self.weights[first + m : first + m + n * m].reshape(n, m)
            work[y : y + m] = self.weights[first : first + m].reshape(m, *extra)
            for j in range(n):
                work[y : y + m] += matrix[j].reshape(m, *extra) * work[x + j]
        elif code == SHIFT:
            work[y : y + m] = work[x : x + m] + self.weights[first : first + m].reshape(m, *extra)
        elif code == SUM:
            work[y : y + m] = work[x : x + m] + work[other : other + m]
        else:
            work[y : y + m] = _ACTIVATIONS[code](work[x : x + m])


class LayerBuilder:
    """Puts layers together in the order in which they are evaluated."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, ...]] = []
        self._weights: list[np.ndarray] = []
        self._size = self._inputs = self._weight_place = 0

    @property
    def size(self) -> int:
        """Number of values so far."""
        return self._size

    @property
    def weight_count(self) -> int:
        """Number of weights so far."""
        return self._weight_place

    def input(self, length: int) -> Vector:
        """Add inputs; before any layer."""
        if self._rows:
            raise ValueError("inputs come before the layers")
        self._inputs += length
        return self._new(length)

    def affine(self, x: Vector, matrix: np.ndarray, bias: np.ndarray | None = None) -> Vector:
        """Add bias + x matrix; float64[n, m], float64[m]."""
        length = matrix.shape[1]
        offset = np.zeros(length) if bias is None else np.broadcast_to(bias, (length,))
        return self._add(AFFINE, x, x, length, np.concatenate([offset, matrix.ravel()]))

    def shift(self, x: Vector, added: np.ndarray) -> Vector:
        """Add x + constants, float64[n]."""
        return self._add(SHIFT, x, x, x.length, np.broadcast_to(added, (x.length,)))

    def sum(self, x: Vector, other: Vector) -> Vector:
        """Add x + other."""
        return self._add(SUM, x, other, x.length)

    def activation(self, code: int, x: Vector) -> Vector:
        """Add an activation of each value."""
        return self._add(code, x, x, x.length)

    def finish(self, outputs: Sequence[Vector]) -> FeedForward:
        """Return the network whose outputs are these vectors, one after the other."""
        for vector in outputs:
            self._add(COPY, vector, vector, vector.length)
        head = (self._inputs, sum(each.length for each in outputs), self._size, 0, 0, 0, 0)
        weights = np.concatenate(self._weights) if self._weights else np.zeros(0)
        return FeedForward(np.array([head, *self._rows], dtype=np.int64), weights)

    def _add(
        self, code: int, x: Vector, other: Vector, length: int, weights: np.ndarray | None = None
    ) -> Vector:
        result = self._new(length)
        self._rows.append((code, x.place, other.place, x.length, length, result.place, self._weight_place))
        if weights is not None:
            self._weights.append(np.asarray(weights, dtype=np.float64))
            self._weight_place += len(weights)
        return result

    def _new(self, length: int) -> Vector:
        vector = Vector(self._size, length)
        self._size += length
        return vector
