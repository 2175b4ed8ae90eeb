"""What an XML file must be before libsbml sees it: small, shallow, without entities or anything external."""

from __future__ import annotations

import re
from xml.parsers import expat

from tissue_sim.errors import SettingsError

__all__ = ["DEEPEST", "LARGEST", "checked_text"]

LARGEST = 16 * 2**20
"""Bytes; the largest curated BioModels entries with kinetics have about 10 MB."""
MOST_ELEMENTS = 500_000
DEEPEST = 120
"""Nested elements; a formula nests two or three elements per operation, and libsbml recurses."""

DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def checked_text(content: bytes, file_name: str) -> str:
    """Return the file's text, declared as UTF-8, with the lines where they were.

    Raises
    ------
    SettingsError
        Too large or deep, not well-formed XML, or with a DOCTYPE (which could hold entities that expand
        without end or name other files).
    """
    if len(content) > LARGEST:
        raise SettingsError(f"{file_name} is {len(content)} bytes long; at most {LARGEST} bytes are read")
    encoding = _Pass(file_name).run(content)
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise SettingsError(f"{file_name} is not in the encoding it declares ({encoding})") from error
    return '<?xml version="1.0" encoding="UTF-8"?>' + DECLARATION.sub("", text.lstrip("\ufeff"), count=1)


class _Pass:
    """One pass over the file that builds nothing."""

    def __init__(self, file_name: str) -> None:
        self._file_name = file_name
        self._encoding = "utf-8-sig"
        self._depth = 0
        self._elements = 0
        self._root = ""

    def run(self, content: bytes) -> str:
        """Read everything; return the encoding."""
        parser = expat.ParserCreate()
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            self._encoding = "utf-16"
        try:
            parser.Parse(content, True)  # noqa: FBT003 - expat's own signature
        except expat.ExpatError as error:
            raise SettingsError(
                f"{self._file_name}:{error.lineno}:{error.offset + 1}: not well-formed XML "
                f"({expat.ErrorString(error.code)}); is it an SBML file?"
            ) from error
        return self._encoding

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        del version, standalone
        if encoding and encoding.lower() not in ("utf-8", "utf8"):
            self._encoding = encoding

    def _doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        del name, system, public, internal
        raise SettingsError(
            f"{self._file_name} has a DOCTYPE; SBML needs none, and entities are not read for safety. "
            "Remove the <!DOCTYPE ...> lines"
        )

    def _entity(self, *arguments: object) -> None:
        del arguments
        raise SettingsError(f"{self._file_name} declares entities, which are not read for safety")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        self._depth += 1
        self._elements += 1
        if self._elements == 1 and name.split(":")[-1] != "sbml":
            raise SettingsError(f"{self._file_name} is no SBML file: its first element is <{name[:40]}>")
        if self._depth > DEEPEST:
            raise SettingsError(f"{self._file_name} nests elements more than {DEEPEST} deep")
        if self._elements > MOST_ELEMENTS:
            raise SettingsError(f"{self._file_name} has more than {MOST_ELEMENTS} elements")

    def _end(self, name: str) -> None:
        del name
        self._depth -= 1
