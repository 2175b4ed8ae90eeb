"""The words of Boolean network files: tokens with their places, read only as far as they are asked for."""

from __future__ import annotations

import re
from typing import NamedTuple

from tissue_sim.errors import SettingsError

__all__ = ["LARGEST", "SourceText", "Word", "Words"]

LARGEST = 8 * 2**20
"""Bytes of one file."""
LONGEST_WORD = 200

_MABOSS = re.compile(
    r"""
    (?P<space>(?:[ \t\r\f\v\n]+ | //[^\n]* | /\*.*?\*/ | (?<![^\n])\#(?!cell\b)[^\n]*)+)
  | (?P<text>"[^"\n]*")
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?![A-Za-z0-9_.]))
  | (?P<variable>\$[A-Za-z_][A-Za-z0-9_]*)
  | (?P<alias>@[ \t]*[A-Za-z_][A-Za-z0-9_]*)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<symbol>==|!=|<=|>=|&&|\|\||/(?!\*)|[-+*!&|^<>?:(){}\[\]=;,.\#])
    """,
    re.VERBOSE | re.DOTALL,
)
_BNET = re.compile(
    r"""
    (?P<space>[ \t\r\f\v]+)
  | (?P<number>[01](?![A-Za-z0-9_.]))
  | (?P<name>[A-Za-z0-9_.]*[A-Za-z_][A-Za-z0-9_.]*)
  | (?P<symbol>&&|\|\||[!&|(),])
    """,
    re.VERBOSE,
)
_OPERATORS = {"and": "&", "or": "|", "xor": "^", "not": "!", "&&": "&", "||": "|"}


class Word(NamedTuple):
    """One token.

    Attributes
    ----------
    kind : str
        ``name``, ``number``, ``variable``, ``alias``, ``text``, ``symbol`` or ``end``.
    text : str
        Operators in their short form (``&`` for ``AND``); ``variable`` and ``alias`` without their sign.
    offset : int
        Character of the file at which it begins.
    """

    kind: str
    text: str
    offset: int


class SourceText:
    """A file's text, and errors placed in it.

    Raises
    ------
    SettingsError
        Too large, or no text in UTF-8.
    """

    def __init__(self, content: bytes, file_name: str) -> None:
        self.name = file_name
        if len(content) > LARGEST:
            raise SettingsError(f"{file_name} is {len(content)} bytes long; at most {LARGEST} are read")
        try:
            self.text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SettingsError(f"{file_name} is no text in UTF-8 (byte {error.start})") from error

    def error(self, message: str, offset: int) -> SettingsError:
        """Return an error that names file, line and column of a character."""
        before = self.text[:offset]
        line = before.count("\n") + 1
        column = offset - (before.rfind("\n") + 1) + 1
        return SettingsError(f"{self.name}:{line}:{column}: {message}")


class Words:
    """The tokens of a stretch of text, one ahead.

    Parameters
    ----------
    source : SourceText
    first, last : int
        The stretch; all of it by default.
    bnet : bool
        The words of .bnet rules in place of MaBoSS's languages.
    """

    def __init__(
        self, source: SourceText, first: int = 0, last: int | None = None, *, bnet: bool = False
    ) -> None:
        self.source = source
        self._pattern = _BNET if bnet else _MABOSS
        self._place = first
        self._last = len(source.text) if last is None else last
        self.next = self._read()

    def take(self) -> Word:
        """Return the next token and move on."""
        word = self.next
        self.next = self._read()
        return word

    def at(self, text: str) -> bool:
        """Say whether the next token is this symbol."""
        return self.next.kind == "symbol" and self.next.text == text

    def expect(self, text: str, where: str) -> Word:
        """Take a symbol that must come next."""
        if not self.at(text):
            raise self.unexpected(f"expected '{text}' {where}")
        return self.take()

    def name(self, what: str) -> Word:
        """Take a name that must come next."""
        if self.next.kind != "name":
            raise self.unexpected(f"expected {what}")
        return self.take()

    def unexpected(self, message: str) -> SettingsError:
        """Return an error about the next token."""
        found = "the end" if self.next.kind == "end" else f"'{self.next.text[:40]}'"
        return self.source.error(f"{message}, found {found}", self.next.offset)

    def _read(self) -> Word:
        text = self.source.text
        while self._place < self._last:
            match = self._pattern.match(text, self._place, self._last)
            if match is None:
                raise self._refuse(text)
            offset, self._place = self._place, match.end()
            kind, found = match.lastgroup or "", match[0]
            if kind == "space":
                continue
            if len(found) > LONGEST_WORD and kind != "text":
                raise self.source.error(f"a name is longer than {LONGEST_WORD} characters", offset)
            if kind in ("variable", "alias"):
                return Word(kind, found[1:].strip(), offset)
            short = _OPERATORS.get(found.lower())
            return Word("symbol", short, offset) if short else Word(kind, found, offset)
        return Word("end", "", self._last)

    def _refuse(self, text: str) -> SettingsError:
        place = self._place
        if text.startswith("/*", place):
            return self.source.error("the comment /* is not closed", place)
        if text[place] == '"':
            return self.source.error("the quotes are not closed on this line", place)
        if text[place] in "0123456789.":
            return self.source.error(f"'{text[place : place + 20].split()[0]}' is no number", place)
        shown = text[place] if text[place].isprintable() else repr(text[place])[1:-1]
        return self.source.error(f"unexpected character '{shown}'", place)
