"""What the name of a picture may end in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ENDINGS", "check_ending"]

ENDINGS = (".png", ".pdf", ".svg", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".eps", ".ps")


def check_ending(path: Path) -> None:
    """Raise UsageError for a picture of no known format."""
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"{path}: pictures end in {', '.join(ENDINGS)}")
