"""From the text of an expression to tokens, each with its place in the text."""

from __future__ import annotations

import re
from typing import NamedTuple

from tissue_sim.errors import SettingsError

__all__ = ["Token", "tokens_of"]

_PATTERN = re.compile(
    r"""
    (?P<space>[ \t\r]+)
  | (?P<newline>\n)
  | (?P<comment>\#[^\n]*)
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
  | (?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)
  | (?P<text>"[^"\n]*"|'[^'\n]*')
  | (?P<symbol>\*\*|<=|>=|==|!=|&&|\|\||[-+*/^<>=(),])
    """,
    re.VERBOSE,
)

_REACTION = re.compile(r"<->|->|[@:]")
"""Symbols of reactions, in equations only."""

_INSTEAD = {
    "**": "use ^ for powers",
    "&&": "use 'and'",
    "||": "use 'or'",
    "!": "use 'not' (or != to compare)",
    "&": "use 'and'",
    "|": "use 'or'",
    "%": "use rem(a, b)",
    "[": "use round brackets",
    "]": "use round brackets",
    "{": "use round brackets",
    "}": "use round brackets",
    ";": "write one equation per line",
    "_": "names begin with a letter",
    "'": "quotes are closed on the same line",
    '"': "quotes are closed on the same line",
}


class Token(NamedTuple):
    """One word of the text.

    Attributes
    ----------
    kind : str
        ``number``, ``name``, ``text``, ``symbol``, ``prime``, ``newline`` or ``end``.
    text : str
        As written; a dotted name is one token.
    offset : int
        Character at which it begins.
    """

    kind: str
    text: str
    offset: int


def _refuse(text: str, place: int, offset: int) -> SettingsError:
    character = text[place]
    advice = _INSTEAD.get(character)
    shown = character if character.isprintable() else repr(character)[1:-1]
    return SettingsError(f"unexpected character '{shown}'" + (f"; {advice}" if advice else ""), offset)


def _check_joined(text: str, end: int, token: Token) -> None:
    """Refuse what runs on behind a number or name: ``2x``, ``1_000``, ``0x10``, ``1.2.3``."""
    if token.kind == "number" and end < len(text) and (text[end].isalnum() or text[end] in "_."):
        raise SettingsError(
            f"'{token.text}{text[end]}' is neither a number nor a name; numbers are like 2, 0.5, 1e-3, "
            "and products are written with *",
            token.offset,
        )
    if token.kind == "name" and "__" in token.text:
        raise SettingsError(
            f"name '{token.text[:64]}' has a double underscore, which is reserved", token.offset
        )


def tokens_of(text: str, offset: int = 0, *, equations: bool = False) -> list[Token]:
    """Return the tokens of `text`, ended by one of kind ``end``.

    Parameters
    ----------
    offset : int
        Added to every token's offset: where `text` begins in a longer one.
    equations : bool
        Keep newlines outside brackets as tokens, drop ``#`` comments, read ``X'`` as name and prime, and
        know ``->``, ``<->``, ``@`` and ``:``.

    Raises
    ------
    SettingsError
        At a character that no expression contains.
    """
    tokens: list[Token] = []
    place, open_brackets = 0, 0
    while place < len(text):
        if (
            equations
            and text[place] == "'"
            and place
            and (text[place - 1].isalnum() or text[place - 1] == "_")
        ):
            tokens.append(Token("prime", "'", offset + place))
            place += 1
            continue
        arrow = _REACTION.match(text, place) if equations else None
        if arrow is not None:
            tokens.append(Token("symbol", arrow[0], offset + place))
            place = arrow.end()
            continue
        match = _PATTERN.match(text, place)
        kind = match.lastgroup if match else None
        if match is None or kind is None or (kind == "comment" and not equations):
            raise _refuse(text, place, offset + place)
        token = Token(kind, match[0], offset + place)
        if token.text in ("**", "&&", "||"):
            raise SettingsError(f"unexpected '{token.text}'; {_INSTEAD[token.text]}", token.offset)
        _check_joined(text, match.end(), token)
        place = match.end()
        open_brackets += (token.text == "(") - (token.text == ")")
        if kind not in ("space", "comment") and (kind != "newline" or (equations and open_brackets <= 0)):
            tokens.append(token)
    tokens.append(Token("end", "", offset + len(text)))
    return tokens
