"""Distributions: reading, limits, and that draws follow them and depend on their counter alone."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from typing import Annotated

import numpy as np
import pytest
from pydantic import BaseModel, ValidationError
from scipy import stats

from tissue_sim.errors import SettingsError
from tissue_sim.kernels import distributions as kernels
from tissue_sim.tissue.distributions import (
    ENCODED_LENGTH,
    KINDS,
    Distribution,
    DistributionIn,
    parse_distribution,
)

KEY = np.uint64(7)
CELLS = np.arange(1, 401 if os.environ.get("NUMBA_DISABLE_JIT") == "1" else 20_001)

CASES = {
    "normal(2, 0.4)": stats.norm(2, 0.4),
    "normal(2, 2, min=0)": stats.truncnorm(-1.0, np.inf, 2, 2),
    "normal(0, 1, min=1, max=2)": stats.truncnorm(1.0, 2.0),
    "lognormal(3, 0.5)": stats.lognorm(0.5, scale=3),
    "uniform(-1, 3)": stats.uniform(-1, 4),
    "uniform(-1, 3, max=1)": stats.uniform(-1, 2),
    "exponential(5)": stats.expon(scale=5),
    "exponential(5, min=2, max=9)": stats.truncexpon(7 / 5, loc=2, scale=5),
    "erlang(10, 1)": stats.expon(scale=10),
    "erlang(10, 3)": stats.gamma(3, scale=10 / 3),
    "erlang(10, 40)": stats.gamma(40, scale=0.25),
}


@pytest.mark.parametrize("text", sorted(CASES))
def test_draws_follow_the_distribution(text: str) -> None:
    distribution = parse_distribution(text)
    values = distribution.sample(KEY, CELLS, 3, 40)
    assert stats.kstest(values, CASES[text].cdf).pvalue > 1e-3
    assert values.min() >= distribution.minimum
    assert values.max() <= distribution.maximum
    assert distribution.mean == pytest.approx(CASES[text].mean(), rel=1e-9)
    standard_error = CASES[text].std() / math.sqrt(len(values))
    assert abs(values.mean() - distribution.mean) < 4 * standard_error


@pytest.mark.parametrize(
    "text",
    [
        "lognormal(3, 0.5, min=2, max=4)",
        "erlang(10, 3, min=12)",
        "erlang(10, 3, max=9)",
        "normal(0, 1, min=1.5)",
        "uniform(0, 10, min=8)",
    ],
)
def test_the_mean_of_a_range_is_that_of_the_draws(text: str) -> None:
    distribution = parse_distribution(text)
    values = distribution.sample(KEY, CELLS, 0, 41)
    assert abs(values.mean() - distribution.mean) < 4 * values.std() / math.sqrt(len(values))


def test_choice_takes_each_value_equally_often() -> None:
    distribution = parse_distribution("choice(1, 2.5, -4, 8, max=5)")
    values, counts = np.unique(distribution.sample(KEY, CELLS, 0, 40), return_counts=True)
    np.testing.assert_array_equal(values, [-4.0, 1.0, 2.5])
    assert stats.chisquare(counts).pvalue > 1e-3
    assert distribution.mean == pytest.approx(-0.5 / 3)


def test_a_number_is_always_itself() -> None:
    for value in (3, 3.0, "180 s"):
        distribution = parse_distribution(value, "min")
        assert distribution.is_fixed
        np.testing.assert_array_equal(distribution.sample(KEY, CELLS[:5], 0, 40), np.full(5, 3.0))
        assert distribution.mean == 3.0
    assert parse_distribution("normal(2, 0)").sample(KEY, CELLS[:2], 0, 40).tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    "text", ["normal(0, 1, min=1)", "erlang(4, 5)", "choice(1, 2, 3)", "lognormal(1, 1)"]
)
def test_a_draw_depends_on_its_counter_alone(text: str) -> None:
    distribution = parse_distribution(text)
    whole = distribution.sample(11, CELLS[:200], 5, 14, draw=3)
    mixed = np.array([190, 3, 77])
    np.testing.assert_array_equal(distribution.sample(11, mixed, 5, 14, draw=3), whole[mixed - 1])
    row = distribution.encoded()
    assert row.shape == (ENCODED_LENGTH,) == (kernels.LENGTH,)
    assert kernels.draw(row, np.uint64(11), 77, 5, 14, 3) == whole[76]
    for key, tick, purpose, draw in ((12, 5, 14, 3), (11, 6, 14, 3), (11, 5, 15, 3), (11, 5, 14, 4)):
        other = distribution.sample(key, CELLS[:200], tick, purpose, draw)
        assert np.count_nonzero(other == whole) < 100
        if distribution.kind != "choice":
            assert abs(stats.spearmanr(other, whole).statistic) < 0.25


def test_redraws_and_many_summands_stay_within_the_numbers_of_their_draw() -> None:
    assert kernels.ATTEMPTS * ((kernels.LARGEST_SHAPE + 1) // 2) <= kernels.DRAWS_EACH


def test_an_unlucky_draw_is_clipped_after_its_attempts() -> None:
    row = parse_distribution("normal(0, 1)").encoded()
    row[1], row[2] = 50.0, 60.0
    assert kernels.draw(row, KEY, 1, 0, 40, 0) == 50.0


def test_codes_are_those_of_the_kernel() -> None:
    for code, kind in enumerate(KINDS):
        assert getattr(kernels, kind.upper()) == code


def test_a_naive_sum_gives_the_same_erlang() -> None:
    from tissue_sim.kernels.philox import uniform_pair

    first = 2 << 20
    uniforms = [u for i in range(3) for u in uniform_pair(KEY, 9, 4, 40, first + i)][:5]
    expected = -sum(math.log(u) for u in uniforms) * 10.0 / 5
    assert kernels.draw(parse_distribution("erlang(10, 5)").encoded(), KEY, 9, 4, 40, 2) == pytest.approx(
        expected, rel=1e-14
    )


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("gaussian(1, 2)", 0, "unknown distribution 'gaussian'"),
        ("norml(1, 2)", 0, "did you mean 'normal'"),
        ("normal", 6, r"expected '\(', found the end"),
        ("normal(1)", 0, r"write normal\(mean, sd\), found 1 number"),
        ("normal(1, -2)", 0, "sd is -2"),
        ("normal(1, 2", 11, r"expected '\)', found the end"),
        ("normal(1, 2) x", 13, "expected ''|found 'x'"),
        ("normal(1, 2 min)", 12, "in the default unit"),
        ("normal(mean=1, sd=2)", 7, "numbers come first"),
        ("normal(1, 2, min=0, min=1)", 20, "once"),
        ("normal(min=0, 1, 2)", 14, "numbers stand before"),
        ("normal(1, 2, min=)", 17, "expected a finite number"),
        ("normal(1, 1e999)", 10, "expected a finite number"),
        ("normal(nan, 1)", 7, "numbers come first"),
        ("normal(0, 1, min=9)", 0, "lie in its range"),
        ("normal(0, 1, min=2, max=1)", 0, "larger than max"),
        ("uniform(0, 1, min=2)", 0, "lie in its range"),
        ("choice(1, 2, min=3)", 0, "lie in its range"),
        ("erlang(4, 2, min=1e6)", 0, "lie in its range"),
        ("uniform(3, 1)", 0, "above high"),
        ("lognormal(0, 1)", 0, "median must be above 0"),
        ("exponential(0)", 0, "must be above 0"),
        ("erlang(4, 2.5)", 0, "shape whole"),
        ("erlang(4, 5000)", 0, "shape whole"),
        ("choice()", 0, "takes 1 to 12 values"),
        ("choice(" + "1, " * 12 + "1)", 0, "takes 1 to 12 values"),
        ("normal(" + "(" * 5000, 0, "at most 300 characters"),
        ("normal(1**2, 1)", 8, r"use \^"),
        ("four", 0, "is not a quantity"),
    ],
)
def test_mistakes_say_what_and_where(text: str, offset: int, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        parse_distribution(text, "min")
    assert caught.value.offset == offset


class Durations(BaseModel):
    duration: Annotated[Distribution, DistributionIn("min", minimum=0.0)]
    threshold: Annotated[Distribution, DistributionIn("1", above=0.0)] = Distribution("fixed", (2.0,))


def test_a_field_takes_numbers_quantities_and_distributions() -> None:
    assert Durations(duration="7 h").duration == Distribution("fixed", (420.0,))
    drawn = Durations(duration="normal(360, 36)").duration
    assert (drawn.kind, drawn.parameters, drawn.minimum) == ("normal", (360.0, 36.0), 0.0)
    assert str(Durations(duration="uniform(1, 2)").duration) == "uniform(1, 2, min=0)"
    schema = Durations.model_json_schema()["properties"]["duration"]
    assert schema["anyOf"][0] == {"type": "number", "minimum": 0.0}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"duration": -1}, "too small; allowed is 0 or more"),
        ({"duration": "3 um"}, "wrong dimension"),
        ({"duration": float("nan")}, "not a finite number"),
        ({"duration": "uniform(-1, 3)"}, "-1 is too small"),
        ({"duration": "choice(1, -3)"}, "-3 is too small"),
        ({"duration": "normal(-9, 1)"}, "lie in its range"),
        ({"duration": [1]}, "expected a number in min"),
        ({"duration": 1, "threshold": 0}, "allowed is more than 0"),
    ],
)
def test_a_field_keeps_its_bounds(values: dict, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Durations(**values)


def test_a_field_reports_the_place() -> None:
    with pytest.raises(ValidationError, match="default unit") as caught:
        Durations(duration="normal(360 min, 36)")
    assert caught.value.errors()[0]["ctx"]["offset"] == 11


def test_without_the_compiler_the_numbers_are_the_same() -> None:
    program = (
        "import numpy as np\n"
        "from tissue_sim.tissue.distributions import parse_distribution as p\n"
        "texts = ['normal(2, 1, min=1.5)', 'erlang(3, 4)', 'choice(1, 2, 3)', 'lognormal(2, 0.3)']\n"
        "print([p(t).sample(7, np.array([1, 2, 3]), 4, 40, 1).tolist() for t in texts])\n"
    )
    plain = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    texts = ["normal(2, 1, min=1.5)", "erlang(3, 4)", "choice(1, 2, 3)", "lognormal(2, 0.3)"]
    expected = [parse_distribution(t).sample(KEY, np.array([1, 2, 3]), 4, 40, 1).tolist() for t in texts]
    for found, want in zip(eval(plain.stdout), expected, strict=True):
        assert found == pytest.approx(want, rel=1e-13)
