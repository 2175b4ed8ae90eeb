"""The behaviours that a scenario's cell types have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import SettingsError
from tissue_sim.lifecycle.behaviours import behaviours as of_lifecycle
from tissue_sim.mechanics.behaviours import behaviours as of_mechanics
from tissue_sim.mechanics.own_law import OwnLawMechanics
from tissue_sim.signals.behaviours import behaviours as of_signals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.scenario.cell_types import CellTypeSettings
    from tissue_sim.scenario.checks.context import Context
    from tissue_sim.tissue.behaviours import Behaviour

__all__ = ["behaviours_of", "behaviours_of_type", "unread_behaviours"]


def unread_behaviours(kind: CellTypeSettings) -> str:
    """Return how the behaviours begin that only a law in an extension declares; empty without one."""
    return "mechanics." if isinstance(kind.mechanics, OwnLawMechanics) else ""


def behaviours_of_type(kind: CellTypeSettings, units: Mapping[str, str]) -> list[tuple[Behaviour, float]]:
    """Return the behaviours of one cell type with its own values.

    Raises
    ------
    SettingsError
        If a value has the wrong dimension.
    """
    return [
        *of_lifecycle(kind),
        *of_mechanics(kind.mechanics, kind.motility, units),
        *of_signals(kind.exchange, units),
    ]


def behaviours_of(context: Context, cell_type: str) -> dict[str, tuple[str, float]] | None:
    """Return behaviour -> (unit, own value), None where not all of them can be known."""
    kind = context.settings.cell_types.get(cell_type)
    named = set() if kind is None else {*kind.exchange, *kind.motility.chemotaxis, *kind.motility.drift}
    if kind is None or not context.is_sound("cell_types", cell_type) or not context.is_sound("signals"):
        return None
    if named & context.wrongly_declared("signals"):
        return None
    try:
        listed = behaviours_of_type(kind, context.units)
    except SettingsError:
        return None
    return {behaviour.name: (behaviour.unit, value) for behaviour, value in listed}
