"""Removal of order zero ends where a voxel runs out within the step: neither a step late nor too early."""

from __future__ import annotations

import numpy as np
import pytest

SIGNAL = {"unit": "uM", "diffusion": "2000 um^2/min", "initial": 0}
HELD = {"signal": "s", "region": {"annulus": {"center": [0, 0, 0], "inner": 15, "outer": 60}}, "value": 10}


def test_a_voxel_filled_from_empty_is_second_order_in_time(make_tissue, assert_books_close):
    """Six neighbours at 10 uM, D/dx^2 = 5/min: dc/dt = 30 (10 - c) - 20, from c = 0."""
    steps, errors = np.array([20, 40, 80, 160]), []
    for number in steps:
        sources = [{"signal": "s", "region": {"point": [0, 0, 0]}, "rate": -20}]
        made = make_tissue({"s": SIGNAL}, shape=(3, 3, 3), sources=sources, fixed=[HELD])
        for _ in range(number):
            made.process.advance(made.tissue, 0.1 / number)
        exact = 28.0 / 3.0 * (1.0 - np.exp(-30.0 * 0.1))
        errors.append(abs(made.tissue.fields["s"][1, 1, 1] - exact))
        assert_books_close(made.process)
        assert made.process.ledger()["s"]["shortfall"] == pytest.approx(0.0, abs=1e-9)
    assert 1.9 < -np.polyfit(np.log(steps), np.log(errors), 1)[0] < 2.1


@pytest.mark.parametrize("step", [0.001, 0.01, 0.1, 1.0])
def test_the_empty_core_of_a_slab_does_not_depend_on_the_step(make_tissue, assert_books_close, step):
    """Uptake q in a slab between faces at c0: empty beyond the depth sqrt(2 D c0 / q), at any step."""
    q, c0, diffusion = 20.0, 10.0, 1e4
    signal = {"diffusion": diffusion, "initial": c0, "boundary": {"default": {"value": c0}}}
    sources = [{"signal": "s", "region": {"all": True}, "rate": -q}]
    made = make_tissue({"s": signal}, shape=(1, 1, 80), spacing=4.0, sources=sources)
    steady = make_tissue({"s": {**signal, "mode": "steady"}}, shape=(1, 1, 80), spacing=4.0, sources=sources)
    steady.process.advance(steady.tissue, 1.0)
    for _ in range(max(8, round(4.0 / step)) if step >= 0.01 else 1000):
        made.process.advance(made.tissue, step)
    field = made.tissue.fields["s"]
    assert field.min() >= 0.0
    if step >= 0.01:
        np.testing.assert_allclose(field, steady.tissue.fields["s"], atol=1e-3)
    assert_books_close(made.process)
