"""What the README shows works as it stands."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tissue_sim.cli import main
from tissue_sim.scenario.scenario import load_scenario, load_scenario_text
from tissue_sim.simulation import Simulation

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


def test_the_ten_line_scenario_runs():
    text = blocks("yaml")[0]
    assert len([line for line in text.splitlines() if line.strip()]) <= 11
    simulation = Simulation(load_scenario_text(text, ROOT, overrides=["duration=1 h"]))
    snapshots = list(simulation)
    assert snapshots[-1].time == 60.0
    assert snapshots[-1].populations["epithelial/live"] >= 30


def test_the_published_model_is_the_scenario_shown(ground_truth, tmp_path):
    shutil.copy(ground_truth / "biomodels" / "BIOMD0000000012.xml", tmp_path)
    rest = "tissue_sim: 1\nduration: 2 min\ndomain: {size: [10]}\n"
    rest += "initial: [{type: bacterium, point: [0, 0, 0]}]\n"
    (tmp_path / "clock.yaml").write_text(rest + blocks("yaml")[1])
    assert load_scenario(tmp_path / "clock.yaml").models["clock"].species


def test_the_interventions_fit_the_spheroid():
    spheroid = (ROOT / "scenarios" / "spheroid.yaml").read_text()
    scenario = load_scenario_text(spheroid + blocks("yaml")[2], ROOT)
    assert len(scenario.settings.interventions) == 2


def test_the_network_commands_do_what_is_said(ground_truth, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toggle.txt").write_text("u' = a/(1 + v^2) - u\nv' = a/(1 + u^2) - v\na = 10\n")
    (tmp_path / "clock.ant").write_text("model m\n  X' = k - X\n  X = 0\n  k = 1\nend\n")
    shutil.copy(ground_truth / "biomodels" / "BIOMD0000000012.xml", tmp_path)
    shutil.copy(
        ground_truth / "boolean" / "bnet" / "id023_mammalian-cell-cycle-2006.bnet",
        tmp_path / "cellcycle.bnet",
    )
    for line in re.findall(r"^\$ (tissue-sim network .*)$", README, flags=re.MULTILINE):
        words = shlex.split(line, comments=True)[1:]
        assert main(words) == 0, line
    out = capsys.readouterr().out
    assert "3 steady states" in out
    assert "125.354161" in out
    assert "asynchronous: 1 of 112 states" in out
    assert (tmp_path / "clock.png").stat().st_size > 5_000


def test_the_python_blocks_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    import tissue_sim

    tissue_sim.run("scenarios/spheroid.yaml", short=True)
    python = blocks("python")
    assert len(python) >= 5
    for text in python:
        # One namespace for all: a reader goes from top to bottom.
        exec(compile(text, "README.md", "exec"), {"__name__": "readme"})
    assert "0.0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("example", "place"),
    [
        ("macrophage.py", "class Macrophage(Cell)"),
        ("drug_response.py", "class Treated(Cell)"),
        ("own_force_law.py", "MORSE = Law("),
    ],
)
def test_the_examples_are_those_in_the_folder(example, place):
    assert place in README
    assert place in (ROOT / "examples" / example).read_text()


def test_links_lead_somewhere():
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        if not link.startswith("http"):
            assert (ROOT / link).exists(), link
