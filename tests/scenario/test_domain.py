"""From `domain` to the box and its grid."""

from __future__ import annotations

import math

import pytest

from tissue_sim.scenario.domain import make_domain, nearest_spacings, sheet_size, voxels_along
from tissue_sim.scenario.domain_settings import DomainSettings
from tissue_sim.scenario.initial_settings import InitialItem
from tissue_sim.scenario.scenario import load_scenario_text

HEAD = """\
tissue_sim: 1
duration: 1 h
cell_types: {a: {volume: 500}}
"""
SIGNAL = "signals: {s: {diffusion: 1}}\n"


def domain_of(given: str, extra: str = SIGNAL):
    return load_scenario_text(f"{HEAD}domain: {given}\n{extra}").domain


def test_a_solid_tissue_is_centred_on_the_origin():
    domain = domain_of("{size: [800, 400 um, 0.2 mm], spacing: 20}")
    assert domain.lower == (-400.0, -200.0, -100.0)
    assert domain.upper == (400.0, 200.0, 100.0)
    assert domain.present == (True, True, True)
    assert domain.grid is not None
    assert domain.grid.shape == (10, 20, 40)
    assert domain.grid.spacing == (20.0, 20.0, 20.0)
    assert domain.grid.origin == domain.lower


def test_a_missing_size_makes_the_tissue_one_voxel_thick():
    domain = domain_of("{size: [100, 50], spacing: [10, 5], boundary: [wall, periodic], origin: [0, 5]}")
    assert domain.lower == (0.0, 5.0, -5.0)
    assert domain.upper == (100.0, 55.0, 5.0)
    assert domain.present == (True, True, False)
    assert domain.boundary == ("wall", "periodic", "open")
    assert domain.grid is not None
    assert domain.grid.shape == (1, 10, 10)
    assert domain.grid.spacing == (10.0, 5.0, 10.0)
    assert domain.grid.periodic == (False, True, False)
    line = domain_of("{size: [100], spacing: 10, thickness: 3}")
    assert line.dimensions == 1
    assert line.size == (100.0, 3.0, 3.0)
    assert line.grid is not None
    assert line.grid.shape == (1, 1, 10)


def test_there_is_no_grid_without_signals():
    domain = domain_of("{size: [100, 100], spacing: 10}", "")
    assert domain.grid is None
    assert domain_of("{size: [100, 100]}", "").size == (100.0, 100.0, 1.0)


def test_spacing_divides_up_to_round_off():
    assert voxels_along(0.3, 0.1) == 3
    assert voxels_along(800.0, 800.0 / 7.0) == 7
    assert voxels_along(800.0, 30.0) is None
    assert voxels_along(10.0, 100.0) is None
    assert nearest_spacings(800.0, 30.0) == [800.0 / 27, 800.0 / 26]
    assert nearest_spacings(10.0, 100.0) == [10.0]
    domain = domain_of("{size: [0.3, 0.9], spacing: 0.1}")
    assert domain.grid is not None
    assert domain.grid.shape == (1, 9, 3)


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        ("{size: [800, 800, 800], spacing: 30}", "29.62962963 and 30.76923077 um"),
        ("{size: [800, 600], spacing: 30}", "28.57142857 and 33.33333333 um"),
        ("{size: [10], spacing: 30}", "10 um"),
        ("{size: [100, 60], spacing: [30, 20]}", "25 and 33.33333333 um"),
    ],
)
def test_an_error_names_spacings_that_divide_every_length(mistakes, given, nearest):
    (found,) = mistakes(f"{HEAD}domain: {given}\n{SIGNAL}")
    assert found.endswith(f"the nearest that do are {nearest}")


def test_a_periodic_sheet_sets_the_size():
    initial = "initial: [{type: a, hexagonal: {rows: 4, columns: 6, spacing: 10}}]\n"
    scenario = load_scenario_text(f"{HEAD}domain: {{boundary: periodic}}\n{initial}")
    assert scenario.domain.size == pytest.approx((60.0, 4 * 10 * math.sqrt(3) / 2, 1.0))
    assert scenario.domain.periodic == (True, True, False)
    item = InitialItem.model_validate({"type": "a", "hexagonal": {"rows": 4, "columns": 6}})
    assert sheet_size(item, 5.0)[0] == 30.0


def test_a_sheet_with_an_odd_number_of_rows_does_not_close(mistakes):
    initial = "initial: [{type: a, hexagonal: {rows: 3, columns: 6}}]\n"
    (found,) = mistakes(f"{HEAD}domain: {{boundary: periodic}}\n{initial}")
    assert found.startswith("s.yaml:5:39: 3 rows do not close")


def test_settings_without_a_grid_make_a_box():
    domain = make_domain(DomainSettings(size=[10.0]), [10.0], with_grid=True)
    assert domain.grid is None
    assert domain.lower == (-5.0, -0.5, -0.5)


def test_faces_on_periodic_axes_are_refused(mistakes):
    text = f"{HEAD}domain: {{size: [100, 100], spacing: 10, boundary: [periodic, wall]}}\n"
    found = mistakes(
        text + "signals: {s: {diffusion: 1, boundary: {x_min: {value: 1}, y_min: {value: 1}}}}\n"
    )
    assert len(found) == 1
    assert "periodic" in found[0]
