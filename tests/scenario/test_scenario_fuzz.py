"""Whatever stands in a file: the answer is a scenario or a ScenarioError with places."""

from __future__ import annotations

import string
from io import StringIO

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml import scalarstring as kinds

from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.limits import decode_text
from tissue_sim.scenario.positions import ScalarNode, Source
from tissue_sim.scenario.reader import read_nodes
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.scenario.schema import ScenarioSettings
from tissue_sim.scenario.to_plain import to_plain, yaml_text

FUZZ = settings(deadline=None, max_examples=40, derandomize=True, suppress_health_check=list(HealthCheck))
KEYS = sorted(
    {
        *ScenarioSettings.model_fields,
        "size",
        "spacing",
        "boundary",
        "unit",
        "value",
        "default",
        "equations",
        "sbml",
    }
    | {
        "type",
        "ball",
        "radius",
        "center",
        "rate",
        "cycle",
        "model",
        "phases",
        "like",
        "law",
        "rules",
        "every",
    }
    | {"oxygen", "tumour", "uptake", "max", "half", "exchange", "mask", "csv", "inputs", "outputs", "initial"}
)
WORDS = st.sampled_from(
    (
        "tumour", "oxygen", "open", "periodic", "live", "all", "48 h", "1e5 um^2/min", "-1", "", "none.csv",
        "1 /min",
        "mean(signal.oxygen)", "X' = 1", "normal(0, 1)",
        "signal.oxygen increases cycle.rate to 1 with half_max 1",
    )
)  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    WORDS,
    st.text(string.printable, max_size=30),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


def answer(function, *arguments, **options) -> list[str]:
    """Return the problems that a call raises, none where it succeeds; anything else is a failure."""
    try:
        function(*arguments, **options)
    except ScenarioError as error:
        problems = [str(problem) for problem in error.problems]
        if not problems:
            raise
        return problems
    return []


def load(text: str, *overrides: str) -> None:
    found = answer(load_scenario_text, text, name="s.yaml", overrides=overrides)
    assert all(one.startswith(("s.yaml:", "--set ")) for one in found), found


def load_bytes(content: bytes) -> None:
    found = answer(decode_text, content, "s.yaml")
    assert all(one.startswith("s.yaml:") for one in found), found
    if not found:
        load(content.decode())


@FUZZ
@given(st.text(max_size=300))
def test_any_text(text):
    load_bytes(text.encode("utf-8", "surrogatepass"))


@FUZZ
@given(st.text("[]{}:-?,&*!|>'\"%@`#\n \tab1", max_size=120))
def test_any_text_of_yaml_signs(text):
    load(text)


@FUZZ
@given(st.binary(max_size=200))
def test_any_bytes(content):
    load_bytes(content)


@FUZZ
@given(TREES)
def test_any_tree(tree):
    text = yaml_text(tree)
    if not isinstance(tree, str) or tree.isprintable():
        load(text)


@FUZZ
@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=6), st.data())
def test_any_change_of_a_scenario(extra, data):
    base = {
        "tissue_sim": 1,
        "duration": "1 h",
        "domain": {"size": [100, 100], "spacing": 10},
        "signals": {"oxygen": {"diffusion": 1}},
        "cell_types": {"tumour": {"exchange": {"oxygen": {"uptake": 1}}}},
        "initial": [{"type": "tumour", "point": [0, 0]}],
    }
    place = data.draw(st.sampled_from(["top", "signals", "cell_types", "domain", "initial"]))
    target = {
        "top": base,
        "signals": base["signals"]["oxygen"],
        "cell_types": base["cell_types"]["tumour"],
        "domain": base["domain"],
        "initial": base["initial"][0],
    }[place]
    target.update(extra)
    load(yaml_text(base))


@FUZZ
@given(TREES, st.text("abc.0123=[]{}: ", max_size=20))
def test_any_option(tree, path):
    load("tissue_sim: 1\ninitial: [1, 2]", path, f"a.b={tree}")


@FUZZ
@given(TREES)
def test_text_written_is_text_read(tree):
    assert to_plain(read_nodes(Source("s.yaml", yaml_text(tree))).root) == tree


@FUZZ
@given(
    st.text(string.ascii_letters + " \n'\"\\#:-", max_size=60),
    st.sampled_from(["'", '"', "|", ">", ""]),
    st.data(),
)
def test_places_inside_texts_point_at_the_same_character(value, style, data):
    stream = YAML(typ="rt", pure=True)
    wrap = {
        "'": kinds.SingleQuotedScalarString,
        '"': kinds.DoubleQuotedScalarString,
        "|": kinds.LiteralScalarString,
        ">": kinds.DoubleQuotedScalarString,
        "": str,
    }[style]
    out = StringIO()
    stream.dump({"a": {"b": wrap(value)}}, out)
    text = out.getvalue()
    node = read_nodes(Source("s.yaml", text)).root.entries["a"].node.entries["b"].node
    assert isinstance(node, ScalarNode)
    if not isinstance(node.value, str) or not node.value:
        return
    offset = data.draw(st.integers(0, len(node.value) - 1))
    character, found = node.value[offset], text[node.index(offset)]
    if offset == 0 and node.style in ("'", '"'):
        assert found == node.style
    elif not character.isspace():
        assert found in (character, "\\")
