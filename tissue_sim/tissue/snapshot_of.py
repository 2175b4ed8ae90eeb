"""Takes a snapshot of a tissue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.tissue.columns import STATES
from tissue_sim.tissue.lineage import CAUSES
from tissue_sim.tissue.snapshot import ColumnData, Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.syntax import Expression
    from tissue_sim.tissue.model import TissueModel

__all__ = ["take_snapshot"]


def take_snapshot(tissue: TissueModel, measures: Mapping[str, Expression]) -> Snapshot:
    """Return copies of everything that may be recorded at this clock time."""
    population = tissue.population
    columns = {
        name: ColumnData(population[name].copy(), column.unit, column.description)
        for name, column in population.columns.items()
        if column.recorded
    }
    for block in tissue.blocks.values():
        for species in block.recorded:
            values = block.quantity(species, population.size)
            if species in block.whole:  # whole numbers have no NaN: -1 where a cell lacks the network
                values = np.where(np.isnan(values), -1.0, np.rint(values)).astype(np.int32)
            columns[f"{block.name}__{species}"] = ColumnData(
                values, "1", f"{species} of network {block.name}"
            )
    ledgers = [process.ledger() for process in tissue.processes if hasattr(process, "ledger")]
    return Snapshot(
        time=tissue.clock.time,
        columns=columns,
        signals={
            name: ColumnData(field.copy(), tissue.field_units[name]) for name, field in tissue.fields.items()
        },
        lineage=tissue.lineage.arrays(),
        causes=CAUSES,
        ledger={signal: dict(lines) for ledger in ledgers for signal, lines in ledger.items()},
        measures={name: tissue.scalar(expression) for name, expression in measures.items()},
        type_names=tissue.cell_types,
        phase_names=dict(tissue.phase_names),
        populations=_populations(tissue),
    )


def _populations(tissue: TissueModel) -> dict[str, int]:
    types, states = tissue.population["type"].astype(np.int64), tissue.population["state"]
    counts = np.bincount(types * len(STATES) + states, minlength=len(tissue.cell_types) * len(STATES))
    return {
        f"{kind}/{state}": int(counts[i * len(STATES) + j])
        for i, kind in enumerate(tissue.cell_types)
        for j, state in enumerate(STATES)
    }
