"""Lateral inhibition against what theory says of two cells and of sheets (Collier et al. 1996).

With F(d) = d^2/(0.01 + d^2) and G(n) = 1/(1 + 100 n^2), two cells obey N' = F(other's D) - N, D' = G(N) - D.
Around the homogeneous state their difference grows at sqrt(-F'G') - 1 = 0.5471444, with F'G' = -2.3936559.
Where contact is held over steps of h, n -> n e^-h - F' d (1 - e^-h) while d follows it exactly; that linear
map tells the growth rate at any step.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import brentq

from tissue_sim.simulation import Simulation
from tissue_sim.tissue.model import TissueModel

SCENARIO = Path(__file__).parents[2] / "scenarios" / "lateral_inhibition.yaml"
LOW, HIGH = 0.0101021, 0.9898980
GROWTH = 0.5471444
TWO_CELLS = (
    "initial=[{type: epithelial, points: [[0, 0, 0], [10, 0, 0]]}]",
    "domain={size: [100, 100], boundary: open}",
)


def ran(*overrides: str, short: bool = False, seed: int | None = None) -> Simulation:
    simulation = Simulation.from_scenario(SCENARIO, short=short, overrides=overrides, seed=seed)
    for _ in simulation:
        pass
    return simulation


def delta_and_notch(tissue: TissueModel) -> tuple[np.ndarray, np.ndarray]:
    return tuple(tissue.quantities.value(f"network.notch.{name}") for name in ("Delta", "Notch"))


def homogeneous() -> tuple[float, float, float, float]:
    """Delta, Notch, F' and G' of the state in which all cells are alike."""
    delta = brentq(lambda d: 1.0 / (1.0 + 100.0 * (d**2 / (0.01 + d**2)) ** 2) - d, 1e-3, 0.9, xtol=1e-15)
    notch = delta**2 / (0.01 + delta**2)
    return delta, notch, 0.02 * delta / (0.01 + delta**2) ** 2, -200.0 * notch / (1.0 + 100.0 * notch**2) ** 2


def growth_with_held_contact(step: float) -> float:
    """Growth rate of the difference of two cells, contact held over steps of `step` h."""
    _, _, slope_f, slope_g = homogeneous()
    # n' = -F' (d at the start of the step) - n, d' = G' n - d; the held d is a third variable.
    rates = np.array([[-1.0, 0.0, -slope_f], [slope_g, -1.0, 0.0], [0.0, 0.0, 0.0]])
    over_step = expm(rates * step)[:2] @ np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    return float(np.log(np.abs(np.linalg.eigvals(over_step)).max()) / step)


def measured_growth(step: str) -> float:
    """Growth rate of the difference of two cells, from 10^-6 to about 10^-4 of their values, per h."""
    delta, notch, *_ = homogeneous()
    simulation = Simulation.from_scenario(
        SCENARIO,
        overrides=(
            *TWO_CELLS,
            f"networks.notch.initial.Delta=normal({delta!r}, 1e-6)",
            f"networks.notch.initial.Notch=normal({notch!r}, 1e-6)",
            "networks.notch.tolerance={relative: 1e-11, absolute: 1e-13}",
            f"steps.network={step}",
            "record.every=1 h",
            "duration=12 h",
        ),
    )
    time, difference = [], []
    for snapshot in simulation:
        values = snapshot.columns["notch__Delta"].values
        time.append(snapshot.time / 60.0)
        difference.append(abs(values[1] - values[0]))
    assert 1e-6 < difference[-1] < 2e-3
    # The other mode decays as exp(-2.5 t): 4 h later it is gone.
    return float(np.polyfit(time[4:], np.log(difference[4:]), 1)[0])


def test_the_homogeneous_state_and_its_growth_rate_are_those_of_the_reference():
    delta, notch, slope_f, slope_g = homogeneous()
    assert (delta, notch) == pytest.approx((0.0739893, 0.3537721), abs=5e-8)
    assert slope_f * slope_g == pytest.approx(-2.3936559, abs=5e-8)
    assert np.sqrt(-slope_f * slope_g) - 1.0 == pytest.approx(GROWTH, abs=5e-8)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_cells_settle_to_a_sender_and_a_receiver(seed):
    delta, notch = delta_and_notch(ran(*TWO_CELLS, seed=seed).tissue)
    assert np.sort(delta) == pytest.approx([LOW, HIGH], abs=1e-4)
    assert np.sort(notch) == pytest.approx([LOW, HIGH], abs=1e-4)
    assert delta.argmax() == notch.argmin()


def test_the_growth_rate_of_a_difference_and_its_error_of_first_order():
    steps = [1.2, 0.6]
    measured = [measured_growth(f"{step} min") for step in steps]
    assert measured[0] == pytest.approx(GROWTH, rel=0.01)
    # The held contact accounts for what is missing; without it (step to 0) the rate is exact.
    for rate, step in zip(measured, steps, strict=True):
        assert rate == pytest.approx(growth_with_held_contact(step / 60.0), rel=1e-4)
    assert 2.0 * measured[1] - measured[0] == pytest.approx(GROWTH, rel=2e-4)


def check_pattern(simulation: Simulation) -> float:
    """Check a settled sheet; return the part of senders."""
    tissue = simulation.tissue
    delta, notch = delta_and_notch(tissue)
    starts, others = tissue.neighbours.contacts()
    assert (np.diff(starts) == 6).all()
    around = delta[others].reshape(-1, 6).mean(axis=1)
    velocities = [1.0 / (1.0 + 100.0 * notch**2) - delta, around**2 / (0.01 + around**2) - notch]
    assert np.abs(velocities).max() < 1e-5
    sender = delta > 0.5
    assert delta[sender].min() > 0.95
    assert delta[~sender].max() < 0.05
    senders_around = sender[others].reshape(-1, 6).sum(axis=1)
    assert (senders_around[sender] == 0).all()
    assert (senders_around[~sender] >= 1).all()
    return float(sender.mean())


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_settled_sheet_has_every_receiver_beside_a_sender_and_no_two_senders(seed):
    part = check_pattern(ran("duration=90 h", "record.every=90 h", short=True, seed=seed))
    # One in seven is the fewest that reach all others, one in three the most that do not touch.
    assert 1.0 / 7.0 <= part <= 1.0 / 3.0


def test_the_regular_pattern_fits_in_and_is_stable(tmp_path):
    # Every third cell along each row, shifted from row to row: what the sizes of the sheet are chosen for.
    simulation = Simulation.from_scenario(SCENARIO, short=True, overrides=["duration=40 h"])
    simulation.place_cells()
    tissue = simulation.tissue
    position = tissue.population["position"]
    # In units of the spacing, 2x is whole; x + sqrt(3) y numbers the cells along a lattice direction.
    along = np.rint((position[:, 0] + np.sqrt(3.0) * position[:, 1]) / 10.0 - 0.25).astype(int)
    sender = (along - along.min()) % 3 == 0
    rows = np.arange(len(position))
    jitter = np.where(np.arange(len(rows)) % 2 == 0, 0.02, 0.0)
    tissue.quantities.set("network.notch.Delta", rows, np.where(sender, HIGH, LOW) - jitter * sender)
    tissue.quantities.set("network.notch.Notch", rows, np.where(sender, LOW, HIGH) - jitter)
    for _ in simulation:
        pass
    assert check_pattern(simulation) == pytest.approx(1.0 / 3.0)
    np.testing.assert_array_equal(delta_and_notch(tissue)[0] > 0.5, sender)


def test_the_short_form_shows_the_pattern():
    simulation = ran(short=True)
    delta, _ = delta_and_notch(simulation.tissue)
    assert np.mean((delta < 0.05) | (delta > 0.95)) > 0.9
    assert 0.2 < np.mean(delta > 0.95) < 0.34


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_the_whole_sheet(seed):
    assert 0.25 < check_pattern(ran(seed=seed)) <= 1.0 / 3.0
