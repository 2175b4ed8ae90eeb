"""YAML text -> nodes with places, within fixed limits.

Only the events of a pure Python YAML parser are used; values are built here. Reading stops at 256 kB,
40 levels, 100,000 nodes or half a second of work, and at any anchor, alias, merge key, tag, directive of
another version or second document: scenario text cannot expand, run or name anything.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.scanner import Scanner

from tissue_sim.errors import Problem, ScenarioError, SettingsError
from tissue_sim.scenario.positions import Entry, ListNode, MapNode, Node, Path, ScalarNode, Source
from tissue_sim.scenario.scalars import read_plain
from tissue_sim.scenario.yaml_messages import in_plain_words

__all__ = ["DEEPEST", "LARGEST_TEXT", "MOST_NODES", "Reading", "read_nodes"]

LARGEST_TEXT = 256_000
DEEPEST = 40
MOST_NODES = 100_000
LONGEST_READ = 0.5
"""Seconds of this thread's own work."""
_TOO_SLOW = f"reading takes longer than {LONGEST_READ:g} s; put long lists into a csv file"


class _StopError(Exception):
    """Reading cannot go on; carries what is wrong and where."""

    def __init__(self, message: str, index: int) -> None:
        self.message, self.index = message, index
        super().__init__(message)


class _BoundedScanner(Scanner):
    """Refuses at the first character what would cost time or is not allowed (brackets are quadratic)."""

    def __init__(self, loader: Any = None) -> None:
        self.deadline = time.thread_time() + LONGEST_READ
        super().__init__(loader=loader)

    def _refuse(self, message: str) -> None:
        raise _StopError(message, self.reader.index)

    def check_time(self) -> None:
        """Stop when the text has cost too much."""
        if time.thread_time() > self.deadline:
            self._refuse(_TOO_SLOW)

    def scan_plain_spaces(self, indent: Any, start_mark: Any) -> Any:
        self.check_time()
        return super().scan_plain_spaces(indent, start_mark)

    def scan_flow_scalar_spaces(self, double: Any, start_mark: Any) -> Any:
        self.check_time()
        return super().scan_flow_scalar_spaces(double, start_mark)

    def scan_block_scalar_breaks(self, indent: int) -> Any:
        self.check_time()
        return super().scan_block_scalar_breaks(indent)

    def fetch_more_tokens(self) -> Any:
        self.check_time()
        return super().fetch_more_tokens()

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: Any) -> None:  # noqa: N803
        if len(self.flow_context) >= DEEPEST:
            self._refuse(f"more than {DEEPEST} brackets deep; allowed are {DEEPEST} levels")
        super().fetch_flow_collection_start(TokenClass, to_push)

    def fetch_alias(self) -> None:
        self._refuse("an alias (*name) is not allowed; write the value again, or use like: for cell types")

    def fetch_anchor(self) -> None:
        self._refuse("an anchor (&name) is not allowed; write the value where it is needed")

    def fetch_tag(self) -> None:
        self._refuse("a tag (!name) is not allowed; write plain values, and quote text that begins with '!'")


@dataclass
class Reading:
    """What a text holds.

    Attributes
    ----------
    root : Node
        The top value.
    problems : list of Problem
        Mistakes that do not stop the reading: duplicate keys, numbers that are not finite; with places.
    unusable : set of int
        `id` of the nodes that `problems` are about.
    """

    root: Node
    problems: list[Problem] = field(default_factory=list)
    unusable: set[int] = field(default_factory=set)


def read_nodes(source: Source) -> Reading:
    """Read one YAML document.

    Raises
    ------
    ScenarioError
        The text is not YAML or is beyond a limit: one problem, with its place.
    """
    if len(source.text) > LARGEST_TEXT:
        raise _error(source, f"the text is larger than {LARGEST_TEXT // 1000} kB", LARGEST_TEXT)
    try:
        return _Builder(source).read()
    except _StopError as stop:
        raise _error(source, stop.message, stop.index) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        index = mark.index if mark is not None else 0
        raise _error(source, in_plain_words(error, source.text, index), index) from None
    except Exception as error:  # noqa: BLE001 - foreign parser: whatever it raises, the text is unreadable
        raise _error(source, f"this is not readable YAML ({str(error)[:80]})", 0) from None


