"""The process that moves cells: forces, active motion, boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError, warn
from tissue_sim.kernels.mechanics import move as kernels
from tissue_sim.mechanics.behaviours import behaviours
from tissue_sim.mechanics.forces import Forces
from tissue_sim.mechanics.motility import Motility
from tissue_sim.mechanics.stability import StabilityWarning
from tissue_sim.tissue.process import Process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.mechanics.further_force import FurtherForce
    from tissue_sim.mechanics.settings import ContactSettings, MotilitySettings
    from tissue_sim.tissue.behaviours import Behaviour
    from tissue_sim.tissue.domain import Domain
    from tissue_sim.tissue.model import TissueModel

__all__ = ["MechanicsProcess"]

BOUNDARIES = {
    "open": kernels.OPEN,
    "remove": kernels.OPEN,
    "wall": kernels.WALL,
    "periodic": kernels.PERIODIC,
}


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
        self._second_order = any(
            getattr(each, "integrator", "euler") == "heun" for each in mechanics.values()
        )
        domain = tissue.domain
        self._lower, self._upper = np.array(domain.lower), np.array(domain.upper)
        self._boundary = _boundary_codes(domain)
        self._removing = np.array([kind == "remove" for kind in domain.boundary]) & np.array(domain.present)

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
        position = population["position"]
        active = self._motility.velocity(tissue, dt)
        velocity = self._total(tissue, position, active)
        population["pressure"][:] = self._forces.pressure()
        population["neighbours"][:] = self._forces.contacts
        if self._second_order and self._forces.law is not None:
            trial = np.empty_like(position)
            self._move(tissue, dt, velocity.copy(), trial)
            velocity += self._total(tissue, trial, active)
            velocity *= 0.5
        farthest, left = self._move(tissue, dt, velocity, position)
        population["velocity"][:] = velocity
        tissue.neighbours.invalidate()
        self.left_domain += left
        self._warn_once(tissue, dt, *farthest)
        self._remove_outside(tissue)

    def counters(self) -> dict[str, int]:
        """Return how often a cell left an open domain."""
        return {"cells that left an open domain": self.left_domain}

    def state(self) -> dict[str, np.ndarray]:
        """Return the counter of cells that left; the neighbour list is none of the state."""
        return {"left_domain": np.array(self.left_domain, dtype=np.int64)}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""
        self.left_domain = int(state["left_domain"])

    def _total(self, tissue: TissueModel, position: np.ndarray, active: np.ndarray | None) -> np.ndarray:
        velocity = self._forces.velocity(tissue, position)
        if active is not None:
            velocity += active
        for force in self._further:
            force.add_velocity(tissue, position, velocity)
        return velocity

    def _move(
        self, tissue: TissueModel, dt: float, velocity: np.ndarray, out: np.ndarray
    ) -> tuple[tuple[float, int], int]:
        """Write the positions after `dt` min; return ((farthest move in radii, its row), cells that left)."""
        population = tissue.population
        chunks = -(-population.size // kernels.CHUNK)
        farthest, rows, left = np.empty(chunks), np.empty((chunks, 2), np.int64), np.empty(chunks, np.int64)
        kernels.move(
            population["position"], dt, self._lower, self._upper, self._boundary, population["radius"],
            velocity, out, farthest, rows, left,
        )  # fmt: skip
        bad = rows[rows[:, 0] >= 0, 0]
        if len(bad):
            raise SimulationError(
                f"position {out[bad[0]].tolist()} um, velocity {velocity[bad[0]].tolist()} um/min: no finite "
                "numbers any more; use a shorter mechanics step, or look at what set position, radius "
                "and speeds",
                process=self.name,
                time=tissue.clock.time,
                cell_id=int(population["cell_id"][bad[0]]),
            )
        most = int(farthest.argmax())
        return (float(farthest[most]), int(rows[most, 1])), int(left.sum())

    def _warn_once(self, tissue: TissueModel, dt: float, radii: float, row: int) -> None:
        if radii > 1.0 and not self._warned:
            self._warned = True
            cell_id = tissue.population["cell_id"][row]
            warn(
                f"at {tissue.clock.time:g} min cell {cell_id} moved {radii:.2g} times its radius in one "
                f"mechanics step of {dt:g} min: the step is too long for these forces or speeds; set "
                "a shorter `steps: {mechanics: ...}`",
                StabilityWarning,
            )

    def _remove_outside(self, tissue: TissueModel) -> None:
        if not self._removing.any():
            return
        position = tissue.population["position"]
        beyond = ((position < self._lower) | (position > self._upper)) & self._removing
        due_tick = tissue.clock.tick + tissue.clock.step_ticks("mechanics")
        tissue.requests.ask(
            "removal", tissue.population["cell_id"][beyond.any(axis=1)], due_tick, cause="left the domain"
        )


def _boundary_codes(domain: Domain) -> np.ndarray:
    codes = [
        BOUNDARIES[kind] if present else kernels.ABSENT
        for kind, present in zip(domain.boundary, domain.present, strict=True)
    ]
    return np.array(codes, dtype=np.int64)


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
