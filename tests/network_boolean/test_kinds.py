"""The Boolean kinds: naive loops, analytic values, same bits, half steps, per-cell speeds, failures."""

from __future__ import annotations

import math
import subprocess
import sys

import numba
import numpy as np
import pytest

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.errors import SettingsError
from tissue_sim.kernels.philox import uniform_pair
from tissue_sim.network.boolean.time_scale import with_time_scale
from tissue_sim.network.kind import kinds
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate
from tissue_sim.random_numbers import Purpose
from tissue_sim.tissue.distributions import parse_distribution

METHODS = ("boolean_continuous", "boolean_synchronous", "boolean_asynchronous")
CYCLE = """
CycD, CycD
Rb, (!CycA & !CycB & !CycD) | (p27 & !CycB & !CycD)
E2F, (!Rb & !CycA & !CycB) | (p27 & !Rb & !CycB)
CycA, (E2F & !Rb & !Cdc20) | (CycA & !Rb & !Cdc20)
p27, !CycD & !CycA & !CycB
Cdc20, CycB
CycB, !Cdc20 & !CycA
"""
MANY_RATES = "".join(
    f"node X{i} {{ logic = !X0 & !X1 & !X2 & !X3 & !X4 & !X5 & !X6 & !X7; "
    f"rate_up = @logic ? {i + 1} : 0; rate_down = 0; }}\n"
    for i in range(8)
)


def rates_of(model, state):
    values = dict(zip(model.species_names, state, strict=True))
    values |= {each.name: each.value.parameters[0] for each in model.parameters}
    return np.array(
        [
            evaluate(node.down if on else node.up, lambda name: values[name.path[0]])
            for node, on in zip(model.nodes, state, strict=True)
        ]
    )


def naive_continuous(model, state, key, cell_id, tick, duration, *, by_count):
    """Gillespie with the same draws; `by_count` where all rates are alike."""
    state, left, draw = list(state), duration, 0
    while True:
        rates = rates_of(model, state)
        total = sum(rates)
        if total == 0.0:
            return state
        first, second = uniform_pair(key, cell_id, tick, int(Purpose.BOOLEAN_UPDATE), draw)
        left += math.log(first) / total
        if left <= 0.0:
            return state
        active = np.flatnonzero(rates)
        if by_count:
            chosen = active[int(second * len(active))]
        else:
            chosen = active[np.searchsorted(np.cumsum(rates[active]), second * total, side="right")]
        state[chosen] = 1.0 - state[chosen]
        draw += 1


@pytest.mark.parametrize("name", ["cycle", "many rates"])
def test_continuous_time_is_the_naive_chain_with_the_same_draws(net, name):
    model = net.bnet(CYCLE) if name == "cycle" else net.maboss(MANY_RATES)
    cells = net.Cells(model, cells=70)
    for _ in range(3):
        before = cells.values.copy()
        assert not cells.advance(1.5).any()
        for i in range(70):
            expected = naive_continuous(
                model, before[i, : len(model.nodes)], cells.key, i + 1, cells.tick - 1, 1.5,
                by_count=name == "cycle",
            )  # fmt: skip
            assert cells.values[i, : len(model.nodes)].tolist() == expected


def test_discrete_updates_are_the_naive_ones(net):
    model = net.bnet(CYCLE)
    sync = net.Cells(model, "boolean_synchronous", cells=128)
    one = net.Cells(model, "boolean_asynchronous", cells=128)
    n = len(model.nodes)
    for _ in range(4):
        before, before_one = sync.values.copy(), one.values.copy()
        sync.advance(3.0)
        one.advance(1.0)
        for i in range(128):
            state = before[i, :n]
            for _ in range(3):
                state = np.abs(state - (rates_of(model, state) > 0.0))
            assert sync.values[i, :n].tolist() == state.tolist()
            state = before_one[i, :n].copy()
            for k in range(n):
                pair = uniform_pair(one.key, i + 1, one.tick - 1, int(Purpose.BOOLEAN_UPDATE), k // 2)
                node = int(pair[k % 2] * n)
                if rates_of(model, state)[node] > 0.0:
                    state[node] = 1.0 - state[node]
            assert one.values[i, :n].tolist() == state.tolist()


def test_steps_that_are_no_whole_updates_keep_the_rest(net):
    model = net.bnet("A, !A\nB, A", initial={"A": 0, "B": 0})
    cells = net.Cells(model, "boolean_synchronous", cells=3)
    seen = []
    for _ in range(9):
        cells.advance(1.0 / 3.0)
        seen.append(int(cells["A"][0]))
    assert seen == [0, 0, 1, 1, 1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("$a", "$b"),  # two classes
        ("0.5*$a*(1 + B) + 0*A", "$b"),  # arithmetic of nodes
    ],
)
def test_one_node_is_the_two_state_chain(net, up, down):
    text = f"node A {{ rate_up = {up}; rate_down = {down}; }}\nnode B {{ rate_up = 0; rate_down = 0; }}"
    a, b, n = 0.8, 0.3, 20_000
    cells = net.Cells(net.maboss(text, f"$a = {a}; $b = {b}; A.istate = 0; B.istate = 1;"), cells=n)
    time = 0.0
    for step in (0.3, 0.7, 2.0):
        cells.advance(step)
        time += step
        p = a / (a + b) * (1.0 - math.exp(-(a + b) * time))
        assert abs(cells["A"].mean() - p) < 4.0 * math.sqrt(p * (1.0 - p) / n)


