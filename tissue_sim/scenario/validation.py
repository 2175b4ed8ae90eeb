"""Settings models applied to the nodes of a file: every mistake at once, with its place.

What is wrong is taken out and the rest validated again, so that one mistake does not hide others and does
not cause follow-up messages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tissue_sim.errors import Problem, did_you_mean
from tissue_sim.scenario.positions import MapNode, Node, Path, find, problem_at
from tissue_sim.scenario.pruning import filled, prune
from tissue_sim.scenario.schema_walk import allowed_keys, walk
from tissue_sim.scenario.to_plain import to_plain
from tissue_sim.scenario.union_errors import Found, best_of_unions
from tissue_sim.scenario.validation_messages import message_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

__all__ = ["MOST_PROBLEMS", "Validated", "validate"]

MOST_PROBLEMS = 1000
_MOST_ROUNDS = 30


@dataclass
class Validated:
    """What validation leaves.

    Attributes
    ----------
    settings : BaseModel or None
        None where the top level itself cannot be used.
    root : Node
        The nodes the settings came from: what was wrong is taken out.
    problems : list of Problem
        With places.
    """

    settings: Any
    root: Node
    problems: list[Problem] = field(default_factory=list)

    def is_sound(self, *path: str | int) -> bool:
        """Say whether nothing wrong was taken out at, above or below a path."""
        node = self.root
        for step in path:
            if isinstance(node, MapNode) and str(step) in node.pruned:
                return False
            below = find(node, (step,))
            if below is None:
                return True
            node = below
        return not node.tainted


def validate(model: type[BaseModel], root: Node, fillers: Mapping[str, Any]) -> Validated:
    """Validate nodes against a settings model.

    Parameters
    ----------
    model : class of BaseModel
    root : Node
    fillers : mapping
        Top-level keys that must be there, with what stands in for them when they are missing or wrong.
    """
    result = Validated(None, root)
    for _ in range(_MOST_ROUNDS):
        try:
            result.settings = model.model_validate(to_plain(result.root))
        except ValidationError as error:
            before = result.root
            errors = error.errors(include_url=False)
            problems, implied = _problems(model, errors[:MOST_PROBLEMS], before)
            result.problems += [problem_at(before, one) for one in problems if not _follows(one, before)]
            if len(errors) > MOST_PROBLEMS:
                break
            wrong = {_to_remove(one, before) for one in problems + implied} - {()}
            for path in sorted(wrong, key=_last_items_first, reverse=True):
                result.root = prune(result.root, path)
            result.root = filled(result.root, fillers)
            if result.root is before:
                break
        else:
            break
    return result


def _last_items_first(path: Path) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]


def _problems(
    model: type[BaseModel], errors: Sequence[Any], root: Node
) -> tuple[list[Problem], list[Problem]]:
    """Return what to report, and missing keys that a misspelt one beside them explains."""
    kept = best_of_unions([_found(model, one) for one in errors])
    meant = {
        (one.path[:-1], did_you_mean(str(one.path[-1]), one.allowed))
        for one in kept
        if one.error["type"] == "extra_forbidden"
    }
    problems: list[Problem] = []
    implied: list[Problem] = []
    for one in kept:
        missing = one.error["type"] == "missing"
        explained = missing and (one.path[:-1], f"; did you mean '{one.path[-1]}'?") in meant
        path = one.path if missing else _existing(root, one.path)
        message = one.message or message_of(one.error, allowed=one.allowed)
        (implied if explained else problems).append(Problem(path, message, one.offset, one.on_key))
    return problems, implied


def _found(model: type[BaseModel], error: Any) -> Found:
    trail = walk(model, error["loc"])
    context = error.get("ctx") or {}
    offset = context.get("offset", getattr(context.get("error"), "offset", 0))
    on_key = trail.on_key or error["type"] == "extra_forbidden"
    return Found(error, trail.path, trail.branches, allowed_keys(trail.model), int(offset), on_key)


def _existing(root: Node, path: Path) -> Path:
    while path and find(root, path) is None:
        path = path[:-1]
    return path


def _follows(problem: Problem, root: Node) -> bool:
    """Say whether a problem may come only from what was taken out below or beside it."""
    node = find(root, problem.path)
    if node is not None:
        return node.tainted
    above = find(root, problem.path[:-1])
    return isinstance(above, MapNode) and str(problem.path[-1]) in above.pruned


def _to_remove(problem: Problem, root: Node) -> Path:
    """Return what to take out: the wrong value, or the map that lacks a key."""
    path = problem.path
    return path if find(root, path) is not None else path[:-1]
