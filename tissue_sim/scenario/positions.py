"""Where a value stands: texts with names, and nodes that remember their place in them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from tissue_sim.errors import Problem
from tissue_sim.scenario.scalar_map import place_in_scalar

__all__ = ["Entry", "ListNode", "MapNode", "Node", "Path", "ScalarNode", "Source", "problem_at"]

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """One text that scenario values come from.

    Attributes
    ----------
    name : str
        As shown in errors: the file's name or ``--set PATH``.
    text : str
        The text.
    before : int
        Characters of the argument before the text (``PATH=`` of a ``--set``); -1 for a file.
    """

    name: str
    text: str
    before: int = -1

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return starts

    def place(self, index: int) -> tuple[str, int, int]:
        """Return (name, line, column) of a character; for an option the column stands in the name."""
        if self.before >= 0:
            return f"{self.name}:{self.before + index + 1}", 0, 0
        line = max(bisect_right(self._starts, index) - 1, 0)
        if line == len(self._starts) - 1 and line and index >= len(self.text):
            line -= 1 if self._starts[line] == len(self.text) else 0
        return self.name, line + 1, index - self._starts[line] + 1


@dataclass
class Node:
    """A value with its place; `start` and `end` are characters of the source's text.

    `tainted` says that something wrong was taken out of it.
    """

    source: Source
    start: int
    end: int
    tainted: bool = field(default=False, kw_only=True)


@dataclass
class ScalarNode(Node):
    """A number, text, truth value or nothing.

    Attributes
    ----------
    value : object
        As the YAML 1.2 core schema reads it.
    style : str
        ``""`` plain, ``'``, ``"``, ``|`` or ``>``.
    """

    value: str | int | float | bool | None
    style: str = ""

    def index(self, offset: int) -> int:
        """Return the character of the source that became character `offset` of the value."""
        if offset <= 0 or not isinstance(self.value, str):
            return self.start if self.style not in ("|", ">") else self._mapped(0)
        return self._mapped(offset)

    def _mapped(self, offset: int) -> int:
        if not isinstance(self.value, str):
            return self.start
        return place_in_scalar(self.source.text, self.start, self.end, self.style, self.value, offset)


@dataclass
class Entry:
    """One key of a map with the place where it was written."""

    source: Source
    start: int
    node: Node


@dataclass
class MapNode(Node):
    """A map; entries in the order written; `pruned` are the keys that were taken out of it."""

    entries: dict[str, Entry] = field(default_factory=dict)
    pruned: frozenset[str] = frozenset()


@dataclass
class ListNode(Node):
    """A list."""

    items: list[Node] = field(default_factory=list)


def child(node: Node, step: str | int) -> Node | None:
    """Return the value under one key or number, None where there is none."""
    if isinstance(node, MapNode):
        entry = node.entries.get(str(step))
        return entry.node if entry is not None else None
    if isinstance(node, ListNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def find(root: Node, path: Path) -> Node | None:
    """Return the value at a path, None where there is none."""
    node: Node | None = root
    for step in path:
        node = child(node, step) if node is not None else None
    return node


def problem_at(root: Node, problem: Problem) -> Problem:
    """Return the problem with source, line and column.

    A value that does not exist is shown at the key of the map that lacks it; the top of the file is 1:1.
    """
    node, entry, depth = root, None, 0
    for step in problem.path:
        below = child(node, step)
        if below is None:
            break
        entry = node.entries[str(step)] if isinstance(node, MapNode) else None
        node, depth = below, depth + 1
    exists = depth == len(problem.path)
    source, index = node.source, node.start
    if depth == 0:
        index = 0
    elif entry is not None and (problem.on_key or not exists):
        source, index = entry.source, entry.start
    elif exists and isinstance(node, ScalarNode):
        index = node.index(problem.offset)
    name, line, column = source.place(index)
    return Problem(problem.path, problem.message, problem.offset, problem.on_key, name, line, column)