def test_waiting_times_are_exponential(net):
    cells = net.Cells(net.maboss("node A { rate_up = 2; }", "A.istate = 0;"), cells=40_000)
    for k in range(1, 6):
        cells.advance(0.2)
        p = math.exp(-0.4 * k)
        assert abs((cells["A"] == 0.0).mean() - p) < 4.0 * math.sqrt(p * (1.0 - p) / 40_000)


def test_the_next_node_is_drawn_in_proportion_to_its_rate(net):
    n = 36_000
    model = net.maboss(MANY_RATES, "".join(f"X{i}.istate = 0;" for i in range(8)))
    cells = net.Cells(model, cells=n)
    cells.advance(100.0)
    found = cells.values[:, :8].sum(axis=0)
    assert found.sum() == n
    expected = n * (np.arange(8) + 1.0) / 36.0
    assert ((found - expected) ** 2 / expected).sum() < 30.0  # chi-square, 7 degrees of freedom: p = 1e-4


@pytest.mark.slow
def test_networks_of_several_words(net):
    names = [f"X{i}" for i in range(130)]
    ring = "\n".join(f"{name}, {names[i - 1]}" for i, name in enumerate(names))
    sync = net.Cells(net.bnet(ring), "boolean_synchronous", cells=5)
    before = sync.values[:, :130].copy()
    sync.advance(71.0)
    np.testing.assert_array_equal(sync.values[:, :130], np.roll(before, 71, axis=1))
    growing = "\n".join(f"{name}, 1" for name in names)
    cells = net.Cells(net.bnet(growing, initial=dict.fromkeys(names, 0)), cells=500)
    cells.advance(0.7)
    p, n = 1.0 - math.exp(-0.7), 500 * 130
    assert abs(cells.values[:, :130].mean() - p) < 4.0 * math.sqrt(p * (1.0 - p) / n)
    by_node = cells.values[:, :130].mean(axis=0)
    assert np.abs(by_node - p).max() < 5.0 * math.sqrt(p * (1.0 - p) / 500)


@pytest.mark.parametrize("method", METHODS)
def test_same_bits_for_any_threads_batch_and_row(net, method):
    def run(threads, batches=1):
        cells = net.Cells(net.bnet(CYCLE), method, cells=300, seed=7)
        numba.set_num_threads(threads)
        for _ in range(4):
            tick = cells.tick
            for part in np.array_split(cells.places[:: 1 if batches == 1 else -1], batches):
                cells.tick = tick
                cells.advance(0.8, part)
        numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
        return cells.values.tobytes()

    once = run(1)
    assert run(numba.config.NUMBA_NUM_THREADS) == once
    assert run(1, batches=7) == once


NO_JIT = """
import numpy as np, sys
sys.path.insert(0, {folder!r})
import conftest
for method in {methods!r}:
    cells = conftest.Cells(conftest.bnet({text!r}), method, cells=20, seed=7)
    for _ in range(3):
        cells.advance(1.0)
    print(cells.values.astype(int).ravel().tolist())
"""


def test_same_bits_without_the_jit(net):
    import os
    from pathlib import Path

    code = NO_JIT.format(folder=str(Path(__file__).parent), methods=METHODS, text=CYCLE)
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    lines = done.stdout.split("\n")
    for method, line in zip(METHODS, lines, strict=False):
        cells = net.Cells(net.bnet(CYCLE), method, cells=20, seed=7)
        for _ in range(3):
            cells.advance(1.0)
        assert str(cells.values.astype(int).ravel().tolist()) == line


