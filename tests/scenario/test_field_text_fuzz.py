"""Whatever stands in reactions, rates of sources and diffusion: a scenario, or mistakes with their places."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.scenario import load_scenario_text

FUZZ = settings(deadline=2000, max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
PIECES = st.sampled_from(
    (
        "u", "v", "k", "x", "time", "w", "1", "0", "1e308", "9^9^9^9", " + ", "-", "*", "/", "^", "(",
        ")", ",", "' = ", " = ", " -> ", " <-> ", " @ ", ": ", "\n", "#", "sin(", "exp(", "log(", "max(",
        "if(", "a", "b", "lambda", "__import__", "import os", "cell.volume", "signal.u", "contact.mean(u)",
        "'", '"', "\\", "at(",
    )
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join))
SOURCE = {"signal": "u", "region": {"ball": {"center": [0, 0], "radius": 20}}, "rate": 1}


def load(path: tuple[str | int, ...], text: str) -> None:
    """Load a scenario with one value; anything but a scenario or mistakes with places is a failure."""
    tree = {
        "tissue_sim": 1,
        "duration": "1 h",
        "parameters": {"k": 2},
        "domain": {"size": [40, 40], "spacing": 10},
        "signals": {"u": {"diffusion": 1}, "v": {"diffusion": 1}},
        "sources": [dict(SOURCE)],
        "cell_types": {"a": {}},
    }
    place = tree
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = text
    problems: list[str] = []
    try:
        load_scenario_text(json.dumps(tree), name="s.yaml")
    except ScenarioError as error:
        problems = [str(problem) for problem in error.problems]
    assert all(one.startswith("s.yaml:") for one in problems)


@FUZZ
@given(TEXTS)
def test_any_reactions(text):
    load(("reactions",), text)


@FUZZ
@given(st.lists(st.sampled_from(("u", "v", "2 u", "a", "")), min_size=2, max_size=2), TEXTS)
def test_any_rate_of_a_reaction(sides, rate):
    load(("reactions",), f"r: {sides[0]} -> {sides[1]} @ {rate}\nu' = r")


@FUZZ
@given(TEXTS)
@pytest.mark.parametrize("path", [("sources", 0, "rate"), ("signals", "u", "diffusion")])
def test_any_formula_of_a_field(path, text):
    load(path, text)
