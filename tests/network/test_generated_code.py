"""From equations to source: what is computed once, and that the result is what numpy evaluates."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.codegen.chunks import kernel_source
from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.graph import HELD, MOVING, SHARED, Graph
from tissue_sim.codegen.module_cache import generated_folder, load_module
from tissue_sim.codegen.parser import parse_expression
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.settings import ToleranceSettings

LEVELS = {"k": SHARED, "n": SHARED, "h": HELD}


def graph_of(values: dict[str, float]) -> Graph:
    return Graph(
        lambda name: LEVELS.get(name, MOVING),
        {},
        lambda tree: float(evaluate(tree, lambda name: values[name.path[0]])),
    )


@pytest.mark.parametrize(
    "text",
    [
        "x^2",
        "x^-3",
        "x^n",
        "x^(n/2)",
        "x^2.5",
        "x/k",
        "hill(x, k, n)",
        "k^n/(k^n + x^n)",
        "(x + 0)*1 - 0",
        "x/(y/x)",
    ],
)
@pytest.mark.parametrize("n", [1.0, 3.0, 2.5, 2.3, -2.0])
def test_rewritten_formulas_keep_their_value(text, n):
    values = {"x": 1.7, "y": 0.4, "k": 2.3, "n": n, "h": 0.2}
    tree = parse_expression(text)
    graph = graph_of(values)
    plain = graph.plain_tree(graph.add(tree))
    expected = evaluate(tree, lambda name: values[name.path[0]])
    assert evaluate(plain, lambda name: values[name.path[0]]) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("words", [["a0", "a1999"], ["a1999"], ["a1000 + a1999"]])
def test_long_chains_of_definitions_are_followed_to_their_end(words):
    definitions = {f"a{i}": parse_expression(f"a{i - 1} + y") for i in range(1, 2000)}
    definitions["a0"] = parse_expression("x")
    graph = Graph(lambda _: MOVING, definitions, lambda _: 0.0)
    (*_, last) = [graph.add(parse_expression(word)) for word in words]
    expected = {"a1999": 7.0 + 1999.0, "a1000 + a1999": 14.0 + 2999.0}[words[-1]]
    assert evaluate(graph.plain_tree(last), lambda name: {"x": 7.0, "y": 1.0}[str(name)]) == expected
    assert len(graph.trees) <= 2002  # each definition once


def test_equal_parts_exist_once_and_whole_powers_become_products():
    graph = graph_of({"n": 2.0, "k": 1.0})
    assert graph.add(parse_expression("x*y + 1")) == graph.add(parse_expression("1 + y*x"))
    square = graph.trees[graph.add(parse_expression("x^n"))]
    assert square.operator == "*"


def test_parts_are_sorted_by_how_often_they_change(make_network):
    model = make_network("X' = (oxygen/K)^n - X*exp(K)", {"K": 2.0, "n": 3, "d": 1}, {"X": 0}, ("oxygen",))
    kind = OdeKind(model, ToleranceSettings())
    from tissue_sim.codegen.network_source import explicit_source

    source, program = explicit_source(kind.system)
    rates = source.split("def rates(")[1].split("@kernel")[0]
    assert "exp" not in rates
    assert "**" not in rates
    assert len(program.constants) == 2
    assert program.held_size == 1


def test_other_parameter_values_need_no_new_code(make_network):
    from tissue_sim.codegen.network_source import explicit_source

    def source(**parameters):
        model = make_network("X' = K^n/(K^n + X^n)", parameters, {"X": 1})
        return explicit_source(OdeKind(model, ToleranceSettings()).system)[0]

    assert source(K=1.0, n=2) == source(K=7.5, n=2)
    assert source(K=1.0, n=2) != source(K=1.0, n=3)


def test_long_code_is_split_without_changing_its_result(monkeypatch):
    from tissue_sim.codegen import chunks

    lines = [
        "v0 = y0 + 1.0",
        *(f"v{i} = v{i - 1} * y1 + v{max(i - 3, 0)}" for i in range(1, 9)),
        "out[0] = v8",
    ]
    results = []
    for most in (100, 4):
        monkeypatch.setattr(chunks, "LINES_PER_KERNEL", most)
        text = kernel_source("f", "y, out", lines).replace("@kernel\n", "")
        space = {"np": np}
        exec(text, space)
        out = np.zeros(1)
        space["f"](np.array([0.5, 1.5]), out)
        results.append(out[0])
    assert results[0] == results[1] != 0.0


def test_generated_modules_are_written_once_and_repaired():
    source = "VALUE = 41 + 1  # a test of the module cache\n"
    module = load_module(source, "test_module")
    assert module.VALUE == 42
    assert load_module(source, "test_module") is module
    path = generated_folder() / f"{module.__name__.split('.')[1]}.py"
    stamp = path.stat().st_mtime_ns
    import sys

    del sys.modules[module.__name__]
    assert load_module(source, "test_module").VALUE == 42
    assert path.stat().st_mtime_ns == stamp
    path.write_text("VALUE = 0\n")
    del sys.modules[module.__name__]
    assert load_module(source, "test_module").VALUE == 42
    path.unlink()
