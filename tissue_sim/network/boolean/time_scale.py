"""A network's speed: one number for all cells, or drawn for each cell and kept in its row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tissue_sim.codegen.boolean_system import TIME_SCALE
from tissue_sim.network.model import Parameter

if TYPE_CHECKING:
    from tissue_sim.network.model import NetworkModel
    from tissue_sim.tissue.distributions import Distribution

__all__ = ["with_time_scale"]


def with_time_scale(model: NetworkModel, time_scale: float | Distribution) -> tuple[NetworkModel, float]:
    """Return the model, with the speed as a parameter if it is drawn, and the speed all cells share."""
    if isinstance(time_scale, float | int):
        return model, float(time_scale)
    drawn = Parameter(TIME_SCALE, time_scale)
    return replace(model, parameters=(*model.parameters, drawn)), 1.0
