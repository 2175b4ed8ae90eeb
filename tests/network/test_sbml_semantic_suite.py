"""Cases of the SBML Test Suite (commit 7ab011e): all 728 are answered within their own tolerances."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("libsbml")

SAMPLE = [
    *("00002", "00034", "00078", "00130", "00626", "00728", "00880", "00914"),
    *("00960", "01256", "01306", "01322", "01460", "01554", "01814"),
    *("00026", "00350", "00362", "00388", "00448", "00930", "00936", "00946", "00952", "00964", "00978"),
    *("01212", "01222", "01238", "01262", "01266", "01284", "01298", "01506", "01508", "01510", "01528"),
    *("01590", "01780", "01798"),
]
"""Reactions, functions, assignment and rate rules, changing compartments, computed stoichiometry, time,
avogadro, local parameters, rateOf, missing formulas, ids that are reserved words here; then events: delays,
priorities, draws among equals, persistence, values of trigger and execution, the start, volumes."""


def run(folder: Path, cases: list[str], *, compiled: bool) -> list[dict[str, str]]:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "0" if compiled else "1"}
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


def all_cases(ground_truth: Path) -> list[str]:
    with (ground_truth / "sbml" / "index.csv").open() as file:
        return [row["case"] for row in csv.DictReader(file)]


def test_a_sample_of_cases_passes_compiled(ground_truth):
    results = run(ground_truth / "sbml" / "semantic", SAMPLE, compiled=True)
    assert [r for r in results if r["verdict"] != "pass"] == []
    assert len(results) == len(SAMPLE) == 40


@pytest.mark.slow
def test_all_cases_pass(ground_truth):
    """Without the JIT, which for hundreds of small models is quicker than compiling each."""
    cases = all_cases(ground_truth)
    results = run(ground_truth / "sbml" / "semantic", cases, compiled=False)
    assert len(cases) == 728
    assert Counter(r["verdict"] for r in results) == {"pass": len(cases)}, [
        r for r in results if r["verdict"] != "pass"
    ]
