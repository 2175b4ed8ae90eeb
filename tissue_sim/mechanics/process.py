"""The process that moves cells: forces, active motion, boundaries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import warn
from tissue_sim.kernels.mechanics.keep import keep
from tissue_sim.mechanics.behaviours import behaviours
from tissue_sim.mechanics.boundaries import Boundaries
from tissue_sim.mechanics.brownian import Brownian
from tissue_sim.mechanics.forces import PRESSURE_SCALE, Forces
from tissue_sim.mechanics.integrator import integrators
from tissue_sim.mechanics.motility import Motility
from tissue_sim.mechanics.motion import Motion
from tissue_sim.mechanics.stability import StabilityWarning
from tissue_sim.tissue.process import Process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.mechanics.further_force import FurtherForce
    from tissue_sim.mechanics.integrator import Integrator
    from tissue_sim.mechanics.settings import ContactSettings, MotilitySettings
    from tissue_sim.tissue.behaviours import Behaviour
    from tissue_sim.tissue.model import TissueModel

__all__ = ["MechanicsProcess"]


class MechanicsProcess(Process):
    """Overdamped motion of cell centres: dx/dt = contact forces over drag + active velocity.

    Dead cells push and are pushed until they are removed. `pressure` and `neighbours` are those at the
    beginning of the last step; neighbours counts live and dead cells. Where every type has ``mechanics:
    none`` no pair is looked at and both stay 0.

    Parameters
    ----------
    tissue : TissueModel
        Fields and cell types declared, no cells yet.
    mechanics : mapping of cell type to ContactSettings
    motility : mapping of cell type to MotilitySettings
    further : sequence of FurtherForce
        Forces beside contacts.

    Attributes
    ----------
    left_domain : int
        How often a cell went out of an open domain since the start.
    """

    name = "mechanics"
    step_names = ("mechanics",)
    order = 40

    def __init__(
        self,
        tissue: TissueModel,
        mechanics: Mapping[str, ContactSettings],
        motility: Mapping[str, MotilitySettings],
        further: Sequence[FurtherForce] = (),
    ) -> None:
        self.left_domain = 0
        self._further = tuple(further)
        self._warned = False
        _declare(tissue, mechanics, motility)
        self._forces = Forces(tissue, mechanics)
        self._motility = Motility(tissue, motility)
        self._brownian = Brownian(tissue)
        self._boundaries = Boundaries(tissue.domain)
        self._integrator = _integrator(tissue, mechanics)

    def advance(self, tissue: TissueModel, dt: float) -> None:
        """Move all cells by one step of `dt` min.

        Raises
        ------
        SimulationError
            If a position is no longer finite.
        """
        population = tissue.population
        if population.size == 0:
            return
        active = self._brownian.added(tissue, self._motility.velocity(tissue, dt), dt)
        motion = Motion(tissue, self._forces, self._further, self._boundaries, active, dt)
        # Those at the beginning: integrators may evaluate the forces again.
        overlap, contacts = self._forces.overlap, self._forces.contacts
        velocity = motion.first() if self._forces.law is None else self._integrator.velocity(motion)
        farthest, left = self._boundaries.move(tissue, motion.start, dt, velocity, motion.start)
        keep(
            velocity, overlap, contacts, PRESSURE_SCALE, population["velocity"], population["pressure"],
            population["neighbours"],
        )  # fmt: skip
        tissue.neighbours.invalidate()
        self.left_domain += left
        self._warn_once(tissue, dt, *farthest)
        self._boundaries.check_resolved(tissue, farthest[0])
        self._boundaries.remove_outside(tissue)

    def counters(self) -> dict[str, int]:
        """Return how often a cell left an open domain, and what the integrator counts."""
        return {"cells that left an open domain": self.left_domain, **self._integrator.counters()}

    def state(self) -> dict[str, np.ndarray]:
        """Return the counter of cells that left and what the integrator keeps; lists are no state."""
        return {"left_domain": np.array(self.left_domain, dtype=np.int64), **self._integrator.state()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""
        self.left_domain = int(state["left_domain"])
        self._integrator.restore(state)

    def _warn_once(self, tissue: TissueModel, dt: float, radii: float, row: int) -> None:
        # An integrator that divides its steps goes far without an error.
        if radii > 1.0 and not self._warned and math.isfinite(self._integrator.stability):
            self._warned = True
            cell_id = tissue.population["cell_id"][row]
            warn(
                f"at {tissue.clock.time:g} min cell {cell_id} moved {radii:.2g} times its radius in one "
                f"mechanics step of {dt:g} min: the step is too long for these forces or speeds; set "
                "a shorter `steps: {mechanics: ...}`",
                StabilityWarning,
            )


def _integrator(tissue: TissueModel, mechanics: Mapping[str, ContactSettings]) -> Integrator:
    """Return the integrator of the cell types that have forces; Euler's where none has."""
    given = next((each for each in mechanics.values() if each.contact_law is not None), None)
    kind = integrators()[getattr(given, "integrator", "euler")]
    return kind(tissue, getattr(given, "tolerance", None))


def _declare(
    tissue: TissueModel, mechanics: Mapping[str, ContactSettings], motility: Mapping[str, MotilitySettings]
) -> None:
    """Declare the behaviours of all cell types; a type that lacks one gets 0."""
    declared: dict[str, Behaviour] = {}
    values: dict[str, np.ndarray] = {}
    for number, name in enumerate(tissue.cell_types):
        for behaviour, value in behaviours(mechanics[name], motility[name], tissue.field_units):
            declared.setdefault(behaviour.name, behaviour)
            values.setdefault(behaviour.name, np.zeros(len(tissue.cell_types)))[number] = value
    for name, behaviour in declared.items():
        tissue.behaviours.declare(behaviour, values[name].tolist())