@pytest.mark.parametrize("method", METHODS)
def test_two_half_steps_are_one_whole_in_distribution(net, method):
    n = 20_000
    model = net.bnet(CYCLE, initial={"CycD": 1})
    whole, halves = net.Cells(model, method, cells=n, seed=1), net.Cells(model, method, cells=n, seed=2)
    for _ in range(2):
        whole.advance(2.0)
        halves.advance(1.0)
        halves.advance(1.0)
    for name in model.species_names:
        p, q = whole[name].mean(), halves[name].mean()
        assert abs(p - q) < 4.5 * math.sqrt(2.0 * max(p * (1.0 - p), 1e-4) / n), name
    both = (whole["CycA"] * whole["CycB"]).mean(), (halves["CycA"] * halves["CycB"]).mean()
    assert abs(both[0] - both[1]) < 4.5 * math.sqrt(0.5 / n)


def test_first_states_alone_and_together(net):
    n = 40_000
    text = "".join(f"node {name} {{ rate_up = 0; rate_down = 0; }}\n" for name in "ABCD")
    cfg = "$w = 3; A.istate = 0.2; B.istate = 1; [C, D].istate = 1 [0, 0], $w [0, 1], 4 [1, 1];"
    cells = net.Cells(net.maboss(text, cfg), cells=n)
    assert abs(cells["A"].mean() - 0.2) < 4.0 * math.sqrt(0.16 / n)
    assert (cells["B"] == 1.0).all()
    for state, p in (((0, 0), 0.125), ((0, 1), 0.375), ((1, 1), 0.5), ((1, 0), 0.0)):
        found = ((cells["C"] == state[0]) & (cells["D"] == state[1])).mean()
        assert abs(found - p) <= 4.0 * math.sqrt(p * (1.0 - p) / n)
    again = net.Cells(net.maboss(text, cfg), cells=n)
    assert again.values.tobytes() == cells.values.tobytes()
    drawn = net.Cells(net.bnet("A, A", initial={"A": "uniform(0, 1)"}), cells=n)
    assert abs(drawn["A"].mean() - 0.5) < 4.0 * 0.5 / math.sqrt(n)


def test_weights_and_probabilities_that_are_none(net):
    text = "node A { } node B { }"
    with pytest.raises(SettingsError, match="initial states of A, B need weights"):
        net.Cells(net.maboss(text, "$w = -1; [A, B].istate = $w [0, 0], 2 [1, 1];"))
    with pytest.raises(SettingsError, match=r"initial value of node 'A' is 1.5"):
        net.Cells(net.maboss(text, "$p = 0.5; A.istate = $p;", parameters={"p": 1.5}))


def test_parameters_and_speeds_differ_from_cell_to_cell(net):
    model = net.maboss("node A { rate_up = $k; }", "A.istate = 0; $k = 1;", parameters={"k": "choice(0, 4)"})
    cells = net.Cells(model, cells=20_000)
    cells.advance(0.5)
    k = cells["k"]
    assert cells["A"][k == 0.0].max() == 0.0
    p = 1.0 - math.exp(-2.0)
    assert abs(cells["A"][k == 4.0].mean() - p) < 4.0 * math.sqrt(p * (1.0 - p) / 10_000)
    model = net.bnet("A, !A", initial={"A": 0})
    scaled, shared = with_time_scale(model, parse_distribution("choice(1, 3)"))
    assert (shared, with_time_scale(model, 2.5)) == (1.0, (model, 2.5))
    cells = net.Cells(scaled, "boolean_synchronous", cells=100)
    cells.advance(2.0)
    np.testing.assert_array_equal(cells["A"], 0.0)
    cells.advance(1.0)
    assert (cells["A"] == 1.0).all()
    speed = net.Cells(scaled, "boolean_synchronous", cells=100)
    speed.advance(1.0 / 3.0)
    assert {(s, a) for s, a in zip(speed["time__scale"], speed["A"], strict=True)} == {(1.0, 0.0), (3.0, 1.0)}


