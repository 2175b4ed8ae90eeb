"""A drug that binds: equilibrium, conserved sums, the books, positivity at any step."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tissue_sim.signals.reactions.positive import keep_positive, overdrawn

SIGNALS = {
    "drug": {"unit": "nM", "diffusion": 300, "initial": "5*(1 + cos(pi*x/20))"},
    "receptor": {"unit": "nM", "diffusion": 0, "initial": "3 + x/20"},
    "complex": {"unit": "nM", "diffusion": 0},
}
NUMBERS = {"k_on": 0.4, "k_off": 0.2}


def test_sums_are_conserved_and_the_end_is_the_equilibrium(bind):
    run = bind(SIGNALS, **NUMBERS, dt=0.5)
    start = {name: run.line(name) for name in SIGNALS}
    run.until(200.0)
    drug, receptor, bound = (run.line(name) for name in SIGNALS)
    # The receptor does not move: it is conserved in every voxel, the drug in the whole box.
    np.testing.assert_allclose(receptor + bound, start["receptor"], rtol=1e-12)
    assert (drug + bound).sum() == pytest.approx(start["drug"].sum(), rel=1e-10)
    np.testing.assert_allclose(drug * receptor / bound, NUMBERS["k_off"] / NUMBERS["k_on"], rtol=1e-6)
    # One free concentration: that of the drug, even everywhere.
    np.testing.assert_allclose(drug, drug.mean(), rtol=1e-6)
    run.assert_books_close()
    books = run.process.ledger()
    made = [books[name]["reactions"] for name in SIGNALS]
    assert made[0] == pytest.approx(made[1], rel=1e-10) == pytest.approx(-made[2], rel=1e-10)
    assert books["complex"]["field"] == pytest.approx(made[2], rel=1e-12)


def test_every_voxel_follows_its_own_equations(bind):
    signals = {name: {**each, "diffusion": 0} for name, each in SIGNALS.items()}
    run = bind(signals, **NUMBERS, dt=0.5)
    start = np.array([run.line(name) for name in signals])
    run.until(2.0)

    def rates(_, values):
        speed = NUMBERS["k_on"] * values[0] * values[1] - NUMBERS["k_off"] * values[2]
        return [-speed, -speed, speed]

    for voxel in range(0, 40, 7):
        exact = solve_ivp(rates, (0, 2), start[:, voxel], rtol=1e-11, atol=1e-13).y[:, -1]
        found = [run.line(name)[voxel] for name in signals]
        np.testing.assert_allclose(found, exact, rtol=1e-7)


@pytest.mark.parametrize("dt", [1e-3, 0.1, 10.0])
@pytest.mark.parametrize("driven", [False, True])
def test_fast_binding_stays_positive_at_any_step(bind, dt, driven):
    signals = {name: dict(each) for name, each in SIGNALS.items()}
    signals["drug"]["initial"] = "if(abs(x) < 1, 100, 0)"
    if driven:
        signals["drug"]["boundary"] = {"x_min": {"value": 4}, "x_max": {"value": 0}}
    run = bind(signals, k_on=1e4, k_off=1e-2, dt=dt)
    for _ in range(8):
        run.simulation.step()
        for name in signals:
            assert run.line(name).min() >= 0.0, name
    np.testing.assert_allclose(
        run.line("receptor") + run.line("complex"), 3 + np.arange(-19.5, 20) / 20, rtol=1e-10
    )
    run.assert_books_close()
    if not driven:
        assert (run.line("drug") + run.line("complex")).sum() == pytest.approx(200.0, rel=1e-10)
    assert abs(run.process.ledger()["receptor"]["shortfall"]) <= 1e-10 * 120.0


def test_production_that_diffuses_away_stays_positive_beside_a_sink(turn_over):
    # What is moved into diffusion cannot be given back where the peak has spread.
    signal = {"diffusion": 1000, "initial": "if(abs(x) < 1, 100, 0)", "boundary": {"default": {"value": 0}}}
    run = turn_over(signal, k=-0.9, dt=1.0)
    for _ in range(5):
        run.simulation.step()
        assert run.line("u").min() >= 0.0
    run.assert_books_close()


def test_held_voxels_stay_and_their_neighbours_react(bind):
    fixed = [{"signal": "drug", "region": {"point": [0.5]}, "value": 7}]
    run = bind(SIGNALS, **NUMBERS, dt=0.5, fixed=fixed).until(20.0)
    assert run.line("drug")[20] == 7.0
    assert run.line("complex")[20] > 1.0
    run.assert_books_close()


def test_lifting_keeps_conserved_sums():
    absolute, before = np.full(2, 1e-13), np.array([[1.0, 2.0], [1e-9, 1.0], [1.0, 1.0], [3.0, 1.0]])
    after = np.array([[-1e-9, 3.0 + 1e-9], [-1e-13, 1.0], [-0.5, 2.5], [1.0, 3.0]])
    assert overdrawn(before, after, absolute, 1e-8).tolist() == [False, False, True, False]
    lifted = keep_positive(before, after, absolute, 1e-8)
    assert after[0, 0] == pytest.approx(0.0, abs=1e-16)
    assert after[0].sum() == pytest.approx(3.0, rel=1e-15)
    assert after[1, 0] == 0.0
    assert lifted.tolist() == [1e-13, 0.0]
    # What the equations themselves did stays.
    assert after[2:].tolist() == [[-0.5, 2.5], [1.0, 3.0]]
