"""Bytes of a scenario file -> text, or a clear refusal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tissue_sim.errors import Problem, ScenarioError
from tissue_sim.scenario.positions import Source
from tissue_sim.scenario.reader import LARGEST_TEXT

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["decode_text", "read_text"]

MOST_LINES = 50_000
"""A parser takes its time over every line, empty ones too."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)")
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


def read_text(path: Path, shown: str) -> str:
    """Return the text of a scenario file.

    Raises
    ------
    ScenarioError
        No such file, a folder, unreadable, too large or not UTF-8 text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_TEXT + 1)
    except FileNotFoundError:
        raise _refusal(shown, "there is no such file") from None
    except IsADirectoryError:
        raise _refusal(shown, "this is a folder; name the scenario file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refusal(shown, f"the file cannot be read ({reason})") from None
    return decode_text(content, shown)


def decode_text(content: bytes, shown: str) -> str:
    """Return the text of a scenario file's bytes; raises as `read_text` does."""
    if len(content) > LARGEST_TEXT:
        raise _refusal(
            shown, f"the file is larger than {LARGEST_TEXT // 1000} kB; put long lists into csv files"
        )
    if content.startswith(_MARKS):
        raise _refusal(shown, "the file begins with a byte order mark; save it as UTF-8 without one")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        name, line, column = Source(shown, before + "?").place(len(before))
        byte = content[error.start]
        raise _refusal(
            name, f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8", line, column
        ) from None
    if text.count("\n") > MOST_LINES:
        raise _refusal(
            shown,
            f"the file has more than {MOST_LINES:,} lines; put long lists into csv files",
            MOST_LINES + 1,
        )
    check_characters(Source(shown, text))
    return text


def check_characters(source: Source) -> None:
    """Refuse control characters and unusual line ends.

    Raises
    ------
    ScenarioError
        With the place of the first one.
    """
    match = _FORBIDDEN.search(source.text)
    if match is None:
        return
    name, line, column = source.place(match.start())
    message = f"the control character U+{ord(match[0]):04X} is not allowed; remove it"
    raise _refusal(name, message, line, column)


def _refusal(name: str, message: str, line: int = 1, column: int = 1) -> ScenarioError:
    return ScenarioError([Problem((), message, source=name, line=line, column=column)])
