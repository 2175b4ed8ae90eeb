"""Boolean rules, one ``target, rule`` per line, with or without the header ``targets, factors``.

The format of BoolNet (doi:10.1093/bioinformatics/btq124) and PyBoolNet (doi:10.1093/bioinformatics/btw682):
``&``, ``|``, ``!``, brackets, 0 and 1; ``#`` begins a comment. ``X, X`` is a free input: it keeps its value.
A name without a rule is one too, as in BoolNet, with a note. Temporal rules and probabilities are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tissue_sim.codegen.syntax import Expression, Name, Number
from tissue_sim.codegen.walk import names_in, substitute
from tissue_sim.network.boolean.building import built_model, renamed_trees
from tissue_sim.network.boolean.grammar import read_formula
from tissue_sim.network.boolean.node import BooleanNode
from tissue_sim.network.boolean.words import SourceText, Words
from tissue_sim.network.reader import Given, Reader
from tissue_sim.network.sbml.names import Names

if TYPE_CHECKING:
    from tissue_sim.network.model import NetworkModel

__all__ = ["BnetReader"]

LONGEST_LINE = 200_000
CONSTANTS = {"true": Number(1.0), "false": Number(0.0)}


class BnetReader(Reader):
    """Reads a .bnet file."""

    name: ClassVar[str] = "bnet"

    def read(self, content: bytes, file_name: str, given: Given) -> NetworkModel:
        """Return the network; see `Reader.read`."""
        rules = _rules(SourceText(content, file_name))
        notes = []
        for tree in list(rules.values()):
            for name in names_in(tree):
                word = name.path[0]
                if word not in rules:
                    rules[word] = Name((word,))
                    if word not in given.inputs:
                        notes.append(f"'{word}' has no rule: it is a free input, as if by '{word}, {word}'")
        names = Names()
        mapping = {word: names.declare(word) for word in rules}
        nodes = [BooleanNode(mapping[word], renamed_trees(tree, mapping)) for word, tree in rules.items()]
        return built_model(file_name, nodes, names, given, initial={}, notes=notes)


def _rules(source: SourceText) -> dict[str, Expression]:
    """Return target -> rule, with the names of the file."""
    rules: dict[str, Expression] = {}
    place = 0
    first = True
    for line in source.text.split("\n"):
        start, place = place, place + len(line) + 1
        text = line.split("#", 1)[0]
        if not text.strip():
            continue
        if len(text) > LONGEST_LINE:
            raise source.error(
                f"the line is {len(text)} characters long; at most {LONGEST_LINE} are read", start
            )
        words = Words(source, start, start + len(text), bnet=True)
        target = words.name("a rule such as 'X, A & !B'")
        words.expect(",", "between the target and its rule")
        if first and _is_header(words, target.text):
            _check_header(words)
        else:
            if target.text in rules:
                raise source.error(f"'{target.text}' has a second rule", target.offset)
            tree = read_formula(words)
            if words.next.kind != "end":
                raise words.unexpected("expected the end of the rule or an operator")
            rules[target.text] = substitute(
                tree,
                {
                    name.path: CONSTANTS[name.path[0].lower()]
                    for name in names_in(tree)
                    if name.path[0].lower() in CONSTANTS
                },
            )
        first = False
    return rules


def _is_header(words: Words, target: str) -> bool:
    return target.lower() in ("target", "targets") and words.next.text.lower() in ("factor", "factors")


def _check_header(words: Words) -> None:
    words.take()
    if words.next.kind != "end":
        raise words.unexpected(
            "expected the header 'targets, factors'; rules with probabilities are not supported"
        )
