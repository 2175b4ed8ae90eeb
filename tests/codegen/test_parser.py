"""Reading expressions and equations: precedence, limits, hostile text, places of errors."""

from __future__ import annotations

import time

import pytest

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.parser import (
    calls_in,
    names_in,
    nodes_in,
    parse_equations,
    parse_expression,
    substitute,
)
from tissue_sim.codegen.syntax import Binary, Call, Name, Number
from tissue_sim.errors import SettingsError


def value(text: str, **names: float) -> float:
    return evaluate(parse_expression(text), lambda name: names[str(name)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-2^2", -4.0),
        ("2^3^2", 512.0),
        ("2^-3^2", 2.0**-9),
        ("2^-1*4", 2.0),
        ("(-2)^2", 4.0),
        ("-2*-3", 6.0),
        ("+3 - -3", 6.0),
        ("2 - 3 - 4", -5.0),
        ("12 / 3 / 2", 2.0),
        ("1 + 2*3", 7.0),
        ("not 1 == 2", 1.0),
        ("not 1 or 1", 1.0),
        ("1 or 0 and 0", 1.0),
        ("1 < 2 and 2 < 3", 1.0),
        ("1 + 1 == 2", 1.0),
        ("pi", 3.141592653589793),
        ("true + false", 1.0),
        ("1e-3", 0.001),
        (".5 + 5.", 5.5),
        ("pow(2, 10)", 1024.0),
        ("max(1, 5, 3) - min(4, 2)", 3.0),
        ("if(2 > 1, 10, 20)", 10.0),
        ("piecewise(1, 0, 2, 1, 3)", 2.0),
    ],
)
def test_values_follow_the_precedence_of_the_field(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected, rel=1e-15)


def test_python_keywords_are_ordinary_names() -> None:
    names = {"lambda": 2.0, "class": 3.0, "if_": 1.0, "None": 4.0, "import": 5.0}
    assert value("lambda*class + None - import", **names) == 5.0


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "is empty"),
        ("a b", 2, "is an operator such as"),
        ("2x", 0, "neither a number nor a name"),
        ("1_000", 0, "neither a number nor a name"),
        ("0x10", 0, "neither a number nor a name"),
        ("2j", 0, "neither a number nor a name"),
        ("1.2.3", 0, "neither a number nor a name"),
        ("lambda**2", 6, r"use \^ for powers"),
        ("1 + (a", 4, "never closed"),
        ("1 + a)", 5, r"without a '\('"),
        ("a < b < c", 6, "not chained"),
        ("a + ", 4, "ends where a number"),
        ("a + * b", 4, r"expected a number, a name or '\(', found '\*'"),
        ("exp(1, 2)", 0, "takes 1 argument, found 2"),
        ("if(1, 2)", 0, "takes 3 arguments, found 2"),
        ("class + expo(2)", 8, "unknown function 'expo'.*did you mean 'exp'"),
        ("a = b", 2, "use == to compare"),
        ("a AND b", 2, "did you mean 'and'"),
        ("a && b", 2, "use 'and'"),
        ("a % b", 2, "use rem"),
        ("a + 'x'", 4, "only beside == and !="),
        ("-'x'", 1, "only beside == and !="),
        ("exp('x')", 4, "only beside == and !="),
        ("'x' == 'y'", 0, "compared only with a name"),
        ("a < 'x'", 4, "only beside == and !="),
        ("2 * not a", 4, "brackets around 'not"),
        ("1 + 1e999", 4, "not a finite number"),
        ("a__b", 0, "double underscore"),
        ("().__class__", 2, "unexpected character"),
        ("__import__('os').system('true')", 0, "names begin with a letter"),
        ("a.b(c)", 0, "unknown function 'a.b'"),
        ("[x for x in y]", 0, "round brackets"),
        ("f'{x}'", 1, "is an operator"),
        ("a\tb\u00b5", 3, "unexpected character"),
        ("count(a=2)", 6, "takes no keyword 'a'"),
        ("contact.mean(a, type=2)", 21, "takes the name of a cell type"),
        ("contact.mean(a, dead=maybe)", 21, "takes true or false"),
        ("contact.mean(a, dead=true, dead=true)", 27, "no second keyword 'dead'"),
        ("contact.mean(dead=true, a)", 25, "before keywords"),
    ],
)
def test_errors_say_what_and_where(text: str, offset: int, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        parse_expression(text)
    assert caught.value.offset == offset


def test_offsets_count_from_the_longer_text() -> None:
    with pytest.raises(SettingsError, match="operator") as caught:
        parse_expression("a b", 10)
    assert caught.value.offset == 12
    assert names_in(parse_expression("a + b", 10))[1].offset == 14


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(" * 10_000, "characters long"),
        ("(" * 1000 + "1" + ")" * 999, "nested more than 50"),
        ("-" * 1999 + "1", "nested more than 50"),
        ("2^" * 900 + "2", "nested more than 50"),
        ("not " * 490 + "1", "nested more than 50"),
        ("exp(" * 200 + "1" + ")" * 200, "nested more than 50"),
        ("1+" * 999 + "1", "more than 1000"),
        ("9^9^9^9", "not a finite number"),
        ("9" * 1999, "not a finite number"),
        ("1/0", "not a finite number"),
        ("x + log(0-1)", "not a finite number"),
        ("factorial(1e9)", "not a finite number"),
    ],
)
def test_hostile_text_is_refused_at_once(text: str, message: str) -> None:
    begin = time.perf_counter()
    with pytest.raises(SettingsError, match=message):
        parse_expression(text)
    assert time.perf_counter() - begin < 0.5


