"""A held species keeps its value to the last bit through the events that would set it."""

from __future__ import annotations

import numpy as np

from tests.network.event_models import event, network
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.settings import ToleranceSettings


def test_events_spare_what_is_held_and_act_on_what_is_free():
    """X' = 1 is set to 0 at X = 1, Y follows X: dY/dt = X would feel any change within the step."""
    model = network({"X": "1", "Y": "X", "Z": "0"}, [
        event("reset", "X >= 1", {"X": "0", "Z": "Z + 1"}),
        event("push", "sin(3*time) > 0.5", {"X": "X + 5"}, delay="0.1"),
    ], {"X": 0.25})  # fmt: skip
    kind = OdeKind(OdeKind.with_holds(model, {"X"}, set()), ToleranceSettings(), 0)
    values, places = np.zeros((2, len(kind.names))), np.arange(2)
    kind.start(values, places, places + 1, key=np.uint64(1), tick=0, time=0.0, inputs={})
    kind.hold(values, places[:1], "X", np.array([0.25]), np.ones(1))
    for step in range(4):
        assert not kind.advance(values, places, start=float(step), duration=1.0, inputs={}).any()
    x, y, z = (values[:, kind.names.index(name)] for name in "XYZ")
    assert x[0] == 0.25
    assert abs(y[0] - 1.0) < 1e-12
    assert z[0] == 0.0
    assert z[1] >= 2.0
