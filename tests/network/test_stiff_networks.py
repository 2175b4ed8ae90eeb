"""The stiff integrator: Robertson's problem, order, and the switch between the two methods."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.codegen import network_stiff
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate

ROBERTSON = """
a' = -k*a + 1e4*b*c
b' = k*a - 1e4*b*c - 3e7*b^2
c' = 3e7*b^2
"""
# Hindmarsh, ODEPACK, 1983: the example of LSODE.
AT_40 = [0.7158270688, 9.185534764e-6, 0.2841637457]


@pytest.fixture
def robertson(make_network):
    return make_network(ROBERTSON, {"k": 0.04}, {"a": 1, "b": 0, "c": 0})


def test_robertson_switches_to_the_stiff_method(robertson):
    kind = OdeKind(robertson, ToleranceSettings(relative=1e-7, absolute=1e-12))
    values = np.zeros((2, len(kind.names)))
    kind.start(values, np.arange(2), np.arange(2) + 1, key=np.uint64(0), tick=0, time=0.0, inputs={})
    codes = kind.advance(values, np.arange(2), start=0.0, duration=40.0, inputs={})
    assert codes.tolist() == [0, 0]
    assert (values[:, kind.system.places["stiff"]] == 1.0).all()
    np.testing.assert_allclose(values[0, :3], AT_40, rtol=3e-6)
    np.testing.assert_allclose(values[:, :3].sum(axis=1), 1.0, rtol=1e-12)
    assert kind.kernels.steps_taken < 2 * 4000
    assert values[0].tobytes() == values[1].tobytes()


def test_a_stiff_cell_goes_back_when_it_may(robertson):
    """Without reactions the Jacobian is small: the cell that was stiff is handed back."""
    kind = OdeKind(robertson.with_parameters({}), ToleranceSettings())
    values = np.zeros((1, len(kind.names)))
    values[0, :3] = 1e-9, 0.0, 0.0
    values[0, kind.system.places["stiff"]] = 1.0
    kind.advance(values, np.arange(1), start=0.0, duration=1.0, inputs={})
    assert values[0, kind.system.places["stiff"]] == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("most_exact", [network_stiff.MOST_EXACT_ENTRIES, 0])
def test_order_five_with_exact_jacobian_and_with_differences(make_network, monkeypatch, most_exact):
    monkeypatch.setattr(network_stiff, "MOST_EXACT_ENTRIES", most_exact)
    model = make_network("x' = -x*cos(time)\ny' = x - y^2", initial={"x": 1, "y": 0.3})
    kind = OdeKind(model, ToleranceSettings(relative=0.1, absolute=1e300))
    exact = np.exp(-np.sin(1.0))
    reference = simulate(model, [0.0, 1.0], tolerance=ToleranceSettings(relative=1e-12, absolute=1e-14))
    steps, errors = np.array([4, 8, 16, 32]), []
    for number in steps:
        values = np.zeros((1, len(kind.names)))
        values[0, :2] = 1.0, 0.3
        for i in range(number):
            values[0, kind.system.places["stiff"]] = 1.0
            values[0, kind.system.places["step_size"]] = 10.0
            kind.advance(values, np.arange(1), start=i / number, duration=1.0 / number, inputs={})
        errors.append(max(abs(values[0, 0] - exact), abs(values[0, 1] - reference["y"][0, 1])))
    assert -np.polyfit(np.log(steps), np.log(errors), 1)[0] > 4.6
