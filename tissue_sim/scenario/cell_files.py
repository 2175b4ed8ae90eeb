"""Cells listed in a csv file: columns x, y, z and any declared column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection
from typing import Any

import numpy as np

from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.scenario.packing import MOST_CELLS

__all__ = ["read_cells"]

_AXES = ("x", "y", "z")


def read_cells(
    content: bytes, present: tuple[bool, bool, bool], declared: Collection[str]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return positions float64[n, 3] (um) and the values of further columns float64[n].

    Parameters
    ----------
    content : bytes
        The file: UTF-8, first line the column names.
    present : tuple of bool
        Axes the tissue has; their coordinates must be there.
    declared : collection of str
        Names of further columns allowed.

    Raises
    ------
    SettingsError
        With the line of the file.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"byte {error.start} of the file is not UTF-8") from None
    reader = csv.reader(io.StringIO(text), skipinitialspace=True, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, present, declared)
        values = _values(reader, len(header))
    except csv.Error as error:
        raise SettingsError(f"line {reader.line_num} of the file is not csv ({error})") from None
    columns = dict(zip(header, values.T, strict=True))
    positions = np.zeros((len(values), 3))
    for axis, name in enumerate(_AXES):
        if name in columns:
            positions[:, axis] = columns.pop(name)
    return positions, {name: np.ascontiguousarray(column) for name, column in columns.items()}


def _check_header(header: list[str], present: tuple[bool, bool, bool], declared: Collection[str]) -> None:
    needed = [name for name, there in zip(_AXES, present, strict=True) if there]
    for name in needed:
        if name not in header:
            raise SettingsError(f"the file has no column '{name}'; its first line names x, y, z")
    allowed = [*_AXES, *declared]
    for name in header:
        if name not in allowed:
            hint = did_you_mean(name, allowed)
            raise SettingsError(
                f"the file's column '{name[:40]}' is not declared under columns:; allowed are "
                f"{', '.join(allowed)}{hint}"
            )
        if header.count(name) > 1:
            raise SettingsError(f"the file names the column '{name}' twice")


def _values(reader: Any, width: int) -> np.ndarray:
    rows: list[list[float]] = []
    for fields in reader:
        if not fields:
            continue
        if len(fields) != width:
            raise SettingsError(f"line {reader.line_num} of the file has {len(fields)} values, not {width}")
        rows.append([_number(field, reader.line_num) for field in fields])
        if len(rows) > MOST_CELLS:
            raise SettingsError(f"the file lists more than {MOST_CELLS} cells")
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)


def _number(text: str, line: int) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SettingsError(f"'{text[:40]}' in line {line} of the file is not a finite number")
    return number
