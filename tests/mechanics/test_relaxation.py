"""Two published relaxations, and the order of the integrators."""

from __future__ import annotations

import csv

import numpy as np
import pytest

EXACT_RATE = 18.2816647214633
LINE = (True, False, False)


def table(path):
    with path.open() as file:
        rows = list(csv.reader(file))
    start = 0 if rows[0][0].replace(".", "").isdigit() else 1
    return np.array(rows[start:], dtype=float)


def run_chain(make_tissue, stiffness, step, times, integrator="euler", **options):
    """Positions of OpenVT's chain of 11 cells at some times, float64[times, 11]; lengths in diameters."""
    position = np.zeros((11, 3))
    position[:, 0] = np.linspace(-2.5, 2.5, 11)
    law = {"law": "linear", "stiffness": stiffness, "integrator": integrator} | options
    tissue = make_tissue(position, 0.5, mechanics=law, step=step, present=LINE)
    found = []
    for time in times:
        while tissue.clock.tick < round(time / step):
            tissue.step()
        found.append(tissue.population["position"][:, 0].copy())
    return np.array(found)


def run_pair(make_tissue, step, times, integrator="euler"):
    position = [[100.0] * 3, [105.73] * 3]
    tissue = make_tissue(position, 10.0, mechanics={"integrator": integrator}, step=step)
    found = []
    for time in times:
        while tissue.clock.tick < round(time / step):
            tissue.step()
        found.append(float(np.linalg.norm(np.diff(tissue.population["position"], axis=0))))
    return np.array(found)


def slope(steps, errors):
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]


@pytest.mark.parametrize(
    ("integrator", "step"),
    [("euler", 5e-4), ("heun", 0.005), ("adams_bashforth", 0.0025), ("adaptive", 0.05)],
)
def test_chain_follows_the_exact_solution(integrator, step, ground_truth, make_tissue):
    folder = ground_truth / "mechanics" / "openvt_relaxation"
    # The error is largest early; the late times are left to the quicker integrator.
    times = 2.0 if integrator == "euler" else 10.0
    exact = table(folder / "exact_linear_positions.csv")
    exact = exact[exact[:, 0] <= times]
    bound = {"tolerance": 1e-4} if integrator == "adaptive" else {}
    found = run_chain(make_tissue, EXACT_RATE, step, exact[:, 0], integrator, **bound)
    width = table(folder / "exact_linear_width_table.csv")[: len(exact), 1]
    assert np.abs(found - exact[:, 1:]).max() < 1e-3
    assert np.abs(found[:, -1] - found[:, 0] - width).max() < 1e-3


def test_chain_has_the_error_forward_euler_must_have(ground_truth, make_tissue):
    expected = table(ground_truth / "mechanics" / "openvt_relaxation" / "forward_euler_error.csv")
    errors = []
    for step, error in expected:
        found = run_chain(make_tissue, EXACT_RATE, step, [1.0])[0]
        errors.append(found[-1] - found[0] - 9.0)
        assert errors[-1] == pytest.approx(error, abs=6e-6)
    assert slope(expected[:, 0], errors) == pytest.approx(1.0, abs=0.03)


def test_chain_repeats_chaste_to_every_printed_digit(ground_truth, make_tissue):
    printed = ground_truth / "mechanics" / "openvt_relaxation" / "chaste_linear_11cells_mean.csv"
    rows = [line.split(",") for line in printed.read_text().split()]
    times = [float(row[0]) for row in rows]
    found = run_chain(make_tissue, 50.0 / 3.0, 1e-3, times)
    width = found[:, -1] - found[:, 0]
    assert len(rows) > 50
    for value, (time, text) in zip(width, rows, strict=True):
        # The file holds twice the half width, which was printed with six digits.
        assert 2.0 * float(f"{0.5 * value:.6g}") == pytest.approx(float(text), abs=1e-9), time


@pytest.mark.parametrize(("integrator", "order"), [("euler", 1.0), ("heun", 2.0), ("adams_bashforth", 2.0)])
def test_order_of_the_integrators(integrator, order, ground_truth, make_tissue):
    exact = table(ground_truth / "mechanics" / "openvt_relaxation" / "exact_linear_positions.csv")
    at_one = exact[exact[:, 0] == 1.0, 1:][0]
    # Extrapolation is stable up to half the step of the others.
    longest = 0.01 if integrator == "adams_bashforth" else 0.02
    steps = [longest, longest / 2.0, longest / 4.0, longest / 8.0]
    errors = [
        np.abs(run_chain(make_tissue, EXACT_RATE, step, [1.0], integrator)[0] - at_one).max()
        for step in steps
    ]
    assert slope(steps, errors) == pytest.approx(order, abs=0.15)


@pytest.mark.parametrize(
    ("integrator", "step"), [("euler", 1e-3), ("heun", 0.02), ("adams_bashforth", 0.01), ("adaptive", 0.1)]
)
def test_two_cells_relax_as_in_physicell(integrator, step, ground_truth, make_tissue):
    exact = table(ground_truth / "mechanics" / "two_cell_relaxation" / "exact_distance.csv")
    exact = exact[exact[:, 0] <= (5.0 if integrator == "euler" else 60.0)]
    found = run_pair(make_tissue, step, exact[:, 0], integrator)
    assert np.abs(found - exact[:, 1]).max() < 1e-3


def test_two_cells_at_the_default_step(ground_truth, make_tissue):
    exact = table(ground_truth / "mechanics" / "two_cell_relaxation" / "exact_distance.csv")
    times, distance = exact[exact[:, 0] <= 5.0].T
    steps = [0.1, 0.05, 0.025]
    for integrator, order, most in (
        ("euler", 1.0, 0.09),
        ("heun", 2.0, 0.004),
        ("adams_bashforth", 2.0, 0.01),
    ):
        errors = [np.abs(run_pair(make_tissue, step, times, integrator) - distance).max() for step in steps]
        assert errors[0] < most
        assert slope(steps, errors) == pytest.approx(order, abs=0.1)
