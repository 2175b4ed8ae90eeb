"""PhysiCell's own scheme, for comparison: a naive form of it, its documented flaws, and the books."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pydantic import ValidationError

from tissue_sim.errors import SimulationError
from tissue_sim.kernels.signals import physicell
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.signals.checks import checks
from tissue_sim.signals.settings import ExchangeSettings, SignalSettings, SourceSettings
from tissue_sim.tissue.domain import Grid

LOD = {"diffusion": 1e5, "decay": 0.1, "mode": "physicell_lod"}
OXYGEN = {**LOD, "boundary": {"x_min": {"value": 38}}, "initial": 38}


def naive_step(field, dt, held, cells, spacing=20.0, diffusion=1e5, decay=0.1):
    """BioFVM's step as its paper says it, by dense matrices; `held` is (mask, values)."""
    field = np.where(held[0], held[1], field)
    for axis in (2, 1, 0):
        number = field.shape[axis]
        r = dt * diffusion / spacing**2
        matrix = np.eye(number) * (1 + dt * decay / 3)
        for i in range(number - 1):
            matrix[i : i + 2, i : i + 2] += r * np.array([[1, -1], [-1, 1]])
        field = np.moveaxis(np.linalg.solve(matrix, np.moveaxis(field, axis, 0).reshape(number, -1)), 0, 0)
        field = np.moveaxis(field.reshape(number, *held[0].shape[:axis], *held[0].shape[axis + 1 :]), 0, axis)
        field = np.where(held[0], held[1], field)
    for (z, y, x), fraction, secretion, saturation, uptake, export in cells:
        rho = field[z, y, x] + dt * fraction * secretion * saturation
        field[z, y, x] = rho / (1 + dt * fraction * (secretion + uptake)) + dt * export / spacing**3
    return field


def test_it_is_the_naive_scheme(make_tissue, add_cells, assert_books_close):
    made = make_tissue(
        {"s": {**OXYGEN, "initial": "38 + x/10 + y/20"}},
        {"a": {"s": {"uptake": 10, "secretion": 2, "saturation": 50, "export": -500}}},
        shape=(3, 4, 5),
        fixed=[{"signal": "s", "value": 30, "voxels": [[1, 2, 3]]}],
    )
    mask, values = np.zeros((3, 4, 5), bool), np.full((3, 4, 5), 38.0)
    mask[:, :, 0] = mask[1, 2, 3] = True
    values[1, 2, 3] = 30.0
    add_cells(made.tissue, [[0, 0, 0], [0, 0, 0], [40, 30, -20]], volume=2000.0)
    cells = [((1, 2, 2), 0.25, 2, 50, 10, -500)] * 2 + [((0, 3, 4), 0.25, 2, 50, 10, -500)]
    expected = made.tissue.fields["s"].copy()
    for _ in range(3):
        expected = naive_step(expected, 0.01, (mask, values), cells)
        made.process.advance(made.tissue, 0.01)
        assert_books_close(made.process)
    assert made.tissue.fields["s"] == pytest.approx(expected, rel=1e-12)
    books = made.process.ledger()["s"]
    assert abs(books["unsolved"]) < 1e-12 * books["field"]


def run(make_tissue, signal, number, dt, time, **options):
    made = make_tissue({"s": signal}, shape=(1, 1, number), **options)
    for _ in range(round(time / dt)):
        made.process.advance(made.tissue, dt)
    return made.tissue.fields["s"].ravel()


def test_its_error_is_first_order_in_the_step(make_tissue):
    """A cosine mode with decay: halving the step halves the error, where ours falls by four."""
    k = np.pi / 500.0
    wave = f"1 + cos({k!r}*(x + 250))"
    slopes = {}
    for mode in ("physicell_lod", "transient"):
        errors, steps = [], [0.2, 0.1, 0.05, 0.025]
        for dt in steps:
            field = run(make_tissue, {**LOD, "mode": mode, "initial": wave}, 25, dt, 1.0)
            x = (np.arange(25) + 0.5) * 20.0
            rate = 1e5 / 400.0 * (2.0 - 2.0 * np.cos(k * 20.0))
            errors.append(np.abs(field - np.exp(-0.1) * (1.0 + np.cos(k * x) * np.exp(-rate))).max())
        slopes[mode] = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert slopes["physicell_lod"] == pytest.approx(1.0, abs=0.15)
    assert slopes["transient"] == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize(("decay", "low"), [(0.1, 0.02), (10.0, 0.36)])
def test_the_first_voxel_beside_a_held_one_is_low(make_tissue, decay, low):
    """The slab of the reference data at PhysiCell's own step of 0.01 min and 20 um, against its own grid."""
    signal = {**OXYGEN, "decay": decay, "boundary": {"default": {"value": 38}}}
    field = run(make_tissue, signal, 50, 0.01, 20.0)
    length = 20.0 / np.arccosh(1.0 + 0.5 * decay * 400.0 / 1e5)
    # The held voxels' centres are the ends.
    exact = 38.0 * np.cosh((20.0 * np.arange(50) - 490.0) / length) / np.cosh(490.0 / length)
    assert field[0] == 38.0
    assert 1.0 - field[1] / exact[1] == pytest.approx(low, rel=0.15)
    # Ours at ten times that step: the faces are the ends.
    ours = run(make_tissue, {**signal, "mode": "transient"}, 50, 0.1, 20.0)
    length = np.sqrt(1e5 / decay)
    profile = np.cosh((20.0 * np.arange(50) - 490.0) / length) / np.cosh(500.0 / length)
    assert ours[0] == pytest.approx(38.0 * profile[0], rel=1e-4 if decay < 1 else 1e-2)


