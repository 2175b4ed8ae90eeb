"""Reactions written as text: what they become, that the ODE of them is right, and where errors point."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tissue_sim.codegen.parser import parse_equations
from tissue_sim.codegen.syntax import Number
from tissue_sim.errors import SettingsError
from tissue_sim.network.settings import NetworkSettings
from tissue_sim.network.simulate import simulate

PIECES = (
    "A",
    "B",
    "k",
    "2",
    "0",
    " ",
    "+",
    "->",
    "<->",
    "@",
    ":",
    "*",
    ",",
    "(",
    ")",
    "'",
    "=",
    "\n",
    "#",
    "-",
)
VALUES = {"k": 0.5, "l": 0.25}
START = {"A": 4, "B": 3, "C": 0}


def changes(model):
    return {
        each.name: {name: coefficient.value for name, coefficient in each.changes} for each in model.reactions
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A + B -> C @ k*A*B", {"reaction_1": {"A": -1.0, "B": -1.0, "C": 1.0}}),
        ("bind: 2 A + B -> C @ k", {"bind": {"A": -2.0, "B": -1.0, "C": 1.0}}),
        ("2*A + B->1.5 C @ k", {"reaction_1": {"A": -2.0, "B": -1.0, "C": 1.5}}),
        ("-> A @ k  # made", {"reaction_1": {"A": 1.0}}),
        ("A -> @ k*A", {"reaction_1": {"A": -1.0}}),
        ("0 -> A @ k\nA -> 0 @ l*A", {"reaction_1": {"A": 1.0}, "reaction_2": {"A": -1.0}}),
        ("A + B -> A + 2 B @ k*A", {"reaction_1": {"B": 1.0}}),
        ("A + A -> C @ k*A*(A - 1)/2", {"reaction_1": {"A": -2.0, "C": 1.0}}),
        (
            "x: A + B <-> C @ k*A*B, l*C",
            {"x": {"A": -1.0, "B": -1.0, "C": 1.0}, "x_back": {"A": 1.0, "B": 1.0, "C": -1.0}},
        ),
        (
            "A <-> B @ (k*\n A), l*B\nA -> C @ k",
            {
                "reaction_1": {"A": -1.0, "B": 1.0},
                "reaction_1_back": {"A": 1.0, "B": -1.0},
                "reaction_2": {"A": -1.0, "C": 1.0},
            },
        ),
        ("A -> B @ reaction_1\nreaction_1 = k*A", {"reaction_1_2": {"A": -1.0, "B": 1.0}}),
    ],
)
def test_lines_become_reactions(make_network, text, expected):
    assert changes(make_network(text, VALUES, START)) == expected


def test_species_stand_in_the_order_written_and_catalysts_rest(make_network):
    model = make_network("B' = -k*B\nC + A -> C @ total*A\ntotal = k*C", VALUES, START)
    assert model.species_names == ("B", "C", "A")
    assert model.rates()[1] == Number(0.0)


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("A + B -> C", "expected '@' and the rate, found the end of the line", "end"),
        ("A + B -> C\nA -> @ k", "expected '@' and the rate, found the end of the line", "\nA -> @"),
        ("A <-> B @ k*A", "<-> needs two rates", "<->"),
        ("A -> B @ k*A, l*B", "two rates belong to <->", ", l"),
        ("-> @ k", "the reaction has no species", "->"),
        ("A - B -> C @ k", r"expected '\+' or '->', found '-'", "- B"),
        ("A B -> C @ k", r"expected '\+' or '->', found 'B'", "B ->"),
        ("2 -> A @ k", "expected the name of a species, found '->'", "->"),
        ("2*3 -> A @ k", "expected the name of a species, found '3'", "3 ->"),
        ("-1 A -> B @ k", "expected the name of a species, found '-'", "-1"),
        ("1e400 A -> B @ k", "no number of molecules", "1e400"),
        ("signal.x -> A @ k", "expected the name of a species", "signal.x"),
        ("A -> pi @ k", "expected the name of a species, found 'pi'", "pi"),
        ("A -> B @", "ends where a number", "end"),
        ("A -> B @ k @ l", "unexpected '@'", "@ l"),
        ("A -> B @ q*A", "unknown name 'q'", "q*A"),
        ("A -> B @ 1/0", "not a finite number", "A -> B"),
        ("A -> D @ k", "species 'D' has no initial value", "D @"),
        ("A -> k @ 1", "'k' is a parameter, which no reaction can change", "k @"),
        ("A -> seen @ 1", "'seen' is an input, which no reaction can change", "seen"),
        ("A -> time @ 1", "'time' is the time, which no reaction can change", "time"),
        ("A -> B @ k\nB' = 1", "'B' follows its rate", "B @"),
        ("A -> B @ k\nB = 1", "'B' is assigned by a formula", "B @"),
        ("x: A -> B @ k\nx: B -> A @ k", "'x' is already defined in line 1", "x: B"),
        ("k: A -> B @ 1", "'k' is already a parameter", "k:"),
        ("A -> B; k*A", "one equation per line", ";"),
        ("A -> B @ " + "k + " * 600 + "k", "more than 1000|characters long", None),
    ],
)
def test_mistakes_point_into_the_text(make_network, text, message, at):
    with pytest.raises(SettingsError, match=message) as caught:
        make_network(text, VALUES, START, ("seen",))
    if at is not None:
        assert caught.value.offset == (len(text) if at == "end" else text.index(at))


def test_an_arrow_means_nothing_in_other_expressions():
    with pytest.raises(SettingsError, match="expected a number, a name"):
        parse_equations("X' = a - > b")


def test_lines_keep_their_place():
    text = "\n# none\nX' = 1\n bind: A -> B @ k*A"
    _, reaction = parse_equations(text)
    assert (reaction.kind, reaction.name, reaction.line) == ("reaction", "bind", 4)
    assert reaction.offset == text.index("bind")


def test_the_ode_of_reactions_is_that_of_their_rates(make_network):
    model = make_network("A <-> B @ k*A, l*B", VALUES, START)
    times = np.array([0.0, 1.0, 3.0])
    found = simulate(model, times)
    resting = 7.0 * 0.25 / 0.75
    np.testing.assert_allclose(found["A"][0], resting + (4.0 - resting) * np.exp(-0.75 * times), rtol=1e-5)
    np.testing.assert_allclose(found["A"][0] + found["B"][0], 7.0, rtol=1e-12)


def test_the_schema_tells_of_reactions():
    schema = json.dumps(NetworkSettings.model_json_schema())
    assert "A + 2 B -> C @ k*A*B^2" in schema


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text_is_read_or_refused(text):
    from tissue_sim.network.reader import Given, readers
    from tissue_sim.tissue.distributions import parse_distribution

    known = Given({"k": parse_distribution(1)}, {"A": parse_distribution(1), "B": parse_distribution(2)})
    offset = 0
    try:
        readers()["equations"].read(text.encode(), "net", known)
    except SettingsError as error:
        offset = error.offset
    assert 0 <= offset <= len(text)


def test_many_lines_are_read_quickly(make_network):
    text = "A -> B @ k*A\n" * 7000
    assert len(make_network(text, VALUES, START).reactions) == 7000
