"""The velocities that contacts give to cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.pair_loop import ATTRACTION, FIRST_PARAMETER, pair_loop
from tissue_sim.errors import SettingsError
from tissue_sim.mechanics.affinity import affinities

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tissue_sim.mechanics.law import Law, LawParameter
    from tissue_sim.mechanics.settings import ContactSettings
    from tissue_sim.tissue.model import TissueModel
    from tissue_sim.tissue.neighbours import NeighbourList

__all__ = ["PRESSURE_SCALE", "Forces"]

PRESSURE_SCALE = 0.02728882
"""Sum of squared overlaps that is pressure 1: 12 (1 - sqrt(pi/(2 sqrt 3)))^2, as PhysiCell has it."""
CONTACT_COLUMN = 4


class Forces:
    """One contact law applied to all cells of a tissue.

    Types with ``mechanics: none`` have the strength 0, so they neither push nor pull; they still count in
    pressure and neighbours.

    Parameters
    ----------
    tissue : TissueModel
    mechanics : mapping of cell type to ContactSettings

    Attributes
    ----------
    law : Law or None
        None where every type has ``mechanics: none``.
    overlap : float64[n]
        Sum of max(0, 1 - d/s)^2 over the neighbours, of the last evaluation.
    contacts : int64[n]
        Number of cells in contact, live or dead, of the last evaluation.
    """

    def __init__(self, tissue: TissueModel, mechanics: Mapping[str, ContactSettings]) -> None:
        self.law = _shared_law(mechanics)
        self.overlap, self.contacts = np.empty(0), np.empty(0, dtype=np.int64)
        settings = [mechanics[name] for name in tissue.cell_types]
        tissue.contact_distance = np.array([each.contact_distance for each in settings])
        self._present = np.array(tissue.domain.present, dtype=np.int64)
        self._loop: Callable[..., None] | None = None
        self._filled, self._distance = -1, 0.0
        if self.law is None:
            return
        self._by_type = {
            one.name: _by_type(one, settings) for one in self.law.parameters if not one.behaviour
        }
        self._shared = np.array([self._by_type.get(one.name, np.zeros(1))[0] for one in self.law.parameters])
        self._pairs = tuple(
            "shared" if one.name in self._by_type and np.ptp(self._by_type[one.name]) == 0.0 else one.pair
            for one in self.law.parameters
        )
        self._affinity = affinities(tissue.cell_types, mechanics)
        self._kind_column = FIRST_PARAMETER + len(self.law.parameters)
        near = tissue.neighbours.list
        near.width = max(near.width, self._kind_column + (self._affinity is not None))
        self.reach = max(self.law.reach_of(each.parameters) for each in settings if each.contact_law)
        tissue.neighbours.reach = max(tissue.neighbours.reach, self.reach)

    def velocity(self, tissue: TissueModel, position: np.ndarray, *, same_cells: bool = False) -> np.ndarray:
        """Return the velocities of cells at some positions.

        Parameters
        ----------
        tissue : TissueModel
        position : float64[n, 3], um
        same_cells : bool
            Nothing but positions has changed since the last call.

        Returns
        -------
        float64[n, 3], um/min
        """
        population, law = tissue.population, self.law
        n = population.size
        if law is None or n == 0:
            self.overlap, self.contacts = np.zeros(n), np.zeros(n, dtype=np.int64)
            return np.zeros((n, 3))
        velocity = np.empty((n, 3))
        self.overlap, self.contacts = np.empty(n), np.empty(n, dtype=np.int64)
        near = tissue.neighbours.near(position)
        if not same_cells or near.builds != self._filled:
            self._fill_columns(tissue, law, near)
        factor = max(self.reach, float(tissue.contact_distance.max()))
        affinity = np.ones((1, 1)) if self._affinity is None else self._affinity
        self._compiled(law, tissue)(
            near.cells, near.order, near.starts, near.ends, near.entries, near.box, self._present, factor,
            self._shared, affinity, population["cell_id"], tissue.key, tissue.clock.tick, velocity,
            self.overlap, self.contacts,
        )  # fmt: skip
        return velocity

    def _fill_columns(self, tissue: TissueModel, law: Law, near: NeighbourList) -> None:
        """Put what the law reads of each cell into the columns of the list."""
        types = tissue.population["type"]
        # One distance for all stays in its column as long as the list does.
        distance = tissue.contact_distance
        if near.builds != self._filled or (distance != self._distance).any():
            near.set_column(CONTACT_COLUMN, distance[types])
            self._distance = float(distance[0])
        for k, (one, pair) in enumerate(zip(law.parameters, self._pairs, strict=True)):
            if pair == "shared":
                continue
            values = (
                tissue.behaviours.effective(f"mechanics.{one.name}")
                if one.behaviour
                else self._by_type[one.name][types]
            )
            near.set_column(FIRST_PARAMETER + k, values, root=pair == "geometric")
        if self._affinity is not None:
            near.set_column(self._kind_column, types.astype(np.float64))
        self._filled = near.builds

    def _compiled(self, law: Law, tissue: TissueModel) -> Callable[..., None]:
        if self._loop is None:
            names = [one.name for one in law.parameters]
            scaled = names.index(law.adhesion) if law.adhesion else ATTRACTION
            self._loop = pair_loop(
                law.speed,
                self._pairs,
                stem=law.name,
                periodic=any(tissue.domain.periodic),
                affinity=None if self._affinity is None else scaled,
                curvature=law.curvature,
            )
        return self._loop


def _shared_law(mechanics: Mapping[str, ContactSettings]) -> Law | None:
    found = {each.law: each.contact_law for each in mechanics.values() if each.contact_law is not None}
    if len(found) > 1:
        raise SettingsError(
            f"cell types have different contact laws ({', '.join(found)}); all types of a tissue share one "
            "law (a type may have `mechanics: none`)"
        )
    return next(iter(found.values()), None)


def _by_type(parameter: LawParameter, settings: Sequence[ContactSettings]) -> np.ndarray:
    """Return a parameter for each type; types without a law, whose strength is 0, take that of the first."""
    first = next(each for each in settings if each.contact_law is not None)
    with_law = [each if each.contact_law is not None else first for each in settings]
    return np.array([each.parameters[parameter.name] for each in with_law])