def test_fewer_axes_share_the_decay(make_tissue):
    for shape in ((1, 1, 1), (1, 1, 4), (1, 3, 4)):
        made = make_tissue({"s": {**LOD, "initial": 5}}, shape=shape)
        made.process.advance(made.tissue, 0.01)
        axes = max(1, sum(number > 1 for number in shape))
        assert made.tissue.fields["s"] == pytest.approx(np.full(shape, 5.0 / (1 + 0.001 / axes) ** axes))


def test_the_loops_without_the_jit():
    rng = np.random.default_rng(1)
    data, inverse = rng.random((2, 4, 3)), rng.random(4)
    one, two = data.copy(), data.copy()
    physicell.sweep_axis(one, 0.3, 0.3 * inverse, inverse)
    physicell.sweep_axis.py_func(two, 0.3, 0.3 * inverse, inverse)
    assert one == pytest.approx(two, rel=1e-14)


def problems(signal, exchange=None, sources=(), *, periodic=False):
    grid = Grid((1, 4, 5), (10.0,) * 3, (0.0,) * 3, (periodic, False, False), (True, True, False))
    found = checks(
        {"s": SignalSettings.model_validate({**LOD, **signal})},
        {"a": {"s": ExchangeSettings.model_validate(exchange)}} if exchange else {},
        [SourceSettings.model_validate(each) for each in sources], [],
        grid=grid, parameters={}, networks={"n": ("S",)}, carriers={"a": ["n"]}, masks={},
    )  # fmt: skip
    return [(problem.path, problem.message) for problem in found]


MEMBRANE = {"membrane": {"species": "network.n.S", "permeability": 1}}


@pytest.mark.parametrize(
    ("arguments", "options", "path", "message"),
    [
        (({"diffusion": "1 + x^2"},), {}, ("signals", "s", "diffusion"), "one diffusion for all"),
        (({},), {"periodic": True}, ("signals", "s", "mode"), "no periodic axes"),
        (
            ({"boundary": {"x_max": {"flux": 1}}},), {}, ("signals", "s", "boundary", "x_max"),
            "closed ones only",
        ),
        (
            ({}, {"uptake": {"max": 1, "half": 1}}), {}, ("cell_types", "a", "exchange", "s", "uptake"),
            "linear",
        ),
        (({}, MEMBRANE), {}, ("cell_types", "a", "exchange", "s", "membrane"), "needs `mode: transient`"),
        (
            ({}, None, [{"signal": "s", "region": {"all": True}, "rate": 1}]), {}, ("sources", 0, "signal"),
            "no sources",
        ),
    ],
)  # fmt: skip
def test_what_it_cannot_do_is_refused(arguments, options, path, message):
    ((at, text),) = problems(*arguments, **options)
    assert at == path
    assert re.search(message, text), text


def test_a_tolerance_is_refused():
    with pytest.raises(ValidationError, match="takes its steps as they are"):
        SignalSettings.model_validate({**LOD, "tolerance": 1e-3})


def test_check_warns_that_it_is_for_comparison():
    text = """\
tissue_sim: 1
duration: 1 min
domain: {size: [100, 100], spacing: 20}
signals: {s: {diffusion: 1e5, mode: physicell_lod, boundary: {default: {value: 38}, x_max: {flux: 0}}}}
cell_types: {a: {mechanics: none}}
"""
    (warning,) = load_scenario_text(text, name="s.yaml").warnings
    assert warning.startswith("s.yaml:4:") or "4:" in warning
    assert "for comparison only" in warning


def test_the_cosine_mode_at_ten_times_the_step(make_tissue):
    """2-D, 100^2 voxels to 1 min: the figure of the benchmark."""
    wave = "1 + cos(3.14159265358979*(x + 1000)/2000)*cos(3.14159265358979*(y + 1000)/2000)"
    errors = {}
    for mode, dt in (("physicell_lod", 0.01), ("transient", 0.1), ("transient", 0.25)):
        made = make_tissue({"s": {**LOD, "mode": mode, "initial": wave}}, shape=(1, 100, 100))
        start = made.tissue.fields["s"].copy()
        for _ in range(round(1.0 / dt)):
            made.process.advance(made.tissue, dt)
        fade = np.exp(-2.0 * 1e5 * (np.pi / 2000.0) ** 2)
        exact = np.exp(-0.1) * (1.0 + (start - 1.0) * fade)
        errors[mode, dt] = np.linalg.norm(made.tissue.fields["s"] - exact) / np.linalg.norm(exact)
    assert 1e-4 < errors["physicell_lod", 0.01] < 1e-3
    assert errors["transient", 0.1] < 2e-5
    assert errors["transient", 0.25] < 4.5e-4


def test_a_diffusion_near_the_largest_number_is_named(make_tissue):
    made = make_tissue({"s": {**LOD, "diffusion": 1e308, "initial": 1}}, shape=(3, 4, 5))
    with pytest.raises(SimulationError, match="signal s: the field is not finite"):
        made.process.advance(made.tissue, 0.01)
