"""What the YAML parser says, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError

__all__ = ["in_plain_words"]

_WORDS = (
    (
        "mapping values are not allowed",
        "a ':' is not allowed here; quote text that holds ': ', or check the indentation",
    ),
    ("could not find expected ':'", "a key without ':'; write 'key: value', and check the indentation"),
    (
        "expected <block end>, but found",
        "wrong indentation, or a value where a key was expected; keys of one map begin in the same column",
    ),
    ("expected ',' or ']'", "a ',' or ']' is missing before this; quote text that holds brackets or commas"),
    ("expected ',' or '}'", "a ',' or '}' is missing before this; quote text that holds braces or commas"),
    ("found unexpected end of stream", "the text ends inside a quoted value; close the quote"),
    ("expected the node content", "a value is missing here"),
    ("expected '<document start>'", "text stands after the end of the scenario; check the indentation"),
    (
        "found unknown escape character",
        "unknown escape after '\\' in a double-quoted text; use single quotes",
    ),
    ("sequence entries are not allowed", "a list item ('- ') is not allowed here; begin it on its own line"),
    (
        "block sequence entries not allowed",
        "a list item ('- ') is not allowed here; begin it on its own line",
    ),
    ("found undefined tag", "a tag (!name) is not allowed; write plain values"),
    ("expected alphabetic or numeric", "this character is not allowed here; quote the text"),
)


def in_plain_words(error: MarkedYAMLError, text: str, index: int) -> str:
    """Return what is wrong at `index` of `text` and what to do."""
    character = text[index : index + 1]
    line = text[text.rfind("\n", 0, index) + 1 : index]
    if character == "\t" or "\t" in line[: len(line) - len(line.lstrip())]:
        return "a tab is not allowed here; indent with spaces"
    said = str(error.problem or error.context or "")
    for known, words in _WORDS:
        if known in said:
            return words
    if "cannot start any token" in said:
        return f"text cannot begin with '{character}'; put it in quotes"
    return f"this is not readable YAML ({said[:80]})"
