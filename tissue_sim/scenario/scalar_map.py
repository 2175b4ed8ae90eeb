"""Which character of a file became which character of a scalar's value.

Line folding, indentation, quotes and escapes change white space and a few characters only. So the two
texts are walked side by side: what is not white space stands in both, in the same order.
"""

from __future__ import annotations

__all__ = ["place_in_scalar"]

_ESCAPE_LENGTHS = {"x": 4, "u": 6, "U": 10}


def place_in_scalar(text: str, start: int, end: int, style: str, value: str, offset: int) -> int:
    """Return the index in `text` of character `offset` of `value`.

    Parameters
    ----------
    text : str
        The whole source.
    start, end : int
        The scalar, from its first character (quote or ``|``) on.
    style : str
        ``""`` plain, ``'``, ``"``, ``|`` or ``>``.
    value : str
        The text it was read as.
    offset : int
        Character of `value`; at or beyond its end gives the scalar's end.
    """
    at = _first(text, start, end, style)
    stop = min(offset, len(value))
    for place in range(stop + 1):
        wanted = value[place] if place < len(value) else ""
        if not wanted:
            return min(at, end)
        if wanted.isspace() and not _is_escape(text, at, style):
            if place == stop:
                return at
            if at < end and text[at].isspace():
                at += 1
            continue
        at = _skip_space(text, at, end, style, wanted)
        if place == stop:
            return min(at, end)
        at += _length(text, at, style)
    return min(at, end)


def _first(text: str, start: int, end: int, style: str) -> int:
    if style in ("|", ">"):
        header_end = text.find("\n", start, end)
        if header_end < 0:
            return end
        at = header_end + 1
        while at < end and text[at] == " ":
            at += 1
        return at
    return start + len(style)


def _is_escape(text: str, at: int, style: str) -> bool:
    return style == '"' and text[at : at + 1] == "\\" and text[at + 1 : at + 2] not in ("\n", "\r", "")


def _skip_space(text: str, at: int, end: int, style: str, wanted: str) -> int:
    while at < end and text[at] != wanted:
        if style == '"' and text[at] == "\\":
            if _is_escape(text, at, style):
                return at
        elif not text[at].isspace():
            return at
        at += 1
    return at


def _length(text: str, at: int, style: str) -> int:
    if style == "'" and text[at : at + 2] == "''":
        return 2
    if _is_escape(text, at, style):
        return _ESCAPE_LENGTHS.get(text[at + 1], 2)
    return 1
