"""The three ways to extend, run as a user runs them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tissue_sim.cli import main
from tissue_sim.errors import UsageError
from tissue_sim.simulation import Simulation

EXAMPLES = Path(__file__).parents[2] / "examples"


def finished(name: str, **options) -> Simulation:
    simulation = Simulation.from_scenario(EXAMPLES / name, short=True, allow_code=True, **options)
    for _ in simulation:
        pass
    return simulation


def test_code_runs_only_when_allowed(capsys):
    with pytest.raises(UsageError, match=r"hooks\.py.*--allow-code"):
        Simulation.from_scenario(EXAMPLES / "hooks.yaml", short=True)
    assert main(["run", str(EXAMPLES / "hooks.yaml"), "--short"]) == 2
    assert "--allow-code" in capsys.readouterr().err


def test_hooks_count_generations():
    tissue = finished("hooks.yaml").tissue
    events = tissue.lineage.arrays()
    births = (events["event"] == 0) & (events["parent_id"] > 0)
    assert births.sum() > 5
    parent = dict(zip(events["cell_id"][births].tolist(), events["parent_id"][births].tolist(), strict=True))
    for cell in tissue.agents:
        # A cell's generation counts the divisions along its line, its own as a mother included.
        line = [cell.cell_id]
        while line[-1] in parent:
            line.append(parent[line[-1]])
        assert cell.generation >= len(line) - 1
    assert max(tissue.agents.get("generation")) >= 2


def test_vectorised_drug_response_kills():
    tissue = finished("vectorised.yaml").tissue
    assert (tissue.population["damage"] > 0.0).all()
    events = tissue.lineage.arrays()
    assert (events["event"] == 1).sum() > 0


def test_compiled_function_sets_the_speed():
    tissue = finished("compiled.yaml").tissue
    oxygen, age = tissue.quantities.value("signal.oxygen"), tissue.population["age"]
    speed = tissue.behaviours.own("motility.speed")
    expected = np.where(age < 60.0, 0.0, 1.5 / (1.0 + (oxygen / 10.0) ** 2))
    # The speed was set one lifecycle step ago, when cells and oxygen were nearly as they are.
    assert np.corrcoef(speed, expected)[0, 1] > 0.9
    assert speed.max() > 0.05
