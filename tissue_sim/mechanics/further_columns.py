"""The columns that forces beside contacts give to every cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.tissue.attachments import COLUMN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tissue_sim.mechanics.contact_settings import ContactSettings

__all__ = ["MEMBRANE_DISTANCE", "further_columns"]

MEMBRANE_DISTANCE = "membrane_distance"
"""The column with the signed distance of each centre from the nearest basement membrane."""


def further_columns(mechanics: Iterable[ContactSettings], membranes: Sequence[object]) -> dict[str, str]:
    """Return column -> unit for what these settings make the forces declare."""
    found = {}
    if any(each.attachments is not None for each in mechanics):
        found[COLUMN] = "1"
    if membranes:
        found[MEMBRANE_DISTANCE] = "um"
    return found
