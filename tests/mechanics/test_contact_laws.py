"""Contract tests that run over every law found."""

from __future__ import annotations

import math

import pytest

from tissue_sim.mechanics.law import laws
from tissue_sim.mechanics.settings import mechanics_settings
from tissue_sim.mechanics.stability import stable_step

S = 16.82
SETS = {
    "physicell": [(10.0, 0.4, 1.25), (3.0, 2.0, 1.5)],
    "linear": [(0.25, 1.0), (2.0, 1.4)],
    "quadratic": [(9.0, 2.0, 1.3), (1.0, 1.5, 1.4), (3.0, 0.0, 1.5), (5.0, 1.0, 0.9)],
    "hertz": [(3.0,)],
    "morse": [(0.5, 3.0, 1.5), (2.0, 6.0, 1.7)],
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


def test_quadratic_law_rests_at_contact():
    speed = laws()["quadratic"].speed
    for repulsion, adhesion, cutoff in ((10.0, 0.4, 1.5), (9.1, 0.02, 1.25), (2.0, 1.0, 2.0)):
        assert speed(S, S, repulsion, adhesion, cutoff) == pytest.approx(0.0, abs=1e-14)
        assert speed(0.999 * S, S, repulsion, adhesion, cutoff) > 0.0
        assert speed(1.001 * S, S, repulsion, adhesion, cutoff) < 0.0
    # The range of repulsion by hand: s/r = 1 - (1 - 1/1.5) sqrt(0.04) = 14/15.
    expected = 10.0 * (1.0 - 0.8 * 14.0 / 15.0) ** 2 - 0.4 * (1.0 - 0.8 / 1.5) ** 2
    assert speed(0.8 * S, S, 10.0, 0.4, 1.5) == pytest.approx(expected, rel=1e-14)


def test_hertz_law_is_the_contact_of_two_spheres():
    speed = laws()["hertz"].speed
    assert speed(15.0, 16.0, 0.3) == pytest.approx(4.0 / 3.0 * 0.3 * math.sqrt(16.0 / 4.0), rel=1e-14)
    assert speed(12.0, 16.0, 0.3) == pytest.approx(8.0 * speed(15.0, 16.0, 0.3), rel=1e-14)


def test_hertz_law_takes_the_radii_of_both_cells(make_tissue):
    """4/3 modulus sqrt(R_i R_j / s) (s - d)^(3/2), by hand for radii of 2 and 8 um."""
    tissue = make_tissue([[0, 0, 0], [9, 0, 0]], [2.0, 8.0], mechanics={"law": "hertz", "modulus": 0.3})
    tissue.step()
    expected = 4.0 / 3.0 * 0.3 * math.sqrt(1.6)
    assert tissue.population["velocity"][:, 0] == pytest.approx([-expected, expected], rel=1e-13)


def test_morse_law_has_its_spring_rate_at_contact_and_its_strongest_adhesion():
    speed = laws()["morse"].speed
    h = 1e-5 * S
    slope = (speed(S - h, S, 0.7, 4.0, 2.0) - speed(S + h, S, 0.7, 4.0, 2.0)) / (2.0 * h)
    assert slope == pytest.approx(0.7, rel=1e-6)
    strongest = S * (1.0 + math.log(2.0) / 4.0)
    assert speed(strongest, S, 0.7, 4.0, 2.0) == pytest.approx(-0.7 * S / 16.0, rel=1e-14)


@pytest.mark.parametrize("name", laws())
def test_defaults_are_stable_at_the_default_step(name):
    """Packed cells of 8.41 um rest with 0.1 min, and the halves of a divided cell do not overshoot."""
    settings = mechanics_settings(name)
    assert stable_step(settings, 8.41, 3) > 0.15
    law, values = settings.contact_law, tuple(settings.parameters.values())
    radius = 8.41 / 2.0 ** (1.0 / 3.0)
    d, s, h = 8.41, 2.0 * radius, 1e-4
    slope = (law.speed(d - h, s, *values) - law.speed(d + h, s, *values)) / (2.0 * h)
    assert 2.0 * slope * 0.1 < 1.0
