"""Files that a scenario names: found beside it, or taken from the run that stored them."""

from __future__ import annotations

import hashlib
import io
import tokenize
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SettingsError
from tissue_sim.scenario.positions import ListNode, MapNode, Node, ScalarNode, child, find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tissue_sim.scenario.positions import Path as KeyPath

__all__ = ["LARGEST_FILE", "Files", "is_diffusion_file", "named_files", "read_mask"]

LARGEST_FILE = 256_000_000
LARGEST_EXTENSION = 10_000_000
_UNREADABLE = (
    ValueError, TypeError, SyntaxError, tokenize.TokenError, LookupError, AttributeError, OverflowError,
    EOFError, MemoryError, RecursionError,
)  # fmt: skip
"""What numpy raises on bytes that are no .npy file; it reads the header as Python tokens and literals."""
_NETWORK_KEYS = ("sbml", "antimony", "bnet", "learned")


@dataclass
class Files:
    """Contents of the files a scenario names.

    Attributes
    ----------
    folder : Path
        What names are relative to.
    stored : mapping of name to bytes, or None
        Contents as stored in a run; used instead of the disk, but for extensions.
    contents : dict of name to bytes
        What was read so far.
    """

    folder: Path
    stored: Mapping[str, bytes] | None = None
    contents: dict[str, bytes] = field(default_factory=dict)

    def read(self, name: str) -> bytes:
        """Return a file's content.

        Raises
        ------
        SettingsError
            Missing, a folder, unreadable or too large.
        """
        if name not in self.contents:
            stored = self.stored.get(name) if self.stored is not None else None
            self.contents[name] = self._from_disk(self.folder / name, name) if stored is None else stored
        return self.contents[name]

    def read_extension(self, name: str) -> tuple[Path, bytes]:
        """Return the path on disk and the content of an extension.

        The stored copy is never used: the file on disk must be the same.

        Raises
        ------
        SettingsError
            Missing, unreadable, or changed since the run.
        """
        path = (self.folder / name).absolute()
        content = self._from_disk(path, name, LARGEST_EXTENSION)
        stored = None if self.stored is None else self.stored.get(str(path))
        if stored is not None and hashlib.sha256(stored).digest() != hashlib.sha256(content).digest():
            raise SettingsError(f"{name} has changed since the run; put the file of that time back")
        self.contents[str(path)] = content
        return path, content

    @staticmethod
    def _from_disk(path: Path, name: str, largest: int = LARGEST_FILE) -> bytes:
        try:
            if not path.is_file():
                what = "is a folder" if path.is_dir() else "does not exist"
                raise SettingsError(f"the file '{name[:200]}' {what}; names are relative to the scenario")
            if path.stat().st_size > largest:
                raise SettingsError(f"the file '{name[:200]}' is larger than {largest // 1_000_000} MB")
            return path.read_bytes()
        except (OSError, ValueError) as error:
            if isinstance(error, SettingsError):
                raise
            reason = getattr(error, "strerror", None) or str(error)
            raise SettingsError(f"the file '{name[:200]}' cannot be read ({reason})") from None

    def hashes(self) -> dict[str, str]:
        """Return the sha256 of every file read, hexadecimal."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.contents.items()}


def named_files(root: Node) -> Iterator[tuple[KeyPath, str]]:
    """Yield the path of the value and the name, for every file but extensions."""
    networks = find(root, ("networks",))
    for name in networks.entries if isinstance(networks, MapNode) else ():
        for key in _NETWORK_KEYS:
            yield from _named(root, ("networks", name, key))
        yield from _named(root, ("networks", name, "maboss", "bnd"))
        yield from _listed(root, ("networks", name, "maboss", "cfg"))
        terms = find(root, ("networks", name, "learned"))
        for term in terms.entries if isinstance(terms, MapNode) else ():
            yield from _named(root, ("networks", name, "learned", term, "file"))
    yield from _of_diffusion(root)
    for section, key in (("fixed", "mask"), ("initial", "csv")):
        items = child(root, section)
        for number in range(len(items.items) if isinstance(items, ListNode) else 0):
            yield from _named(root, (section, number, key))


def _of_diffusion(root: Node) -> Iterator[tuple[KeyPath, str]]:
    """Yield diffusion fields of signals, and those that interventions set."""
    signals, interventions = find(root, ("signals",)), find(root, ("interventions",))
    for name in signals.entries if isinstance(signals, MapNode) else ():
        yield from _named(root, ("signals", name, "diffusion", "file"))
    for number in range(len(interventions.items) if isinstance(interventions, ListNode) else 0):
        path: KeyPath = ("interventions", number, "set")
        values = find(root, path)
        for key in values.entries if isinstance(values, MapNode) else ():
            if key.endswith(".diffusion"):
                yield from _named(root, (*path, key, "file"))
            elif key.endswith(".diffusion.file"):
                yield from _named(root, (*path, key))


def is_diffusion_file(path: KeyPath) -> bool:
    """Say whether a path of `named_files` is that of a diffusion field."""
    return ".".join(str(step) for step in path[-2:]).endswith("diffusion.file")


def _listed(root: Node, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Yield one name or those of a list."""
    node = find(root, path)
    yield from _named(root, path)
    for number in range(len(node.items) if isinstance(node, ListNode) else 0):
        yield from _named(root, (*path, number))


def _named(root: Node, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    node = find(root, path)
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        yield path, node.value


def read_mask(content: bytes) -> np.ndarray:
    """Return the array of a .npy file.

    Raises
    ------
    SettingsError
        Not a .npy file of numbers or truth values, or shorter than it says.
    """
    stream = io.BytesIO(content)
    try:
        shape, dtype = _header(stream)
        size = dtype.itemsize
        for length in shape:
            size *= int(length)
        if dtype.kind not in "biuf" or size != len(content) - stream.tell():
            raise ValueError("it holds no plain numbers, or is cut short")
        stream.seek(0)
        with warnings.catch_warnings(action="ignore"):
            return np.lib.format.read_array(stream, allow_pickle=False)
    except _UNREADABLE as error:
        raise SettingsError(f"the file is no .npy array ({str(error)[:80]})") from None


def _header(stream: io.BytesIO) -> tuple[tuple[int, ...], np.dtype]:
    """Return shape and dtype; headers written by Python 2 are read without numpy's warning."""
    version = np.lib.format.read_magic(stream)
    with warnings.catch_warnings(action="ignore"):
        shape, _, dtype = (
            np.lib.format.read_array_header_1_0(stream)
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0(stream)
        )
    return shape, dtype
