"""From the text of a scenario to checked settings: read, merge, validate once, check."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tissue_sim.errors import Problem, ScenarioError
from tissue_sim.scenario.checks.context import Context
from tissue_sim.scenario.checks.run_all import Findings, run_all
from tissue_sim.scenario.checks.times import with_fitting_steps
from tissue_sim.scenario.files import Files
from tissue_sim.scenario.limits import check_characters
from tissue_sim.scenario.merge import merged, resolve_like
from tissue_sim.scenario.positions import MapNode, Node, Source, problem_at
from tissue_sim.scenario.pruning import prune, without_unusable
from tissue_sim.scenario.reader import read_nodes
from tissue_sim.scenario.schema import FORMAT_VERSION, ScenarioSettings
from tissue_sim.scenario.set_option import apply_set, seed_node
from tissue_sim.scenario.to_plain import to_plain
from tissue_sim.scenario.validation import Validated, validate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from tissue_sim.network.model import NetworkModel
    from tissue_sim.tissue.domain import Domain

__all__ = ["Loaded", "load"]

_FILLERS: dict[str, Any] = {
    "tissue_sim": FORMAT_VERSION,
    "duration": 1.0,
    "domain": {"size": [1.0, 1.0, 1.0], "spacing": 1.0},
    "cell_types": {"unknown": {}},
}


@dataclass(frozen=True)
class Loaded:
    """What a `Scenario` is made of."""

    settings: ScenarioSettings
    text: str
    domain: Domain
    models: dict[str, NetworkModel]
    files: Files
    masks: dict[str, np.ndarray]
    warnings: tuple[str, ...]
    tree: dict[str, Any]
    root: Node
    extensions: tuple[Path, ...]


def load(
    text: str,
    shown: str,
    folder: Path,
    *,
    files: Mapping[str, bytes] | None = None,
    short: bool = False,
    overrides: Sequence[str] = (),
    seed: int | None = None,
) -> Loaded:
    """Return everything a scenario is made of; parameters as in `scenario.load_scenario_text`.

    Raises
    ------
    ScenarioError
        With every mistake.
    """
    source = Source(shown, text)
    check_characters(source)
    reading = read_nodes(source)
    if not isinstance(reading.root, MapNode):
        raise ScenarioError(
            [problem_at(reading.root, Problem((), "a scenario is a map of keys; begin with: tissue_sim: 1"))]
        )
    base = without_unusable(reading.root, reading.unusable)
    problems = list(reading.problems)
    root, found = _merge(base, short=short, overrides=overrides, seed=seed)
    validated, context, findings = _check(root, Files(folder, files))
    problems += found + validated.problems + findings.problems
    if not short and isinstance(base, MapNode):
        problems += _problems_of_short(base, Files(folder, files), context)
    if problems or context is None or context.domain is None:
        raise ScenarioError(_in_order(problems, shown))
    return _loaded(text, validated, context, findings)


def _merge(
    root: Node, *, short: bool, overrides: Sequence[str], seed: int | None
) -> tuple[Node, list[Problem]]:
    """Return the merged tree; `like` comes last, so that what it takes over is merged too."""
    problems: list[Problem] = []
    if short:
        root, problems = _with_short(root)
    for option in overrides:
        try:
            root, found = apply_set(root, option)
            problems += found
        except ScenarioError as error:
            problems += error.problems
    if seed is not None:
        root = seed_node(root, seed)
    resolved, found = resolve_like(root)
    return resolved, problems + [problem_at(root, one) for one in found]


def _with_short(root: Node) -> tuple[Node, list[Problem]]:
    assert isinstance(root, MapNode)
    entry = root.entries.get("short")
    if entry is None:
        return root, [problem_at(root, Problem((), "there is no key 'short'; --short needs one"))]
    if not isinstance(entry.node, MapNode):
        return prune(root, ("short",)), [
            problem_at(root, Problem(("short",), "expected a map of keys that replace those of the file"))
        ]
    rest = MapNode(
        root.source,
        root.start,
        root.end,
        {key: one for key, one in root.entries.items() if key != "short"},
        root.pruned,
        tainted=root.tainted,
    )
    return merged(rest, entry.node), []


def _check(
    root: Node, files: Files, earlier: Context | None = None
) -> tuple[Validated, Context | None, Findings]:
    validated = validate(ScenarioSettings, root, _FILLERS)
    if validated.settings is None:
        return validated, None, Findings()
    context = Context(validated.settings, validated, files, earlier=earlier)
    return validated, context, run_all(context)


def _problems_of_short(root: MapNode, files: Files, earlier: Context | None) -> list[Problem]:
    """Return the mistakes that stand in ``short:``, which is not merged now."""
    whole = root.entries["short"].node if "short" in root.entries else None
    if not isinstance(whole, MapNode):
        return []
    short_root, found = _merge(root, short=True, overrides=(), seed=None)
    validated, _, findings = _check(short_root, files, earlier)
    first = whole.source.place(whole.start)[1:]
    last = whole.source.place(whole.end)[1:]
    every = found + validated.problems + findings.problems
    return [one for one in every if one.line and first <= (one.line, one.column) <= last]


def _in_order(problems: list[Problem], shown: str) -> list[Problem]:
    """Return the problems of the file by line, then those of options; each once."""
    unique = {(one.source, one.line, one.column, one.message): one for one in problems}
    if not unique:
        return [Problem((), "the scenario cannot be used", source=shown, line=1, column=1)]
    return sorted(unique.values(), key=lambda one: (one.source != shown, one.source, one.line, one.column))


def _loaded(text: str, validated: Validated, context: Context, findings: Findings) -> Loaded:
    assert context.domain is not None
    tree = to_plain(validated.root)
    extensions = [context.files.read_extension(name)[0] for name in context.settings.extensions]
    if extensions:
        tree["extensions"] = [str(path) for path in extensions]
    warnings = dict.fromkeys(str(problem_at(validated.root, one)) for one in findings.warnings)
    return Loaded(
        with_fitting_steps(context.settings),
        text,
        context.domain,
        context.models,
        context.files,
        context.masks,
        tuple(warnings),
        tree,
        validated.root,
        tuple(extensions),
    )
