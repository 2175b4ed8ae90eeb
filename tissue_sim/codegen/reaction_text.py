"""Reading reactions from text: ``bind: A + 2 B -> C @ k*A*B^2``.

Left of the arrow stands what a reaction takes, right of it what it makes, after ``@`` its rate, word for
word: reactions per time, nothing is multiplied in. Stoichiometric numbers stand before a species (``2 B`` or
``2*B``); a side may be empty or ``0`` (``-> X @ k``, ``X -> @ d*X``); a species on both sides is needed but
not used up; a name and ``:`` may stand in front. ``A <-> B @ k*A, l*B`` is two reactions, there and back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tissue_sim.codegen.functions import RESERVED
from tissue_sim.codegen.syntax import Expression, Name
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from tissue_sim.codegen.grammar import Grammar
    from tissue_sim.codegen.lexer import Token

__all__ = ["ReactionLine", "at_reaction", "take_reaction"]

ARROWS = ("->", "<->")
FORM = "a reaction reads A + 2 B -> C @ rate"


@dataclass(frozen=True)
class ReactionLine:
    """One reaction as written, or two that undo each other.

    Attributes
    ----------
    name : str
        Empty if none is given.
    left, right : tuple of (number, Name)
        What is taken and made, in the order written.
    rate : Expression
        From left to right.
    reverse : Expression or None
        From right to left.
    line, offset : int
        Line from 1, and first character, in the whole text.
    """

    name: str
    left: tuple[tuple[float, Name], ...]
    right: tuple[tuple[float, Name], ...]
    rate: Expression
    reverse: Expression | None
    line: int
    offset: int
    kind: str = field(default="reaction", init=False)


def at_reaction(grammar: Grammar) -> bool:
    """Say whether the line that begins here holds an arrow or an ``@``."""
    place = grammar.place
    while grammar.tokens[place].kind not in ("newline", "end"):
        if grammar.tokens[place].kind == "symbol" and grammar.tokens[place].text in (*ARROWS, "@"):
            return True
        place += 1
    return False


def take_reaction(grammar: Grammar, text: str) -> ReactionLine:
    """Take the reaction that begins here.

    Raises
    ------
    SettingsError
        With the offset of the token that does not fit.
    """
    first = grammar.token
    name = ""
    if first.kind == "name" and grammar.tokens[grammar.place + 1].text == ":":
        name = _species(grammar.take()).path[0]
        grammar.take()
    left = _side(grammar, ARROWS)
    arrow = grammar.take()
    right = _side(grammar, ("@",))
    grammar.take()
    if not left and not right:
        raise SettingsError(f"the reaction has no species; {FORM}", first.offset)
    rate = grammar.expression(until=",")
    reverse = None
    comma = grammar.token
    if grammar.at(","):
        grammar.take()
        reverse = grammar.expression()
    if (reverse is None) == (arrow.text == "<->"):
        advice = "<-> needs two rates: A <-> B @ k*A, l*B" if reverse is None else "two rates belong to <->"
        raise SettingsError(advice, arrow.offset if reverse is None else comma.offset)
    return ReactionLine(name, left, right, rate, reverse, text.count("\n", 0, first.offset) + 1, first.offset)


def _side(grammar: Grammar, ends: tuple[str, ...]) -> tuple[tuple[float, Name], ...]:
    """Take species up to one of the symbols `ends`, which is left."""
    if grammar.token.kind == "symbol" and grammar.token.text in ends:
        return ()
    if grammar.token.text == "0" and grammar.tokens[grammar.place + 1].text in ends:
        grammar.take()
        return ()
    terms = [_term(grammar)]
    while grammar.at("+"):
        grammar.take()
        terms.append(_term(grammar))
    token = grammar.token
    if token.kind != "symbol" or token.text not in ends:
        expected = "'@' and the rate" if "@" in ends else "'+' or '->'"
        found = f"'{token.text[:40]}'" if token.text.strip() else "the end of the line"
        raise SettingsError(f"expected {expected}, found {found}; {FORM}", token.offset)
    return tuple(terms)


def _term(grammar: Grammar) -> tuple[float, Name]:
    token = grammar.take()
    number = 1.0
    if token.kind == "number":
        number = float(token.text)
        if not 0.0 < number < 1e9:
            raise SettingsError(f"{token.text[:40]} is no number of molecules; {FORM}", token.offset)
        if grammar.at("*"):
            grammar.take()
        token = grammar.take() if grammar.token.kind == "name" else grammar.token
    return number, _species(token)


def _species(token: Token) -> Name:
    if token.kind != "name" or "." in token.text or token.text in RESERVED:
        found = f"'{token.text[:40]}'" if token.text.strip() else "the end of the line"
        raise SettingsError(f"expected the name of a species, found {found}; {FORM}", token.offset)
    return Name((token.text,), token.offset)
