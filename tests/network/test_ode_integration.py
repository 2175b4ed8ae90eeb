"""The explicit integrator against exact solutions, and what no cell's result may depend on."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate

CELLS = 7


def tolerance(relative: float, absolute: float = 1e-300) -> ToleranceSettings:
    return ToleranceSettings(relative=relative, absolute=absolute)


def exact(time: np.ndarray, k: np.ndarray) -> dict[str, np.ndarray]:
    decay = 3.0 * np.exp(-k * time)
    return {"x": np.cos(1.5 * time) + 0.0 * k, "d": decay, "c": 3.5 - decay, "double": 2.0 * decay + 0.25}


def started(model, cells: int = CELLS, given: ToleranceSettings | None = None):
    kind = OdeKind(model, given or ToleranceSettings())
    values = np.zeros((cells, len(kind.names)))
    places, ids = np.arange(cells), np.arange(1, cells + 1)
    held = {name: np.full(cells, 0.25) for name in model.inputs}
    kind.start(values, places, ids, key=np.uint64(3), tick=0, time=0.0, inputs=held)
    return kind, values, places, held


@pytest.mark.parametrize("relative", [1e-4, 1e-6, 1e-8, 1e-10])
def test_exact_solutions_within_tolerance(mixed, relative):
    times = np.linspace(0.0, 6.0, 5)
    found = simulate(
        mixed, times, inputs={"push": 0.25}, cells=CELLS, also=["k"], tolerance=tolerance(relative, relative)
    )
    k = found["k"]
    assert len(set(k[:, 0])) == CELLS
    assert ((k > 0.1) & (k < 0.9)).all()
    for name, values in exact(times[None, :], k).items():
        assert np.abs(found[name] - values).max() < 60.0 * relative
    np.testing.assert_allclose(found["d"] + found["c"], 3.5, rtol=1e-13)


def test_order_five_with_fixed_steps(mixed):
    kind, start, places, held = started(mixed, given=tolerance(0.1, 1e300))
    steps = np.array([4, 8, 16, 32])
    errors = []
    for number in steps:
        values = start.copy()
        for i in range(number):
            values[:, kind.system.places["step_size"]] = 10.0
            kind.advance(values, places, start=2.0 * i / number, duration=2.0 / number, inputs=held)
        errors.append(np.abs(values[:, 0] - np.cos(3.0)).max())
    slope = -np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert 4.7 < slope < 6.0


def test_two_halves_are_one_whole(mixed):
    kind, whole, places, held = started(mixed, given=tolerance(1e-11, 1e-13))
    halves = whole.copy()
    kind.advance(whole, places, start=0.0, duration=4.0, inputs=held)
    for i in range(2):
        kind.advance(halves, places, start=2.0 * i, duration=2.0, inputs=held)
    np.testing.assert_allclose(halves[:, :4], whole[:, :4], atol=1e-9)


def test_same_bits_for_one_and_two_threads_alone_and_in_a_batch(mixed):
    kind, values, places, held = started(mixed)
    alone, one, reversed_batch = values.copy(), values.copy(), values.copy()
    for i in range(3):
        span = {"start": 2.0 * i, "duration": 2.0}
        numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
        kind.advance(values, places, inputs=held, **span)
        numba.set_num_threads(1)
        kind.advance(one, places, inputs=held, **span)
        kind.advance(reversed_batch, places[::-1].copy(), inputs=held, **span)
        for place in places:
            kind.advance(alone, np.array([place]), inputs={n: v[:1] for n, v in held.items()}, **span)
    assert one.tobytes() == values.tobytes()
    assert alone.tobytes() == values.tobytes()
    assert reversed_batch.tobytes() == values.tobytes()


def test_an_input_jump_asks_for_a_new_first_step(mixed):
    kind, values, places, held = started(mixed)
    kind.advance(values, places, start=0.0, duration=1.0, inputs=held)
    step = kind.system.places["step_size"]
    before = values[:, step].copy()
    kind._take_inputs(values, places, {"push": held["push"] * 1.01})
    assert (values[:, step] == before).all()
    kind._take_inputs(values, places, {"push": held["push"] * 2.0})
    assert (values[:, step] == 0.0).all()


def test_the_step_size_is_kept_from_step_to_step(mixed):
    kind, values, places, held = started(mixed)
    for i in range(3):
        kind.advance(values, places, start=0.5 * i, duration=0.5, inputs=held)
    taken = kind.kernels.steps_taken
    kind.advance(values, places, start=1.5, duration=0.5, inputs=held)
    assert kind.kernels.steps_taken - taken <= 8 * CELLS
    assert (values[:, kind.system.places["step_size"]] > 0.02).all()


def test_the_plain_python_of_the_kernel_agrees(mixed):
    """`advance_cell` as uncompiled Python (its helpers stay compiled) gives the compiled result."""
    kind, values, places, held = started(mixed)
    plain = values[0].copy()
    kind.advance(values, places, start=0.0, duration=1.0, inputs=held)
    compiled = kind.kernels._explicit
    absolute = np.full(4, 1e-9)
    status, _ = compiled.module.advance_cell.py_func(
        plain, np.zeros(compiled.held_size), compiled.constants, absolute, 1e-6, 0.0, 1.0, 1000
    )
    assert status == 0
    np.testing.assert_allclose(plain[:4], values[0, :4], rtol=1e-12, atol=1e-14)


def test_arrays_do_what_named_scalars_do(mixed, monkeypatch):
    """Large networks are integrated in arrays; a small one made to use them gives the same values."""
    from tissue_sim.codegen import network_kernels

    kind, scalars, places, held = started(mixed)
    kind.advance(scalars, places, start=0.0, duration=3.0, inputs=held)
    monkeypatch.setattr(network_kernels, "MOST_SCALAR_SPECIES", 0)
    kind, arrays, places, held = started(mixed)
    assert (kind.advance(arrays, places, start=0.0, duration=3.0, inputs=held) == 0).all()
    np.testing.assert_allclose(arrays, scalars, rtol=1e-11, atol=1e-13)


def test_a_network_without_rates_stays(make_network):
    model = make_network("X' = 0\ny = 2*X + time", initial={"X": 3})
    found = simulate(model, [0.0, 1.0, 2.0])
    assert found["X"].tolist() == [[3.0, 3.0, 3.0]]
    assert found["y"].tolist() == [[6.0, 7.0, 8.0]]
