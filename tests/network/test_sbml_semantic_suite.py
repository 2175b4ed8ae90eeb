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
    *("00002", "00034", "00048", "00056", "00078", "00130", "00598", "00626", "00728", "00880", "00900"),
    *("00914", "00960", "00992", "01198", "01210", "01256", "01272", "01290", "01306", "01322", "01460"),
    *("01498", "01554", "01738", "01764", "01776", "01814"),
    *("00362", "00388", "00978", "00936", "00952", "00964", "01238", "01266", "01284", "01510", "01590"),
    "01780",
]
"""28 without and 12 with events, as in the whole; every tag and component of the whole is in one of them."""
PARTS = 4


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


@pytest.mark.parametrize("part", range(PARTS))
def test_a_sample_of_cases_passes_compiled(ground_truth, part):
    assert len(SAMPLE) == 40
    cases = SAMPLE[part::PARTS]
    results = run(ground_truth / "sbml" / "semantic", cases, compiled=True)
    assert [r for r in results if r["verdict"] != "pass"] == []
    assert len(results) == len(cases)


@pytest.mark.slow
def test_all_cases_pass(ground_truth):
    """Without the JIT, which for hundreds of small models is quicker than compiling each."""
    cases = all_cases(ground_truth)
    results = run(ground_truth / "sbml" / "semantic", cases, compiled=False)
    assert len(cases) == 728
    assert Counter(r["verdict"] for r in results) == {"pass": len(cases)}, [
        r for r in results if r["verdict"] != "pass"
    ]
