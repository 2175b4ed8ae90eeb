"""Second order in the step, from smooth fields, and what splitting does to a steady state."""

from __future__ import annotations

import numpy as np
import pytest

SCHNAKENBERG = ["u' = a - u + u^2*v", "v' = b - u^2*v"]
NUMBERS = {"a": 0.1, "b": 0.9}
SMOOTH = {
    "u": {"diffusion": 4, "initial": "1 + 0.5*cos(pi*x/20)"},
    "v": {"diffusion": 30, "initial": 0.9},
}


def fitted(steps, errors) -> float:
    return float(np.polyfit(np.log(steps), np.log(errors), 1)[0])


def test_reactions_with_diffusion_are_of_second_order(react):
    def ends(dt):
        run = react(SCHNAKENBERG, SMOOTH, parameters=NUMBERS, dt=dt).until(4.0)
        return run.line("u"), run.line("v")

    steps, exact = [0.2, 0.1, 0.05], ends(0.0125)
    found = [ends(dt) for dt in steps]
    for which in (0, 1):
        errors = [np.abs(each[which] - exact[which]).max() for each in found]
        # The reference has an error of its own, a sixteenth of the last one's.
        assert fitted(steps, errors) == pytest.approx(2.0, abs=0.1), errors
        assert errors[-1] < 3e-4


def test_rates_of_place_and_time_are_of_second_order(react):
    # u = 2 + sin(pi x/40) sin(t) solves u_t = D u_xx + u' below, with no flux at x = -20 and 20 um.
    signals = {"u": {"diffusion": 100, "initial": 2}, "p": {"mode": {"prescribed": "1 + sin(time)"}}}
    # The mode's eigenvalue on the grid.
    slow = float(100.0 * (2.0 - 2.0 * np.cos(np.pi / 40.0)))
    rates = ["shape = sin(pi*x/40)", f"u' = shape*(cos(time) + {slow!r}*(p - 1))"]
    steps, errors = [0.4, 0.2, 0.1], []
    for dt in steps:
        run = react(rates, signals, dt=dt).until(2.0)
        x = np.arange(-19.5, 20.0)
        errors.append(np.abs(run.line("u") - 2.0 - np.sin(np.pi * x / 40.0) * np.sin(2.0)).max())
    assert fitted(steps, errors) == pytest.approx(2.0, abs=0.15), errors
    run.assert_books_close()


def test_splitting_shifts_a_steady_state_by_the_square_of_the_step(react):
    # The profile balances diffusion and reactions; it runs from 0.8 to 1.9.
    signals = {"u": {"diffusion": 20, "initial": 1}}

    def end(dt):
        return react(["u' = 1 + cos(pi*x/20) - 0.5*u^2"], signals, dt=dt).until(24.0).line("u")

    steps, exact = [0.8, 0.4, 0.2], end(0.05)
    errors = [np.abs(end(dt) - exact).max() for dt in steps]
    assert fitted(steps, errors) == pytest.approx(2.0, abs=0.1), errors
    # 0.8 min is two thirds of the time in which deviations decay.
    assert errors[0] < 0.02


SUPPLIES = {
    "a face with a value": {"boundary": {"x_min": {"value": 1}}},
    "a mixed face": {"boundary": {"x_min": {"mixed": {"value": 1, "permeability": 50}}}},
    "a face with a flux": {"boundary": {"x_min": {"flux": 5}}},
    "fixed voxels": {},
}


@pytest.mark.parametrize("kind", SUPPLIES)
def test_driven_signals_keep_the_order_and_the_steady_state(bind, kind):
    signals = {
        "drug": {"diffusion": 100, "decay": 0.3, "initial": 1, **SUPPLIES[kind]},
        "receptor": {"diffusion": 0, "initial": 0.5},
        "complex": {"diffusion": 0},
    }
    more = (
        {"fixed": [{"signal": "drug", "region": {"point": [-19]}, "value": 1}]}
        if kind == "fixed voxels"
        else {}
    )

    def run(dt):
        return bind(signals, k_off=0.1, dt=dt, spacing=2, **more)

    steps, exact = [0.2, 0.1, 0.05], run(0.0125).until(2.0).line("drug")
    # A voxel holds D dt/dx^2 = 5 of the first step: without balance the order falls to 1.
    errors = [np.abs(run(dt).until(2.0).line("drug") - exact).max() for dt in steps]
    assert fitted(steps, errors) > 1.9, errors
    assert errors[-1] < 3e-5
    long, short = (run(dt).until(100.0) for dt in (1.0, 0.5))
    np.testing.assert_allclose(long.line("drug"), short.line("drug"), rtol=1e-6)
    for each in (long, short):
        each.assert_books_close()
        assert each.process.counters()["drug: steps redone by backward Euler"] == 0
        # What the complex holds is what the receptor lost, whatever moved to the diffusion of the other.
        total = each.field("receptor") + each.field("complex")
        np.testing.assert_allclose(total, 0.5, rtol=1e-10)


def test_a_steady_state_between_faces_is_that_of_the_grid(turn_over):
    # D (u[i-1] - 2 u[i] + u[i+1])/dx^2 = k u[i], u = 1 half a voxel before the first one.
    signal = {"diffusion": 100, "initial": 0, "boundary": {"default": {"value": 1}}}
    run = turn_over(signal, k=0.3, spacing=2, dt=2.0).until(200.0)
    number, beta = 20, 0.3 * 4.0 / 100.0
    matrix = np.diag(np.full(number, 2.0 + beta)) - np.eye(number, k=1) - np.eye(number, k=-1)
    matrix[0, 0] += 1.0
    matrix[-1, -1] += 1.0
    right = np.zeros(number)
    right[[0, -1]] = 2.0
    np.testing.assert_allclose(run.line("u"), np.linalg.solve(matrix, right), rtol=1e-7)
    run.assert_books_close()
