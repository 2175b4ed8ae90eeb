"""Checkpoints: the complete state, float64 and exact, in a file of its own.

A checkpoint is written under a temporary name, forced to disk and then renamed, so a file that bears the
final name is whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import h5py
import numpy as np

from tissue_sim.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["latest_checkpoint", "read_checkpoint", "write_checkpoint"]

FOLDER = "checkpoints"
FORMAT = 1
_NAME = re.compile(r"(?:[^.]*[^.0-9])?([0-9]+)\.h5")


def latest_checkpoint(folder: str | Path) -> Path | None:
    """Return the checkpoint with the largest number in its name, or None.

    Parameters
    ----------
    folder : path
        Of a run, or its folder of checkpoints.
    """
    folder = Path(folder)
    inner = folder / FOLDER
    with contextlib.suppress(OSError):
        paths = (inner if inner.is_dir() else folder).iterdir()
        found = [(int(match[1]), path) for path in paths if (match := _NAME.fullmatch(path.name))]
        return max(found)[1] if found else None
    return None


def write_checkpoint(path: str | Path, state: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
    """Write the complete state.

    Parameters
    ----------
    path : path
        Final name; folders are made.
    state : mapping of str to array
        Any names, any shapes; numbers, bools, text or bytes.
    metadata : mapping
        What JSON can hold.

    Raises
    ------
    RunError
        If the file cannot be written; nothing bears the final name then, and an older file stays.
    """
    path = Path(path)
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(partial, "w", libver=("earliest", "v110"), locking=False) as file:
            _fill(file, state, metadata)
        _to_disk(partial)
        partial.replace(path)
        _to_disk(path.parent)
    except (OSError, RuntimeError, TypeError) as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise RunError(f"cannot write the checkpoint {path}: {error}") from error


def read_checkpoint(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the state and the metadata of a checkpoint, bit for bit as written.

    Raises
    ------
    RunError
        If it is missing, damaged, or no checkpoint.
    """
    path = Path(path)
    try:
        with h5py.File(path, "r", locking=False) as file:
            if int(file.attrs["format"]) > FORMAT:
                raise RunError(f"{path} was written by a newer tissue-sim; install that to resume")
            metadata = json.loads(file["metadata"].asstr()[()])
            state = {unquote(name): _array(item) for name, item in file["state"].items()}
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise RunError(f"{path} is not a usable checkpoint: {error}") from error
    return state, metadata


def _fill(file: h5py.File, state: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
    file.attrs["format"] = np.int64(FORMAT)
    file.create_dataset("metadata", data=json.dumps(metadata), dtype=h5py.string_dtype())
    group = file.create_group("state")
    for name, values in state.items():
        array = np.asarray(values)
        # "a" and "a/b" may both be names, so slashes must not become groups.
        escaped = quote(name, safe=" []()+=,;:@!$&'*~")
        if array.dtype.kind == "U":
            encoded = np.char.encode(array, "utf-8") if array.size else array.astype("S1")
            group.create_dataset(escaped, data=encoded).attrs["text"] = True
        else:
            group.create_dataset(escaped, data=array)


def _array(dataset: h5py.Dataset) -> np.ndarray:
    values = np.asarray(dataset[()])
    if dataset.attrs.get("text", False):
        return np.char.decode(values, "utf-8")
    return values


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
