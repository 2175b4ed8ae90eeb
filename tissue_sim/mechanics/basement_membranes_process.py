"""The process of basement membranes: how far cells are from them, and what they do to cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.membrane_loop import membrane_loops
from tissue_sim.mechanics.basement_membrane_contact import speed
from tissue_sim.mechanics.basement_membrane_settings import contact_of
from tissue_sim.mechanics.further_behaviours import ADHESION, REPULSION
from tissue_sim.mechanics.further_columns import MEMBRANE_DISTANCE
from tissue_sim.mechanics.further_force import FurtherForce
from tissue_sim.tissue.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from tissue_sim.mechanics.basement_membranes_settings import BasementMembraneSettings
    from tissue_sim.mechanics.settings import ContactSettings
    from tissue_sim.tissue.model import TissueModel

__all__ = ["BasementMembranesProcess"]


class BasementMembranesProcess(FurtherForce):
    """Membranes at rest that cells feel; dead cells feel them too.

    Parameters
    ----------
    tissue : TissueModel
    membranes : sequence of BasementMembraneSettings
    mechanics : mapping of cell type to ContactSettings
    """

    name = "basement_membranes"
    order = 39

    def __init__(
        self,
        tissue: TissueModel,
        membranes: Sequence[BasementMembraneSettings],
        mechanics: Mapping[str, ContactSettings],
    ) -> None:
        tissue.population.declare(
            Column(
                MEMBRANE_DISTANCE, "f8", unit="um", initial=np.inf,
                description="distance of the centre from the nearest basement membrane, negative beyond it",
            )
        )  # fmt: skip
        self._membranes = [(each.shape, np.array(each.numbers)) for each in membranes]
        self._loops: dict[str, ModuleType] = {}
        own = [mechanics[name].basement_membrane for name in tissue.cell_types]
        contacts = [contact_of(mechanics[name]) for name in tissue.cell_types]
        self._own = np.array([each is not None for each in own])
        self._defaults = {
            REPULSION: np.array([each.repulsion for each in contacts]),
            ADHESION: np.array([each.adhesion for each in contacts]),
        }
        self._reach = np.array([each.adhesion_distance for each in contacts])

    def advance(self, tissue: TissueModel, dt: float) -> None:  # noqa: ARG002 - at rest
        """Look how far cells are from the membranes, at the beginning of a step."""
        self._look(tissue, np.arange(tissue.population.size))

    def added(self, tissue: TissueModel, rows: np.ndarray) -> None:
        """Look how far the first cells are."""
        self._look(tissue, rows)

    def divided(self, tissue: TissueModel, mothers: np.ndarray, daughters: np.ndarray) -> None:
        """Look how far the halves of a division are."""
        self._look(tissue, np.concatenate([mothers, daughters]))

    def add_velocity(self, tissue: TissueModel, position: np.ndarray, velocity: np.ndarray) -> None:
        """Add the velocities that the membranes give."""
        population = tissue.population
        types = population["type"]
        repulsion, adhesion = (self._strength(tissue, name) for name in (REPULSION, ADHESION))
        for shape, numbers in self._membranes:
            self._loops_of(shape.name).add_velocity(
                position, population["radius"], repulsion, adhesion, self._reach[types], numbers, velocity
            )

    def _strength(self, tissue: TissueModel, name: str) -> np.ndarray:
        """Return a strength for each cell: what is in effect, or its type's default where that has none."""
        types = tissue.population["type"]
        defaults: np.ndarray = self._defaults[name][types]
        if not self._own.any():
            return defaults
        return np.where(self._own[types], tissue.behaviours.effective(name), defaults)

    def _look(self, tissue: TissueModel, rows: np.ndarray) -> None:
        position = np.ascontiguousarray(tissue.population["position"][rows])
        distance = np.full(len(rows), np.inf)
        for shape, numbers in self._membranes:
            self._loops_of(shape.name).nearest(position, numbers, distance)
        tissue.population[MEMBRANE_DISTANCE][rows] = distance

    def _loops_of(self, name: str) -> ModuleType:
        if name not in self._loops:
            shape, numbers = next(each for each in self._membranes if each[0].name == name)
            self._loops[name] = membrane_loops(shape.distance, speed, len(numbers), stem=name)
        return self._loops[name]
