"""Reading rule sentences, and checking them against the rest of a scenario."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from tissue_sim.errors import SettingsError
from tissue_sim.rules.checks import checks, conflicting_outputs, warnings
from tissue_sim.rules.rule import Rule, unit_of_source
from tissue_sim.rules.settings import RuleField, parse_rule
from tissue_sim.tissue.names import DeclaredNames

NAMES = DeclaredNames(
    signals={"oxygen": "mmHg", "drug": "1"},
    networks={"hypoxia": ("HIF",)},
    columns={"oncoprotein": "1"},
    cell_types=("tumour",),
    behaviours={"cycle.rate": "1/min", "death.necrosis.rate": "1/min", "motility.speed": "um/min"},
)


def test_the_shortest_and_the_longest_form() -> None:
    rule = parse_rule("signal.oxygen increases cycle.rate to 1 with half_max 2")
    assert (rule.source.text, rule.direction, rule.behaviour) == ("signal.oxygen", "increases", "cycle.rate")
    assert (rule.to.value, rule.half_max.value, rule.hill, rule.also_when_dead) == (1.0, 2.0, 1.0, False)
    text = (
        "contact.mean(other.x > 0.5, type=decreases) * 2 decreases death.necrosis.rate"
        " to 1e-3 /min with half_max 0.5 mmHg , hill 4.5,also when dead"
    )
    rule = parse_rule(text)
    assert rule.source.text == "contact.mean(other.x > 0.5, type=decreases) * 2"
    assert (rule.direction, rule.behaviour) == ("decreases", "death.necrosis.rate")
    assert rule.to.to("1/h") == pytest.approx(0.06)
    assert rule.half_max.to("mmHg") == 0.5
    assert (rule.hill, rule.also_when_dead) == (4.5, True)
    assert text[rule.behaviour_offset :].startswith("death")
    assert text[rule.to_offset :].startswith("1e-3")
    assert text[rule.half_max_offset :].startswith("0.5 mmHg")
    assert parse_rule(text.replace("1e-3 /min", "1e-3/min")).to.value == "1e-3/min"
    assert str(rule) == text


BASE = "signal.oxygen decreases cycle.rate to 0 with half_max 5"


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("signal.oxygen decrease cycle.rate to 0 with half_max 5", "decrease ", "did you mean 'decreases'"),
        ("signal.oxygen lowers cycle.rate to 0 with half_max 5", "signal", "neither 'increases' nor"),
        ("signal.oxygen", "signal", "a rule reads SOURCE"),
        ("decreases cycle.rate to 0 with half_max 5", "decreases", "source is missing"),
        ("oxygen + decreases cycle.rate to 0 with half_max 5", " decreases", "expression ends"),
        ("2x decreases cycle.rate to 0 with half_max 5", "2x", "neither a number nor"),
        ("x decreases to 0 with half_max 5", "to 0", "expected a behaviour"),
        ("x decreases cycle.rate 0 with half_max 5", "0 with", "expected 'to', found '0'"),
        ("x decreases cycle.rate to with half_max 5", "with", "expected a number, found 'with'"),
        ("x decreases cycle.rate to zero with half_max 5", "zero", "is not a quantity"),
        ("x decreases cycle.rate to 0 wiht half_max 5", "wiht", "did you mean 'with'"),
        ("x decreases cycle.rate to 0 with halfmax 5", "halfmax", "did you mean 'half_max'"),
        ("x decreases cycle.rate to 0 with half_max", "", "expected a number, found the end"),
        ("x decreases cycle.rate to 0", "", "expected 'with', found the end"),
        ("x decreases cycle.rate to 0 with half_max 0", "0", "half_max is 0; it must be above 0"),
        ("x decreases cycle.rate to 0 with half_max -3 mmHg", "-3", "half_max is -3"),
        ("x decreases cycle.rate to 0 with half_max 1e999", "1e999", "finite"),
        (BASE + " hill 4", "hill", "a comma is missing before 'hill'"),
        (BASE + ", hil 4", "hil 4", "did you mean 'hill'"),
        (BASE + ", hill", "", "expected a number after 'hill', found the end"),
        (BASE + ", hill four", "four", "expected a number after 'hill'"),
        (BASE + ", hill 0", "0", "hill is 0"),
        (BASE + ", hill 1000", "1000", "at most 100"),
        (BASE + ", hill 2, hill 3", "hill 3", "each once"),
        (BASE + ", also if dead", "if", "expected 'when'"),
        (BASE + ", also when dead cells", "cells", "expected ','"),
        (BASE + ",", "", "found the end|expected"),
        (BASE + " mmHg each", "mmHg", "expected ','"),
        ("x" * 3000, "x", "at most 2000"),
        ("(" * 1900 + " decreases", "(", "neither 'increases' nor"),
    ],
)
def test_mistakes_say_what_is_expected_and_where(text: str, at: str, message: str) -> None:
    if at == "0":
        place = text.rindex("0")
    else:
        place = text.rindex(at) if at and at not in ("signal", "x", "(") else (0 if at else len(text))
    if text.endswith(","):
        place = len(text)
    with pytest.raises(SettingsError, match=message) as caught:
        parse_rule(text)
    assert caught.value.offset == place


class Kind(BaseModel):
    rules: list[RuleField] = []


def test_the_field_reports_the_place_and_describes_itself() -> None:
    kind = Kind(rules=[BASE])
    assert isinstance(kind.rules[0], Rule)
    assert Kind(rules=[kind.rules[0]]) == kind
    with pytest.raises(ValidationError, match="comma is missing") as caught:
        Kind(rules=[BASE + " hill 4"])
    assert caught.value.errors()[0]["ctx"]["offset"] == len(BASE) + 1
    with pytest.raises(ValidationError, match="expected a sentence, found 3"):
        Kind(rules=[3])
    assert Kind.model_json_schema()["properties"]["rules"]["items"]["type"] == "string"


@pytest.mark.parametrize(
    ("sentence", "at", "message"),
    [
        ("signal.oxigen increases cycle.rate to 1 with half_max 2", "signal", "no signal 'oxigen'"),
        ("HIF increases cycle.rate to 1 with half_max 2", "HIF", "did you mean 'network.hypoxia.HIF'"),
        ("signal.drug increases cycle.rat to 1 with half_max 2", "cycle.rat", "did you mean 'cycle.rate'"),
        ("signal.drug increases cycle.rate to 1 um with half_max 2", "1 um", "wrong dimension"),
        ("signal.drug increases cycle.rate to 1 with half_max 2 mmHg", "2 mmHg", "wrong dimension"),
        ("signal.oxygen increases cycle.rate to 1 with half_max 2 um", "2 um", "wrong dimension"),
        ("signal.drug*2 increases cycle.rate to 1 with half_max 2 min", "2 min", "wrong dimension"),
        ("mean(signal.drug) increases cycle.rate to 1 with half_max 2", "mean", "cannot be used here"),
    ],
)
def test_checks_find_what_the_scenario_lacks(sentence: str, at: str, message: str) -> None:
    good = "signal.oxygen decreases cycle.rate to 0 with half_max 1 kPa, hill 2"
    problems = list(checks([parse_rule(good), parse_rule(sentence)], NAMES))
    assert len(problems) == 1
    assert problems[0].path == (1,)
    assert problems[0].offset == sentence.index(at)
    assert message in problems[0].message


def test_rules_on_one_behaviour_and_direction_share_their_goal() -> None:
    sentences = [
        "signal.oxygen increases cycle.rate to 1 /h with half_max 2",
        "signal.drug decreases cycle.rate to 0 with half_max 2",
        "cell.oncoprotein increases cycle.rate to 60 1/h with half_max 2",
        "signal.drug increases cycle.rate to 0.016666666666666666 with half_max 2",
    ]
    problems = list(checks([parse_rule(sentence) for sentence in sentences], NAMES))
    assert [problem.path for problem in problems] == [(2,)]
    assert "share one 'to' value: rule 1 increases cycle.rate to 0.0166667" in problems[0].message


def test_warnings_name_what_may_not_be_meant() -> None:
    sentences = [
        "signal.oxygen decreases death.necrosis.rate to 0 with half_max 3.75, hill 8",
        "signal.oxygen increases cycle.rate to 0.5 with half_max 3.75",
        "signal.drug decreases motility.speed to 3 with half_max 1",
        "signal.drug increases motility.speed to 3 with half_max 1",
        "signal.drug decreases unknown.rate to 3 with half_max 1",
    ]
    own = {"death.necrosis.rate": 0.0028, "cycle.rate": 0.7, "motility.speed": 1.0}
    found = list(warnings([parse_rule(sentence) for sentence in sentences], own, NAMES.behaviours or {}))
    assert [number for number, _ in found] == [0, 1, 2]
    assert "without signal.oxygen, death.necrosis.rate has its full value 0.0028 1/min" in found[0][1]
    assert "it increases cycle.rate to 0.5, but the cell's own value is 0.7 1/min" in found[1][1]
    assert "it decreases motility.speed to 3" in found[2][1]


def test_two_networks_of_one_cell_cannot_set_the_same_behaviour() -> None:
    outputs = {"a": ["cycle.rate", "growth"], "b": ["growth"], "c": ["cycle.rate"]}
    assert list(conflicting_outputs(["a", "b"], outputs)) == [("growth", "a", "b")]
    assert list(conflicting_outputs(["b", "c"], outputs)) == []


@pytest.mark.parametrize(
    ("source", "unit"),
    [
        ("signal.oxygen", "mmHg"),
        ("signal.oxygen.gradient", "mmHg/um"),
        ("cell.age", "min"),
        ("pressure", "1"),
        ("time", "min"),
        ("2*signal.oxygen", "1"),
        ("network.hypoxia.HIF", "1"),
    ],
)
def test_the_unit_of_half_max_is_that_of_the_source(source: str, unit: str) -> None:
    tree = parse_rule(f"{source} increases cycle.rate to 1 with half_max 2").source.tree
    assert unit_of_source(tree, NAMES.signals, NAMES.all_columns) == unit
