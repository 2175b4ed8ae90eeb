"""What is written at one recorded time; the only thing the recorder sees of a tissue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["ColumnData", "Snapshot"]


@dataclass(frozen=True)
class ColumnData:
    """Values with their unit.

    Attributes
    ----------
    values : array
        (n,) or (n, 3) for a column, (nz, ny, nx) for a signal.
    unit : str
        Unit of the values.
    description : str
        One line.
    """

    values: np.ndarray
    unit: str = "1"
    description: str = ""


@dataclass(frozen=True)
class Snapshot:
    """The tissue at one time.

    Attributes
    ----------
    time : float
        Minutes since the start.
    columns : dict of ColumnData
        Every column and network quantity (``NET__SPECIES``) that may be recorded, rows in cell_id order;
        always with ``cell_id``, ``type``, ``state``, ``position``.
    signals : dict of ColumnData
        float64 (nz, ny, nx).
    lineage : dict of arrays
        All events so far: time f8, event u1 (0 birth, 1 death, 2 removal), cell_id i8, parent_id i8,
        cause u1 (index into `causes`).
    causes : tuple of str
        Names of the causes.
    ledger : dict of dict
        signal -> line -> amount since the start (unit * um^3), always with the same lines for one signal.
    measures : dict
        Name -> value.
    type_names : tuple of str
        Names of the cell types, in the order of ``type``.
    phase_names : dict
        Cell type -> names of its phases, in the order of ``phase``.
    populations : dict
        ``TYPE/STATE`` -> number of cells, for every type and state.
    """

    time: float
    columns: dict[str, ColumnData]
    signals: dict[str, ColumnData] = field(default_factory=dict)
    lineage: dict[str, np.ndarray] = field(default_factory=dict)
    causes: tuple[str, ...] = ()
    ledger: dict[str, dict[str, float]] = field(default_factory=dict)
    measures: dict[str, float] = field(default_factory=dict)
    type_names: tuple[str, ...] = ()
    phase_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    populations: dict[str, int] = field(default_factory=dict)
