"""Closed forms with cells at rest (order 2) and with uptake of order zero (profiles within 0.1 %)."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy.optimize import brentq

from tissue_sim.signals.cell_rates import CellPlaces, CellRates
from tissue_sim.signals.exchange import Terms
from tissue_sim.signals.solver.solver import FaceCoefficients, SignalSolver
from tissue_sim.signals.steady import SteadyStep
from tissue_sim.tissue.domain import Grid

DIFFUSION, RADIUS = 1e5, 150.0


@pytest.mark.parametrize("secretion", [0.0, 4.0], ids=["uptake", "uptake and secretion"])
def test_cells_at_rest_are_second_order_in_space_and_time(
    make_tissue, add_cells, assert_books_close, secretion
):
    """A cell in every voxel of a ring: the mean relaxes, the wave decays, at the closed form's rates."""
    length, diffusion, fraction, uptake, saturation = 240.0, 2000.0, 0.2, 3.0, 7.0
    rate = fraction * (uptake + secretion)
    end = fraction * secretion * saturation / rate
    k, sizes, errors = 2 * np.pi / length, [12, 18, 27, 40], []
    exchange = {"uptake": uptake, "secretion": secretion, "saturation": saturation}
    for number in sizes:
        h = length / number
        made = make_tissue(
            {"s": {"diffusion": diffusion, "initial": f"3 + cos({k!r}*x)"}}, {"a": {"s": exchange}},
            shape=(1, 1, number), spacing=h, periodic=(True, False, False), step=1.0 / number,
        )  # fmt: skip
        x = made.grid.centres(0)
        add_cells(made.tissue, np.stack([x, 0 * x, 0 * x], axis=1), volume=fraction * h**3)
        for _ in range(number):
            made.process.advance(made.tissue, 1.0 / number)
        wave = np.cos(k * x) * np.exp(-diffusion * k**2)
        exact = end + np.exp(-rate) * (3.0 - end + wave)
        errors.append(np.abs(made.tissue.fields["s"].ravel() - exact).max())
        assert_books_close(made.process)
        assert made.process.counters()["s: steps redone by backward Euler"] == 0
    assert -np.polyfit(np.log(sizes), np.log(errors), 1)[0] == pytest.approx(2.0, abs=0.1)


def octant(spacing: float) -> tuple[Grid, np.ndarray]:
    """An eighth of a box around the ball, mirrors on three faces; distances from the centre."""
    number = round((RADIUS + 10.0) / spacing)
    grid = Grid((number,) * 3, (spacing,) * 3, (0.0,) * 3)
    place = [grid.centres(axis) for axis in (2, 1, 0)]
    return grid, np.sqrt(sum(each**2 for each in np.meshgrid(*place, indexing="ij")))


@pytest.mark.parametrize(
    ("ratio", "spacing"),
    [
        (1.2, 10 / 3),
        (1.5, 10 / 3),
        pytest.param(2.0, 2.5, marks=pytest.mark.slow),
        pytest.param(3.0, 1.6, marks=pytest.mark.slow),
    ],
)
def test_the_core_of_a_spheroid_with_uptake_of_order_zero(ground_truth, ratio, spacing):
    """Its radius and its profile, with the closed form held outside the ball, within 0.1 %."""
    c0, (grid, r) = 38.0, octant(spacing)
    with (ground_truth / "diffusion" / "zero_order_spheroid.csv").open() as file:
        rows = {float(row["R_over_Rcrit"]): row for row in csv.DictReader(file)}
    core = float(rows[ratio]["necrotic_radius_over_R"])
    root = brentq(lambda x: (ratio * (1 - x)) ** 2 * (1 + 2 * x) - 1, 0, 1)
    assert root == pytest.approx(core, abs=1e-5)
    q, inner = 6 * DIFFUSION * c0 * ratio**2 / RADIUS**2, core * RADIUS
    rim = np.maximum(r, inner)
    exact = q / (6 * DIFFUSION) * (rim**2 + 2 * inner**3 / rim - 3 * inner**2)
    outside = r > RADIUS
    faces = (FaceCoefficients(),) * 6
    solver = SignalSolver(grid, DIFFUSION, 0.0, faces, fixed_mask=outside, fixed_values=exact)
    terms = Terms(grid, None, np.where(outside, 0.0, q), np.zeros((3, r.size)))
    nobody = CellPlaces(np.zeros(0, np.int64), np.zeros(0, bool), np.zeros(0), np.zeros(0), 0)
    cells = CellRates(nobody, (nobody.nothing,) * 6, saturating=False, tissue=None, signal="")
    field = np.where(outside, exact, 0.0)
    amounts = SteadyStep(solver, terms).advance(field, cells, 1.0)
    assert np.abs(field - exact).max() < 1e-3 * c0
    # What is not taken up says how large the core is.
    volume = 8.0 * amounts["shortfall"] / q
    assert np.cbrt(0.75 * volume / np.pi) / RADIUS == pytest.approx(core, rel=1e-3)
