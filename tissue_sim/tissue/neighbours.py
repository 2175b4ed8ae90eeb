"""Which cells are near which: one neighbour list for forces and for contacts.

The list is kept while no cell has moved far or grown much, and rebuilt otherwise. It is no part of the state:
everyone who reads it applies the exact distance, and sums over it run in the order of cell_id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.kernels import neighbours as kernels
from tissue_sim.kernels.neighbour_bins import bin_numbers

if TYPE_CHECKING:
    from tissue_sim.tissue.domain import Domain
    from tissue_sim.tissue.model import TissueModel

__all__ = ["NeighbourList", "Neighbours"]

WIDTH = 8
"""Columns of the slot-ordered cells, one cache line: x, y, z, radius, then what the list's user needs."""
LEVEL_RATIO = 3.0
"""Cells whose radii differ by more are binned apart."""
MOST_LEVELS = 7
MOST_BINS = 2**19
"""Bins along one axis of an open domain; cells beyond share the last one."""
SMALLEST_EDGE = 1e-9
"""um; a bin needs some width where all cells are points."""
MOST_ENTRIES = 2**29
FIRST_GUESS = 20
"""Neighbours of a cell in the list, as long as nobody knows better; confluent cells have 18 to 20."""
SKIN = 0.25
"""First skin in units of the mean radius: longer lists against fewer rebuilds."""
SKINS = (0.12, 0.8)
SHORT_LIVED, LONG_LIVED = 6, 24
"""Uses of a list below which the next skin is thicker, and above which it is thinner."""


