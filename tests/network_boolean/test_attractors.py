"""Attractors: exact counts of published networks, naive searches of small ones, what is refused."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tissue_sim.errors import SettingsError
from tissue_sim.kernels.network.attractors import states_of, synchronous_cycles, terminal_components
from tissue_sim.network.boolean.attractors import attractors
from tissue_sim.network.reader import Given, readers


def counts(model):
    sync, async_ = attractors(model), attractors(model, "asynchronous")
    return (
        len(sync.variables),
        len(sync.free_inputs),
        len(sync.fixed_points),
        len(sync.found),
        max(each.size for each in sync.found),
        max(each.basin for each in sync.found),
        len(async_.fixed_points),
        len(async_.complex),
        max([each.size for each in async_.complex], default=0),
    )


def test_published_networks_have_exactly_these_attractors(ground_truth):
    folder = ground_truth / "boolean" / "bnet"
    with (folder / "attractors.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    for row in rows:
        content = (folder / row["file"]).read_bytes()
        model = readers()["bnet"].read(content, row["file"], Given())
        assert counts(model) == tuple(int(row[key]) for key in list(row)[1:-1]), row["file"]


def naive_synchronous(flips):
    """Cycles as frozensets -> basin."""
    found: dict = {}
    for begin in range(len(flips)):
        state = begin
        for _ in range(len(flips)):
            state ^= flips[state]
        cycle, other = {state}, state ^ flips[state]
        while other != state:
            cycle.add(other)
            other ^= flips[other]
        found[frozenset(cycle)] = found.get(frozenset(cycle), 0) + 1
    return found


def naive_asynchronous(flips):
    """Terminal components as frozensets: states that reach each other and nothing else."""

    def reached(begin):
        seen, waiting = {begin}, [begin]
        while waiting:
            state = waiting.pop()
            for bit in range(8):
                other = state ^ (1 << bit)
                if flips[state] >> bit & 1 and other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return frozenset(seen)

    all_reached = [reached(state) for state in range(len(flips))]
    return {each for each in all_reached if all(all_reached[state] == each for state in each)}


graphs = st.integers(1, 5).flatmap(lambda n: st.lists(st.integers(0, 2**n - 1), min_size=2**n, max_size=2**n))


@given(graphs, st.booleans())
@settings(max_examples=60, deadline=None)
def test_searches_agree_with_naive_ones(flips, compiled):
    cycles = synchronous_cycles if compiled else synchronous_cycles.py_func
    components = terminal_components if compiled else terminal_components.py_func
    array, n = np.array(flips, dtype=np.int64), len(flips)
    label, (sizes, first, length) = np.empty(n, dtype=np.int32), np.zeros((3, n), dtype=np.int64)
    number = cycles(array, label, sizes, first, length)
    found = {}
    for k in range(number):
        states, state = [], int(first[k])
        for _ in range(length[k]):
            states.append(state)
            state ^= flips[state]
        found[frozenset(states)] = int(sizes[k])
    assert found == naive_synchronous(flips)
    work, stack = np.empty((4, n), dtype=np.int32), np.empty(n, dtype=np.int64)
    number = components(array, label, work, stack, sizes, first)
    sets = set()
    for k in range(number):
        states = np.empty(sizes[k], dtype=np.int64)
        assert states_of(label, k, states) == sizes[k]
        sets.add(frozenset(states.tolist()))
    assert sets == naive_asynchronous(flips)


def test_the_states_and_inputs_of_an_attractor(net):
    found = attractors(net.bnet("B, !A\nA, B | I\nI, I"))
    assert (found.variables, found.free_inputs) == (("B", "A"), ("I",))
    by_input = {each.inputs["I"]: each for each in found.found}
    assert by_input[True].states.tolist() == [[False, True]]  # B off, A on
    assert by_input[False].size == 4
    assert sum(each.basin for each in found.found) == 8
    for now, then in zip(by_input[False].states, np.roll(by_input[False].states, -1, axis=0), strict=True):
        assert then.tolist() == [not now[1], now[0]]


def test_rates_parameters_and_inputs_decide(net):
    text = "node A { rate_up = $k*(1 - A); rate_down = push; }\nnode push { rate_up = 0; rate_down = 0; }"
    model = net.maboss(text, "$k = 1;", inputs=["push"])
    assert attractors(model, inputs={"push": 0.0}).found[0].states.tolist() == [[True]]
    assert attractors(model, inputs={"push": 1.0}).found[0].size == 2
    assert len(attractors(model, inputs={"push": 0.0}, parameters={"k": 0.0}).found) == 2
    with pytest.raises(SettingsError, match="input 'push' needs a value"):
        attractors(model)
    with pytest.raises(SettingsError, match="no input 'pull'"):
        attractors(model, inputs={"push": 0.0, "pull": 1.0})
    with pytest.raises(SettingsError, match="negative"):
        attractors(model, inputs={"push": 0.0}, parameters={"k": -1.0})
    drawn = net.maboss(text, "$k = 1;", inputs=["push"], parameters={"k": "uniform(0, 1)"})
    with pytest.raises(SettingsError, match="'k' differs from cell to cell"):
        attractors(drawn, inputs={"push": 0.0})


def test_too_large_networks_are_refused(net):
    large = net.bnet("\n".join(f"X{i}, !X{i}" for i in range(21)))
    with pytest.raises(SettingsError, match="21 variables and 0 free inputs"):
        attractors(large)
    with pytest.raises(SettingsError, match="unknown; there are synchronous"):
        attractors(net.bnet("A, A"), "random")
