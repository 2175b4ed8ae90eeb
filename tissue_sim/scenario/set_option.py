"""``--set PATH=VALUE``: one value of the scenario, named by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import Problem, ScenarioError, did_you_mean
from tissue_sim.scenario.limits import check_characters
from tissue_sim.scenario.merge import merged
from tissue_sim.scenario.positions import Entry, ListNode, MapNode, Node, ScalarNode, Source
from tissue_sim.scenario.reader import DEEPEST, LARGEST_TEXT, read_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["apply_set", "seed_node"]

_BEHAVIOUR_KEYS = "outputs"
"""The keys of a network's outputs are behaviours and hold dots themselves."""
_NAMED = {"signals": "signal", "networks": "network", "cell_types": "cell type", "columns": "column"}


def apply_set(root: Node, option: str) -> tuple[Node, list[Problem]]:
    """Return the tree with ``PATH=VALUE`` laid over it, and mistakes inside the value.

    Raises
    ------
    ScenarioError
        The option cannot be read or its path leads nowhere.
    """
    path, equals, value = option.partition("=")
    shown = f"--set {path[:200]}"
    if not equals or not path or not all(path.split(".")):
        raise _refusal(f"--set {option[:200]}", 1, "write --set PATH=VALUE, for instance duration=2h")
    if len(option) > LARGEST_TEXT:
        raise _refusal(shown, len(path) + 2, "the value is too long")
    source = Source(shown, value, len(path) + 1)
    check_characters(source)
    reading = read_nodes(source) if value.strip() else None
    leaf: Node = ScalarNode(source, 0, 0, None) if reading is None else reading.root
    keys = Source(shown, path, 0)
    column = len(path)
    for step in reversed(_steps(root, path.split("."), shown)):
        column -= len(step) + (column < len(path))
        leaf = MapNode(keys, column, len(path), {step: Entry(keys, column, leaf)})
    return merged(root, leaf), [] if reading is None else reading.problems


def seed_node(root: Node, seed: int) -> Node:
    """Return the tree with another seed."""
    source = Source("--seed", str(seed), 0)
    leaf = ScalarNode(source, 0, len(source.text), seed)
    return merged(root, MapNode(source, 0, 0, {"seed": Entry(source, 0, leaf)}))


def _refusal(shown: str, column: int, message: str) -> ScenarioError:
    return ScenarioError([Problem((), message, source=f"{shown}:{column}")])


def _steps(root: Node, words: Sequence[str], shown: str) -> list[str]:
    """Return the keys along a path; a key that holds dots itself is found as the longest that fits."""
    if len(words) > DEEPEST:
        raise _refusal(shown, 1, f"the path has more than {DEEPEST} steps")
    steps: list[str] = []
    node: Node | None = root
    place = 0
    while place < len(words):
        taken = _taken(node, words[place:], steps)
        step = ".".join(words[place : place + taken])
        column = 1 + sum(len(word) + 1 for word in words[:place])
        if len(steps) == 1 and place + taken < len(words):
            _check_name(node, steps[0], step, shown, column)
        node = _enter(node, step, shown, column, ".".join(words[:place]))
        steps.append(step)
        place += taken
    return steps


def _taken(node: Node | None, words: Sequence[str], steps: Sequence[str]) -> int:
    if isinstance(node, MapNode):
        for number in range(len(words), 0, -1):
            if ".".join(words[:number]) in node.entries:
                return number
    inside_outputs = len(steps) == 3 and steps[0] == "networks" and steps[2] == _BEHAVIOUR_KEYS
    return len(words) if inside_outputs else 1


def _check_name(node: Node | None, section: str, name: str, shown: str, column: int) -> None:
    """Refuse a key of a signal, network or cell type that there is not: more likely misspelt than new."""
    what = _NAMED.get(section)
    known = list(node.entries) if isinstance(node, MapNode) else []
    if what is not None and name not in known:
        listed = ", ".join(known) or "none"
        hint = did_you_mean(name, known)
        raise _refusal(shown, column, f"there is no {what} '{name[:60]}'; declared are {listed}{hint}")


def _enter(node: Node | None, step: str, shown: str, column: int, so_far: str) -> Node | None:
    if isinstance(node, MapNode):
        entry = node.entries.get(step)
        return entry.node if entry is not None else None
    if isinstance(node, ListNode):
        last = len(node.items) - 1
        if not (step.isascii() and step.isdigit()) or len(step) > 9 or int(step) > last:
            allowed = f"its items are numbered 0 to {last}" if last >= 0 else "it is empty"
            raise _refusal(shown, column, f"{so_far} is a list; {allowed}, found '{step[:40]}'")
        return node.items[int(step)]
    if isinstance(node, ScalarNode) and node.value is not None and step.isdigit():
        raise _refusal(shown, column, f"{so_far} is a single value; it has no item {step[:40]}")
    return None
