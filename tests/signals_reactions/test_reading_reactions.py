"""The text of `reactions:`: what it means, and every mistake at its place."""

from __future__ import annotations

import pytest

from tissue_sim.codegen.text import text_of
from tissue_sim.errors import ScenarioError, SettingsError
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.signals.reactions.reading import read_reactions
from tissue_sim.signals.settings import SignalSettings

SIGNALS = {
    "u": {"diffusion": 1, "unit": "nM"},
    "v": {"diffusion": 1, "unit": "nM"},
    "p": {"mode": {"prescribed": "1 + x"}},
    "s": {"diffusion": 1, "mode": "steady", "decay": 1},
}
KNOWN = {name: SignalSettings.model_validate(each) for name, each in SIGNALS.items()}


def read(*lines, parameters=("k", "l")):
    return read_reactions("\n".join(lines), KNOWN, parameters)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("mode", "physicell_lod", "'w' has mode physicell_lod, which has no reactions"),
        ("precision", "float32", "'w' is kept in single precision, which no reaction can change"),
    ],
)
def test_signals_that_no_reaction_can_change_are_refused(key, value, message):
    signals = {**KNOWN, "w": SignalSettings.model_validate({"diffusion": 1, key: value})}
    with pytest.raises(SettingsError, match=message):
        read_reactions("w' = -w", signals, ())
    assert read_reactions("u' = -w", signals, ()).rates


def test_all_that_is_said_of_a_signal_adds_up():
    found = read("w = k*p", "u' = w - u", "bind: u + 2 v -> 0 @ l*u*v^2", "-> u @ s*x", "v <-> u @ k*v, time")
    rates = {name: text_of(rate) for name, rate in found.rates.items()}
    assert rates == {
        "u": "w - u - bind + reaction_4 + reaction_5 - reaction_5_back",
        "v": "-2*bind - reaction_5 + reaction_5_back",
    }
    definitions = {name: text_of(each) for name, each in found.definitions.items()}
    assert definitions["bind"] == "l*u*v^2"
    assert definitions["reaction_5_back"] == "time"
    assert (found.read, found.places, found.parameters) == (("p", "s"), ("x",), ("k", "l"))


def test_what_changes_nothing_has_no_rate():
    assert read("u -> u @ k*u").rates == {}


TEXT = """\
tissue_sim: 1
duration: 1 min
domain: {{size: [40], spacing: 2 um, boundary: wall}}
parameters: {{k: 1, food: 1}}
signals:
  drug: {{diffusion: 1, unit: nM}}
  food: {{diffusion: 1, unit: uM}}
  oxygen: {{diffusion: 1, decay: 1, mode: steady}}
  light: {{mode: {{prescribed: x + 20}}}}
reactions: |
  # the first line of the text
  {line}
cell_types: {{a: {{mechanics: none}}}}
"""

MISTAKES = [
    (
        "drug + fod -> @ k",
        "12:10: no signal 'fod'; declared are drug, food, oxygen, light; did you mean 'food'?",
    ),
    ("drug' = -k*drog", "12:14: unknown name 'drog'; known are signals (drug, food,"),
    ("drug' = -kk*drug", "12:12: unknown name 'kk'; known are signals"),
    ("drug' = -signal.food", "12:12: signals stand by their own names in reactions: write food"),
    ("oxygen' = -k", "12:3: 'oxygen' is steady, which no reaction can change; give it mode: transient"),
    ("drug -> light @ k", "12:11: 'light' is prescribed by a formula, which no reaction can change"),
    ("drug = 3", "12:3: 'drug' is a signal; its rate is drug' = ..."),
    ("k: drug -> @ k*drug", "12:3: 'k' is already a parameter"),
    ("k = 3", "12:3: 'k' is already a parameter"),
    ("time = 3", "12:3: 'time' is the time and cannot be defined"),
    ("y = 3", "12:3: 'y' is a coordinate of the voxel and cannot be defined"),
    ("drug' = food", "12:11: 'food' is a signal and a parameter; give one of them another name"),
    ("a = b + 1\n  b = 2*a\n  drug' = a", "12:7: a cycle: a depends on b depends on a"),
    ("drug' = mean(drug)", "12:11: mean() is of cells and cannot stand in reactions"),
    ("drug' = contact.mean(other.k)", "12:11: contact.mean() is of cells and cannot stand in reactions"),
    ("drug' = 1 +", "12:14: "),
    ("drug + -> food @ k", "12:10: expected the name of a species"),
    ("drug <-> food @ k*drug", "12:8: <-> needs two rates"),
]


@pytest.mark.parametrize(("line", "message"), MISTAKES)
def test_a_mistake_is_found_at_its_place(line, message):
    with pytest.raises(ScenarioError, match=r"s\.yaml:12:") as caught:
        load_scenario_text(TEXT.format(line=line), name="s.yaml")
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"s.yaml:{message}")


def test_a_signal_that_is_wrong_itself_is_not_unknown_too():
    text = TEXT.format(line="food' = -k*food").replace("food: {diffusion: 1,", "food: {difusion: 1,")
    with pytest.raises(ScenarioError, match="unknown key 'difusion'") as caught:
        load_scenario_text(text, name="s.yaml")
    assert len(caught.value.problems) == 1


def test_reactions_without_signals():
    head = "tissue_sim: 1\nduration: 1 min\ndomain: {size: [40]}\n"
    text = f"{head}reactions: u' = 1\ncell_types: {{a: {{mechanics: none}}}}\n"
    with pytest.raises(ScenarioError, match="4:12: no signal 'u'; declared are none"):
        load_scenario_text(text, name="s.yaml")


def test_units_that_differ_and_tolerances_are_warned_of():
    text = TEXT.format(line="drug -> food @ k*drug").replace("unit: nM", "unit: nM, tolerance: 1e-3")
    first, second = load_scenario_text(text, name="s.yaml").warnings
    assert "6:" in first + second
    assert "12:3: the reaction turns numbers of one unit into the same numbers of another" in first + second
    assert "drug in nM, food in uM" in first + second
    assert "drug reacts: the tolerance bounds the error of diffusion and exchange alone" in first + second


def test_the_key_is_in_the_schema_and_in_what_check_prints():
    from tissue_sim.scenario.describe import describe
    from tissue_sim.scenario.json_schema import scenario_schema

    assert "reactions" in scenario_schema()["properties"]
    text = describe(load_scenario_text(TEXT.format(line="drug -> @ k*drug\n  food' = -drug"), name="s.yaml"))
    assert "reactions of drug, food" in text


def test_a_text_is_read_once_whatever_interventions_set():
    # Each value set is checked in a scenario of its own; a long text takes half a second.
    assert read("u' = -k*u + p") is read("u' = -k*u + p")
    with pytest.raises(SettingsError, match="unknown name 'q'") as first:
        read("u' = q")
    with pytest.raises(SettingsError, match="unknown name 'q'") as second:
        read("u' = q")
    assert first.value is not second.value
    assert first.value.offset == second.value.offset == 5
