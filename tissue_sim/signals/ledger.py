"""The books of every signal: where its amount came from and where it went, since the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.tissue.domain import FACES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LINES", "Amounts", "Ledger"]

LINES = (
    "uptake",
    "secretion",
    "export",
    "membrane",
    *FACES,
    "decay",
    "sources",
    "reactions",
    "fixed",
    "removal",
    "shortfall",
    "imposed",
    "unsolved",
)
"""What changes a field, unit um^3, positive into the field.

`uptake`, `export` and `sources` are what was asked for, `shortfall` what of it a voxel could not give;
`reactions` is what reactions between signals made, and in `shortfall` stands what they took beyond what there
was; `removal` is what leaving cells leave behind; `imposed` is the change of a steady or prescribed field,
which no flow has to account for.
"""

_PLACE = {line: i for i, line in enumerate(LINES)}


class Amounts:
    """What one step, or a part of it, added to one field; float64[lines], unit um^3."""

    def __init__(self) -> None:
        self.values = np.zeros(len(LINES))

    def add(self, line: str, amount: float) -> None:
        """Book an amount on a line."""
        self.values[_PLACE[line]] += amount

    def add_faces(self, amounts: np.ndarray) -> None:
        """Book what came through the six faces, float64[6] in the order of FACES."""
        first = _PLACE[FACES[0]]
        self.values[first : first + len(FACES)] += amounts

    def add_all(self, other: Amounts) -> None:
        """Book everything of another part of the step."""
        self.values += other.values

    def __getitem__(self, line: str) -> float:
        return float(self.values[_PLACE[line]])


class Ledger:
    """Cumulative amounts of all signals; ``field = initial + sum of the lines``.

    Every line is a compensated sum (Neumaier), so the books of a long run close as well as those of a short
    one.

    Parameters
    ----------
    initial : mapping of str to float
        Total of every signal's field at the start, unit um^3.
    """

    def __init__(self, initial: Mapping[str, float]) -> None:
        self._row = {name: i for i, name in enumerate(initial)}
        self._initial = np.array(list(initial.values()), dtype=np.float64)
        self._sums = np.zeros((len(initial), len(LINES)))
        self._lost = np.zeros((len(initial), len(LINES)))

    def book(self, signal: str, amounts: Amounts) -> None:
        """Add the amounts of a step to a signal's lines."""
        sums, lost = self._sums[self._row[signal]], self._lost[self._row[signal]]
        values = amounts.values
        new = sums + values
        larger = np.abs(sums) >= np.abs(values)
        lost += np.where(larger, (sums - new) + values, (values - new) + sums)
        sums[:] = new

    def lines(self, signal: str, field_total: float) -> dict[str, float]:
        """Return all lines of a signal, `initial` first and `field` (its total now) last."""
        row = self._row[signal]
        values = self._sums[row] + self._lost[row]
        return {
            "initial": float(self._initial[row]),
            **{line: float(value) for line, value in zip(LINES, values, strict=True)},
            "field": field_total,
        }

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of all sums."""
        return {"initial": self._initial.copy(), "sums": self._sums.copy(), "lost": self._lost.copy()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""
        self._initial[:] = state["initial"]
        self._sums[:] = state["sums"]
        self._lost[:] = state["lost"]