def test_rates_that_are_none_and_chains_without_end_fail_their_cell_only(net):
    text = "node A { rate_up = $k; rate_down = $k; }"
    for rate, code in ((-1.0, 4), (1e300, 3)):
        model = net.maboss(text, "A.istate = 0;", parameters={"k": f"choice(1, {rate})"})
        cells = net.Cells(model, cells=50)
        before = cells.values.copy()
        codes = cells.advance(1.0)
        wrong = cells["k"] == rate
        assert wrong.any()
        assert (codes[wrong] == code).all()
        assert not codes[~wrong].any()
        np.testing.assert_array_equal(cells.values[wrong], before[wrong])
    assert "negative" in cells.kind.describe(4)
    assert "flips" in cells.kind.describe(3)


def test_instantaneous_rates_act_at_once(net):
    text = "node A { rate_up = 1e100; }\nnode B { logic = A; rate_up = @logic ? 1 : 0; }"
    cells = net.Cells(net.maboss(text, "A.istate = 0; B.istate = 0;"), cells=10_000)
    cells.advance(1.0)
    assert (cells["A"] == 1.0).all()
    assert abs(cells["B"].mean() - (1.0 - math.exp(-1.0))) < 4.0 * 0.5 / 100.0


@pytest.mark.parametrize("method", METHODS)
def test_a_node_that_is_held_stays_until_it_is_let_go(net, method):
    model = net.bnet("A, !A\nB, A\nC, !C", initial={"A": 1, "B": 1, "C": 1})
    kind = kinds()[method]
    cells = net.Cells(kind.with_holds(model, ["A"], []), method, cells=200)
    out = cells.places[::2]
    cells.kind.hold(cells.values, out, "A", np.zeros(len(out)), np.ones(len(out)))
    for _ in range(10):
        assert not cells.advance(1.0).any()
        assert (cells["A"][::2] == 0.0).all()
    assert (cells["B"][::2] == 0.0).all()
    if method != "boolean_synchronous":
        assert 0.2 < cells["C"][::2].mean() < 0.8
        assert 0.2 < cells["A"][1::2].mean() < 0.8
    cells.kind.hold(cells.values, out, "A", np.full(len(out), np.nan), np.ones(len(out)))
    seen = np.zeros(len(out))
    for _ in range(10):
        cells.advance(1.0)
        seen += cells["A"][::2]
    assert (seen > 0.0).all()


def test_production_of_a_node_is_its_rate_up(net):
    model = net.maboss("node A { rate_up = 1; rate_down = 1; }", "A.istate = 0;")
    kind = kinds()["boolean_continuous"]
    n = 20_000
    cells = net.Cells(kind.with_holds(model, [], ["A"]), cells=n)
    cells.kind.hold(cells.values, cells.places, "A", np.full(n, np.nan), np.full(n, 0.25))
    cells.advance(30.0)
    assert abs(cells["A"].mean() - 0.2) < 4.0 * math.sqrt(0.16 / n)
    with pytest.raises(SettingsError, match="'A' has no rate to scale in a network of method boolean_sync"):
        kinds()["boolean_synchronous"].with_holds(model, [], ["A"])


def test_inputs_count_as_on_where_they_are_not_zero(net):
    cells = net.Cells(net.bnet("A, I", inputs=["I"], initial={"A": 0}), "boolean_synchronous", cells=3)
    cells.inputs["I"] = np.array([0.0, 1.0, 0.5])
    cells.advance(1.0)
    assert cells["A"].tolist() == [0.0, 1.0, 1.0]


def test_models_and_methods_that_do_not_go_together(net, make_equations):
    model = net.bnet("A, A")
    with pytest.raises(SettingsError, match="method ode cannot advance Boolean nodes such as 'A'; take"):
        simulate(model, [0.0, 1.0])
    with pytest.raises(SettingsError, match="boolean_continuous advances Boolean nodes, and 'X' is none"):
        simulate(make_equations, [0.0, 1.0], method="boolean_continuous")
    result = simulate(model, [0.0, 1.0], method="boolean_continuous", initial={"A": 1}, cells=3)
    assert result["A"].tolist() == [[1.0, 1.0]] * 3


def test_internal_nodes_are_not_written(net):
    model = net.maboss("node A { } node B { logic = A; }", "A.is_internal = 1;")
    assert simulate(model, [0.0, 1.0], method="boolean_continuous").names == ("B",)
    both = simulate(model, [0.0, 1.0], method="boolean_continuous", also=["A"])
    assert both.names == ("B", "A")
    assert net.Cells(model, cells=1).kind.whole == ("B",)
    assert ToleranceSettings()
