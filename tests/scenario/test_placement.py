"""Initial items -> positions, types and columns."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest

from tissue_sim.errors import SettingsError
from tissue_sim.kernels import philox
from tissue_sim.kernels.placement import fill_draws
from tissue_sim.random_numbers import TISSUE, Purpose
from tissue_sim.scenario.cell_files import read_cells
from tissue_sim.scenario.packing import expected_number, hexagonal_packing, hexagonal_sheet, random_packing
from tissue_sim.scenario.placement import default_spacing
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.scenario.shapes import Shape

HEAD = "tissue_sim: 1\nduration: 1 h\ncell_types: {a: {volume: 2494}, b: {volume: 500}}\n"
BALL = Shape((1.0, 2.0, 3.0), (100.0,) * 3, (0, 1, 2), 0.0, 100.0)
DISC = Shape((1.0, 2.0, 0.0), (100.0, 100.0, 0.0), (0, 1), 0.0, 100.0)
RING = Shape((0.0, 0.0, 7.0), (100.0, 100.0, 0.0), (0, 1), 60.0, 100.0)
BOX = Shape((0.0, 5.0, 0.0), (30.0, 25.0, 20.0), (0, 1, 2))
UPRIGHT = Shape((4.0, 0.0, 0.0), (0.0, 50.0, 40.0), (1, 2))
LINE = Shape((0.0, 3.0, 0.0), (0.0, 50.0, 0.0), (1,))
SHAPES = [BALL, DISC, RING, BOX, UPRIGHT, LINE]


def distances(points: np.ndarray) -> np.ndarray:
    apart = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2)
    np.fill_diagonal(apart, np.inf)
    return apart


def place(initial: str, domain: str = "{size: [400, 400]}", key: int = 7, **options):
    scenario = load_scenario_text(f"{HEAD}domain: {domain}\ninitial:\n{initial}", **options)
    return scenario.place_cells(key)


@pytest.mark.parametrize(
    ("shape", "neighbours"), [(BALL, 12), (DISC, 6), (RING, 6), (BOX, 12), (UPRIGHT, 6), (LINE, 2)]
)
def test_lattices_are_the_densest_ones(shape, neighbours):
    points = hexagonal_packing(shape, 16.0)
    apart = distances(points)
    assert apart.min() == pytest.approx(16.0, rel=1e-12)
    assert np.isclose(apart, 16.0, rtol=1e-9).sum(axis=1).max() == neighbours
    assert shape.contains(points).all()
    assert len(points) == pytest.approx(expected_number(shape, 16.0), rel=0.25)


@pytest.mark.parametrize("shape", SHAPES)
def test_points_are_ordered_by_z_y_x(shape):
    points = np.round(hexagonal_packing(shape, 9.0), 6)
    order = np.lexsort((points[:, 0], points[:, 1], points[:, 2]))
    assert (order == np.arange(len(points))).all()


def test_a_lattice_equals_a_plain_search():
    row, layer = math.sqrt(3.0) / 2.0, math.sqrt(2.0 / 3.0)
    found = []
    for k, j, i in itertools.product(range(-9, 10), repeat=3):
        x = (i + (j % 2) / 2 + (k % 2) / 2) * 25.0
        y = (j * row + (k % 2) * row / 3) * 25.0
        z = k * layer * 25.0
        if x * x + y * y + z * z < 100.0**2:
            found.append((1 + x, 2 + y, 3 + z))
    points = hexagonal_packing(BALL, 25.0)
    assert sorted(np.round(points, 6).tolist()) == sorted(np.round(found, 6).tolist())


def test_density_tends_to_that_of_the_lattice():
    assert len(hexagonal_packing(BALL, 8.0)) == pytest.approx(expected_number(BALL, 8.0), rel=0.02)
    assert len(hexagonal_packing(DISC, 3.0)) == pytest.approx(expected_number(DISC, 3.0), rel=0.02)


def test_the_edge_itself_is_outside():
    line = Shape((50.0, 0.0, 0.0), (50.0, 0.0, 0.0), (0,))
    assert hexagonal_packing(line, 10.0)[:, 0].tolist() == [10.0 * i for i in range(1, 10)]


def test_a_number_takes_the_innermost_points():
    everything = hexagonal_packing(BALL, 16.0)
    chosen = hexagonal_packing(BALL, 16.0, 100)
    reach = np.linalg.norm(chosen - BALL.center, axis=1).max()
    assert len(chosen) == 100
    assert (np.linalg.norm(everything - BALL.center, axis=1) < reach - 1e-6).sum() <= 100
    with pytest.raises(SettingsError, match="only 1477 cells fit with spacing 16 um"):
        hexagonal_packing(BALL, 16.0, 5000)


def test_too_many_cells_are_refused_before_memory_is_taken():
    with pytest.raises(SettingsError, match=r"about 1\.45e\+21 cells; at most 10000000"):
        hexagonal_packing(BALL, 1.6e-5)
    thin = Shape((0.0, 0.0, 0.0), (1e9, 1e9, 0.0), (0, 1), 1e9 - 1e-3, 1e9)
    with pytest.raises(SettingsError, match="at most 10000000"):
        hexagonal_packing(thin, 10.0)


def test_a_sheet_tiles_its_periodic_box():
    spacing, rows, columns = 10.0, 6, 5
    points = hexagonal_sheet(rows, columns, spacing, (3.0, -2.0, 0.0))
    box = np.array([columns * spacing, rows * spacing * math.sqrt(3) / 2])
    apart = points[:, None, :2] - points[None, :, :2]
    apart -= box * np.round(apart / box)
    lengths = np.linalg.norm(apart, axis=2)
    np.fill_diagonal(lengths, np.inf)
    assert lengths.min() == pytest.approx(spacing)
    assert (np.isclose(lengths, spacing).sum(axis=1) == 6).all()
    assert points.mean(axis=0) == pytest.approx((3.0, -2.0, 0.0))


@pytest.mark.parametrize(
    ("shape", "spread"), [(BALL, 100 / math.sqrt(5)), (DISC, 50.0), (BOX, 30 / math.sqrt(3))]
)
def test_random_points_are_uniform(shape, spread):
    points = random_packing(shape, 20_000, 3, 0) - np.array(shape.center)
    error = 4 * spread / math.sqrt(20_000)
    assert shape.contains(points + np.array(shape.center)).all()
    assert np.abs(points.mean(axis=0)).max() < error
    assert points[:, 0].std() == pytest.approx(spread, rel=0.02)
    # the part in the inner half is that of the measures
    if shape.outer:
        inside = (np.linalg.norm(points, axis=1) < 50.0).mean()
        assert inside == pytest.approx(0.5 ** len(shape.axes), abs=0.012)


def test_random_points_of_a_ring_lie_in_it():
    points = random_packing(RING, 5000, 3, 0)
    distance = np.hypot(points[:, 0], points[:, 1])
    assert RING.contains(points).all()
    assert (points[:, 2] == 7.0).all()
    assert (distance**2).mean() == pytest.approx((60.0**2 + 100.0**2) / 2, rel=0.01)


def test_random_points_depend_on_seed_and_item_only():
    first = random_packing(BALL, 50, 3, 0)
    assert (random_packing(BALL, 20, 3, 0) == first[:20]).all()
    assert (random_packing(BALL, 50, 4, 0) != first).all()
    assert (random_packing(BALL, 50, 3, 1) != first).all()


@pytest.mark.parametrize("kernel", [fill_draws, getattr(fill_draws, "py_func", fill_draws)])
def test_draws_are_those_of_the_generator(kernel):
    out = np.empty(5)
    kernel(np.uint64(9), TISSUE, 2, int(Purpose.PLACEMENT), 3, out)
    expected = [philox.uniform(np.uint64(9), TISSUE, 2, int(Purpose.PLACEMENT), 3 + i) for i in range(5)]
    assert out.tolist() == expected


def test_items_are_placed_in_order_with_their_types():
    placed = place(
        "  - {type: b, points: [[1, 2], [3, 4]]}\n"
        "  - {type: a, point: [5, 6]}\n  - {type: b, point: [1, 2]}\n"
    )
    assert placed.positions.tolist() == [[1, 2, 0], [3, 4, 0], [5, 6, 0], [1, 2, 0]]
    assert placed.types.tolist() == [1, 1, 0, 1]
    assert placed.types.dtype == np.int64
    assert placed.columns == {}


def test_the_default_spacing_follows_from_the_volume():
    radius = (3 * 2494 / (4 * math.pi)) ** (1 / 3)
    assert default_spacing(2494.0) == pytest.approx(1.9 * radius)
    points = place("  - {type: a, disc: {radius: 100}}\n").positions
    assert distances(points).min() == pytest.approx(1.9 * radius)
    wide = place("  - {type: a, disc: {radius: 100}, spacing: 0.03 mm}\n").positions
    assert distances(wide).min() == pytest.approx(30.0)


def test_shapes_follow_the_axes_of_the_tissue():
    line = place("  - {type: a, ball: {radius: 50}}\n", "{size: [400]}").positions
    assert (line[:, 1:] == 0).all()
    flat = place(
        "  - {type: a, disc: {center: [0, 0, 20], radius: 50}}\n", "{size: [400, 400, 400]}"
    ).positions
    assert (flat[:, 2] == 20).all()
    solid = place("  - {type: a, ball: {radius: 50}}\n", "{size: [400, 400, 400]}").positions
    assert len(set(np.round(solid[:, 2], 6))) > 3
    box = place(
        "  - {type: a, box: {from: [-50, 0, 10], to: [50, 0, 10]}}\n", "{size: [400, 400, 400]}"
    ).positions
    assert (box[:, 1:] == (0, 10)).all()
    ring = place(
        "  - {type: a, annulus: {center: [0, 0], inner: 60, outer: 100}, packing: random, number: 9}\n"
    ).positions
    assert ((np.hypot(ring[:, 0], ring[:, 1]) > 60) & (np.hypot(ring[:, 0], ring[:, 1]) < 100)).all()


def test_a_csv_file_gives_positions_and_columns(tmp_path):
    (tmp_path / "cells.csv").write_bytes(b"\xef\xbb\xbfy, x ,amount\n1,2,0.5\n\n-3,4e1,2\n")
    declared = "columns: {amount: {}, spare: {}}\n"
    text = f"{HEAD}{declared}domain: {{size: [400, 400]}}\ninitial:\n  - {{type: a, point: [0, 0]}}\n"
    scenario = load_scenario_text(text + "  - {type: b, csv: cells.csv}\n", tmp_path)
    placed = scenario.place_cells(0)
    assert placed.positions.tolist() == [[0, 0, 0], [2, 1, 0], [40, -3, 0]]
    assert np.array_equal(placed.columns["amount"], [np.nan, 0.5, 2.0], equal_nan=True)
    assert scenario.files.keys() == {"cells.csv"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file has no column 'x'"),
        (b"x\n1", "the file has no column 'y'"),
        (b"x,y\n1", "line 2 of the file has 1 values, not 2"),
        (b"x,y\n1,2\n1,b", "'b' in line 3 of the file is not a finite number"),
        (b"x,y\n1,nan", "'nan' in line 2 of the file is not a finite number"),
        (b"x,y,x\n1,2,3", "names the column 'x' twice"),
        (
            b"x,y,amont\n1,2,3",
            "'amont' is not declared under columns:; allowed are x, y, z, amount; did you mean",
        ),
        (b"x,y\n\xff,2", "byte 4 of the file is not UTF-8"),
        (b'x,y\n"1,2', "line 2 of the file is not csv"),
        (b"x,y\n1,\x002", "of the file is not"),
    ],
)
def test_a_wrong_csv_file_is_refused_with_its_line(content, message):
    with pytest.raises(SettingsError, match=re.escape(message)):
        read_cells(content, (True, True, False), ["amount"])


@pytest.mark.parametrize("boundary", ["wall", "periodic"])
def test_cells_outside_a_closed_domain_are_an_error(mistakes, boundary):
    head = f"{HEAD}domain: {{size: [100, 100], boundary: {boundary}}}\ninitial:\n"
    (found,) = mistakes(head + "  - {type: a, points: [[0, 0], [0, 60]]}\n")
    assert found.startswith(
        "s.yaml:6:32: 1 of 2 cells lie outside, the first at y = 60; the domain goes from -50 to 50"
    )
    (found,) = mistakes(head + "  - {type: a, disc: {radius: 60}, packing: random, number: 3}\n")
    assert found.startswith("s.yaml:6:21: the region reaches outside, to x = -60")
    assert mistakes(head + "  - {type: a, points: [[-50, 50], [0, 0], [0, 0]]}\n") == []


@pytest.mark.parametrize(("boundary", "words"), [("open", "exchange nothing"), ("remove", "removed at once")])
def test_cells_outside_an_open_domain_are_a_warning(boundary, words):
    head = f"{HEAD}domain: {{size: [100, 100], boundary: {boundary}}}\ninitial:\n"
    scenario = load_scenario_text(head + "  - {type: a, point: [0, 60]}\n", name="s.yaml")
    (warning,) = scenario.warnings
    assert warning.startswith("s.yaml:6:22: the cell lies outside, the first at y = 60")
    assert words in warning
