"""Boundary conditions: found by name, and the coefficients they return."""

import pytest

from tissue_sim.errors import SettingsError
from tissue_sim.signals.boundaries.boundary import Boundary, boundary, registered


def test_every_file_of_the_folder_registers_its_condition():
    assert list(registered()) == ["flux", "mixed", "periodic", "value"]


@pytest.mark.parametrize("name", ["flux", "mixed", "periodic", "value"])
def test_contract(name):
    kind = boundary(name)
    assert issubclass(kind, Boundary)
    assert kind.__doc__
    numbers = dict.fromkeys(kind.quantities, 2.0)
    coefficients = kind.coefficients(numbers, 1e3, 20.0)
    assert -1.0 <= coefficients.factor <= 1.0
    assert kind.wraps == (name == "periodic")


def test_units_follow_the_signal():
    assert boundary("value").units("mmHg") == {"value": "mmHg"}
    assert boundary("flux").units("mmHg") == {"flux": "mmHg*um/min"}
    assert boundary("flux").units("1") == {"flux": "um/min"}
    assert boundary("mixed").units("1") == {"value": "1", "permeability": "um/min"}


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"known are flux, mixed, periodic, value.*did you mean"):
        boundary("valeu")


def test_value_and_flux():
    value = boundary("value").coefficients({"value": 38.0}, 1e5, 20.0)
    assert (value.constant, value.factor) == (76.0, -1.0)
    flux = boundary("flux").coefficients({"flux": 50.0}, 1e3, 20.0)
    assert (flux.constant, flux.factor) == (1.0, 1.0)
    with pytest.raises(SettingsError, match="diffusion above 0"):
        boundary("flux").coefficients({"flux": 50.0}, 0.0, 20.0)


@pytest.mark.parametrize("inner", [0.0, 7.0])
def test_mixed_gives_its_flux(inner):
    """D (ghost - inner)/h = permeability (value - (ghost + inner)/2)."""
    face = boundary("mixed").coefficients({"value": 3.0, "permeability": 12.0}, 1e3, 20.0)
    ghost = face.constant + face.factor * inner
    assert 1e3 * (ghost - inner) / 20.0 == pytest.approx(12.0 * (3.0 - 0.5 * (ghost + inner)))


def test_mixed_between_closed_and_value():
    closed = boundary("mixed").coefficients({"value": 3.0, "permeability": 0.0}, 1e3, 20.0)
    assert (closed.constant, closed.factor) == (0.0, 1.0)
    wide_open = boundary("mixed").coefficients({"value": 3.0, "permeability": 1e12}, 1e3, 20.0)
    assert (wide_open.constant, wide_open.factor) == pytest.approx((6.0, -1.0), rel=1e-6)
    with pytest.raises(SettingsError, match="negative"):
        boundary("mixed").coefficients({"value": 3.0, "permeability": -1.0}, 1e3, 20.0)
