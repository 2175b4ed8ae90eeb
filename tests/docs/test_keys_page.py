"""The page of all keys is what the settings say, and misses none of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tissue_sim.cli import main
from tissue_sim.scenario.key_list import all_keys, keys_text
from tissue_sim.scenario.schema import ScenarioSettings

PAGE = Path(__file__).parents[2] / "docs" / "keys.md"
KEYS = {key.path: key for key in all_keys()}


def test_the_page_is_what_the_command_prints(capsys):
    assert PAGE.read_text(encoding="utf-8") == keys_text(), "tissue-sim schema --keys > docs/keys.md"
    assert main(["schema", "--keys"]) == 0
    assert capsys.readouterr().out == keys_text()


def test_no_key_of_any_settings_is_missing_and_none_stands_twice():
    schema = ScenarioSettings.model_json_schema(by_alias=True)
    models = [schema, *schema["$defs"].values()]
    every = {name for model in models for name in model["properties"]}
    assert every - {path.rpartition(".")[2] for path in KEYS} == set()
    rows = re.findall(r"^\| `([^`]+)`", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    assert len(rows) == len(set(rows)) == len(KEYS)


@pytest.mark.parametrize(
    ("path", "kind", "default"),
    [
        ("duration", "min", "needed"),
        ("steps.signals", "min", "0.1"),
        ("signals.NAME.decay", "1/min", "0"),
        ("signals.NAME.mode", "transient, steady, physicell_lod or keys", "transient"),
        ("signals.NAME.boundary.default.mixed.permeability", "um/min", "needed"),
        ("signals.NAME.boundary.default.flux", "signal's unit*um/min", "needed"),
        ("fixed[].region", "keys as of `sources[].region`", "-"),
        ("fixed[].voxels", "list of list of whole number", "-"),
        ("networks.NAME.tolerance.relative", "number or text", "1e-06"),
        ("networks.NAME.parameters", "NAME: number, or a distribution", "-"),
        ("cell_types.NAME.volume", "um^3", "2494"),
        ("cell_types.NAME.death.apoptosis.duration", "min, or a distribution", "516"),
        ("cell_types.NAME.cycle.phases.NAME.divides", "true, false", "false"),
        ("cell_types.NAME.mechanics.stiffness", "1/min", "0.25 (linear, morse), 0.833 (logarithmic)"),
        ("cell_types.NAME.mechanics.parameters", "NAME: law's unit", "-"),
    ],
)
def test_unit_and_default(path, kind, default):
    assert (KEYS[path].kind, KEYS[path].default) == (kind, default)


def test_the_default_form_may_be_left_out():
    law = KEYS["cell_types.NAME.mechanics.law"]
    assert law.default == "physicell"
    assert "morse" in law.kind


def test_what_a_key_means_is_that_of_its_settings():
    assert KEYS["seed"].meaning.startswith("0 <= seed")
    assert KEYS["cell_types.NAME.mechanics.steepness"].meaning.startswith("the width of the well")
    assert KEYS["cell_types.NAME.mechanics.contact_distance"].meaning.startswith(
        "Cells i and j are in contact"
    )
    assert not any("\0" in key.meaning for key in KEYS.values())


def test_references_lead_to_keys():
    for key in KEYS.values():
        for reference in re.findall(r"keys as of `([^`]+)`", key.kind):
            assert reference in KEYS or reference.removesuffix("[]") in KEYS, key.path
