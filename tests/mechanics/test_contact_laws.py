"""Contract tests that run over every law found."""

from __future__ import annotations

import math

import pytest

from tissue_sim.mechanics.law import laws

S = 16.82
SETS = {
    "physicell": [(10.0, 0.4, 1.25), (3.0, 2.0, 1.5)],
    "linear": [(0.25, 1.0), (2.0, 1.4)],
    "logarithmic": [(50.0 / 60.0, 1.5), (3.0, 1.0)],
}


def values_of(law):
    return [tuple(one.default for one in law.parameters), *SETS.get(law.name, [])]


@pytest.mark.parametrize("name", laws())
def test_a_law_is_what_its_file_says(name):
    law = laws()[name]
    assert law.name == name
    assert law.reference
    assert law.reach in ("", *(one.name for one in law.parameters))
    assert {one.pair for one in law.parameters} <= {"geometric", "mean"}


@pytest.mark.parametrize("name", laws())
def test_speed_is_minus_the_slope_of_the_potential(name):
    law = laws()[name]
    for values in values_of(law):
        reach = law.reach_of(dict(zip((one.name for one in law.parameters), values, strict=True)))
        for k in range(1, 200):
            d = S * (0.02 + (reach + 0.2) * k / 200.0)
            h = 1e-4
            if any(abs(d - edge * S) < 2.0 * h for edge in (1.0, reach)):
                continue
            slope = (law.potential(d + h, S, *values) - law.potential(d - h, S, *values)) / (2.0 * h)
            assert law.speed(d, S, *values) == pytest.approx(-slope, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", laws())
def test_beyond_its_reach_a_law_is_nothing(name):
    law = laws()[name]
    for values in values_of(law):
        reach = law.reach_of(dict(zip((one.name for one in law.parameters), values, strict=True)))
        for d in (reach * S * (1.0 + 1e-12), 1.01 * reach * S, 5.0 * S):
            assert law.speed(d, S, *values) == 0.0
            assert law.potential(d, S, *values) == 0.0


@pytest.mark.parametrize("name", laws())
def test_overlapping_cells_are_pushed_apart(name):
    law = laws()[name]
    values = tuple(one.default for one in law.parameters)
    assert law.speed(0.5 * S, S, *values) > 0.0
    assert law.speed(1e-6 * S, S, *values) < 1e6


def test_physicell_law_has_its_published_balance():
    law = laws()["physicell"]
    assert law.speed(400.0 / 21.0, 20.0, 10.0, 0.4, 1.25) == pytest.approx(0.0, abs=1e-15)
    assert law.speed(10.0, 20.0, 10.0, 0.4, 1.25) == pytest.approx(10.0 * 0.25 - 0.4 * 0.36)


def test_linear_law_pulls_up_to_its_cutoff():
    speed = laws()["linear"].speed
    assert speed(9.0, 10.0, 2.0, 1.0) == pytest.approx(2.0)
    assert speed(11.0, 10.0, 2.0, 1.2) == pytest.approx(-2.0)
    assert speed(11.0, 10.0, 2.0, 1.0) == 0.0


def test_logarithmic_law_is_osborne_2017():
    speed = laws()["logarithmic"].speed
    assert speed(5.0, 10.0, 2.0, 1.5) == pytest.approx(20.0 * math.log(2.0))
    assert speed(12.0, 10.0, 2.0, 1.5) == pytest.approx(-4.0 * math.exp(-1.0))
