"""Events of a network: when they happen, in which order, and what they set."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tissue_sim.codegen.syntax import Number
from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.network.advancing import advance_rows
from tissue_sim.network.fit import check_fit
from tissue_sim.network.kind import Draws
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.model import Parameter
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate

INSTANT = 1e-13
"""Width, relative to the time, within which a moment is located."""


def bounces(number: int, e: float = 0.9, height: float = 10.0) -> np.ndarray:
    first = math.sqrt(2.0 * height / 9.81)
    speeds = 9.81 * first * e ** np.arange(1, number)
    return first + np.concatenate([[0.0], np.cumsum(2.0 * speeds / 9.81)])


def test_a_bouncing_ball_meets_the_ground_at_the_exact_times(models):
    times = np.array([0.0, *(bounces(15) + 1e-6)])
    found = simulate(models.ball(), times)
    np.testing.assert_array_equal(found["count"][0], np.arange(16))
    np.testing.assert_allclose(found["when"][0, 1:], bounces(15), rtol=3e-12)
    heights = 10.0 * 0.81 ** np.arange(15)
    np.testing.assert_allclose(found["height"][0, 2:], heights[1:], rtol=1e-10)


def test_one_location_is_exact_to_the_width_wanted_whatever_the_step(models):
    for steps in (1, 3, 10, 77):
        found = simulate(models.ball(), np.linspace(0.0, 2.0, steps + 1))
        exact = math.sqrt(20.0 / 9.81)
        assert 0.0 <= found["when"][0, -1] - exact <= 2.0 * INSTANT * exact


@pytest.fixture(scope="module")
def ordered(models):
    return simulate(models.order(), [0.0, 0.99, 1.01, 2.9, 9.0])


def final(found, name: str) -> float:
    return float(found[name][0, -1])


def test_events_of_one_instant_run_by_priority_and_those_without_come_last(ordered):
    # 2, then 1 (its priority fell meanwhile to -1), then 4 by its value at the trigger, then what has none.
    np.testing.assert_array_equal(ordered["log"][0], [0.0, 0.0, 43.0, 43.0, 43.0])
    assert final(ordered, "old") == 0.0


def test_delayed_events_take_their_values_at_the_trigger_or_at_the_execution(ordered):
    assert final(ordered, "taken") == pytest.approx(2.0, rel=1e-12)
    assert final(ordered, "taken_at") == pytest.approx(2.0, rel=1e-12)
    assert final(ordered, "found") == pytest.approx(2.5, rel=1e-12)
    assert final(ordered, "found_at") == pytest.approx(2.5, rel=1e-12)


def test_a_trigger_that_ends_calls_off_what_is_not_persistent(ordered):
    assert final(ordered, "never") == 0.0
    assert final(ordered, "yes") == pytest.approx(3.0, rel=1e-12)


def test_an_execution_may_call_off_another_of_the_same_instant(ordered):
    assert final(ordered, "rivals") == 2.0  # called off at 7; the clock was set back, and at 7 again it comes
    assert final(ordered, "A") == pytest.approx(8.5, rel=1e-12)


def test_events_trigger_each_other_at_one_instant_and_are_armed_again(ordered):
    assert final(ordered, "cascade_at") == pytest.approx(5.0, rel=1e-12)
    assert final(ordered, "rearmed") == 2.0


def test_the_start_triggers_only_what_was_false_before(ordered):
    assert ordered["started"][0, 0] == 1.0
    assert final(ordered, "missed") == 0.0


def test_conditions_that_hold_for_a_part_of_a_step_are_not_missed(ordered):
    assert final(ordered, "grazed") == pytest.approx(6.299, abs=1e-9)


@pytest.mark.slow
def test_a_wave_in_time_shortens_the_steps_that_would_jump_over_its_crests(models):
    model = models.network(
        {"A": "1"},
        [models.event("crest", "sin(2*pi*time/period) > 0.99", {"n": "n + 1", "when": "time"})],
        parameters={"period": 1.0, "n": 0.0, "when": 0.0},
    )
    found = simulate(
        model, [0.0, 40.0], parameters={"period": "uniform(0.5, 30)"}, cells=50, also=("period",)
    )
    period = found["period"][:, -1]
    first = np.arcsin(0.99) / (2.0 * math.pi) * period
    expected = np.floor((40.0 - first) / period) + 1.0
    np.testing.assert_array_equal(found["n"][:, -1], expected)
    np.testing.assert_allclose(found["when"][:, -1], first + (expected - 1.0) * period, rtol=1e-11)


def advanced(kind: OdeKind, steps: int, places: np.ndarray, cells: int, wide: int = 0) -> np.ndarray:
    values = np.zeros((cells, len(kind.names) + wide))
    ids = np.arange(cells) + 1
    kind.start(values, np.arange(cells), ids, key=np.uint64(4), tick=0, time=0.0, inputs={})
    for tick in range(steps):
        values, codes = advance_rows(
            kind, values, places, start=12.0 / steps * tick, duration=12.0 / steps, inputs={},
            draws=Draws(np.uint64(4), ids[places], tick),
        )  # fmt: skip
        assert not codes.any()
    return values


def test_pending_events_find_room_and_all_are_executed(models):
    kind = OdeKind(models.clock(), ToleranceSettings(), 0)
    values = advanced(kind, 3, np.arange(20), 20)
    assert values.shape[1] > len(kind.names)
    at = kind.system.places
    period = values[:, at["period"]]
    ticks = values[:, at["n_heads"]] + values[:, at["n_tails"]]
    np.testing.assert_array_equal(ticks, np.floor(12.0 / period * (1.0 - 1e-12)))
    np.testing.assert_array_equal(values[:, at["P"]], np.floor((12.0 - 2.3) / period * (1.0 - 1e-12)))


def test_cells_do_not_depend_on_their_batch_their_place_or_on_room(models):
    kind = OdeKind(models.clock(), ToleranceSettings(), 0)
    everyone = advanced(kind, 4, np.arange(20), 20)
    few = advanced(kind, 4, np.array([17, 3]), 20)
    width = min(everyone.shape[1], few.shape[1])
    assert few[[17, 3], :width].tobytes() == everyone[[17, 3], :width].tobytes()
    roomy = advanced(kind, 4, np.arange(20), 20, wide=30 * kind.system.layout.slot)
    base = len(kind.system.species) + len(kind.system.cell)
    assert roomy[:, :base].tobytes() == everyone[:, :base].tobytes()


def test_half_steps_do_what_a_whole_step_does(models):
    kind = OdeKind(models.ball(), ToleranceSettings(), 0)
    whole, halves = (advanced(kind, steps, np.arange(1), 1) for steps in (4, 8))
    at = kind.system.places
    for name in ("x", "v", "when", "height"):
        assert halves[0, at[name]] == pytest.approx(whole[0, at[name]], rel=1e-9, abs=1e-10)
    assert halves[0, at["count"]] == whole[0, at["count"]] == 6.0


def naive_windows(drawn: dict[str, float]) -> float:
    """Play the events of `windows` by hand, half an hour of its clock after the other."""
    x = 0.0
    flags = [i == 0 for i in range(4)]
    pending: list[tuple[int, float, float | None]] = []
    for half in range(33):
        moment = 0.5 * half
        while True:
            before = x
            for i in range(4):
                holds = math.floor(drawn[f"a{i}"]) <= moment < math.floor(drawn[f"b{i}"]) + 0.5
                if holds and not flags[i]:
                    value = 1.5 * before + i + 1 if i < 2 else None
                    pending.append((i, moment + math.floor(drawn[f"d{i}"]), value))
                if flags[i] and not holds and i % 2:
                    pending = [each for each in pending if each[0] != i]
                flags[i] = holds
            due = [each for each in pending if each[1] <= moment]
            if not due:
                break
            first = max(due, key=lambda each: drawn[f"p{each[0]}"] * (1.0 + x))
            pending.remove(first)
            x = 1.5 * x + first[0] + 1 if first[2] is None else first[2]
    return x


@pytest.mark.slow
def test_random_events_do_what_a_plain_loop_does(models):
    kind = OdeKind(models.windows(), ToleranceSettings(), 0)
    values = np.zeros((400, len(kind.names)))
    places = np.arange(400)
    kind.start(values, places, places + 1, key=np.uint64(4), tick=0, time=0.0, inputs={})
    drawn = {name: values[:, kind.system.places[name]].copy() for name in kind.initial.per_cell}
    for tick in range(5):
        values, codes = advance_rows(
            kind, values, places, start=3.2 * tick, duration=3.2, inputs={},
            draws=Draws(np.uint64(4), places + 1, tick),
        )  # fmt: skip
        assert not codes.any()
    expected = [naive_windows({name: each[i] for name, each in drawn.items()}) for i in range(400)]
    found = values[:, kind.system.places["x"]]
    assert len(set(found)) > 40
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_kinds_without_events_refuse_them(models):
    class Blind(OdeKind):
        name = "blind"
        executes_events = False

    with pytest.raises(SettingsError, match=r"'blind' does not execute events, and .* has event 'bounce'"):
        check_fit(Blind, models.ball())
    check_fit(OdeKind, models.ball())


def test_a_parameter_without_value_that_an_event_needs_is_named(models):
    model = models.network({"x": "1"}, [models.event("e", "x > k", {"x": "0"})], parameters={"k": 1.0})
    open_value = replace(model, parameters=(Parameter("k", Number(math.nan)),))
    with pytest.raises(SettingsError, match="parameter 'k' has no value, and the formula of 'e' uses it"):
        OdeKind(open_value, ToleranceSettings(), 0)


def test_equal_events_are_drawn_fairly_and_apart_in_cells_and_networks(models):
    first, second = (OdeKind(models.clock(), ToleranceSettings(), number) for number in (0, 1))
    values = advanced(first, 1, np.arange(200), 200)
    at = first.system.places
    heads, tails = values[:, at["n_heads"]], values[:, at["n_tails"]]
    number = float(heads.sum() + tails.sum())
    assert number > 7000
    assert abs(heads.sum() - 0.5 * number) < 4.0 * math.sqrt(0.25 * number)
    share = (heads - 0.5 * (heads + tails)) / np.sqrt(0.25 * (heads + tails))
    assert 0.7 < share.std() < 1.3
    assert not np.array_equal(advanced(second, 1, np.arange(200), 200)[:, at["n_heads"]], heads)


@pytest.mark.slow
def test_stiff_networks_stop_at_events_too(models):
    kind = OdeKind(models.stiff(), ToleranceSettings(), 0)
    values = np.zeros((1, len(kind.names)))
    place = np.arange(1)
    kind.start(values, place, place + 1, key=np.uint64(0), tick=0, time=0.0, inputs={})
    found = []
    for tick in range(5):
        codes = kind.advance(values, place, start=2.0 * tick, duration=2.0, inputs={})
        assert codes.tolist() == [0]
        assert values[0, kind.system.places["stiff"]] == 1.0
        found.append((values[0, kind.system.places["crossings"]], values[0, kind.system.places["when"]]))
    exact = math.pi * np.array([0.5, 0.5, 1.5, 2.5, 2.5])
    np.testing.assert_array_equal([count for count, _ in found], [1, 1, 2, 3, 3])
    np.testing.assert_allclose([when for _, when in found], exact, atol=2e-6)


@pytest.mark.slow
def test_more_events_at_the_start_than_there_are_slots(models):
    chain = [
        models.event(
            f"e{i}", "go >= 0", {"n": "n + 1"}, initial=False, delay="if(late > 5, 0.25, 0)", **models.NOW
        )
        for i in range(10)
    ]
    model = models.network({"go": "1"}, chain, parameters={"n": 0.0, "late": 0.0})
    assert simulate(model, [0.0, 1.0])["n"][0].tolist() == [10.0, 10.0]
    late = simulate(model, [0.0, 0.2, 0.3], parameters={"late": 6.0})
    assert late["n"][0].tolist() == [0.0, 0.0, 10.0]


def test_failures_say_what_is_wrong(models):
    model = models.network(
        {"x": "1"},
        [models.event("a", "x > 1", {"k": "-k"}, delay="wait"), models.event("b", "k > 0", {"k": "-k"}),
         models.event("c", "k < 0", {"k": "-k"})],
        parameters={"k": 0.0, "wait": 0.0},
    )  # fmt: skip
    with pytest.raises(SimulationError, match="delay of an event is negative"):
        simulate(model, [0.0, 2.0], parameters={"wait": -1.0})
    with pytest.raises(SimulationError, match="trigger each other without end"):
        simulate(model, [0.0, 2.0], parameters={"k": 1.0})


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nothing", "event 'e' sets 'nothing', which the network does not know"),
        ("time", "event 'e' sets 'time', which a formula determines"),
    ],
)
def test_what_cannot_be_set_is_refused(models, target, message):
    with pytest.raises(SettingsError, match=message):
        models.network({"x": "1"}, [models.event("e", "x > 1", {target: "0"})])


def test_an_input_cannot_be_set_by_an_event(models):
    model = models.network({"x": "k"}, [models.event("e", "x > 1", {"k": "0"})], parameters={"k": 1.0})
    with pytest.raises(SettingsError, match="event 'e' sets 'k', which is an input"):
        simulate(model, [0.0, 1.0], inputs={"k": 2.0})


def test_names_of_events_are_unknown_to_formulas_and_must_be_new(models):
    with pytest.raises(SettingsError, match="unknown name 'e'"):
        models.network({"x": "e"}, [models.event("e", "x > 1", {"x": "0"})])
    with pytest.raises(SettingsError, match="'x' is defined twice"):
        models.network({"x": "1"}, [models.event("x", "x > 1", {"x": "0"})])


def test_pending_events_without_end_are_an_error(models, monkeypatch):
    monkeypatch.setattr("tissue_sim.network.advancing.WIDEST", 200)
    with pytest.raises(SimulationError, match="too many events wait for their execution"):
        simulate(models.clock(), [0.0, 60.0], parameters={"wait": 1e9})
