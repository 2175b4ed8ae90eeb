"""What a scenario says of diffusion as a field and of held voxels, and that the books close with it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pydantic import ValidationError

from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.signals.checks import checks
from tissue_sim.signals.diffusion_value import DiffusionFile, diffusion_field
from tissue_sim.signals.fixed import voxels_of
from tissue_sim.signals.settings import FixedSettings, SignalSettings
from tissue_sim.tissue.domain import Grid

GRID = Grid((2, 4, 5), (10.0,) * 3, (-25.0, -20.0, -10.0))


def value_of(given):
    return SignalSettings.model_validate({"diffusion": given}).diffusion


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (3, 3.0),
        ("2 um^2/s", pytest.approx(120.0)),
        ({"file": "d.npy"}, DiffusionFile(file="d.npy")),
        ({"fil": "d.npy"}, "Extra inputs"),
        ("1 um^2/mim", "unknown unit"),
        ("1e5*(x", "."),
        ([1], "expected a number"),
        ("-1 um^2/min", "too small"),
    ],
)
def test_diffusion_is_a_number_a_formula_or_a_file(given, expected):
    if isinstance(expected, str):
        with pytest.raises(ValidationError, match=expected):
            value_of(given)
    else:
        assert value_of(given) == expected


def test_the_field_it_stands_for():
    x, y = GRID.centres(0)[None, None, :], GRID.centres(1)[None, :, None]
    field = diffusion_field(value_of("k*exp(x/100) + y^2"), GRID, {"k": 3.0}, {})
    assert field == pytest.approx(np.broadcast_to(3 * np.exp(x / 100) + y**2, GRID.shape))
    file = np.arange(40.0, dtype=np.float32).reshape(GRID.shape)
    assert (diffusion_field(value_of({"file": "d.npy"}), GRID, {}, {"d.npy": file}) == file).all()
    assert diffusion_field(value_of("2*k + 0*x"), GRID, {"k": 3.0}, {}) == 6.0
    assert diffusion_field(value_of(5), GRID, {}, {}) == 5.0


def problems(diffusion, files=None, **more):
    settings = SignalSettings.model_validate({"diffusion": diffusion, **more})
    found = checks(
        {"s": settings}, {}, [], [], grid=GRID, parameters={"k": 1.0}, networks={}, carriers={},
        masks=files or {},
    )  # fmt: skip
    return [(problem.path[2:], problem.message) for problem in found]


def with_one(value: float) -> np.ndarray:
    """Ones, with another value in the voxel (1, 2, 3)."""
    field = np.ones(GRID.shape)
    field[1, 2, 3] = value
    return field


@pytest.mark.parametrize(
    ("diffusion", "files", "path", "message"),
    [
        ("1 + kk*x", {}, ("diffusion",), "unknown name 'kk'"),
        ("1 + time", {}, ("diffusion",), "'time' is not known here"),
        ("x", {}, ("diffusion",), r"falls to -20 um\^2/min in voxel \(z, y, x\) = \(0, 0, 0\)"),
        ("1/(0*x)", {}, ("diffusion",), "no finite value"),
        ({"file": "d"}, {"d": np.ones((5, 4, 2))}, ("diffusion", "file"), r"shape \(5, 4, 2\); the grid's"),
        ({"file": "d"}, {"d": np.full((2, 4, 5), np.nan)}, ("diffusion", "file"), "0 or more, finite"),
        ({"file": "d"}, {"d": with_one(np.inf)}, ("diffusion", "file"), r"to inf .* = \(1, 2, 3\), centre"),
        ({"file": "d"}, {"d": with_one(-1.0)}, ("diffusion", "file"), r"to -1 .* = \(1, 2, 3\), centre"),
    ],
)
def test_mistakes_in_a_diffusion_field(diffusion, files, path, message):
    ((at, text),) = problems(diffusion, files)
    assert at == path
    assert re.search(message, text), text


def test_a_flux_needs_diffusion_where_it_comes_in():
    file = np.ones(GRID.shape)
    file[0, 2, 0] = 0.0
    given = {"file": "d"}, {"d": file}
    assert not problems(*given, boundary={"x_max": {"flux": 1}})
    ((at, text),) = problems(*given, boundary={"x_min": {"flux": 1}})
    assert at == ("boundary", "x_min")
    assert "diffusion above 0" in text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"points": [[-25, -20, -10], [24.9, 19.9, 9.9]]}, [[0, 0, 0], [1, 3, 4]]),
        ({"voxels": [[0, 1, 2], [1, 0, 4]]}, [[0, 1, 2], [1, 0, 4]]),
        ({"region": {"point": [0, 0, 0]}}, [[1, 2, 2]]),
        ({"mask": "m"}, [[0, 3, 3]]),
    ],
)
def test_held_voxels_by_list_region_and_mask(given, expected):
    mask = np.zeros(GRID.shape, dtype=np.int8)
    mask[0, 3, 3] = 1
    entry = FixedSettings.model_validate({"signal": "s", "value": 1, **given})
    assert np.argwhere(voxels_of(entry, {"m": mask}, GRID)).tolist() == expected


@pytest.mark.parametrize("step", [0.01, 1.0])
def test_the_books_close_with_everything_at_once(make_tissue, add_cells, assert_books_close, step):
    signal = {
        "unit": "mmHg", "diffusion": "1e5*exp(-(x^2 + y^2)/2000) + 50", "decay": 0.1, "initial": 20,
        "boundary": {
            "default": {"value": 38}, "x_max": {"flux": -20},
            "y_min": {"mixed": {"value": 10, "permeability": 50}},
        },
    }  # fmt: skip
    made = make_tissue(
        {"s": signal, "steady": {**signal, "mode": "steady"}},
        {"a": {"s": {"uptake": {"max": 400, "half": 2}, "export": -900}, "steady": {"uptake": 30}}},
        shape=(4, 5, 6),
        sources=[{"signal": "s", "region": {"point": [30, 30, 0]}, "rate": -30}],
        fixed=[{"signal": "s", "value": 30, "voxels": [[1, 2, 2], [2, 2, 3]]}],
    )
    add_cells(made.tissue, np.random.default_rng(1).uniform(-40, 40, (40, 3)))
    for _ in range(4):
        made.process.advance(made.tissue, step)
        assert_books_close(made.process)
    assert made.tissue.fields["s"].min() >= 0.0
    assert (made.tissue.fields["s"][[1, 2], [2, 2], [2, 3]] == 30.0).all()


def test_voxels_held_twice_at_different_values_are_warned_of():
    text = (
        "tissue_sim: 1\nduration: 1 h\ndomain: {size: [40, 40], spacing: 10}\n"
        "signals: {u: {diffusion: 1}, v: {diffusion: 1}}\ncell_types: {a: {}}\nfixed:\n"
        "  - {signal: u, value: 1, points: [[-15, -15], [5, 5]]}\n"
        "  - {signal: v, value: 7, points: [[5, 5]]}\n"
        "  - {signal: u, value: %s, voxels: [[0, 2, 2], [0, 3, 3]]}\n"
    )
    assert not load_scenario_text(text % 1, name="s.yaml").warnings
    (warning,) = load_scenario_text(text % 2, name="s.yaml").warnings
    assert warning == (
        "s.yaml:9:5: 1 of its voxels, the first voxel (z, y, x) = (0, 2, 2), centre (5, 5, 0) um, are held "
        "at 1 by an entry before it; there it counts, at 2"
    )
