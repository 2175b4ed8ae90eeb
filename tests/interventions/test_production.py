"""What production is, and how a kind holds species, without a tissue."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.parser import parse_expression
from tissue_sim.errors import SettingsError
from tissue_sim.network.holding import factor_name, free_name, terms_of, with_holds
from tissue_sim.network.kind import Kind, kinds
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.model import Assignment, NetworkModel, Parameter, RateRule, Reaction, Species
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.tissue.distributions import Distribution

VALUES = {"a": 0.7, "b": 1.9, "c": 0.3, "d": 2.3, "X": 1.3}


def fixed(value: float) -> Distribution:
    return Distribution("fixed", (value,))


def value_of(tree) -> float:
    return float(evaluate(tree, lambda name: VALUES[str(name)]))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a", [0.7]),
        ("a - b*X", [0.7, -1.9 * 1.3]),
        ("(a - b*X)/c", [0.7 / 0.3, -1.9 * 1.3 / 0.3]),
        ("c*(a - b*X)*d", [0.3 * 0.7 * 2.3, -0.3 * 1.9 * 1.3 * 2.3]),
        ("-(a - b)", [-0.7, 1.9]),
        ("a - (b - (c - d))", [0.7, -1.9, 0.3, -2.3]),
        ("(a - b)*(c - d)", [0.7 * 0.3, -0.7 * 2.3, -1.9 * 0.3, 1.9 * 2.3]),
        ("max(a - b, 0)", [0.0]),
        ("(a - b)^2", [1.44]),
        ("a/(b - c)", [0.7 / 1.6]),
        ("twice + a", [2.6, -1.9, 0.7]),
    ],
)
def test_terms(text, terms):
    definitions = {"twice": terms_of(parse_expression("2*X - b"), {})}
    found = sorted(value_of(term) for term in terms_of(parse_expression(text), definitions))
    np.testing.assert_allclose(found, sorted(terms), rtol=1e-14)


def test_a_long_sum_is_taken_apart_and_a_large_product_is_not():
    total = " + ".join(["a"] * 480)
    assert len(terms_of(parse_expression(total), {})) == 480
    wide = "*".join(["(a + b)"] * 30)
    assert len(terms_of(parse_expression(wide), {})) <= 64


MODEL = NetworkModel(
    "reversible",
    species=(Species("A", fixed(3.0)), Species("B", fixed(1.0)), Species("C", fixed(2.0))),
    parameters=(Parameter("kf", fixed(0.4)), Parameter("kr", fixed(0.1))),
    assignments=(Assignment("back", parse_expression("kr*B")),),
    rate_rules=(RateRule("C", parse_expression("1 - C")),),
    reactions=(
        Reaction(
            "flip",
            parse_expression("kf*A - back"),
            (("A", parse_expression("-1")), ("B", parse_expression("1"))),
        ),
    ),
)


@pytest.fixture(scope="module")
def reversible() -> OdeKind:
    return OdeKind(OdeKind.with_holds(MODEL, ["A"], ["B"]), ToleranceSettings(relative=1e-9, absolute=1e-12))


def started(kind: OdeKind, rows: int) -> tuple[np.ndarray, np.ndarray]:
    values, places = np.zeros((rows, len(kind.names))), np.arange(rows)
    kind.start(values, places, places + 1, key=np.uint64(1), tick=0, time=0.0, inputs={})
    return values, places


def test_the_two_directions_of_a_reaction_are_production_and_loss(reversible):
    values, places = started(reversible, 3)
    nan = np.nan
    reversible.hold(values, places, "A", np.array([nan, nan, 3.0]), np.ones(3))
    reversible.hold(values, places, "B", np.full(3, nan), np.array([1.0, 0.0, 0.5]))
    reversible.changed(values, places, 0.0)
    assert not reversible.advance(values, places, start=0.0, duration=5.0, inputs={}).any()
    total = 0.4 + 0.1
    b = 0.4 * 4.0 / total + (1.0 - 0.4 * 4.0 / total) * np.exp(-total * 5.0)
    np.testing.assert_allclose(values[0, :2], [4.0 - b, b], rtol=1e-7)  # nothing is done: A + B stays
    np.testing.assert_allclose(values[1, 1], np.exp(-0.1 * 5.0), rtol=1e-7)  # B is lost only
    assert values[2, 0] == 3.0
    steady = 0.5 * 0.4 * 3.0 / 0.1
    np.testing.assert_allclose(values[2, 1], steady + (1.0 - steady) * np.exp(-0.5), rtol=1e-7)
    np.testing.assert_allclose(values[:, 2], 1.0 + np.exp(-5.0), rtol=1e-7)


def test_a_factor_of_one_changes_rounding_at_most(reversible):
    plain = OdeKind(MODEL, ToleranceSettings(relative=1e-9, absolute=1e-12))
    values, places = started(plain, 1)
    other, _ = started(reversible, 1)
    plain.advance(values, places, start=0.0, duration=7.0, inputs={})
    reversible.advance(other, places, start=0.0, duration=7.0, inputs={})
    np.testing.assert_allclose(other[0, :3], values[0, :3], rtol=1e-9)


def test_models_without_interventions_stay_as_they_are():
    assert with_holds(MODEL, (), ()) == MODEL
    assert with_holds(MODEL, [], ["A"]).parameter_names == ("kf", "kr", factor_name("A"))
    assert with_holds(MODEL, ["A"], []).parameter_names == ("kf", "kr", free_name("A"))


def test_the_stiff_method_holds_to_the_bit():
    # Its linear systems are solved with pivots, so a held row alone would keep to rounding only.
    model = NetworkModel(
        "stiff",
        species=(Species("X", fixed(0.1)), Species("Y", fixed(1.0)), Species("Z", fixed(1.0))),
        rate_rules=(
            RateRule("X", parse_expression("1e3*Y - 1e4*X*Z")),
            RateRule("Y", parse_expression("1e6*(X - Y)")),
            RateRule("Z", parse_expression("1e5*X - Z")),
        ),
    )
    kind = OdeKind(OdeKind.with_holds(model, ["X"], []), ToleranceSettings())
    values, places = started(kind, 2)
    kind.hold(values, places, "X", np.array([0.1, np.nan]), np.ones(2))
    kind.changed(values, places, 0.0)
    values[:, kind.names.index("stiff")] = 1.0
    for step in range(5):
        assert not kind.advance(values, places, start=step * 1.0, duration=1.0, inputs={}).any()
        assert values[0, 0] == 0.1
    np.testing.assert_allclose(values[0, 1], 0.1, rtol=1e-5)
    np.testing.assert_allclose(values[0, 2], 1e4 + (1.0 - 1e4) * np.exp(-5.0), rtol=1e-4)
    assert values[1, 0] != 0.1


def test_kinds_say_what_they_cannot_do():
    class Other(Kind):
        name = "other"

    with pytest.raises(SettingsError, match="'B' cannot be held or scaled in a network of method other"):
        Other.with_holds(MODEL, ["B"], [])
    assert Other.with_holds(MODEL, [], []) is MODEL
    still = NetworkModel("still", species=(Species("S", fixed(1.0)),))
    with pytest.raises(SettingsError, match="'S' has no production"):
        kinds()["ode"].with_holds(still, [], ["S"])
