"""The behaviours that the lifecycle reads, with the values a cell type's settings give."""

from __future__ import annotations

from typing import Any

from tissue_sim.lifecycle.death import CAUSES, death_of, rate_name
from tissue_sim.tissue.behaviours import Behaviour

__all__ = ["GROWTH", "behaviours"]

GROWTH = "growth"


def behaviours(cell_type: Any) -> list[tuple[Behaviour, float]]:
    """Return every behaviour of a cell type with its own value.

    Parameters
    ----------
    cell_type : object
        With the attributes of `settings.LifecycleSettings`.
    """
    listed = [
        (
            Behaviour(GROWTH, "1/min", minimum=0.0, description="rate of growth to the target volume"),
            cell_type.growth,
        )
    ]
    for cause in CAUSES:
        declared = Behaviour(rate_name(cause), "1/min", minimum=0.0, description=f"rate of {cause}")
        listed.append((declared, death_of(cell_type.death, cause).rate))
    if cell_type.cycle is not None:
        listed.extend(cell_type.cycle.behaviours())
    return listed
