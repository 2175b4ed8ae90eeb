"""Antimony (doi:10.1093/bioinformatics/btp401), translated to SBML by its own library."""

from __future__ import annotations

from typing import ClassVar

from tissue_sim.errors import MissingExtraError, SettingsError
from tissue_sim.network.model import NetworkModel
from tissue_sim.network.reader import Given, Reader
from tissue_sim.network.readers.sbml import SbmlReader

__all__ = ["AntimonyReader"]

LARGEST = 2**20


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
        import antimony
    except ImportError as error:
        raise MissingExtraError("reading Antimony", "sbml") from error
    text = _text(content, file_name)
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise SettingsError(f"{file_name}: {' '.join(antimony.getLastError().split())[:300]}")
    return str(antimony.getSBMLString(antimony.getMainModuleName()))


def _text(content: bytes, file_name: str) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file_name} is no text in UTF-8") from error
    for line in text.splitlines():
        if line.strip().startswith("import"):
            raise SettingsError(f"{file_name} imports another file, which is not read; put it in")
    return text
