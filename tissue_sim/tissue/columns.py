"""Per-cell columns: each is declared once, and everything else derives from the declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BUILT_IN_COLUMNS", "LIVE", "APOPTOTIC", "NECROTIC", "STATES", "Column"]  # noqa: RUF022 - by use

LIVE, APOPTOTIC, NECROTIC = 0, 1, 2
STATES = ("live", "apoptotic", "necrotic")


@dataclass(frozen=True)
class Column:
    """One quantity that every cell has.

    Attributes
    ----------
    name : str
        As in expressions (``cell.NAME``), in Python (``cell.NAME``) and in the HDF5 file.
    dtype : str
        Numpy dtype, for instance ``"f8"``.
    shape : tuple of int
        Shape for one cell; () or (3,).
    unit : str
        Unit of the values ("1" for a pure number).
    initial : float
        Value of a new cell.
    recorded : bool
        Written to snapshots when ``record.columns`` is ``all``.
    division : str or callable
        What both daughters get: ``copy`` (the mother's value), ``volume`` (split like the volume),
        ``reset`` (the initial value), ``keep`` (the mother keeps hers, the daughter gets the initial
        value), or a function ``(tissue, mothers, daughters) -> None`` over rows.
    description : str
        One line for documentation and the file.
    """

    name: str
    dtype: str
    shape: tuple[int, ...] = ()
    unit: str = "1"
    initial: float = 0.0
    recorded: bool = True
    division: str | Callable[[Any, np.ndarray, np.ndarray], None] = "copy"
    description: str = ""


BUILT_IN_COLUMNS: tuple[Column, ...] = (
    Column("cell_id", "i8", initial=0, division="keep", description="permanent identity, from 1"),
    Column("parent_id", "i8", initial=0, division="keep", description="mother's cell_id, 0 for founders"),
    Column("type", "u2", initial=0, description="index of the cell type"),
    Column("state", "u1", initial=LIVE, description="0 live, 1 apoptotic, 2 necrotic"),
    Column("phase", "u1", initial=0, description="index of the phase of the cycle or of dying"),
    Column("phase_time", "f8", unit="min", division="reset", description="time since the phase began"),
    Column("age", "f8", unit="min", division="reset", description="time since birth"),
    Column("position", "f8", (3,), unit="um", description="centre"),
    Column("velocity", "f8", (3,), unit="um/min", description="velocity of the last mechanics step"),
    Column("radius", "f8", unit="um", description="radius of the sphere of the cell's volume"),
    Column("volume", "f8", unit="um^3", division="volume", description="volume"),
    Column("target_volume", "f8", unit="um^3", description="volume towards which the cell grows"),
    Column("nuclear_volume", "f8", unit="um^3", division="volume", description="volume of the nucleus"),
    Column("pressure", "f8", description="PhysiCell's simple pressure"),
    Column("damage", "f8", description="damage"),
    Column("neighbours", "i4", description="cells in contact"),
)
