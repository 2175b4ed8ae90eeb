"""JSON Schema for editors, lists for people, and the text of `check`."""

from __future__ import annotations

import jsonschema
import pytest

from tissue_sim.codegen.functions import FUNCTIONS
from tissue_sim.scenario.describe import describe, minutes
from tissue_sim.scenario.json_schema import all_behaviours, behaviours_text, expressions_text, scenario_schema
from tissue_sim.scenario.positions import Source
from tissue_sim.scenario.reader import read_nodes
from tissue_sim.scenario.scenario import load_scenario, load_scenario_text
from tissue_sim.scenario.to_plain import to_plain


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def keys_of(text: str):
    return to_plain(read_nodes(Source("s.yaml", text)).root)


def test_valid_scenarios_fit_the_schema(validator, small, sample):
    for text in (small, sample.read_text()):
        assert [error.message for error in validator.iter_errors(keys_of(text))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("duration: 10 h", "duratoin: 10 h"),
        ("duration: 10 h", "duration: [1]"),
        ("      model: live", "      model: alive"),
        ("  boundary: open", "  boundary: opn"),
        ("        uptake: 60 /min", "        uptake: {max: 3}"),
        ("short:\n  duration", "short:\n  duratoin"),
        ("tissue_sim: 1", "tissue_sim: 2"),
    ],
)
def test_mistakes_do_not_fit_the_schema(validator, change, old, new):
    assert list(validator.iter_errors(keys_of(change(old, new))))


def test_a_type_that_takes_over_may_leave_keys_out(validator, change):
    text = change("    like: tumour", "    like: tumour\n    exchange: {oxygen: {uptake: {max: 3}}}")
    assert [error.message for error in validator.iter_errors(keys_of(text))] == []
    text = change("    like: tumour", "    like: tumour\n    colour: red")
    assert list(validator.iter_errors(keys_of(text)))


def test_every_behaviour_is_listed_with_its_unit():
    names = {one.name for one in all_behaviours()}
    assert names >= {
        "cycle.rate", "cycle.NAME.rate", "cycle.growth", "growth", "death.apoptosis.rate",
        "death.necrosis.rate", "motility.speed", "motility.persistence", "motility.bias",
        "motility.chemotaxis.NAME", "motility.drift.NAME", "mechanics.repulsion", "mechanics.adhesion",
        "mechanics.stiffness", "exchange.NAME.secretion", "exchange.NAME.saturation", "exchange.NAME.uptake",
        "exchange.NAME.uptake.max", "exchange.NAME.uptake.half", "exchange.NAME.export",
    }  # fmt: skip
    text = behaviours_text()
    assert all(name in text for name in names)
    assert "UNIT/min" in text


def test_every_function_is_listed():
    text = expressions_text()
    assert all(f"  {name}(" in text for name in FUNCTIONS)
    assert "contact.mean(EXPRESSION)" in text
    assert "count(EXPRESSION)" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2880.0, "48 h"),
        (7200.0, "5 d"),
        (90.0, "1.5 h"),
        (0.1, "6 s"),
        (1.0, "1 min"),
        (0.01, "0.6 s"),
        (7.3, "7.3 min"),
    ],
)
def test_times_are_shown_in_the_unit_that_reads_best(value, text):
    assert minutes(value) == text


def test_the_description_tells_what_a_run_would_do(sample):
    text = describe(load_scenario(sample))
    order = [
        text.index(f"  {name} ")
        for name in ("networks", "rules", "lifecycle", "hooks", "mechanics", "signals")
    ]
    assert order == sorted(order)
    assert "duration 48 h, 28800 ticks of 6 s, seed 42" in text
    assert "3189 tumour" in text
    assert "grid of 40 x 40 x 40 voxels, 20 x 20 x 20 um each" in text
    assert "needs --allow-code" in text
    assert "scenario.yaml:57:9: without signal.oxygen, death.necrosis.rate has its full value" in text


def test_a_tissue_without_signals_and_networks_is_described():
    text = "tissue_sim: 1\nduration: 1 h\ncell_types: {a: {}}\ndomain: {size: [100]}\n"
    text += "initial: [{type: a, point: [0]}]\n"
    described = describe(load_scenario_text(text, name="s.yaml"))
    assert "1 a" in described
    assert "100 um, 1-D, open" in described
    assert "signals" not in described


def test_stiff_mechanics_is_warned_of(change):
    text = change("    networks: [switch]", "    networks: [switch]\n    mechanics: {repulsion: 1e4}")
    scenario = load_scenario_text(text, name="s.yaml")
    (found,) = (one for one in scenario.warnings if "unstable" in one)
    assert found.startswith("s.yaml:33:3: ")


def test_steps_of_processes_that_are_not_there_do_not_matter():
    text = "tissue_sim: 1\nduration: 1 h\nsteps: {mechanics: 0.25, lifecycle: 1.5}\n"
    text += "cell_types: {a: {}}\ndomain: {size: [100]}\n"
    steps = load_scenario_text(text).settings.steps
    assert (steps.mechanics, steps.lifecycle) == (0.25, 1.5)
    assert (steps.signals, steps.network) == (0.25, 0.25)
