"""Taking wrong values out of the nodes of a file, and standing in for what must be there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tissue_sim.scenario.positions import Entry, ListNode, MapNode, Node, Path, ScalarNode, Source, child

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["filled", "prune", "without_unusable"]


def prune(node: Node, path: Path) -> Node:
    """Return the tree without the value at a path; everything above it is tainted."""
    below = child(node, path[0])
    if below is None:
        return node
    if isinstance(node, MapNode):
        key = str(path[0])
        entries, pruned = dict(node.entries), node.pruned
        if len(path) == 1:
            del entries[key]
            pruned = pruned | {key}
        else:
            entries[key] = replace(entries[key], node=prune(below, path[1:]))
        return replace(node, entries=entries, pruned=pruned, tainted=True)
    if isinstance(node, ListNode) and isinstance(path[0], int):
        items = list(node.items)
        items[path[0] : path[0] + 1] = [] if len(path) == 1 else [prune(below, path[1:])]
        return replace(node, items=items, tainted=True)
    return node


def without_unusable(node: Node, unusable: set[int]) -> Node:
    """Return the tree without the nodes whose `id` is given."""
    if not unusable:
        return node
    if isinstance(node, MapNode):
        kept = {
            key: replace(entry, node=without_unusable(entry.node, unusable))
            for key, entry in node.entries.items()
            if id(entry.node) not in unusable
        }
        gone = frozenset(node.entries) - frozenset(kept)
        tainted = bool(gone) or any(entry.node.tainted for entry in kept.values())
        return replace(node, entries=kept, pruned=node.pruned | gone, tainted=node.tainted or tainted)
    if isinstance(node, ListNode):
        items = [without_unusable(item, unusable) for item in node.items if id(item) not in unusable]
        tainted = len(items) < len(node.items) or any(item.tainted for item in items)
        return replace(node, items=items, tainted=node.tainted or tainted)
    return node


def filled(root: Node, fillers: Mapping[str, Any]) -> Node:
    """Return the tree with stand-ins for missing top-level keys; those count as taken out."""
    if not isinstance(root, MapNode) or not fillers.keys() - root.entries.keys():
        return root
    source = Source("", "")
    entries, pruned = dict(root.entries), root.pruned
    for key in fillers.keys() - root.entries.keys():
        entries[key] = Entry(source, 0, _nodes(source, fillers[key]))
        pruned = pruned | {key}
    return replace(root, entries=entries, pruned=pruned, tainted=True)


def _nodes(source: Source, value: Any) -> Node:
    if isinstance(value, dict):
        below = {key: Entry(source, 0, _nodes(source, one)) for key, one in value.items()}
        return MapNode(source, 0, 0, below)
    if isinstance(value, list):
        return ListNode(source, 0, 0, [_nodes(source, one) for one in value])
    return ScalarNode(source, 0, 0, value)
