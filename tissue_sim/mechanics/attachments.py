"""The process of attachments: springs between cells that form where cells touch, and break."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.kernels.mechanics import attachments as kernels
from tissue_sim.mechanics.further_behaviours import BREAKING_RATE, RATE, STIFFNESS
from tissue_sim.mechanics.further_force import FurtherForce
from tissue_sim.tissue.attachments import COLUMN
from tissue_sim.tissue.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.mechanics.attachment_settings import AttachmentSettings
    from tissue_sim.mechanics.settings import ContactSettings
    from tissue_sim.tissue.model import TissueModel

__all__ = ["AttachmentsProcess"]


class AttachmentsProcess(FurtherForce):
    """Lets attachments break and form once for each mechanics step, before the cells move.

    First every attachment may break, then cells in contact attach that were not attached before the step.
    Where a cell would get more than its maximum the earliest win: every pair that attaches has a moment
    within the step, which its draw gives; those of the same moment go by their cell_ids.

    Parameters
    ----------
    tissue : TissueModel
    mechanics : mapping of cell type to ContactSettings
        At least one with attachments.
    """

    name = "attachments"
    order = 38

    def __init__(self, tissue: TissueModel, mechanics: Mapping[str, ContactSettings]) -> None:
        tissue.population.declare(
            Column(COLUMN, "i4", division="keep", description="number of cells attached to this one")
        )
        settings = [mechanics[name].attachments for name in tissue.cell_types]
        self._attachments = tissue.attachments
        self._affinity = _affinities(tissue.cell_types, settings)
        self._maximum = np.array([each.maximum if each else 0 for each in settings], dtype=np.int64)
        self._rest = np.array([each.rest_length if each else 0.0 for each in settings])
        self._longest = np.array([(each.breaking_length if each else None) or np.inf for each in settings])
        self._present = np.array(tissue.domain.present, dtype=np.int64)
        self._listed_for = (-1, -1)
        self._starts, self._partners = np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64)

    def advance(self, tissue: TissueModel, dt: float) -> None:
        """Break attachments and form new ones, as of a step of `dt` min."""
        population, attachments = tissue.population, tissue.attachments
        numbers = self._numbers(tissue)
        forming = bool(numbers[kernels.RATE].any())
        if population.size == 0 or not (forming or len(attachments)):
            return
        pairs = attachments.rows()
        cells = self._cells(tissue, population["position"], numbers)
        drawn = (dt, tissue.key, tissue.clock.tick)
        kept = np.empty(len(pairs), dtype=np.uint8)
        kernels.keep_pairs(pairs, *cells, *drawn, kept)
        staying = pairs[kept == 1]
        formed = self._formed(tissue, cells, drawn, staying) if forming else pairs[:0]
        if len(formed) or len(staying) < len(pairs):
            # Rows are in the order of cell_id: sorted rows are sorted ids.
            rows = _merged(staying, formed, population.size)
            attachments.replace(population["cell_id"][rows], rows)

    def add_velocity(self, tissue: TissueModel, position: np.ndarray, velocity: np.ndarray) -> None:
        """Add the velocities of the springs."""
        if not len(tissue.attachments):
            return
        cell_ids, position, radius, _, types, numbers, affinity, box = self._cells(
            tissue, position, self._numbers(tissue)
        )
        starts, partners = self._listed(tissue)
        kernels.add_springs(
            starts, partners, cell_ids, position, radius, types, numbers, affinity, box, tissue.key,
            tissue.clock.tick, self._present, velocity,
        )  # fmt: skip

    def removed(self, tissue: TissueModel, keep: np.ndarray) -> None:
        """Break the attachments of cells that leave."""
        tissue.attachments.keep_cells(keep)

    def state(self) -> dict[str, np.ndarray]:
        """Return the pairs."""
        return {"pairs": self._attachments.pairs.copy()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""
        self._attachments.replace(state["pairs"])

    def _numbers(self, tissue: TissueModel) -> np.ndarray:
        """Return the kernels' numbers of every cell, float64[6, n]."""
        types, behaviours = tissue.population["type"], tissue.behaviours
        return np.stack(
            [
                behaviours.effective(RATE),
                behaviours.effective(BREAKING_RATE),
                behaviours.effective(STIFFNESS),
                self._rest[types],
                self._longest[types],
                tissue.contact_distance[types],
            ]
        )

    def _cells(
        self, tissue: TissueModel, position: np.ndarray, numbers: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """Return the arguments that all kernels share, from cell_ids to box."""
        population = tissue.population
        return (
            population["cell_id"], position, population["radius"], population["state"],
            population["type"].astype(np.int64), numbers, self._affinity, tissue.neighbours.list.box,
        )  # fmt: skip

    def _listed(self, tissue: TissueModel) -> tuple[np.ndarray, np.ndarray]:
        """Return (starts, partners) of the rows attached to every row."""
        attachments, size = tissue.attachments, tissue.population.size
        if self._listed_for != (attachments.version, size):
            self._listed_for = (attachments.version, size)
            self._starts = np.empty(size + 1, dtype=np.int64)
            self._partners = np.empty(2 * len(attachments), dtype=np.int64)
            kernels.list_partners(attachments.rows(), self._starts, self._partners)
        return self._starts, self._partners

    def _formed(
        self,
        tissue: TissueModel,
        cells: tuple[np.ndarray, ...],
        drawn: tuple[float, np.uint64, int],
        staying: np.ndarray,
    ) -> np.ndarray:
        """Return the pairs of rows that attach, int64[k, 2], the lower first."""
        contact_starts, others = tissue.neighbours.contacts()
        starts, partners = self._listed(tissue)
        moments = np.empty(len(others))
        kernels.moments_of_attaching(contact_starts, others, starts, partners, *cells, *drawn, moments)
        found = np.flatnonzero(moments < np.inf)
        rows = np.searchsorted(contact_starts, found, side="right") - 1
        pairs = np.sort(np.stack([rows, others[found]], axis=1), axis=1)
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0], moments[found]))]
        accepted = np.empty(len(pairs), dtype=np.uint8)
        counts = np.bincount(staying.ravel(), minlength=tissue.population.size)
        maximum = self._maximum[tissue.population["type"]]
        first, second = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
        kernels.accept(first, second, counts, maximum, accepted)
        formed: np.ndarray = pairs[accepted == 1]
        return formed


def _affinities(names: tuple[str, ...], settings: list[AttachmentSettings | None]) -> np.ndarray:
    """Return the factor of every pair of types, float64[types, types]; 0 where either attaches to none."""
    own = np.array(
        [[0.0 if each is None else each.affinity.get(other, 1.0) for other in names] for each in settings]
    )
    symmetric: np.ndarray = np.sqrt(own * own.T)
    return symmetric


def _merged(pairs: np.ndarray, added: np.ndarray, size: int) -> np.ndarray:
    """Return sorted pairs of rows below `size` with others put in between, int64[m, 2]."""
    added = added[np.lexsort((added[:, 1], added[:, 0]))]
    places = np.searchsorted(pairs[:, 0] * size + pairs[:, 1], added[:, 0] * size + added[:, 1])
    return np.insert(pairs, places, added, axis=0)
