"""What the order of simultaneous events is drawn by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Drawn", "at"]


class Drawn(NamedTuple):
    """What the order of simultaneous events is drawn by: seed, ids (int64[p]), tick and first draw."""

    key: Any
    cell_ids: np.ndarray
    tick: int
    first: int = 0


def at(drawn: Drawn | None, chosen: np.ndarray) -> Drawn | None:
    """Return the same for some of the cells (int64[c])."""
    return None if drawn is None else drawn._replace(cell_ids=drawn.cell_ids[chosen])
