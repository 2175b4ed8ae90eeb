"""Putting maps together: ``like``, ``short`` and ``--set`` all merge in this one way.

Maps are merged key by key; lists and scalars are replaced; a map whose keys are numbers changes items of a
list; ``null`` takes a key away. Every value keeps the place where it was written.
"""

from __future__ import annotations

from dataclasses import replace

from tissue_sim.errors import Problem, did_you_mean
from tissue_sim.scenario.positions import Entry, ListNode, MapNode, Node, ScalarNode
from tissue_sim.scenario.pruning import prune
from tissue_sim.scenario.reader import MOST_NODES

__all__ = ["LONGEST_CHAIN", "merged", "resolve_like"]

LONGEST_CHAIN = 20


def merged(base: Node, change: Node) -> Node:
    """Return `base` with `change` laid over it; both stay as they are."""
    if isinstance(base, MapNode) and isinstance(change, MapNode):
        entries = dict(base.entries)
        for key, entry in change.entries.items():
            if isinstance(entry.node, ScalarNode) and entry.node.value is None and key in entries:
                del entries[key]
            elif key in entries:
                below = merged(entries[key].node, entry.node)
                owner = entries[key] if _is_container(entries[key].node) else entry
                entries[key] = Entry(owner.source, owner.start, below)
            else:
                entries[key] = entry
        return replace(base, entries=entries)
    if isinstance(base, ListNode) and isinstance(change, MapNode) and _addresses(base, change):
        items = list(base.items)
        for key, entry in change.entries.items():
            items[int(key)] = merged(items[int(key)], entry.node)
        return replace(base, items=items)
    return change


def _is_container(node: Node) -> bool:
    return isinstance(node, MapNode | ListNode)


def _addresses(items: ListNode, change: MapNode) -> bool:
    return bool(change.entries) and all(
        key.isascii() and key.isdigit() and len(key) < 10 and int(key) < len(items.items)
        for key in change.entries
    )


def resolve_like(root: Node) -> tuple[Node, list[Problem]]:
    """Return the tree with every cell type's ``like`` merged in, and what is wrong with them.

    A type whose ``like`` cannot be followed stays as written, without the key.
    """
    types = root.entries.get("cell_types") if isinstance(root, MapNode) else None
    if not isinstance(root, MapNode) or types is None or not isinstance(types.node, MapNode):
        return root, []
    resolver = _Resolver(types.node)
    entries = {
        name: Entry(entry.source, entry.start, resolver.resolved(name, ()))
        for name, entry in types.node.entries.items()
    }
    if sum(_size(entry.node) for entry in entries.values()) > MOST_NODES:
        message = f"with all that `like` takes over, there are more than {MOST_NODES} values"
        return prune(root, ("cell_types",)), [Problem(("cell_types",), message)]
    changed = Entry(types.source, types.start, replace(types.node, entries=entries))
    return replace(root, entries={**root.entries, "cell_types": changed}), resolver.problems


def _size(node: Node) -> int:
    """Return the number of values in a node."""
    if isinstance(node, MapNode):
        return 1 + sum(_size(entry.node) for entry in node.entries.values())
    return 1 + sum(_size(item) for item in node.items) if isinstance(node, ListNode) else 1


class _Resolver:
    """Follows ``like`` from type to type."""

    def __init__(self, types: MapNode) -> None:
        self.types = types
        self.problems: list[Problem] = []
        self._done: dict[str, Node] = {}

    def resolved(self, name: str, before: tuple[str, ...]) -> Node:
        """Return one cell type with what it inherits."""
        if name not in self._done:
            self._done[name] = self._resolve(name, before)
        return self._done[name]

    def _resolve(self, name: str, before: tuple[str, ...]) -> Node:
        node = self.types.entries[name].node
        if not isinstance(node, MapNode) or "like" not in node.entries:
            return node
        own = replace(node, entries={k: e for k, e in node.entries.items() if k != "like"})
        given = node.entries["like"].node
        base = given.value if isinstance(given, ScalarNode) else None
        known = [other for other in self.types.entries if other != name]
        path = ("cell_types", name, "like")
        if not isinstance(base, str) or base not in self.types.entries:
            message = f"like: names no cell type; known are {', '.join(known) or 'none'}"
            hint = did_you_mean(base, known) if isinstance(base, str) else ""
            self.problems.append(Problem(path, message + hint))
            return own
        if base in (*before, name):
            chain = " -> ".join((*before, name, base))
            self.problems.append(Problem(path, f"like: goes round in a circle ({chain})"))
            return own
        if len(before) >= LONGEST_CHAIN:
            self.problems.append(
                Problem(path, f"like: more than {LONGEST_CHAIN} types take over from each other")
            )
            return own
        return merged(self.resolved(base, (*before, name)), own)
