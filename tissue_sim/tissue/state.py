"""The complete state of a tissue as named arrays: what a new one needs to go on with the same bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.tissue.model import TissueModel

__all__ = ["restore_state", "state_of"]


def state_of(tissue: TissueModel) -> dict[str, np.ndarray]:
    """Return copies of all state; names carry slashes, ``population/column/age``."""
    parts = {
        "population": tissue.population.state(),
        "requests": tissue.requests.state(),
        "lineage": {name: values.copy() for name, values in tissue.lineage.arrays().items()},
        "field": {name: field.copy() for name, field in tissue.fields.items()},
    }
    parts.update({f"block/{name}": block.state() for name, block in tissue.blocks.items()})
    parts.update({f"process/{process.name}": process.state() for process in tissue.processes})
    state = {f"{part}/{name}": values for part, arrays in parts.items() for name, values in arrays.items()}
    state["tick"] = np.array(tissue.clock.tick, dtype=np.int64)
    return state


def restore_state(tissue: TissueModel, state: Mapping[str, np.ndarray]) -> None:
    """Put a tissue without cells, built from the same scenario, into a state that `state_of` returned."""

    def part(prefix: str) -> dict[str, np.ndarray]:
        return {
            name[len(prefix) + 1 :]: values for name, values in state.items() if name.startswith(prefix + "/")
        }

    tissue.clock.tick = int(state["tick"])
    tissue.population.restore(part("population"))
    tissue.requests.restore(part("requests"))
    tissue.lineage.restore(part("lineage"))
    for name, field in tissue.fields.items():
        field[...] = state[f"field/{name}"]
    for name, block in tissue.blocks.items():
        block.restore(part(f"block/{name}"))
    for process in tissue.processes:
        process.restore(part(f"process/{process.name}"))
    tissue.neighbours.invalidate()
