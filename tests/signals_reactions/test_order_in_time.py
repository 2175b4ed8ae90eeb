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


def slopes(steps, errors) -> np.ndarray:
    return np.diff(np.log(errors)) / np.diff(np.log(steps))


def fitted(steps, errors) -> float:
    return float(np.polyfit(np.log(steps), np.log(errors), 1)[0])


def test_reactions_with_diffusion_are_of_second_order(react):
    def ends(dt):
        run = react(SCHNAKENBERG, SMOOTH, parameters=NUMBERS, dt=dt).until(4.0)
        return run.line("u"), run.line("v")

    steps, exact = [0.2, 0.1, 0.05, 0.025], ends(0.00625)
    found = [ends(dt) for dt in steps]
    for which in (0, 1):
        errors = [np.abs(each[which] - exact[which]).max() for each in found]
        # The reference has an error of its own, a sixteenth of the last one's.
        assert fitted(steps, errors) == pytest.approx(2.0, abs=0.1), errors
        assert errors[-1] < 1e-4


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
    # Fast turnover in one half of the box: the steady profile balances diffusion and reactions.
    signals = {"u": {"diffusion": 20, "initial": 1}}

    def end(dt):
        return react(["u' = 1 + cos(pi*x/20) - 0.5*u^2"], signals, dt=dt).until(60.0).line("u")

    steps, exact = [0.8, 0.4, 0.2], end(0.05)
    errors = [np.abs(end(dt) - exact).max() for dt in steps]
    assert fitted(steps, errors) == pytest.approx(2.0, abs=0.25), errors
    # Measured: 0.04 of the profile's span of 2 at a step of 0.8 min, 0.003 at 0.2 min.
    assert errors[0] < 0.1


def test_near_a_face_with_a_value_the_order_falls_to_one_at_steps_that_do_not_resolve_a_voxel(react):
    signals = {"u": {"diffusion": 100, "initial": 1, "boundary": {"x_min": {"value": 1}}}}

    def end(dt):
        return react(["u' = -0.2*u^2"], signals, dt=dt, spacing=2).until(40.0).line("u")

    steps, exact = [1.0, 0.5, 0.025, 0.0125], end(0.003125)
    errors = [np.abs(end(dt) - exact).max() for dt in steps]
    coarse, fine = slopes(steps, errors)[[0, 2]]
    assert coarse > 1.0
    assert fine > 1.75, errors
