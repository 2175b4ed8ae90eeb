"""The one point of a step where cells are born, die and leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.tissue.columns import LIVE
from tissue_sim.tissue.division import random_axes, split
from tissue_sim.tissue.lineage import BIRTH, CAUSES, DEATH, REMOVAL, cause_index

if TYPE_CHECKING:
    from tissue_sim.tissue.model import TissueModel
    from tissue_sim.tissue.requests import Due

__all__ = ["add_founders", "apply_due"]


def add_founders(
    tissue: TissueModel, positions: np.ndarray, types: np.ndarray, columns: dict[str, np.ndarray]
) -> np.ndarray:
    """Put cells into the tissue; return their rows.

    Parameters
    ----------
    positions : float64[m, 3], um
    types : int64[m]
    columns : dict of array[m]
        Values that replace the type's own, NaN where they do not.
    """
    population = tissue.population
    rows = population.append(len(positions))
    population["position"][rows] = positions
    population["type"][rows] = types
    tissue.behaviours.initialise(rows)
    for block in tissue.blocks.values():
        block.append(population, rows)
    tissue.set_initial_columns(rows)
    for process in tissue.processes:
        process.added(tissue, rows)
    for name, values in columns.items():
        given = ~np.isnan(values)
        tissue.quantities.set(name, rows[given], values[given])
    ids = population["cell_id"][rows]
    tissue.lineage.add(
        tissue.clock.time, BIRTH, ids, np.zeros_like(ids), np.full(len(ids), cause_index("founder"))
    )
    tissue.agents_born(rows)
    return rows


def apply_due(tissue: TissueModel) -> None:
    """Apply the births, deaths and removals that are due at this clock time."""
    due = tissue.requests.take_due(tissue.clock.tick)
    if not due:
        return
    if "death" in due:
        _die(tissue, due["death"])
    if "division" in due:
        _divide(tissue, due["division"])
    if "removal" in due:
        _remove(tissue, due["removal"])
    tissue.neighbours.invalidate()


def _live_rows(tissue: TissueModel, due: Due) -> tuple[np.ndarray, np.ndarray]:
    """Return (rows, chosen) of those cells that are still there and live."""
    rows, chosen = _present_rows(tissue, due)
    live = tissue.population["state"][rows] == LIVE
    return rows[live], chosen[live]


def _present_rows(tissue: TissueModel, due: Due) -> tuple[np.ndarray, np.ndarray]:
    ids = tissue.population["cell_id"]
    places = np.minimum(np.searchsorted(ids, due.cell_ids), max(len(ids) - 1, 0))
    present = ids[places] == due.cell_ids if len(ids) else np.zeros(len(due.cell_ids), dtype=bool)
    return places[present], np.flatnonzero(present)


def _die(tissue: TissueModel, due: Due) -> None:
    rows, chosen = _live_rows(tissue, due)
    causes = due.causes[chosen]
    ids = tissue.population["cell_id"][rows]
    tissue.lineage.add(tissue.clock.time, DEATH, ids, tissue.population["parent_id"][rows], causes)
    names = [CAUSES[cause] for cause in causes]
    for process in tissue.processes:
        process.died(tissue, rows, names)
    tissue.agents_died(rows, names)


def _divide(tissue: TissueModel, due: Due) -> None:
    mothers, chosen = _live_rows(tissue, due)
    if not len(mothers):
        return
    population = tissue.population
    mother_ids = population["cell_id"][mothers]
    axes = due.axes[chosen]
    drawn = np.isnan(axes[:, 0])
    if drawn.any():
        axes[drawn] = random_axes(tissue.key, mother_ids[drawn], tissue.clock.tick, tissue.domain.present)
    daughters = population.append(len(mothers))
    for name, column in population.columns.items():
        _divide_column(tissue, name, column.division, mothers, daughters)
    population["parent_id"][daughters] = mother_ids
    split(population, tissue.domain, mothers, daughters, axes)
    for block in tissue.blocks.values():
        block.append(population, daughters)
    for process in tissue.processes:
        process.divided(tissue, mothers, daughters)
    ids = population["cell_id"][daughters]
    tissue.lineage.add(tissue.clock.time, BIRTH, ids, mother_ids, np.full(len(ids), cause_index("division")))
    tissue.agents_born(daughters, mothers)


def _divide_column(
    tissue: TissueModel, name: str, rule: object, mothers: np.ndarray, daughters: np.ndarray
) -> None:
    population = tissue.population
    values = population[name]
    if callable(rule):
        values[daughters] = values[mothers]
        rule(tissue, mothers, daughters)
    elif rule == "copy":
        values[daughters] = values[mothers]
    elif rule == "volume":
        values[mothers] = values[mothers] * 0.5
        values[daughters] = values[mothers]
    elif rule == "reset":
        both = np.concatenate([mothers, daughters])
        values[both] = population.columns[name].initial
        tissue.set_initial_columns(both, only=name)


def _remove(tissue: TissueModel, due: Due) -> None:
    rows, chosen = _present_rows(tissue, due)
    if not len(rows):
        return
    keep = np.ones(tissue.population.size, dtype=bool)
    keep[rows] = False
    ids = tissue.population["cell_id"][rows]
    parents = tissue.population["parent_id"][rows]
    tissue.lineage.add(tissue.clock.time, REMOVAL, ids, parents, due.causes[chosen])
    for process in tissue.processes:
        process.removed(tissue, keep)
    tissue.agents_removed(rows)
    for block in tissue.blocks.values():
        block.remove(keep)
    tissue.population.remove(keep)
