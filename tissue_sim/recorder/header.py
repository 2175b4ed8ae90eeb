"""What a run says about itself: scenario, files, versions, seed, machine."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.tissue.domain import Domain

__all__ = ["RunHeader", "machine_description", "package_versions", "sha256"]

PACKAGES = ("numpy", "numba", "scipy", "mesa", "h5py")


@dataclass(frozen=True)
class RunHeader:
    """Everything needed to know, and to repeat, what was run.

    Attributes
    ----------
    scenario_text : str
        The scenario file as it was read.
    scenario_resolved : str
        JSON (or YAML) of the validated scenario: after `short`, `--set`, `--seed` and `like`.
    seed : int
        Key of all random numbers.
    title : str
        One line for people.
    domain : Domain or None
        The box and its grid; the recorder needs the grid where signals are recorded.
    files : dict
        Name as written in the scenario -> content of every file it names.
    versions : dict
        ``python``, ``tissue_sim`` and the packages results depend on.
    machine : dict
        Processor, system and so on; no names of hosts or people.
    command : tuple of str
        Command line, or empty when started from Python.
    started : str
        ISO date and time, or empty.
    """

    scenario_text: str
    scenario_resolved: str
    seed: int
    title: str = ""
    domain: Domain | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    started: str = ""

    @property
    def checksums(self) -> dict[str, str]:
        """sha256 of every file by name, in hexadecimal."""
        return {name: sha256(content) for name, content in self.files.items()}


def sha256(content: bytes) -> str:
    """Return the sha256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def package_versions() -> dict[str, str]:
    """Return the versions of Python, this package and those that results depend on; imports nothing."""
    versions = {"python": platform.python_version()}
    for name, distribution in (("tissue_sim", "tissue-sim"), *((name, name) for name in PACKAGES)):
        try:
            versions[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            versions[name] = "unknown"
    return versions


def machine_description() -> dict[str, str]:
    """Return what kind of machine this is: no host name, no user name."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "architecture": platform.machine(),
        "processor": _processor(),
        "processors": str(os.cpu_count() or 0),
        "byte_order": sys.byteorder,
    }


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"
