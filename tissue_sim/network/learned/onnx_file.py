"""Reading a feed-forward network from an ONNX file (onnx.ai), through the `onnx` package.

Inputs and outputs are rows of numbers, (batch, n) or (n); several are taken one after the other, in the order
of the file. Weights are used in double precision whatever precision they are stored in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.feed_forward import FeedForward, LayerBuilder, Vector
from tissue_sim.errors import MissingExtraError, SettingsError
from tissue_sim.network.learned.operators import LARGEST_WORK, OPERATORS, Node
from tissue_sim.network.learned.tensors import array_of, shown

if TYPE_CHECKING:
    import numpy as np

__all__ = ["read_onnx"]

LARGEST_FILE = 1 << 24
MOST_NODES = 2000
OLDEST, NEWEST = 7, 26
"""Versions of the operator set; from 7 on shapes are matched as in numpy, 26 is the newest looked at."""
DOMAINS = ("", "ai.onnx")


def read_onnx(content: bytes, file_name: str) -> FeedForward:
    """Return the network in an ONNX file.

    Raises
    ------
    SettingsError
        The file is no ONNX model, or holds what is not supported; the message names the node.
    MissingExtraError
        The package `onnx` is not installed.
    """
    if len(content) > LARGEST_FILE:
        raise SettingsError(f"{file_name} is {len(content)} bytes long; at most {LARGEST_FILE} are read")
    try:
        from google.protobuf.message import DecodeError
        from onnx import ModelProto
    except ImportError as error:
        raise MissingExtraError("reading ONNX", "learned") from error
    try:
        model = ModelProto.FromString(content)
        _check_model(model)
        return _Graph(model.graph).function()
    except SettingsError as error:
        raise SettingsError(f"{file_name}: {error.message}") from error
    except (DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file_name} is no ONNX model, or is damaged") from error


def _check_model(model: Any) -> None:
    if not model.HasField("graph") or not model.graph.node:
        raise SettingsError("it is no ONNX model, or has no nodes")
    versions = [each.version for each in model.opset_import if each.domain in DOMAINS]
    if not versions or not OLDEST <= max(versions) <= NEWEST:
        raise SettingsError(
            f"version {max(versions, default=0)} of the operators; allowed is {OLDEST} to {NEWEST}"
        )
    for part, what in ((model.functions, "functions of its own"), (model.training_info, "training steps")):
        if len(part):
            raise SettingsError(f"the model has {what}, which are not supported; export the network only")
    graph = model.graph
    for items, what in (
        (graph.node, "nodes"),
        (graph.initializer, "initializers"),
        (graph.input, "inputs"),
        (graph.output, "outputs"),
    ):
        if len(items) > MOST_NODES:
            raise SettingsError(f"the graph has {len(items)} {what}; allowed are {MOST_NODES}")


class _Graph:
    """The values of a graph, node after node."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._layers = LayerBuilder()
        self._values: dict[str, Vector | np.ndarray] = {}

    def function(self) -> FeedForward:
        """Return the graph as a function."""
        graph = self._graph
        for tensor in graph.initializer:
            self._define(tensor.name, array_of(tensor, f"the initializer {shown(tensor.name)}"))
        if len(graph.sparse_initializer):
            raise SettingsError("sparse initializers are not supported; export dense ones")
        self._inputs()
        for number, node in enumerate(graph.node, start=1):
            self._run(node, number)
        return self._layers.finish(self._outputs())

    def _inputs(self) -> None:
        total = 0
        for given in self._graph.input:
            if given.name in self._values:  # an initializer that may be replaced: it is not
                continue
            length = _length_of(given, f"the input {shown(given.name)}")
            total += length
            if total > LARGEST_WORK:
                raise SettingsError(f"the inputs have more than {LARGEST_WORK} values")
            self._define(given.name, self._layers.input(length))
        if not total:
            raise SettingsError("the graph has no inputs")

    def _define(self, name: str, value: Vector | np.ndarray) -> None:
        if not name or name in self._values:
            raise SettingsError(f"the value {shown(name)} is defined twice, or has no name")
        self._values[name] = value

    def _run(self, node: Any, number: int) -> None:
        where = f"node {shown(node.name) if node.name else number} ({shown(node.op_type)[1:-1]})"
        if node.domain not in DOMAINS or node.op_type not in OPERATORS:
            domain = f" of {shown(node.domain)}" if node.domain not in DOMAINS else ""
            raise SettingsError(
                f"{where}: this operator{domain} is not supported; allowed are {', '.join(OPERATORS)}"
            )
        inputs: list[Vector | np.ndarray | None] = []
        for name in node.input:
            if name and name not in self._values:
                raise SettingsError(f"{where}: its input {shown(name)} is not defined before it")
            inputs.append(self._values[name] if name else None)
        now = Node(where, inputs, {each.name: each for each in node.attribute}, self._layers)
        result = OPERATORS[node.op_type](now)
        for name in now.attributes:
            if name not in now.used:
                raise now.refused(f"its attribute {shown(name)} is not supported")
        if len(node.output) != 1:
            raise now.refused(f"it has {len(node.output)} outputs; one is meant")
        self._define(node.output[0], result)

    def _outputs(self) -> list[Vector]:
        found = []
        for wanted in self._graph.output:
            what = f"the output {shown(wanted.name)}"
            value = self._values.get(wanted.name)
            if not isinstance(value, Vector):
                raise SettingsError(f"{what} does not depend on the inputs")
            if wanted.type.HasField("tensor_type") and wanted.type.tensor_type.HasField("shape"):
                length = _length_of(wanted, what)
                if length != value.length:
                    raise SettingsError(f"{what} is declared as {length} values but has {value.length}")
            found.append(value)
        if not found or sum(each.length for each in found) + self._layers.size > LARGEST_WORK:
            raise SettingsError("the graph has no outputs, or too many")
        return found


def _length_of(value: Any, what: str) -> int:
    """Return n of a tensor of shape (batch, n) or (n)."""
    from onnx import TensorProto

    tensor = value.type.tensor_type
    if not value.type.HasField("tensor_type") or not tensor.HasField("shape"):
        raise SettingsError(f"{what} is no tensor of known shape")
    if tensor.elem_type not in (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16):
        raise SettingsError(f"{what} holds no floating-point numbers (type {tensor.elem_type})")
    dims = list(tensor.shape.dim)
    if len(dims) not in (1, 2):
        raise SettingsError(f"{what} has {len(dims)} dimensions; allowed are (n) and (batch, n)")
    if not dims[-1].HasField("dim_value"):
        raise SettingsError(f"{what} has a length that is not fixed; only the batch may vary")
    if len(dims) == 2 and dims[0].HasField("dim_value") and dims[0].dim_value != 1:
        raise SettingsError(
            f"{what} has the fixed batch {dims[0].dim_value}; export with batch 1 or a free batch"
        )
    length = int(dims[-1].dim_value)
    if not 1 <= length <= LARGEST_WORK:
        raise SettingsError(f"{what} has {length} values; allowed are 1 to {LARGEST_WORK}")
    return length
