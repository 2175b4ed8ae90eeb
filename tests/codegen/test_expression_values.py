"""Values with numpy and as compiled scalar source agree; derivatives agree with differences."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tissue_sim.codegen.derivative import derivative
from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.functions import AGGREGATES, CONTACT_FUNCTIONS, FUNCTIONS
from tissue_sim.codegen.parser import parse_expression
from tissue_sim.codegen.simplify import simplify
from tissue_sim.codegen.source import IMPORTS, condition_source_of, source_of
from tissue_sim.codegen.syntax import Binary, Call, Compare, Expression, Logic, Name, Number, Unary
from tissue_sim.codegen.walk import nodes_in
from tissue_sim.errors import SettingsError

SMOOTH = ("exp", "ln", "sqrt", "sin", "cos", "tanh", "atan", "abs", "asinh", "cosh", "sech", "acot")


LEAVES = [Name(("x",)), Name(("y",)), *(Number(value) for value in (0.0, 1.0, 2.0, 0.5, -1.0, 3.25))]
TWO = ("min", "max", "pow")


@st.composite
def conditions(draw: st.DrawFn, depth: int) -> Expression:
    kind = draw(st.integers(0, 3)) if depth > 1 else 0
    if kind == 1:
        return Unary("not", draw(conditions(depth - 1)))
    if kind == 2:
        operator = draw(st.sampled_from(["and", "or"]))
        return Logic(operator, (draw(conditions(depth - 1)), draw(conditions(depth - 1))))
    operator = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
    return Compare(operator, draw(expressions(depth - 1)), draw(expressions(depth - 1)))


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> Expression:
    def inner() -> Expression:
        return draw(expressions(depth - 1))

    if depth <= 0:
        return draw(st.sampled_from(LEAVES))
    match draw(st.integers(0, 11)):
        case 0 | 1:
            return draw(st.sampled_from(LEAVES))
        case 2 | 3 | 4:
            return Binary(draw(st.sampled_from("+-*/")), inner(), inner())
        case 5:
            return Binary("^", inner(), Number(float(draw(st.integers(-3, 4)))))
        case 6:
            return Binary("^", inner(), inner())
        case 7:
            return Unary("-", inner())
        case 8:
            return Call((draw(st.sampled_from(SMOOTH)),), (inner(),))
        case 9:
            return Call((draw(st.sampled_from(TWO)),), (inner(), inner()))
        case 10:
            half = Binary("+", Call(("abs",), (inner(),)), Number(0.1))
            return Call(("hill",), (inner(), half, inner()))
    condition = draw(conditions(depth - 1))
    if draw(st.booleans()):
        return Call(("if",), (condition, inner(), inner()))
    return Call(("piecewise",), (inner(), condition, inner()))


EXPRESSIONS = expressions()
POINTS = st.floats(0.3, 2.5)


def numpy_value(tree: Expression, x: float, y: float) -> float:
    return float(evaluate(tree, lambda name: {"x": x, "y": y}[str(name)]))


def scalar_value(tree: Expression, x: float, y: float) -> float:
    scope: dict = {}
    exec(IMPORTS + f"def f(x, y):\n    return {source_of(tree, str)}\n", scope)
    return float(scope["f"](np.float64(x), np.float64(y)))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(EXPRESSIONS, POINTS, POINTS)
def test_numpy_and_scalar_source_agree(tree: Expression, x: float, y: float) -> None:
    expected = numpy_value(tree, x, y)
    steps = [numpy_value(node, x, y) for node in nodes_in(tree)]
    assume(all(math.isfinite(step) and abs(step) < 1e50 for step in steps))
    try:
        found = scalar_value(tree, x, y)
    except (ZeroDivisionError, OverflowError, TypeError):  # plain Python, where numba gives inf or nan
        assume(False)
    # A discontinuity within rounding of the point may fall to either side.
    assume(all(not isinstance(n, Compare) or _apart(n, x, y) for n in nodes_in(tree)))
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


def _apart(node: Compare, x: float, y: float) -> bool:
    left, right = numpy_value(node.left, x, y), numpy_value(node.right, x, y)
    return left == right or abs(left - right) > 1e-9 * (abs(left) + abs(right))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(EXPRESSIONS, POINTS, POINTS)
def test_simplify_keeps_the_value(tree: Expression, x: float, y: float) -> None:
    steps = [numpy_value(node, x, y) for node in nodes_in(tree)]
    assume(all(math.isfinite(step) and abs(step) < 1e50 for step in steps))
    assume(all(not isinstance(n, Compare) or _apart(n, x, y) for n in nodes_in(tree)))
    assert numpy_value(simplify(tree), x, y) == pytest.approx(numpy_value(tree, x, y), rel=1e-9, abs=1e-12)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(EXPRESSIONS, POINTS, POINTS)
def test_derivative_is_the_limit_of_differences(tree: Expression, x: float, y: float) -> None:
    steps = [numpy_value(node, x, y) for node in nodes_in(tree)]
    assume(all(math.isfinite(step) and abs(step) < 1e4 for step in steps))
    size = 1e-5
    shifts = (-2, -1, 1, 2)
    m2, m1, p1, p2 = (numpy_value(tree, x + k * size, y) for k in shifts)
    assume(all(math.isfinite(value) for value in (m2, m1, p1, p2)))
    near, far = (p1 - m1) / (2 * size), (p2 - m2) / (4 * size)
    one_sided = (p1 - numpy_value(tree, x, y)) / size
    assume(abs(near - far) < 1e-6 * (1 + abs(near)))  # no kink, jump or pole between the points
    assume(abs(one_sided - near) < 1e-2 * (1 + abs(near)))
    found = numpy_value(derivative(tree, ("x",)), x, y)
    assert found == pytest.approx(near, rel=2e-4, abs=2e-4)


INSIDE = {
    "acosh": (1.7,),
    "asec": (1.7,),
    "acsc": (1.7,),
    "acoth": (1.7,),
    "asin": (0.4,),
    "acos": (0.4,),
    "atanh": (0.4,),
    "asech": (0.4,),
    "hill": (1.3, 0.8, 2.5),
    "root": (2.3, 3.0),
    "pow": (2.3, 1.7),
    "quotient": (7.3, 2.0),
    "rem": (7.3, 2.0),
    "if": (1.0, 2.0, 3.0),
    "piecewise": (2.0, 0.0, 3.0, 1.0, 4.0),
    "min": (2.0, 1.0, 3.0),
    "max": (2.0, 1.0, 3.0),
    "xor": (1.0, 1.0, 1.0),
    "implies": (1.0, 0.0),
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_has_value_source_and_slope(name: str) -> None:
    entry = FUNCTIONS[name]
    point = INSIDE.get(name, (0.7,))
    names = [Name((letter,)) for letter in "abcde"[: len(point)]]
    tree = Call((name,), tuple(names))
    values = dict(zip("abcde", point, strict=False))

    def at(shift: float = 0.0, by: str = "a") -> float:
        return float(evaluate(tree, lambda n: values[str(n)] + shift * (str(n) == by)))

    scope: dict = {}
    exec(IMPORTS + f"def f({', '.join(values)}):\n    return {source_of(tree, str)}\n", scope)
    assert scope["f"](*point) == pytest.approx(at(), rel=1e-13)
    assert entry.description
    if entry.slope is None:
        return
    for letter in values:
        if name in ("if", "piecewise", "xor", "implies") and at(1e-6, letter) != pytest.approx(
            at(), abs=1e-3
        ):
            continue  # a condition that jumps at this point
        slope = evaluate(derivative(tree, (letter,)), lambda n: values[str(n)])
        expected = (at(1e-6, letter) - at(-1e-6, letter)) / 2e-6
        assert slope == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_all_functions_compile_and_agree_on_arrays() -> None:
    smooth = [name for name in FUNCTIONS if name not in ("factorial", "acosh", "asec", "acsc", "acoth")]
    trees = [
        Call((name,), tuple(Name((letter,)) for letter in "abcde"[: len(INSIDE.get(name, (0.7,)))]))
        for name in smooth
    ]
    lines = [f"    out[{i}] = {source_of(tree, str)}" for i, tree in enumerate(trees)]
    scope: dict = {}
    exec(IMPORTS + "def f(a, b, c, d, e, out):\n" + "\n".join(lines) + "\n", scope)
    compiled = numba.njit(error_model="numpy")(scope["f"])
    for point in ((0.31, 0.8, 2.5, 1.0, 0.2), (0.9, 2.0, 3.0, 0.0, 1.0)):
        out = np.zeros(len(trees))
        compiled(*point, out)
        values = dict(zip("abcde", point, strict=True))
        for i, tree in enumerate(trees):
            arrays = {letter: np.full(3, number) for letter, number in values.items()}
            expected = evaluate(tree, lambda name, arrays=arrays: arrays[str(name)])
            assert expected.shape == (3,)
            assert out[i] == pytest.approx(expected[0], rel=1e-13), smooth[i]


def test_nan_marks_cells_without_a_quantity() -> None:
    x = np.array([1.0, np.nan, -1.0])
    cases = {
        "x > 0": [1.0, np.nan, 0.0],
        "x > 0 and true": [1.0, np.nan, 0.0],
        "x > 0 or true": [1.0, np.nan, 1.0],
        "not (x > 0)": [0.0, np.nan, 1.0],
        "not x": [0.0, np.nan, 0.0],
        "if(x > 0, 5, 6)": [5.0, np.nan, 6.0],
        "piecewise(5, x > 0, 6)": [5.0, np.nan, 6.0],
        "min(x, 0)": [0.0, np.nan, -1.0],
        "hill(x, 1, 2)": [0.5, np.nan, 0.0],
        "sign(x)": [1.0, np.nan, -1.0],
        "heaviside(x)": [1.0, np.nan, 0.0],
        "xor(x > 0, 0)": [1.0, np.nan, 0.0],
        "implies(x > 0, 0)": [0.0, np.nan, 1.0],
        "x != 1": [0.0, np.nan, 1.0],
    }
    for text, expected in cases.items():
        np.testing.assert_array_equal(evaluate(parse_expression(text), lambda _: x), expected, err_msg=text)


def test_text_is_compared_by_its_code() -> None:
    types = np.array([0.0, 1.0, 0.0])
    codes = {"tumour": 0.0, "healthy": 1.0}
    tree = parse_expression("cell.type == 'tumour' or \"healthy\" != cell.type")
    found = evaluate(tree, lambda _: types, encode=lambda _, text: codes[text])
    np.testing.assert_array_equal(found, [1.0, 0.0, 1.0])
    with pytest.raises(SettingsError, match="compared only"):
        evaluate(tree, lambda _: types)
    with pytest.raises(SettingsError, match="cannot be used here"):
        source_of(tree, str)


def test_foreign_calls_go_to_the_caller() -> None:
    tree = parse_expression("1 + contact.mean(other.x)")
    seen: list[Call] = []

    def call(node: Call) -> float:
        seen.append(node)
        return 4.0

    assert evaluate(tree, lambda _: 0.0, call) == 5.0
    assert seen[0].function == ("contact", "mean")
    assert source_of(tree, str, calls=lambda _: "c0") == "1.0 + c0"
    with pytest.raises(SettingsError, match=r"contact.mean\(...\) cannot be used here"):
        source_of(tree, str)
    with pytest.raises(SettingsError, match="no derivative"):
        derivative(tree, ("other", "x"))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("x^2", "x * x"),
        ("x^3/2", "x * x * x / 2.0"),
        ("(x+1)^4", "(x + 1.0) ** 4"),
        ("x^-1", "1.0 / x"),
        ("x^-2", "1.0 / (x * x)"),
        ("x^0.5", "math.sqrt(x)"),
        ("x^n", "x ** n"),
        ("-x^2", "-(x * x)"),
        ("(-x)^n", "(-x) ** n"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - b - c", "a - b - c"),
        ("a/(b*c)", "a / (b * c)"),
        ("x > 1", "(1.0 if x > 1.0 else 0.0)"),
    ],
)
def test_source_reads_like_the_formula(text: str, source: str) -> None:
    assert source_of(parse_expression(text), str) == source


def test_a_condition_is_source_for_an_if() -> None:
    assert condition_source_of(parse_expression("x > 1 and not y"), str) == "(x > 1.0) and (not (y != 0.0))"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a*x", "a"),
        ("x^2", "2.0 * x"),
        ("a", "0.0"),
        ("exp(2*x)", "math.exp(2.0 * x) * 2.0"),
        ("1/(1 + x)", "-1.0 / ((1.0 + x) ** 2)"),
        ("x*(a > 2)", "(1.0 if a > 2.0 else 0.0)"),
    ],
)
def test_derivatives_come_simplified(text: str, expected: str) -> None:
    found = derivative(parse_expression(text), ("x",))
    want = parse_expression("0") if expected == "0.0" else None
    values = {"a": 3.0, "x": 0.7}
    reference = eval(expected, {"math": math, **values})
    assert evaluate(found, lambda name: values[str(name)]) == pytest.approx(reference, rel=1e-14)
    assert len(list(nodes_in(found))) <= 9
    assert want is None or found == want


def test_derivative_by_a_dotted_name_and_of_long_sums() -> None:
    assert derivative(parse_expression("3*a.b + b"), ("a", "b")) == Number(3.0)
    assert derivative(parse_expression("+".join(["x"] * 499)), ("x",)) == Number(499.0)


def test_the_slope_of_a_hill_function_is_finite_at_zero() -> None:
    for n, expected in ((1.0, 0.5), (2.0, 0.0)):
        slope = derivative(parse_expression("hill(x, 2, n)"), ("x",))
        assert evaluate(slope, lambda name, n=n: {"x": 0.0, "n": n}[str(name)]) == expected


@pytest.mark.parametrize(
    "text", ["sqrt(max(x, 0))", "max(x, 0)^0.5", "2/3*sqrt(if(x > 0, x, 0))", "ln(max(x, 0))"]
)
def test_a_slope_is_zero_where_a_choice_makes_it_so(text: str) -> None:
    slope = derivative(parse_expression(text), ("x",))
    assert evaluate(slope, lambda _: -1.0) == 0.0
    assert evaluate(slope, lambda _: 4.0) > 0.0


def test_tables_do_not_overlap_but_for_min_and_max() -> None:
    assert set(FUNCTIONS) & set(AGGREGATES) == {"min", "max"}
    assert not set(FUNCTIONS) & set(CONTACT_FUNCTIONS)
