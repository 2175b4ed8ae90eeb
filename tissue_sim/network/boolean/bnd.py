"""MaBoSS's .bnd files: nodes with ``logic``, ``rate_up``, ``rate_down`` and other attributes by ``@name``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Name
from tissue_sim.codegen.walk import fold, names_in, rebuild
from tissue_sim.network.boolean.grammar import ALIAS, read_formula
from tissue_sim.network.boolean.words import Words

if TYPE_CHECKING:
    from tissue_sim.codegen.syntax import Expression
    from tissue_sim.network.boolean.words import SourceText

__all__ = ["NodeText", "read_bnd"]

LARGEST_FORMULA = 200_000
"""Words of one formula with the attributes it names put in."""
REFUSED = {
    "division": "a 'division' block belongs to MaBoSS's populations; write `cycle` of the cell type instead",
    "death": "a 'death' block belongs to MaBoSS's populations; write `death` of the cell type instead",
}


@dataclass
class NodeText:
    """One node of a file.

    Attributes
    ----------
    name : str
    offset : int
        Character at which the name stands.
    attributes : dict of name to Expression
        Without ``@`` once the file is read.
    """

    name: str
    offset: int
    attributes: dict[str, Expression] = field(default_factory=dict)


def read_bnd(source: SourceText) -> dict[str, NodeText]:
    """Return the nodes of a .bnd file by name, in order.

    Raises
    ------
    SettingsError
        With file, line and column: what does not fit, a node or attribute given twice, an ``@name`` that the
        node does not have or that needs itself, blocks of populations.
    """
    nodes: dict[str, NodeText] = {}
    words = Words(source)
    while words.next.kind != "end":
        node = _node(words, source)
        if node.name in nodes:
            raise source.error(f"node '{node.name}' is given twice", node.offset)
        nodes[node.name] = node
    for node in nodes.values():
        node.attributes = _resolved(node, source)
    return nodes


def _node(words: Words, source: SourceText) -> NodeText:
    word = words.name("'node NAME { ... }'")
    if word.text.lower() in REFUSED:
        raise source.error(REFUSED[word.text.lower()], word.offset)
    if word.text.lower() != "node":
        return _short_form(words, word.text, word.offset)
    name = words.name("the name of a node")
    words.expect("{", f"after 'node {name.text}'")
    node = NodeText(name.text, name.offset)
    while not words.at("}"):
        attribute = words.name("an attribute such as rate_up, or '}'")
        if attribute.text in node.attributes:
            raise source.error(
                f"node '{node.name}' has a second attribute '{attribute.text}'", attribute.offset
            )
        words.expect("=", f"after '{attribute.text}'")
        if words.next.kind == "text":
            words.take()
        else:
            node.attributes[attribute.text] = read_formula(words)
        words.expect(";", f"after the value of '{attribute.text}'")
    words.take()
    return node


def _short_form(words: Words, name: str, offset: int) -> NodeText:
    """Read ``NAME : rule`` or ``NAME, rule``, with or without ``;``."""
    if not (words.at(":") or words.at(",")):
        raise words.unexpected("expected 'node NAME { ... }'")
    words.take()
    node = NodeText(name, offset, {"logic": read_formula(words)})
    if words.at(";"):
        words.take()
    return node


def _resolved(node: NodeText, source: SourceText) -> dict[str, Expression]:
    """Return the attributes with every ``@name`` replaced by what it stands for."""
    done: dict[str, Expression] = {}
    sizes: dict[str, int] = {}
    waiting = list(reversed(node.attributes))
    path: list[str] = []
    while waiting:
        name = waiting[-1]
        needed = []
        for alias in names_in(node.attributes[name]):
            if alias.path[0] != ALIAS or alias.path[1] in done:
                continue
            if alias.path[1] not in node.attributes:
                raise source.error(f"node '{node.name}' has no attribute '{alias.path[1]}'", alias.offset)
            if alias.path[1] in (*path, name):
                raise source.error(f"attribute '{alias.path[1]}' depends on itself", alias.offset)
            needed.append(alias.path[1])
        if name in done or not needed:
            waiting.pop()
            if path and path[-1] == name:
                path.pop()
            if name not in done:
                sizes[name] = _size(node, name, sizes, source)
                done[name] = _put_in(node.attributes[name], done)
            continue
        if not path or path[-1] != name:
            path.append(name)
        waiting.append(needed[0])
    return {name: done[name] for name in node.attributes}


def _size(node: NodeText, name: str, sizes: dict[str, int], source: SourceText) -> int:
    """Return the number of names a formula will have; it is looked at before anything is put in."""
    names = names_in(node.attributes[name])
    size = 1 + sum(sizes[each.path[1]] if each.path[0] == ALIAS else 1 for each in names)
    if size > LARGEST_FORMULA:
        raise source.error(
            f"attribute '{name}' of node '{node.name}' has more than {LARGEST_FORMULA} names, "
            "attributes put in",
            node.offset,
        )
    return size


def _put_in(tree: Expression, known: dict[str, Expression]) -> Expression:
    def combine(part: Expression, operands: list[Expression]) -> Expression:
        if isinstance(part, Name):
            return known[part.path[1]] if part.path[0] == ALIAS else part
        return rebuild(part, operands)

    return fold(tree, combine)
