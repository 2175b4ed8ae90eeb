"""The grammar of formulas in Boolean network files, read by operator precedence without recursion.

From loosest to tightest, as in MaBoSS: ``a ? b : c`` (to the right), ``XOR ^``, ``OR |``, ``AND &``,
``== !=``, ``< <= > >=``, ``+ -``, ``* /``, ``NOT ! -x``. A .bnet rule has ``| & !`` only.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from tissue_sim.codegen.syntax import Binary, Call, Compare, Expression, Logic, Name, Number, Unary
from tissue_sim.errors import did_you_mean

if TYPE_CHECKING:
    from tissue_sim.network.boolean.words import Word, Words

__all__ = ["ALIAS", "DEEPEST", "MOST_WORDS", "VARIABLE", "read_formula"]

VARIABLE, ALIAS = "$", "@"
"""First words of the names of ``$variables`` and ``@attributes`` in the trees."""
DEEPEST = 200
"""Nested brackets, signs, choices and sums."""
MOST_WORDS = 50_000
"""Words of one formula."""

_BINDING = {
    "?": 1,
    "^": 2,
    "|": 3,
    "&": 4,
    **dict.fromkeys(("==", "!="), 5),
    **dict.fromkeys(("<", "<=", ">", ">="), 6),
    **dict.fromkeys(("+", "-"), 7),
    **dict.fromkeys(("*", "/"), 8),
}
_PREFIX = 9
_JOINED = ("^", "|", "&")
_FUNCTIONS = {"exp": "exp", "log": "ln"}
"""Functions of MaBoSS that are ours; its log is the natural one."""


class _Operator(NamedTuple):
    kind: str
    text: str
    binding: int
    offset: int


class _Tree(NamedTuple):
    tree: Expression
    depth: int


def read_formula(words: Words) -> Expression:
    """Return the formula that comes next, up to a word that cannot belong to it.

    Names of nodes stand as `Name` of one word, ``$x`` and ``@x`` as names beginning with `VARIABLE`, `ALIAS`.

    Raises
    ------
    SettingsError
        With file, line and column of the word that does not fit.
    """
    return _Reading(words).formula()


class _Reading:
    def __init__(self, words: Words) -> None:
        self._words = words
        self._operators: list[_Operator] = []
        self._operands: list[_Tree] = []
        self._number = self._open = 0

    def formula(self) -> Expression:
        while True:
            self._operand()
            while self._closes():
                pass
            if not self._infix():
                break
        while self._operators:
            operator = self._operators[-1]
            if operator.kind == "bracket":
                raise self._error("'(' is not closed", operator.offset)
            if operator.kind == "choice":
                raise self._words.unexpected("expected ':' of a choice a ? b : c")
            self._reduce()
        return self._operands[0].tree

    def _error(self, message: str, offset: int) -> Exception:
        return self._words.source.error(message, offset)

    def _take(self) -> Word:
        self._number += 1
        if self._number > MOST_WORDS:
            raise self._error(f"the formula has more than {MOST_WORDS} words", self._words.next.offset)
        return self._words.take()

    def _push(self, operator: _Operator) -> None:
        self._open += operator.text not in _JOINED
        if self._open > DEEPEST:
            raise self._error(f"the formula is nested more than {DEEPEST} deep", operator.offset)
        self._operators.append(operator)

    def _pop(self) -> _Operator:
        operator = self._operators.pop()
        self._open -= operator.text not in _JOINED
        return operator

    def _operand(self) -> None:
        """Take signs, opening brackets and the value behind them."""
        while True:
            word = self._words.next
            if word.kind == "symbol" and word.text in ("!", "-", "+"):
                self._push(_Operator("prefix", self._take().text, _PREFIX, word.offset))
            elif self._words.at("("):
                self._push(_Operator("bracket", "(", 0, self._take().offset))
            elif word.kind == "name":
                self._take()
                if not self._words.at("("):
                    self._operands.append(_Tree(Name((word.text,), word.offset), 0))
                    return
                self._function(word)
            elif word.kind == "number":
                self._operands.append(_Tree(Number(self._value(self._take())), 0))
                return
            elif word.kind in ("variable", "alias"):
                first = VARIABLE if word.kind == "variable" else ALIAS
                self._operands.append(_Tree(Name((first, self._take().text), word.offset), 0))
                return
            else:
                raise self._words.unexpected("expected a name, a number or '('")

    def _value(self, word: Word) -> float:
        value = float(word.text)
        if not math.isfinite(value):
            raise self._error(f"{word.text[:40]} is too large", word.offset)
        return value

    def _function(self, word: Word) -> None:
        if word.text not in _FUNCTIONS:
            hint = did_you_mean(word.text, list(_FUNCTIONS))
            raise self._error(
                f"unknown function '{word.text[:40]}'; known are exp and log{hint}", word.offset
            )
        self._push(_Operator("function", _FUNCTIONS[word.text], 0, word.offset))
        self._push(_Operator("bracket", "(", 0, self._take().offset))

    def _closes(self) -> bool:
        """Take a closing bracket, if one comes that belongs to this formula."""
        if not self._words.at(")"):
            return False
        while self._operators and self._operators[-1].kind not in ("bracket", "choice"):
            self._reduce()
        if not self._operators:
            return False
        if self._operators[-1].kind == "choice":
            raise self._words.unexpected("expected ':' of a choice a ? b : c")
        self._take()
        self._pop()
        if self._operators and self._operators[-1].kind == "function":
            self._reduce()
        return True

    def _infix(self) -> bool:
        """Take an operator between operands; say whether there was one."""
        word = self._words.next
        if word.kind == "symbol" and word.text == ":" and self._open_choice():
            self._else()
            return True
        binding = _BINDING.get(word.text, 0) if word.kind == "symbol" else 0
        if not binding:
            return False
        self._take()
        to_the_right = word.text == "?" or word.text in _JOINED
        while self._operators:
            above = self._operators[-1]
            if above.binding > binding or (above.binding == binding and not to_the_right):
                self._reduce()
            else:
                break
        kind = "choice" if word.text == "?" else "infix"
        self._push(_Operator(kind, word.text, 0 if kind == "choice" else binding, word.offset))
        return True

    def _open_choice(self) -> bool:
        """Say whether a choice waits for its ``:`` inside the innermost bracket."""
        for operator in reversed(self._operators):
            if operator.kind in ("choice", "bracket"):
                return operator.kind == "choice"
        return False

    def _else(self) -> None:
        while self._operators[-1].kind != "choice":
            self._reduce()
        offset = self._take().offset
        self._operators[-1] = _Operator("else", "?:", _BINDING["?"], offset)

    def _reduce(self) -> None:
        operator = self._pop()
        if operator.text in _JOINED:
            self._put(self._join(operator.text), operator.offset)
            return
        number = {"prefix": 1, "function": 1, "else": 3}.get(operator.kind, 2)
        operands = self._operands[len(self._operands) - number :]
        del self._operands[len(self._operands) - number :]
        depth = 1 + max(each.depth for each in operands)
        self._put(_Tree(_built(operator, [each.tree for each in operands]), depth), operator.offset)

    def _join(self, text: str) -> _Tree:
        """Return operands joined by the same operator as one node, however many they are."""
        number = 2
        while self._operators and self._operators[-1].text == text:
            self._pop()
            number += 1
        operands = self._operands[len(self._operands) - number :]
        del self._operands[len(self._operands) - number :]
        trees = tuple(each.tree for each in operands)
        depth = 1 + max(each.depth for each in operands)
        if text == "^":
            return _Tree(Call(("xor",), trees), depth)
        return _Tree(Logic("and" if text == "&" else "or", trees), depth)

    def _put(self, tree: _Tree, offset: int) -> None:
        if tree.depth > DEEPEST:
            raise self._error(f"the formula is nested more than {DEEPEST} deep", offset)
        self._operands.append(tree)


def _built(operator: _Operator, trees: list[Expression]) -> Expression:
    match operator.kind:
        case "prefix":
            if operator.text == "+":
                return trees[0]
            return Unary("not" if operator.text == "!" else "-", trees[0])
        case "function":
            return Call((operator.text,), tuple(trees))
        case "else":
            return Call(("if",), tuple(trees))
    if operator.text in "+-*/":
        return Binary(operator.text, trees[0], trees[1])
    return Compare(operator.text, trees[0], trees[1])
