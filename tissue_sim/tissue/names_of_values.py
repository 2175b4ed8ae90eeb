"""Numbers that stand for names: types, states, phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.tissue.columns import STATES

if TYPE_CHECKING:
    from tissue_sim.tissue.model import TissueModel

__all__ = ["NAMED_COLUMNS", "decode", "encode"]

NAMED_COLUMNS = ("type", "state", "phase")


def decode(tissue: TissueModel, column: str, row: int) -> str:
    """Return the name that one cell's type, state or phase has."""
    number = int(tissue.population[column][row])
    if column == "type":
        return tissue.cell_types[number]
    if column == "state":
        return STATES[number]
    phases = tissue.phase_names[tissue.cell_types[int(tissue.population["type"][row])]]
    return phases[number] if number < len(phases) else ""


def encode(tissue: TissueModel, column: str, name: str) -> np.ndarray:
    """Return for every cell type the number of a type, state or phase of this name (-1 where it has none).

    Returns
    -------
    float64[n_types]

    Raises
    ------
    SettingsError
        If no type, state or phase has this name.
    """
    kinds = len(tissue.cell_types)
    if column == "phase":
        each = [tissue.phase_names[kind] for kind in tissue.cell_types]
        numbers = np.array([phases.index(name) if name in phases else -1 for phases in each], dtype=float)
        known = sorted({phase for phases in each for phase in phases})
    else:
        known = list(tissue.cell_types if column == "type" else STATES)
        numbers = np.full(kinds, known.index(name) if name in known else -1, dtype=float)
    if (numbers < 0).all():
        raise SettingsError(
            f"no {column} is called '{name}'; known are {', '.join(known)}{did_you_mean(name, known)}"
        )
    return numbers
