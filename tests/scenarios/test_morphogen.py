"""The gradient against its exact solution on the grid, and the flag against the thresholds of the cells.

On a grid of spacing dx, D (c[i-1] - 2 c[i] + c[i+1])/dx^2 = k c[i] is solved by cosh((w - x)/lambda), with
lambda = dx/arccosh(1 + dx^2/(2 L^2)), L^2 = D/k, and no flux at x = w. With the flux j through x = 0 the
amplitude is j L/D / sinh(w/lambda), exactly.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq, curve_fit

from tissue_sim.simulation import Simulation

SCENARIO = Path(__file__).parents[2] / "scenarios" / "morphogen.yaml"
WIDTH, SPACING, DIFFUSION, DECAY, FLUX = 300.0, 10.0, 60.0, 0.024, 120.0
LENGTH = np.sqrt(DIFFUSION / DECAY)
ON_GRID = SPACING / np.arccosh(1.0 + SPACING**2 / (2.0 * LENGTH**2))
AT_SOURCE = FLUX * LENGTH / DIFFUSION
K_A, K_B = 13.5, 1.85


def gradient(x: np.ndarray, length: float = ON_GRID) -> np.ndarray:
    """Steady morphogen at a distance from the left side, nM."""
    return AT_SOURCE * np.cosh((WIDTH - x) / length) / np.sinh(WIDTH / length)


def value(simulation: Simulation, name: str) -> np.ndarray:
    return simulation.tissue.quantities.value(name)


@pytest.fixture(scope="module")
def flag() -> Simulation:
    """The full run; it takes three seconds."""
    simulation = Simulation.from_scenario(SCENARIO)
    for _ in simulation:
        pass
    return simulation


def test_the_field_is_the_exact_one_of_the_grid(flag):
    field = flag.tissue.fields["morphogen"][0]
    x = flag.tissue.domain.grid.centres(0) + WIDTH / 2.0
    expected = gradient(x)
    np.testing.assert_allclose(field, np.tile(expected, (len(field), 1)), rtol=1e-6)


def test_the_decay_length_is_that_of_the_grid(flag, ground_truth):
    # dx/L = 0.2 is one of the cases of the reference.
    path = ground_truth / "diffusion" / "decay_length_on_grid.csv"
    rows = list(csv.reader(line for line in path.read_text().splitlines() if not line.startswith("#")))
    known = [[float(cell) for cell in row] for row in rows[1:]]
    ratio = next(row[1] for row in known if row[0] == SPACING / LENGTH)
    field = flag.tissue.fields["morphogen"][0].mean(axis=0)
    x = flag.tissue.domain.grid.centres(0) + WIDTH / 2.0
    (_, fitted), _ = curve_fit(
        lambda x, c, length: np.log(c * np.cosh((WIDTH - x) / length)), x, np.log(field), p0=(1.0, 40.0)
    )
    assert fitted / LENGTH == pytest.approx(ratio, rel=1e-5)
    assert fitted == pytest.approx(ON_GRID, rel=1e-5)
    # What the test could not tell apart is no test: the length without the grid is 1.7e-3 off.
    assert abs(LENGTH / ON_GRID - 1.0) > 1.5e-3


def test_the_books_close_and_no_cell_takes_anything(flag):
    (ledger,) = [
        process.ledger()["morphogen"] for process in flag.tissue.processes if hasattr(process, "ledger")
    ]
    flows = {line: amount for line, amount in ledger.items() if line not in ("initial", "field")}
    assert ledger["initial"] + sum(flows.values()) == pytest.approx(ledger["field"], rel=1e-10)
    assert ledger["x_min"] == pytest.approx(FLUX * 200.0 * SPACING * 24 * 60, rel=1e-12)
    assert ledger["uptake"] == ledger["membrane"] == ledger["x_max"] == 0.0


def test_the_switch_turns_where_the_comment_says():
    # Largest (4/27) c/K for which the off state exists: the local maximum of A - (50/27) A^2/(1 + A^2).
    def slope(a: float) -> float:
        return 1.0 - (50.0 / 27.0) * 2.0 * a / (1.0 + a * a) ** 2

    end = brentq(slope, 0.0, 0.5)
    assert end == pytest.approx(1.0 / 3.0)
    assert end - (50.0 / 27.0) * end**2 / (1.0 + end**2) == pytest.approx(4.0 / 27.0)
    landing = 4.0 / 3.0
    assert landing - (50.0 / 27.0) * landing**2 / (1.0 + landing**2) == pytest.approx(4.0 / 27.0)


def test_every_cell_has_the_fate_its_own_thresholds_say(flag):
    fate, morphogen = value(flag, "network.flag.fate"), value(flag, "signal.morphogen")
    own = {name: value(flag, f"network.flag.{name}") for name in ("K_A", "K_B")}
    expected = np.where(morphogen > own["K_A"], 2, np.where(morphogen > own["K_B"], 1, 0))
    # Within 1 % of its threshold a cell may still be on its way.
    decided = np.minimum(*(np.abs(morphogen / each - 1.0) for each in own.values())) > 0.01
    assert decided.mean() > 0.97
    np.testing.assert_array_equal(fate[decided], expected[decided])
    assert np.std(own["K_A"]) / K_A == pytest.approx(0.03, abs=0.004)


def test_the_boundaries_stand_where_the_mean_thresholds_say(flag):
    position, fate = flag.tissue.population["position"], value(flag, "network.flag.fate")
    for threshold, upper in ((K_A, 2), (K_B, 1)):
        expected = ON_GRID * np.log(AT_SOURCE / threshold)
        found = []
        for y in np.unique(position[:, 1]):
            row = position[:, 1] == y
            x, above = position[row, 0] + WIDTH / 2.0, fate[row] >= upper
            # The best cut of a row: as many cells above it on the wrong side as below.
            found.append(0.5 * (np.sort(x)[above.sum() - 1] + np.sort(x)[above.sum()]))
        found = np.array(found)
        assert len(found) == 23
        # Within one cell (10 um) in every row; the rows begin 5 um apart, so their mean is finer.
        assert np.abs(found - expected).max() < 10.0
        assert found.mean() == pytest.approx(expected, abs=2.0)


def test_fates_do_not_depend_on_the_steps(flag):
    halved = Simulation.from_scenario(SCENARIO, overrides=["steps.signals=0.5 min", "steps.network=0.5 min"])
    for _ in halved:
        pass
    np.testing.assert_array_equal(value(halved, "network.flag.fate"), value(flag, "network.flag.fate"))


def test_the_short_form_shows_the_flag():
    simulation = Simulation.from_scenario(SCENARIO, short=True)
    for _ in simulation:
        pass
    parts = [np.mean(value(simulation, "network.flag.fate") == kind) for kind in (2, 1, 0)]
    assert parts == pytest.approx([1.0 / 3.0] * 3, abs=0.05)
