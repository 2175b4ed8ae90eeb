"""Cases of the SBML Test Suite (commit 7ab011e): all without events are answered, all with events refused."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tissue_sim.errors import SettingsError
from tissue_sim.network.reader import Given, readers

pytest.importorskip("libsbml")

SAMPLE = [
    *("00002", "00034", "00078", "00130", "00626", "00728", "00880", "00914"),
    *("00960", "01256", "01306", "01322", "01460", "01554", "01814"),
]
"""Reactions, functions, assignment and rate rules, changing compartments, computed stoichiometry, time,
avogadro, local parameters, rateOf, missing formulas, ids that are reserved words here."""


def run(folder: Path, cases: list[str]) -> list[dict[str, str]]:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    script = Path(__file__).with_name("semantic_cases.py")
    done = subprocess.run(
        [sys.executable, str(script), str(folder), *cases],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def cases_of(ground_truth: Path, kind: str) -> list[str]:
    with (ground_truth / "sbml" / "index.csv").open() as file:
        return [row["case"] for row in csv.DictReader(file) if row["class"] == kind]


def test_a_sample_of_cases_passes(ground_truth):
    results = run(ground_truth / "sbml" / "semantic", SAMPLE)
    assert [r for r in results if r["verdict"] != "pass"] == []
    assert len(results) == len(SAMPLE)


@pytest.mark.slow
def test_all_cases_without_events_pass(ground_truth):
    cases = cases_of(ground_truth, "core-ode")
    results = run(ground_truth / "sbml" / "semantic", cases)
    assert Counter(r["verdict"] for r in results) == {"pass": len(cases)}, [
        r for r in results if r["verdict"] != "pass"
    ]


def test_cases_with_events_are_refused_by_name(ground_truth):
    for case in cases_of(ground_truth, "event"):
        file = next((ground_truth / "sbml" / "semantic" / case).glob("*.xml"))
        with pytest.raises(SettingsError, match=r"event ('\w+'|number \d+) is not supported yet"):
            readers()["sbml"].read(file.read_bytes(), file.name, Given())
