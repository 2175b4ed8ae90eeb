"""``make exam``: run the community benchmarks, print every finding, draw one figure per case."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import time
from pathlib import Path

from benchmarks.exams import cases
from benchmarks.exams.exam import Exam
from benchmarks.exams.runs import Runs

__all__ = ["all_exams", "main"]


def all_exams() -> list[Exam]:
    """Return every exam under cases/, in the order of their module names."""
    found: list[Exam] = []
    for module in pkgutil.iter_modules(cases.__path__):
        members = vars(importlib.import_module(f"{cases.__name__}.{module.name}")).values()
        found += [
            member() for member in members
            if isinstance(member, type) and issubclass(member, Exam) and member is not Exam
        ]  # fmt: skip
    return found


def main() -> int:
    """Return 0 if all findings pass."""
    exams = {exam.name: exam for exam in all_exams()}
    options = argparse.ArgumentParser(prog="python -m benchmarks.exams", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"exams to run: {', '.join(exams)}")
    options.add_argument("--short", action="store_true", help="short scenarios and small samples")
    options.add_argument(
        "--output", type=Path, default=Path("outputs/exams"), help="folder for runs and figures"
    )
    chosen = options.parse_args()
    if unknown := [name for name in chosen.names if name not in exams]:
        options.error(f"unknown exam {unknown[0]!r}; there are: {', '.join(exams)}")
    reference = os.environ.get("TISSUE_SIM_GROUND_TRUTH")
    if reference is None:
        options.error("TISSUE_SIM_GROUND_TRUTH does not name the folder of the reference data")
    results = []
    for name in chosen.names or exams:
        runs = Runs(chosen.output / name, Path(reference), short=chosen.short)
        results.append(take(exams[name], runs, chosen.output / f"{name}.png"))
    return 0 if all(results) else 1


def take(exam: Exam, runs: Runs, picture: Path) -> bool:
    """Run one exam, print its findings and write its figure; return whether all pass."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    from tissue_sim.analysis.plots.style import STYLE

    began = time.perf_counter()
    print(f"\n{exam.title}", flush=True)
    findings = exam.examine(runs)
    for finding in findings:
        print(f"  {finding}")
    with rc_context(STYLE):
        figure = Figure(figsize=(5.4, 3.6), layout="constrained")
        exam.draw(figure, runs)
        picture.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(picture, dpi=200)
    print(f"  {picture}, {time.perf_counter() - began:.0f} s", flush=True)
    return all(finding.passed for finding in findings)


if __name__ == "__main__":
    sys.exit(main())
