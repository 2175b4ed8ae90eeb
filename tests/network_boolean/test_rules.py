"""Generated rules of Boolean networks against their formulas, state by state, without the JIT."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tissue_sim.codegen.boolean_classes import rate_classes
from tissue_sim.codegen.boolean_gates import FALSE, Gates
from tissue_sim.codegen.boolean_loops import advance_source, states_source
from tissue_sim.codegen.boolean_source import BooleanProgram
from tissue_sim.codegen.boolean_system import BooleanSystem
from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.parser import parse_expression
from tissue_sim.codegen.syntax import Binary, Call, Compare, Logic, Name, Number, Unary
from tissue_sim.kernels.bits import count, lowest, place_of

NODES = ("A", "B", "C")
SHARED = {"k": 2.0, "z": 0.0}
CELL = {"p": 0.5, "off": 0.0}

leaves = st.sampled_from([*(Name((name,)) for name in (*NODES, *SHARED, *CELL)), Number(0.0), Number(1.0)])


def grown(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.builds(Unary, st.just("not"), inner),
        st.builds(Logic, st.sampled_from(["and", "or"]), pair),
        st.builds(lambda each: Call(("xor",), each), pair),
        st.builds(lambda c, a, b: Call(("if",), (c, a, b)), inner, inner, inner),
        st.builds(Compare, st.sampled_from(["<", "<=", "==", "!=", ">", ">="]), inner, inner),
        st.builds(Binary, st.sampled_from(["+", "*"]), inner, inner),
    )


trees = st.recursive(leaves, grown, max_leaves=12)


def system_of(up, down) -> BooleanSystem:
    return BooleanSystem(NODES, tuple(up), tuple(down), tuple(CELL), SHARED)


def row_of(system: BooleanSystem) -> np.ndarray:
    row = np.zeros((1, len(system.names)))
    for name, value in CELL.items():
        row[0, system.places[name]] = value
    return row


def rate(system: BooleanSystem, node: int, state: int) -> float:
    """The rate at which a node leaves its value, from its formula."""
    bits = {name: float(state >> i & 1) for i, name in enumerate(NODES)}
    tree = (system.down if state >> node & 1 else system.up)[node]
    return evaluate(tree, lambda name: {**SHARED, **CELL, **bits}[name.path[0]])


@given(st.lists(trees, min_size=6, max_size=6))
@settings(max_examples=150, deadline=None)
def test_possible_flips_are_those_with_a_rate(without_jit, given_trees):
    system = system_of(given_trees[:3], given_trees[3:])
    program = BooleanProgram(system)
    names = without_jit(states_source(system, program))
    constants = np.array([*(SHARED[name] for name in program.constants), 0.0])
    out = np.empty(8, dtype=np.int64)
    assert names["possible_flips"](row_of(system), constants, 0, out) == 0
    for state in range(8):
        expected = sum(1 << i for i in range(3) if rate(system, i, state) > 0.0)
        assert out[state] == expected


@given(trees)
@settings(max_examples=150, deadline=None)
def test_a_gate_is_its_formula(tree):
    gates = Gates(frozenset(NODES))
    gate = gates.gate(tree)
    if gate is None:
        return
    for state in itertools.product((0.0, 1.0), repeat=3):
        values = {**SHARED, **CELL, **dict(zip(NODES, state, strict=True))}

        def lookup(name, values=values):
            if name.path[0] in ("held", "numeric") and len(name.path) > 1:
                entries = gates.held if name.path[0] == "held" else gates.numeric
                return float(evaluate(entries[int(name.path[1])], lambda each: values[each.path[0]]) != 0.0)
            return values[name.path[0]]

        expected = evaluate(tree, lambda name, values=values: values[name.path[0]])
        found = evaluate(gate.value, lookup) if evaluate(gate.condition, lookup) != 0.0 else 0.0
        assert found == expected


@pytest.mark.parametrize(
    ("text", "condition", "value"),
    [
        ("if(A and not B, k, 0)", "A and not B", "k"),
        ("if(A, 0, k)", "not A", "k"),
        ("if(A, if(B, k, 0), 0)", "A and B", "k"),
        ("if(A == 1, 3*p, 0)", "A", "3*p"),
        ("2*A", "A", "2"),
        ("A and 0", "0", "1"),
        ("k*p", "1", "k*p"),
    ],
)
def test_usual_rates_are_gates(text, condition, value):
    gate = Gates(frozenset(NODES)).gate(parse_expression(text))
    expected = parse_expression(condition)
    if text != "A and 0":
        assert gate.condition == expected
    assert gate.value == parse_expression(value) or gate.condition == FALSE


def test_arithmetic_of_nodes_is_no_gate():
    for text in ("A + B", "0.5*A + 0.2", "if(A, 1, 2)"):
        assert Gates(frozenset(NODES)).gate(parse_expression(text)) is None


def test_equal_rates_are_one_class_and_many_rates_are_none():
    one, two = (parse_expression(text) for text in ("if(A, k, 0)", "if(B, 2, 0)"))
    gates = Gates(frozenset(NODES))
    pairs = [(gates.gate(one), gates.gate(two)), (gates.gate(parse_expression("if(C, z, 0)")), None)]
    system = system_of([one] * 3, [two] * 3)
    assert rate_classes(pairs, system) is None
    zero = gates.gate(parse_expression("0"))
    classes = rate_classes([pairs[0], (pairs[1][0], zero)], system)
    assert [(each.up, each.down) for each in classes] == [({0}, {0})]
    many = [(gates.gate(parse_expression(f"if(A, {i + 1}, 0)")), zero) for i in range(7)]
    assert rate_classes(many, system) is None
    assert len(rate_classes(many[:6], system)) == 6


@pytest.mark.parametrize("plain", [False, True])
def test_bits(plain):
    lowest_, count_, place_ = (
        (lambda word: (word & -word).bit_length() - 1, int.bit_count, place_of.py_func)
        if plain
        else (lowest, count, place_of)
    )
    rng = np.random.default_rng(5)
    for _ in range(200):
        word = int(rng.integers(1, 2**62)) & int(rng.integers(1, 2**62)) | 1 << int(rng.integers(0, 63))
        places = [i for i in range(63) if word >> i & 1]
        assert lowest_(word) == places[0]
        assert count_(word) == len(places)
        k = int(rng.integers(0, len(places)))
        assert place_(word, k) == places[k]


def test_one_of_many_nodes_in_two_classes_of_two_words(without_jit):
    number, cells = 70, 3000
    names = tuple(f"X{i}" for i in range(number))
    none = Unary("not", Logic("or", tuple(Name((name,)) for name in names)))
    up = tuple(Call(("if",), (none, Number(1.0 + 2.0 * (i % 2)), Number(0.0))) for i in range(number))
    system = BooleanSystem(names, up, (Number(0.0),) * number, (), {})
    program = BooleanProgram(system, by_class=True)
    assert len(program.classes) == 2
    advance = without_jit(advance_source(system, program, "continuous"))["advance"]
    values, places = np.zeros((cells, len(system.names))), np.arange(cells)
    status, flipped = np.zeros((2, cells), dtype=np.int64)
    advance(values, places, places + 1, np.zeros(1), np.uint64(1), 0, 31, 0, 100.0, status, flipped)
    assert (flipped == 1).all()
    assert (values[:, :number].sum(axis=1) == 1.0).all()
    found = values[:, :number].sum(axis=0)
    odd = found[1::2].sum() / cells
    assert abs(odd - 0.75) < 4.0 * np.sqrt(0.75 * 0.25 / cells)
    late = found[63:].sum() / cells  # the second word: 4 odd and 3 even nodes
    assert abs(late - 15.0 / 140.0) < 4.0 * np.sqrt(15.0 / 140.0 * 125.0 / 140.0 / cells)
    expected = cells * np.where(np.arange(number) % 2, 3.0, 1.0) / 140.0
    assert ((found - expected) ** 2 / expected).sum() < 125.0  # chi-square, 69 degrees: p = 5e-5


def test_code_of_many_nodes_comes_in_parts():
    number = 230
    names = tuple(f"X{i}" for i in range(number))
    up = tuple(
        parse_expression(f"if(X{(i - 1) % number} and not X{(i + 70) % number}, 1, 0)") for i in range(number)
    )
    system = BooleanSystem(names, up, (Number(1.0),) * number, (), {})
    program = BooleanProgram(system, by_class=True)
    assert program.words == 4
    assert program.source.count("def flips_") == 3
    assert "def advance" in advance_source(system, program, "continuous")
