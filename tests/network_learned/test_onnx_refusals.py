"""What an ONNX file may not hold, refused by name; and hostile files, of which only our own errors come."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tissue_sim.errors import MissingExtraError, SettingsError
from tissue_sim.network.learned import onnx_file
from tissue_sim.network.learned.onnx_file import read_onnx

EYE = np.eye(2)


def refused(content: bytes, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        read_onnx(content, "m.onnx")
    assert str(caught.value).startswith("m.onnx")


@pytest.mark.parametrize("operator", ["Conv", "LSTM", "Softmax", "Mul", "Reshape", "If"])
def test_other_operators_are_named_with_their_node(make, operator):
    content = make.bytes([make.node(operator, ["x"], ["y"], name="hidden_3")])
    refused(content, rf"node 'hidden_3' \({operator}\): this operator is not supported; allowed are Add, ")


def test_operators_of_other_domains(make):
    content = make.bytes([make.node("Tanh", ["x"], ["y"], domain="com.microsoft")])
    refused(content, r"node 1 \(Tanh\): this operator of 'com.microsoft' is not supported")


@pytest.mark.parametrize(
    ("node", "constants", "message"),
    [
        (("Gemm", ["x", "W"], {"transA": 1}), {"W": EYE}, r"node 1 \(Gemm\): transA is not supported"),
        (("MatMul", ["x", "x"], {}), {}, "input 2 must be a constant: a product of two variables"),
        (("MatMul", ["W", "x"], {}), {"W": EYE}, "input 2 must be a constant"),
        (("MatMul", ["W", "W"], {}), {"W": EYE}, "input 1 is a constant; it must depend on"),
        (("MatMul", ["x", "W"], {}), {"W": np.ones((3, 2))}, "2 values cannot be multiplied by .* 3 x 2"),
        (("MatMul", ["x", "W"], {}), {"W": np.ones(2)}, "input 2 has 1 dimensions; 2 are meant"),
        (("Add", ["x", "W"], {}), {"W": np.ones((4, 2))}, r"a constant of shape \[4, 2\] cannot be added"),
        (("Add", ["W", "W"], {}), {"W": EYE}, "input 1 is a constant"),
        (("Gemm", ["x", "W", "x"], {}), {"W": EYE}, "what is added must be a constant"),
        (("Gemm", ["x", "W"], {"alpha": float("nan")}), {"W": EYE}, "attribute alpha is no finite number"),
        (("Gemm", ["x", "W"], {"gamma": 1.0}), {"W": EYE}, "its attribute 'gamma' is not supported"),
        (("Tanh", ["x", "x"], {}), {}, "it has 2 inputs; 1 to 1 are meant"),
        (("Tanh", ["nowhere"], {}), {}, "its input 'nowhere' is not defined before it"),
        (("MatMul", ["x", ""], {}), {}, "it has 2 inputs; 2 to 2 are meant"),
        (("Identity", ["W"], {}), {"W": EYE}, "the output 'y' does not depend on the inputs"),
        (
            ("MatMul", ["x", "W"], {}),
            {"W": np.full((2, 2), np.inf)},
            "initializer 'W' holds values that are not finite",
        ),
        (("Add", ["x", "W"], {}), {"W": np.ones(0)}, r"initializer 'W' has the shape \[0\]"),
    ],
)
def test_uses_that_are_refused(make, node, constants, message):
    operator, inputs, attributes = node
    nodes = [make.node(operator, inputs, ["y"], **attributes)]
    refused(make.bytes(nodes, [make.tensor(*each) for each in constants.items()]), message)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (("N", "M"), "the input 'x' has a length that is not fixed; only the batch may vary"),
        ((32, 2), "the input 'x' has the fixed batch 32"),
        (("N", 3, 2), "the input 'x' has 3 dimensions"),
        ((), "the input 'x' has 0 dimensions"),
        (("N", 0), "the input 'x' has 0 values"),
        (("N", 1 << 40), "the input 'x' has 1099511627776 values"),
        (None, "the input 'x' is no tensor of known shape"),
    ],
)
def test_shapes_that_are_refused(make, shape, message):
    refused(make.bytes([make.node("Tanh", ["x"], ["y"])], inputs=[("x", shape)]), message)


def test_models_that_are_refused(make):
    node = make.node("Tanh", ["x"], ["y"])

    def changed(change, **more):
        return make.bytes([node], change=change, **more)

    def external(model):
        tensor = model.graph.initializer.add()
        tensor.CopyFrom(make.tensor("W", EYE))
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", "/etc/passwd"

    refused(changed(external), "initializer 'W' keeps its data in another file")
    refused(changed(lambda model: model.functions.add()), "the model has functions of its own")
    refused(changed(lambda model: model.training_info.add()), "the model has training steps")
    refused(changed(lambda model: model.graph.sparse_initializer.add()), "sparse initializers")
    refused(changed(lambda model: model.graph.ClearField("node")), "no ONNX model, or has no nodes")
    refused(changed(lambda model: model.graph.ClearField("input")), "the graph has no inputs")
    refused(changed(lambda model: model.graph.ClearField("output")), "the graph has no outputs")
    refused(changed(None, opset=6), "version 6 of the operators; allowed is 7 to")
    refused(changed(None, opset=99), "version 99 of the operators")
    refused(changed(None, kind=onnx.TensorProto.INT64), "the input 'x' holds no floating-point numbers")
    refused(changed(None, outputs=[("y", ("N", 3))]), "'y' is declared as 3 values but has 2")
    refused(b"", "no ONNX model")
    refused(b"<xml/>", "no ONNX model, or is damaged")
    refused(make.bytes([node, make.node("Tanh", ["x"], ["y"])]), "the value 'y' is defined twice")


def test_whole_numbers_and_short_data(make):
    node = make.node("MatMul", ["x", "W"], ["y"])
    refused(make.bytes([node], [make.tensor("W", EYE, np.int64)]), "no floating-point numbers")
    short = make.tensor("W", EYE)
    short.raw_data = short.raw_data[:9]
    refused(make.bytes([node], [short]), "initializer 'W' does not hold as many numbers as its shape says")


def test_sizes_are_limited(make, monkeypatch):
    refused(b"\x00" * (onnx_file.LARGEST_FILE + 1), "bytes long; at most")
    node = make.node("Tanh", ["x"], ["y"])
    chain = [make.node("Tanh", ["x"], ["t0"])]
    chain += [make.node("Tanh", [f"t{i}"], [f"t{i + 1}"]) for i in range(2001)]
    refused(make.bytes(chain, outputs=[("t9", ("N", 2))]), "2002 nodes; allowed are 2000")
    twice = make.bytes(
        [node], change=lambda model: model.graph.initializer.extend([make.tensor("W", EYE)] * 2001)
    )
    refused(twice, "2001 initializers; allowed are 2000")
    wide = [("x", ("N", 1 << 19))]
    refused(make.bytes([node, make.node("Tanh", ["y"], ["z"])], inputs=wide), "more than 1048576 values")
    matrix = make.tensor("W", np.ones((1024, 1024)), np.float32)  # 4 MB that serve in many layers
    many = [make.node("MatMul", ["x", "W"], ["m0"])]
    many += [make.node("MatMul", [f"m{i}", "W"], [f"m{i + 1}"]) for i in range(9)]
    refused(
        make.bytes(many, [matrix], [("x", ("N", 1024))], [("m9", ("N", 1024))]),
        "more than 4194304 weights together",
    )


def test_without_the_package_the_message_says_what_to_install(monkeypatch, make):
    import sys

    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r'pip install "tissue-sim\[learned\]"'):
        read_onnx(make.bytes([make.node("Tanh", ["x"], ["y"])]), "m.onnx")


def survives(content: bytes) -> None:
    message = ""
    try:
        function = read_onnx(content, "m.onnx")
    except SettingsError as error:
        message = str(error)
    if message:
        assert len(message) < 1000
        assert message.isprintable()
    else:
        with np.errstate(all="ignore"):
            assert len(function.value([0.5] * function.inputs)) == function.outputs


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes(content):
    survives(content)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(
        st.tuples(
            st.floats(0.0, 0.9999), st.integers(0, 255), st.sampled_from(["set", "cut", "put", "double"])
        ),
        min_size=1,
        max_size=4,
    )
)
def test_damaged_models(make, edits):
    content = bytearray(make.perceptron(np.random.default_rng(1), 2, 3, 2)[0])
    for where, value, what in edits:
        place = int(where * len(content))
        if what == "set":
            content[place : place + 1] = bytes([value])
        elif what == "cut":
            del content[place : place + 1 + value // 16]
        elif what == "put":
            content[place:place] = bytes([value])
        else:
            content[place:place] = content[place : place + value]
    survives(bytes(content))