def _error(source: Source, message: str, index: int) -> ScenarioError:
    name, line, column = source.place(min(index, len(source.text)))
    return ScenarioError([Problem((), message, source=name, line=line, column=column)])


class _Builder:
    """Builds nodes from the events of one text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.reading = Reading(MapNode(source, 0, 0))
        self.count = 0
        yaml = YAML(typ="safe", pure=True)
        yaml.Scanner = _BoundedScanner
        self.events = yaml.parse(source.text)

    def read(self) -> Reading:
        """Return the nodes of the only document."""
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self._check_document(event, documents)
            elif isinstance(event, NodeEvent):
                self.reading.root = self._node(event, (), 1)
        if not documents:
            raise _StopError("the file is empty; begin with: tissue_sim: 1", 0)
        return self.reading

    def _check_document(self, event: Any, documents: int) -> None:
        if documents > 1:
            raise _StopError(
                "a second document (---) is not allowed; one file, one scenario", self._at(event)
            )
        if event.tags or (event.version and tuple(event.version) != (1, 2)):
            raise _StopError("a directive (%) is not allowed; scenarios are YAML 1.2", self._at(event))

    @staticmethod
    def _at(event: Any) -> int:
        return int(event.start_mark.index)

    def _node(self, event: Any, path: Path, depth: int) -> Node:
        start = self._at(event)
        self.count += 1
        if self.count > MOST_NODES:
            raise _StopError(f"more than {MOST_NODES} values; put long lists into a csv file", start)
        if depth > DEEPEST:
            raise _StopError(f"nested more than {DEEPEST} levels deep; allowed are {DEEPEST}", start)
        if isinstance(event, AliasEvent):
            raise _StopError("an alias (*name) is not allowed; write the value again", start)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, SequenceStartEvent):
            return self._list(event, path, depth)
        return self._map(event, path, depth)

    def _scalar(self, event: Any, path: Path) -> ScalarNode:
        self._check_characters(event)
        style = event.style if event.style in ("'", '"', "|", ">") else ""
        node = ScalarNode(self.source, self._at(event), int(event.end_mark.index), event.value, style)
        if not style:
            try:
                node.value = read_plain(event.value)
            except SettingsError as error:
                self._problem(path, error.message, node.start, node)
        return node

    def _check_characters(self, event: Any) -> None:
        # Only an escape in double quotes can make one.
        if event.style == '"' and any("\ud800" <= character <= "\udfff" for character in event.value):
            raise _StopError(
                "half of a surrogate pair (\\ud800 to \\udfff) is no character; write the character itself",
                self._at(event),
            )

    def _list(self, event: Any, path: Path, depth: int) -> ListNode:
        node = ListNode(self.source, self._at(event), 0)
        for item in self.events:
            if isinstance(item, SequenceEndEvent):
                node.end = int(item.end_mark.index)
                break
            node.items.append(self._node(item, (*path, len(node.items)), depth + 1))
        return node

    def _map(self, event: Any, path: Path, depth: int) -> MapNode:
        assert isinstance(event, MappingStartEvent)
        node = MapNode(self.source, self._at(event), 0)
        for key in self.events:
            if isinstance(key, MappingEndEvent):
                node.end = int(key.end_mark.index)
                break
            self._entry(node, key, path, depth)
        return node

    def _entry(self, node: MapNode, key: Any, path: Path, depth: int) -> None:
        start = self._at(key)
        if not isinstance(key, ScalarEvent):
            raise _StopError("a key must be a word, not a list or map; quote text that holds brackets", start)
        if key.value == "<<" and not key.style:
            raise _StopError("a merge key (<<) is not allowed; use like: for cell types", start)
        self._check_characters(key)
        self.count += 1
        below = (*path, key.value)
        value = self._node(next(self.events), below, depth + 1)
        known = node.entries.get(key.value)
        if known is None:
            node.entries[key.value] = Entry(self.source, start, value)
            return
        _, line, column = self.source.place(known.start)
        first = f"line {line}, column {column}" if line else f"column {self.source.before + known.start + 1}"
        self._problem(below, f"the key '{key.value[:40]}' stands twice; first at {first}", start, None)

    def _problem(self, path: Path, message: str, index: int, node: Node | None) -> None:
        name, line, column = self.source.place(index)
        self.reading.problems.append(Problem(path, message, source=name, line=line, column=column))
        if node is not None:
            self.reading.unusable.add(id(node))
