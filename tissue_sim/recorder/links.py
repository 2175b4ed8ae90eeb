"""The two `.vtkhdf` files: external links into `run.h5`, for ParaView and VTK."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h5py

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CELLS_FILE", "RUN_FILE", "SIGNALS_FILE", "write_link"]

RUN_FILE = "run.h5"
CELLS_FILE = "run.cells.vtkhdf"
SIGNALS_FILE = "run.signals.vtkhdf"


def write_link(path: Path, target: str) -> None:
    """Write one file whose ``/VTKHDF`` is `target` inside `run.h5` beside it.

    The name in the link has no folder, so the run may be moved and renamed whole.
    """
    with h5py.File(path, "w", libver=("earliest", "v110"), locking=False) as file:
        file["VTKHDF"] = h5py.ExternalLink(RUN_FILE, target)