def test_the_longest_sums_still_work() -> None:
    text = "+".join(["x"] * 500)
    tree = parse_expression(text)
    assert evaluate(tree, lambda _: 2.0) == 1000.0
    assert len(names_in(tree)) == 500
    assert len(list(nodes_in(tree))) == 999
    assert evaluate(substitute(tree, {("x",): Number(1.0)}), lambda _: 0.0) == 500.0


def test_names_and_calls_keep_order_and_place() -> None:
    tree = parse_expression("exp(b) + a*contact.mean(other.cell.age, type=tumour, dead=true)")
    assert [str(name) for name in names_in(tree)] == ["b", "a", "other.cell.age", "tumour", "true"]
    assert [name.offset for name in names_in(tree)] == [4, 9, 24, 45, 58]
    assert [call.function for call in calls_in(tree)] == [("exp",), ("contact", "mean")]


def test_substitute_replaces_by_path_and_not_twice() -> None:
    tree = substitute(parse_expression("a + b.c"), {("a",): Name(("b", "c")), ("b", "c"): Number(3.0)})
    assert tree == Binary("+", Name(("b", "c")), Number(3.0))


def test_min_of_one_argument_is_an_aggregate() -> None:
    assert isinstance(parse_expression("min(x)"), Call)
    with pytest.raises(SettingsError, match="cannot be used here"):
        value("min(x)", x=1.0)


def test_equations_keep_kind_line_and_place() -> None:
    text = "# production\r\nHIF' = k_s / (1 +\n   (oxygen/K)^n) - k_d*HIF  # decay\n\n  class = HIF > 2\n"
    rate, assignment = parse_equations(text)
    assert (rate.kind, rate.name, rate.line, rate.offset) == ("rate", "HIF", 2, text.index("HIF"))
    assert (assignment.kind, assignment.name, assignment.line) == ("assignment", "class", 5)
    assert names_in(rate.expression)[1].offset == text.index("oxygen")


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("X = 1\nX' = 2", 6, "already defined in line 1"),
        ("dX/dt = 3", 2, "instead of dX/dt"),
        ("X == 2", 2, "a single = defines"),
        ("X' 2", 3, "expected '=' after 'X'"),
        ("pi = 2", 0, "reserved word"),
        ("a.b = 2", 0, "no dots"),
        ("2 = 2", 0, "an equation reads"),
        ("# nothing", 0, "no equations"),
        ("X' = (1\n", 5, "never closed"),
        ("X' = 1; Y' = 2", 6, "one equation per line"),
        ("X' =\nY' = 2", 4, "ends where a number"),
        ("Y' = 1\nX' = 1 + \n", 16, "ends where a number"),
        ("Y' = 1\nX' = 2 $ 3", 14, "unexpected character"),
        ("X' = " + "1 + " * 600 + "1", 5, "more than 1000|characters long"),
        ("X' = 1\n" * 20_000, 0, "characters long"),
    ],
)
def test_errors_in_equations_say_where(text: str, offset: int, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        parse_equations(text)
    assert caught.value.offset == offset or "more than 1000" in message
