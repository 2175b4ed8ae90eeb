"""What holds for every example: it names its run command, and its Python runs only when allowed."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from tissue_sim.cli import main
from tissue_sim.errors import UsageError
from tissue_sim.scenario.json_schema import scenario_schema
from tissue_sim.scenario.positions import Source
from tissue_sim.scenario.reader import read_nodes
from tissue_sim.scenario.to_plain import to_plain
from tissue_sim.simulation import Simulation

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_says_how_to_run_it(path):
    comment = path.read_text().partition("tissue_sim: 1")[0]
    assert f"tissue-sim run examples/{path.name} --allow-code" in comment
    assert "Sources:" in comment
    assert path.with_suffix(".py").is_file()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_code_runs_only_when_allowed(path, capsys):
    with pytest.raises(UsageError, match=rf"{path.stem}\.py.*--allow-code"):
        Simulation.from_scenario(path, short=True)
    assert main(["run", str(path), "--short"]) == 2
    assert "--allow-code" in capsys.readouterr().err


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_fits_the_schema_for_editors(path):
    keys = to_plain(read_nodes(Source(path.name, path.read_text())).root)
    validator = jsonschema.Draft202012Validator(scenario_schema())
    assert [error.message for error in validator.iter_errors(keys)] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_check_runs_no_code(path, capsys):
    assert main(["check", str(path)]) == 0
    assert f"runs Python from {path.stem}.py" in capsys.readouterr().out
