"""Antimony (doi:10.1093/bioinformatics/btp401), translated to SBML by its own library."""

from __future__ import annotations

import re
from typing import ClassVar

from tissue_sim.errors import MissingExtraError, SettingsError
from tissue_sim.network.model import NetworkModel
from tissue_sim.network.reader import Given, Reader
from tissue_sim.network.readers.sbml import SbmlReader
from tissue_sim.network.sbml.from_antimony import as_sbml

__all__ = ["AntimonyReader"]

LARGEST = 2**20
IMPORT = r"(?<![A-Za-z_])import(?![A-Za-z0-9_])"
PIECES = re.compile(
    r'"[^"\n\r\\]*"|//[^\n\r]*|\#[^\n\r]*|/\*.*?\*/|(?P<odd>["`]|/\*)|(?P<word>' + IMPORT + ")", re.DOTALL
)
"""Quoted text and comments, what might be the beginning of one of another form, and the word `import`."""


class AntimonyReader(Reader):
    """Reads an Antimony file; what SBML reading refuses is refused here too."""

    name: ClassVar[str] = "antimony"

    def read(self, content: bytes, file_name: str, given: Given) -> NetworkModel:
        """Return the network; see `Reader.read`."""
        if len(content) > LARGEST:
            raise SettingsError(f"{file_name} is {len(content)} bytes long; at most {LARGEST} are read")
        return SbmlReader().read(_as_sbml(content, file_name).encode(), file_name, given)


def _as_sbml(content: bytes, file_name: str) -> str:
    try:
        import antimony  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise MissingExtraError("reading Antimony", "sbml") from error
    return as_sbml(_text(content, file_name), file_name)


def _text(content: bytes, file_name: str) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file_name} is no text in UTF-8") from error
    if "\0" in text:
        raise SettingsError(f"{file_name} holds a character of code 0, behind which nothing would be read")
    if _imports(text):
        raise SettingsError(f"{file_name} imports another file, which is not read; put it in")
    return text


def _imports(text: str) -> bool:
    """Say whether `import` stands anywhere outside comments and quotes.

    Where quotes are not plain (escapes, backticks, not closed), it may stand nowhere: what is quoted there
    is not for us to decide.
    """
    for found in PIECES.finditer(text):
        if found["word"]:
            return True
        if found["odd"]:
            return re.search(IMPORT, text) is not None
    return False