class NeighbourList:
    """All pairs of cells nearer than ``factor (R_i + R_j)`` plus a skin, cells sorted in space.

    Nearest images only: along a periodic axis a cell meets every other cell once, and never itself.

    Parameters
    ----------
    domain : Domain
    skin : float, optional
        In units of the mean radius; else it adapts to how fast cells move.

    Attributes
    ----------
    width : int
        Number of columns of `cells`; a user that needs more raises it before the list is built.
    cells : float64[n, width]
        x, y, z, radius (um) in slot order; the columns from 4 on belong to the user of the list.
    order : int64[n]
        Row of each slot.
    starts, ends : int64[n]
    entries : int32[k]
        The neighbours of slot i are the slots ``entries[starts[i]:ends[i]]``, in the order of their rows.
    box : float64[3, 3], um
        Lower corner, periodic size (0 on other axes), its inverse.
    builds : int
        How often the list was built.
    """

    def __init__(self, domain: Domain, skin: float | None = None) -> None:
        self.builds = 0
        self.width = WIDTH
        self._uses = 0
        self._adapts = skin is None
        self._skin_factor = SKIN if skin is None else skin
        self._skin = 0.0
        self._factor = 0.0
        size = np.where(domain.periodic, domain.size, 0.0)
        inverse = np.divide(1.0, size, out=np.zeros(3), where=size > 0.0)
        self.box = np.array([domain.lower, size, inverse])
        self._periodic = size > 0.0
        self._ids = np.empty(0, dtype=np.int64)
        self._chunk_firsts = np.zeros(1, dtype=np.int64)
        self.order = np.empty(0, dtype=np.int64)
        self.starts = np.empty(0, dtype=np.int64)
        self.ends = np.empty(0, dtype=np.int64)
        self.entries = np.empty(0, dtype=np.int32)
        self.cells = np.empty((0, self.width))
        self._built = np.empty((4, 0))

    def refresh(self, cell_ids: np.ndarray, position: np.ndarray, radius: np.ndarray, factor: float) -> None:
        """Make the list hold for these cells.

        Parameters
        ----------
        cell_ids : int64[n]
        position : float64[n, 3], um
        radius : float64[n], um
        factor : float
            All pairs nearer than factor (R_i + R_j) are needed.

        Raises
        ------
        SimulationError
            If a position or radius is not finite, or there are too many pairs.
        """
        if factor > self._factor or not np.array_equal(cell_ids, self._ids):
            self._build(cell_ids, position, radius, factor)
        elif self._pack(position, radius) > 0.499 * self._skin:
            self._adapt_skin()
            self._build(cell_ids, position, radius, self._factor)
        self._uses += 1

    def invalidate(self) -> None:
        """Have the list built anew at its next use."""
        self._ids = np.full(1, -1, dtype=np.int64)

    def set_column(self, column: int, values: np.ndarray, *, root: bool = False) -> None:
        """Put a per-row quantity (float64[n]), or its square root, into a column of `cells`."""
        kernels.gather(np.ascontiguousarray(values), self.order, column, int(root), self.cells)

    def _adapt_skin(self) -> None:
        if self._adapts and self._uses < SHORT_LIVED:
            self._skin_factor = min(1.3 * self._skin_factor, SKINS[1])
        elif self._adapts and self._uses > LONG_LIVED:
            self._skin_factor = max(0.8 * self._skin_factor, SKINS[0])

    def _pack(self, position: np.ndarray, radius: np.ndarray) -> float:
        moved = np.empty(-(-len(self.order) // kernels.CHUNK))
        kernels.pack(position, radius, self.order, self._built, self.box, self._factor, self.cells, moved)
        return float(moved.max(initial=0.0))

    def _build(self, cell_ids: np.ndarray, position: np.ndarray, radius: np.ndarray, factor: float) -> None:
        n = len(cell_ids)
        # Rows of one quantity each: numpy is many times faster on these than on columns.
        points = np.empty((4, n))
        points[:3], points[3] = position.T, radius
        _check_finite(cell_ids, points)
        self._ids, self._factor = cell_ids.copy(), factor
        self._skin = self._skin_factor * float(radius.mean()) if n else 0.0
        box = self.box.copy()
        box[0] = np.where(self._periodic, box[0], points[:3].min(axis=1, initial=np.inf))
        levels = self._levels(points)
        keys = np.empty(n, dtype=np.int64)
        bin_numbers(points, box, *levels, keys)
        # The old order is nearly the new one, which the stable sort turns into speed.
        before = self.order if len(self.order) == n else np.arange(n)
        self.order = before[np.argsort(keys[before], kind="stable")]
        slot_of = np.empty(n, dtype=np.int64)
        slot_of[self.order] = np.arange(n)
        if len(self.cells) != n:
            self.cells = np.zeros((n, self.width))
            self.starts, self.ends = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
        self._built = points[:, self.order]
        keys = keys[self.order]
        new_bin = np.concatenate([[True], keys[1:] != keys[:-1], [True]])[-n - 1 :]
        bin_starts = np.flatnonzero(new_bin)
        bins = keys[bin_starts[:-1]], bin_starts
        # The largest array comes last, when these are gone.
        del points, keys, before, new_bin
        self._pack(position, radius)
        self._fill(slot_of, bins, box, levels)
        self.builds += 1
        self._uses = 0

    def _levels(self, points: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return (largest radius, bins per um, number of bins, first number) of the levels."""
        largest, smallest = float(points[3].max(initial=0.0)), float(points[3].min(initial=np.inf))
        level_radius = [largest]
        while len(level_radius) < MOST_LEVELS and smallest < level_radius[-1] / LEVEL_RATIO:
            level_radius.append(level_radius[-1] / LEVEL_RATIO)
        radii = np.array(level_radius)
        edge = np.maximum(2.0 * self._factor * radii + self._skin, SMALLEST_EDGE)[:, None]
        extent = np.ptp(points[:3], axis=1) if points.size else np.zeros(3)
        size = np.where(self._periodic, self.box[1], extent)
        whole = np.clip(np.floor(size / edge), 0, MOST_BINS - 1).astype(np.int64)
        counts = np.where(self._periodic, np.maximum(whole, 1), whole + 1)
        scales = np.where(self._periodic, counts * self.box[2], 1.0 / edge)
        bins = counts.prod(axis=1)
        firsts = np.concatenate([[0], np.cumsum(bins)[:-1]])
        return radii, scales, counts, firsts

    def _fill(
        self,
        slot_of: np.ndarray,
        bins: tuple[np.ndarray, np.ndarray],
        box: np.ndarray,
        levels: tuple[np.ndarray, ...],
    ) -> None:
        chunks = -(-len(slot_of) // kernels.CHUNK)
        needed = np.zeros(chunks, dtype=np.int64)
        if len(self._chunk_firsts) != chunks + 1:
            self._chunk_firsts = np.arange(chunks + 1) * (kernels.CHUNK * FIRST_GUESS)
        while True:
            total = int(self._chunk_firsts[-1])
            if total > MOST_ENTRIES:
                self.invalidate()
                raise SimulationError(
                    f"{len(slot_of)} cells have {total} neighbours, more than fit into memory: too many "
                    "cells lie on top of each other; spread them, or switch forces off (`mechanics: none`)"
                )
            if len(self.entries) < total:
                self.entries = np.empty(total, dtype=np.int32)
            kernels.fill_lists(
                self._built, self.order, slot_of, *bins, *levels, box, self._factor, self._skin,
                self._chunk_firsts, self.starts, self.ends, needed, self.entries,
            )  # fmt: skip
            if (needed <= np.diff(self._chunk_firsts)).all():
                return
            room = needed + needed // 8 + 64
            self._chunk_firsts = np.concatenate([[0], np.cumsum(room)])


def _check_finite(cell_ids: np.ndarray, points: np.ndarray) -> None:
    good = np.isfinite(points).all(axis=0) & (points[3] >= 0.0)
    if not good.all():
        row = int(np.argmin(good))
        raise SimulationError(
            f"position {points[:3, row].tolist()} um, radius {points[3, row]:g} um: must be finite numbers, "
            "the radius not negative",
            cell_id=int(cell_ids[row]),
        )


class Neighbours:
    """The neighbour list of a tissue, and who touches whom.

    Attributes
    ----------
    reach : float
        Largest distance of interest in units of R_i + R_j; mechanics raises it to the reach of its law.
    list : NeighbourList
    """

    def __init__(self, tissue: TissueModel) -> None:
        self._tissue = tissue
        self.reach = 1.0
        self.list = NeighbourList(tissue.domain)
        self._known: tuple[np.ndarray, ...] = ()
        self._contacts: tuple[np.ndarray, np.ndarray] | None = None

    def invalidate(self) -> None:
        """Forget the contacts found last; not needed after moves, `contacts` sees them itself."""
        self._contacts = None

    def near(self, position: np.ndarray) -> NeighbourList:
        """Return the list, valid for the population at these positions (float64[n, 3], um)."""
        population = self._tissue.population
        factor = max(self.reach, float(self._tissue.contact_distance.max(initial=1.0)))
        self.list.refresh(population["cell_id"], position, population["radius"], factor)
        return self.list

    def contacts(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the contacts of every cell, dead ones included.

        Cell j is in contact with i where d < f (R_i + R_j), f the contact distance of the type of i; with
        different contact distances i may touch j without j touching i.

        Returns
        -------
        starts : int64[n + 1]
        others : int64[k]
            The rows in contact with row i are ``others[starts[i]:starts[i + 1]]``, ascending. Read-only.
        """
        population = self._tissue.population
        position, radius = population["position"], population["radius"]
        distance = np.ascontiguousarray(self._tissue.contact_distance[population["type"]])
        now = (population["cell_id"], position, radius, distance)
        if self._contacts is not None and all(map(np.array_equal, now, self._known)):
            return self._contacts
        near = self.near(position)
        starts = np.zeros(population.size + 1, dtype=np.int64)
        others = np.empty(0, dtype=np.int64)
        lists = (near.cells, near.order, near.starts, near.ends, near.entries, near.box, distance)
        kernels.contacts(*lists, 0, starts, others)
        starts = np.cumsum(starts)
        others = np.empty(int(starts[-1]), dtype=np.int64)
        kernels.contacts(*lists, 1, starts, others)
        starts.flags.writeable = others.flags.writeable = False
        self._known, self._contacts = tuple(array.copy() for array in now), (starts, others)
        return self._contacts
