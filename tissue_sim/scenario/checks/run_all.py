"""All checks in order; what one finds keeps later ones from saying the same in other words."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from tissue_sim.errors import Problem
from tissue_sim.scenario.checks.basement_membranes import check_membranes, membrane_warnings
from tissue_sim.scenario.checks.cells import check_cells
from tissue_sim.scenario.checks.formulas import check_formulas
from tissue_sim.scenario.checks.interventions import check_interventions, intervention_warnings
from tissue_sim.scenario.checks.named_files import check_files
from tissue_sim.scenario.checks.networks import check_networks
from tissue_sim.scenario.checks.processes import check_processes, process_warnings
from tissue_sim.scenario.checks.references import check_references
from tissue_sim.scenario.checks.rules import check_rules, rule_warnings
from tissue_sim.scenario.checks.size import check_size
from tissue_sim.scenario.checks.times import check_times
from tissue_sim.scenario.positions import MapNode, problem_at
from tissue_sim.scenario.validation import MOST_PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tissue_sim.scenario.checks.context import Context

__all__ = ["Findings", "run_all"]


_NAMING = frozenset({"parameters", "columns", "signals", "networks", "cell_types"})
"""Sections that declare names; without one of them nothing can be said about names at all."""


@dataclass
class Findings:
    """Mistakes (with places) and warnings."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def run_all(context: Context) -> Findings:
    """Check a scenario whose single values are right; fill in what the context holds.

    At most `MOST_PROBLEMS` mistakes are looked for: more come only from hostile files.
    """
    findings = Findings()
    root = context.validated.root
    assert isinstance(root, MapNode)

    def note(problems: Iterable[Problem]) -> None:
        room = MOST_PROBLEMS - len(findings.problems)
        findings.problems += [problem_at(root, one) for one in islice(problems, max(room, 0))]

    note(check_size(context))
    note(check_times(context))
    note(check_files(context))
    if not root.pruned.intersection(_NAMING):
        note(check_networks(context, findings.warnings))
        note(check_references(context))
        note(check_processes(context))
        note(check_membranes(context))
        note(check_rules(context))
        note(check_formulas(context, context.names()))
        note(check_interventions(context))
    for problem, harmless in check_cells(context):
        if harmless:
            findings.warnings.append(problem)
        else:
            note([problem])
    if not findings.problems and not context.validated.problems:
        findings.warnings += [
            *process_warnings(context),
            *membrane_warnings(context),
            *rule_warnings(context),
            *intervention_warnings(context),
        ]
    return findings
