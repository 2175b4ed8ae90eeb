"""Who came from whom, and what became of them: a log of births, deaths and removals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BIRTH", "CAUSES", "DEATH", "REMOVAL", "Lineage", "cause_index"]

BIRTH, DEATH, REMOVAL = 0, 1, 2
CAUSES = ("founder", "division", "apoptosis", "necrosis", "cleared", "left the domain", "removed")
DTYPES = {"time": "f8", "event": "u1", "cell_id": "i8", "parent_id": "i8", "cause": "u1"}


def cause_index(cause: str) -> int:
    """Return the number of a cause; raise ValueError naming the known ones."""
    if cause not in CAUSES:
        raise ValueError(f"unknown cause '{cause}'; known are {', '.join(CAUSES)}")
    return CAUSES.index(cause)


class Lineage:
    """An append-only log of events, in the order of their times and then of cell_id."""

    def __init__(self) -> None:
        self._parts: dict[str, list[np.ndarray]] = {name: [] for name in DTYPES}

    def add(
        self, time: float, event: int, cell_ids: np.ndarray, parent_ids: np.ndarray, causes: np.ndarray
    ) -> None:
        """Append one event for each cell (arrays of length m) at one time, min."""
        number = len(cell_ids)
        if not number:
            return
        values = {
            "time": np.full(number, time),
            "event": np.full(number, event),
            "cell_id": cell_ids,
            "parent_id": parent_ids,
            "cause": causes,
        }
        for name, dtype in DTYPES.items():
            self._parts[name].append(np.array(values[name], dtype=dtype))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the whole log as arrays of one length."""
        for name, parts in self._parts.items():
            if len(parts) > 1:
                self._parts[name] = [np.concatenate(parts)]
        return {
            name: parts[0] if parts else np.zeros(0, dtype=DTYPES[name])
            for name, parts in self._parts.items()
        }

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take over what `arrays` returned; raise ValueError where their lengths differ."""
        lengths = {name: len(arrays[name]) for name in DTYPES}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the arrays of the lineage have different lengths, {lengths}")
        self._parts = {name: [np.array(arrays[name], dtype=dtype)] for name, dtype in DTYPES.items()}
