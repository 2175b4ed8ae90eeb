"""`/scenario`: the run's header in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import h5py
import numpy as np

from tissue_sim.errors import RunError
from tissue_sim.recorder.header import RunHeader, sha256
from tissue_sim.tissue.domain import BoundaryKind, Domain, Grid

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_header", "write_header"]

PATH = "/scenario"
FORMAT = 1

T = TypeVar("T")


def write_header(file: h5py.File, header: RunHeader) -> None:
    """Write the header; done once, when the file is created."""
    group = file.create_group(PATH)
    group.attrs["format"] = np.int64(FORMAT)
    group.attrs["title"] = header.title
    group.attrs["seed"] = np.int64(header.seed) if header.seed < 2**63 else np.uint64(header.seed)
    group.attrs["started"] = header.started
    group.attrs["command"] = np.array(header.command, dtype=h5py.string_dtype())
    _write_text(group, "text", header.scenario_text)
    _write_text(group, "resolved", header.scenario_resolved)
    for name, entries in (("versions", header.versions), ("machine", header.machine)):
        part = group.create_group(name)
        for key, value in entries.items():
            part.attrs[key] = value
    files = group.create_group("files")
    for number, (name, content) in enumerate(header.files.items()):
        # Numbered, for the name may hold slashes.
        data = np.frombuffer(content, dtype="u1")
        entry = files.create_dataset(str(number), data=data)
        entry.attrs["name"] = name
        entry.attrs["sha256"] = sha256(content)
    if header.domain is not None:
        _write_domain(group.create_group("domain"), header.domain)


def read_header(file: h5py.File) -> RunHeader:
    """Read what `write_header` wrote.

    Raises
    ------
    RunError
        If the file was written by a later format, or a stored file does not match its sha256.
    """
    group = file[PATH]
    if int(group.attrs["format"]) > FORMAT:
        raise RunError(
            f"{file.filename} has run format {int(group.attrs['format'])}, this version reads up to "
            f"{FORMAT}; install a newer tissue-sim"
        )
    return RunHeader(
        scenario_text=group["text"].asstr()[()],
        scenario_resolved=group["resolved"].asstr()[()],
        seed=int(group.attrs["seed"]),
        title=str(group.attrs["title"]),
        domain=_read_domain(group["domain"]) if "domain" in group else None,
        files=dict(_read_file(entry, file.filename) for entry in group["files"].values()),
        versions={key: str(value) for key, value in group["versions"].attrs.items()},
        machine={key: str(value) for key, value in group["machine"].attrs.items()},
        command=tuple(str(word) for word in group.attrs["command"]),
        started=str(group.attrs["started"]),
    )


def _write_text(group: h5py.Group, name: str, text: str) -> None:
    group.create_dataset(name, data=text, dtype=h5py.string_dtype())


def _read_file(entry: h5py.Dataset, source: str) -> tuple[str, bytes]:
    name, content = str(entry.attrs["name"]), entry[()].tobytes()
    if sha256(content) != entry.attrs["sha256"]:
        raise RunError(f"{source}: the stored file '{name}' does not match its sha256; the run is damaged")
    return name, content


def _write_domain(group: h5py.Group, domain: Domain) -> None:
    group.attrs["lower"] = np.array(domain.lower, dtype="f8")
    group.attrs["upper"] = np.array(domain.upper, dtype="f8")
    group.attrs["present"] = np.array(domain.present, dtype="u1")
    group.attrs["boundary"] = list(domain.boundary)
    if domain.grid is None:
        return
    grid = group.create_group("grid")
    grid.attrs["shape"] = np.array(domain.grid.shape, dtype="i8")
    grid.attrs["spacing"] = np.array(domain.grid.spacing, dtype="f8")
    grid.attrs["origin"] = np.array(domain.grid.origin, dtype="f8")
    grid.attrs["periodic"] = np.array(domain.grid.periodic, dtype="u1")
    grid.attrs["present"] = np.array(domain.grid.present, dtype="u1")


def _read_domain(group: h5py.Group) -> Domain:
    grid = None
    if "grid" in group:
        stored = group["grid"].attrs
        grid = Grid(
            shape=_three(stored["shape"], int),
            spacing=_three(stored["spacing"], float),
            origin=_three(stored["origin"], float),
            periodic=_three(stored["periodic"], bool),
            present=_three(stored["present"], bool),
        )
    return Domain(
        lower=_three(group.attrs["lower"], float),
        upper=_three(group.attrs["upper"], float),
        present=_three(group.attrs["present"], bool),
        boundary=_three(group.attrs["boundary"], _boundary),
        grid=grid,
    )


def _boundary(text: Any) -> BoundaryKind:
    return cast("BoundaryKind", str(text))


def _three(values: np.ndarray, kind: Callable[[Any], T]) -> tuple[T, T, T]:
    x, y, z = (kind(value) for value in values)
    return x, y, z
