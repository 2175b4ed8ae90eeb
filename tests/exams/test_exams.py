"""The community benchmarks as tests: what `make exam` prints must pass, and its figures can be drawn."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.exams.__main__ import all_exams, take
from benchmarks.exams.exam import Finding
from benchmarks.exams.runs import SCENARIOS, Runs

EXAMS = all_exams()


@pytest.fixture(params=EXAMS, ids=[exam.name for exam in EXAMS])
def exam(request):
    return request.param


def check(exam, runs, picture):
    findings = exam.examine(runs)
    failed = [str(finding) for finding in findings if not finding.passed]
    assert findings
    assert not failed, "\n".join(failed)
    take(exam, runs, picture)
    assert picture.stat().st_size > 10_000


def test_short(exam, tmp_path, ground_truth):
    check(exam, Runs(tmp_path, ground_truth, short=True), tmp_path / "figure.png")


@pytest.mark.slow
@pytest.mark.paper
def test_at_full_length(exam, tmp_path, ground_truth):
    check(exam, Runs(tmp_path, ground_truth), tmp_path / "figure.png")


def test_every_scenario_belongs_to_an_exam():
    assert len(EXAMS) == len(list(SCENARIOS.glob("*.yaml"))) == 10


def test_a_finding_can_fail():
    assert not Finding.near("x", 1.1, 1.0, absolute=0.05).passed
    assert Finding.near("x", 1.1, 1.0, relative=0.2).passed
    assert not Finding.near("x", np.nan, 1.0, absolute=5.0).passed
    assert not Finding.within_errors("x", 1.31, 1.0, 0.1).passed
    assert not Finding.below("x", np.nan, 1.0).passed
    assert "FAIL" in str(Finding.below("x", 2.0, 1.0, unit="um"))
