"""Behaviours: the per-cell numbers that rules, network outputs and agents may change.

Every behaviour is a column with the cell's *own* value. Where a rule or a network output aims at it, a second
column holds the value *in effect*, which the rules process writes; processes read what is in effect.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import ColumnError, did_you_mean
from tissue_sim.tissue.columns import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tissue_sim.tissue.population import Population

__all__ = ["Behaviour", "Behaviours"]


@dataclass(frozen=True)
class Behaviour:
    """A number that steers what a cell does.

    Attributes
    ----------
    name : str
        Dotted path as in the scenario, for instance ``cycle.rate``.
    unit : str
        Unit of its values.
    minimum, maximum : float
        Values in effect are clipped to this range.
    description : str
        One line for ``schema --behaviours``.
    """

    name: str
    unit: str
    minimum: float = -math.inf
    maximum: float = math.inf
    description: str = ""


class Behaviours:
    """All declared behaviours of a tissue."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._declared: dict[str, Behaviour] = {}
        self._by_type: dict[str, np.ndarray] = {}
        self._in_effect: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._declared

    def __iter__(self) -> Iterator[Behaviour]:
        return iter(self._declared.values())

    def __getitem__(self, name: str) -> Behaviour:
        try:
            return self._declared[name]
        except KeyError:
            known = list(self._declared)
            raise ColumnError(f"no behaviour '{name}'{did_you_mean(name, known)}") from None

    def declare(self, behaviour: Behaviour, by_type: Sequence[float]) -> None:
        """Declare a behaviour with its value for each cell type (float[n_types], in type order)."""
        self._declared[behaviour.name] = behaviour
        self._by_type[behaviour.name] = np.asarray(by_type, dtype=np.float64)
        self._population.declare(
            Column(
                behaviour.name, "f8", unit=behaviour.unit, recorded=False, description=behaviour.description
            )
        )

    def own(self, name: str) -> np.ndarray:
        """Return the live view of the cells' own values, float64[n]."""
        return self._population[self[name].name]

    def effective(self, name: str) -> np.ndarray:
        """Return the live view of the values in effect, float64[n]."""
        return self._population[f"effective.{name}"] if name in self._in_effect else self.own(name)

    def make_effective(self, name: str) -> None:
        """Give a behaviour a second column for the value in effect (a rule or output aims at it)."""
        behaviour = self[name]
        self._in_effect.add(name)
        self._population.declare(
            Column(
                f"effective.{name}",
                "f8",
                unit=behaviour.unit,
                recorded=False,
                description=f"{behaviour.description} (in effect)",
            )
        )

    def initialise(self, rows: np.ndarray) -> None:
        """Give new cells the values of their type."""
        types = self._population["type"][rows]
        for name, values in self._by_type.items():
            self._population[name][rows] = values[types]
            if name in self._in_effect:
                self._population[f"effective.{name}"][rows] = values[types]
