"""What h5py and the system raise while writing, as one clear error."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tissue_sim.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["explained"]


@contextlib.contextmanager
def explained(path: Path, consequence: str) -> Iterator[None]:
    """Turn errors of writing `path` into a RunError that says why and what follows."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise RunError(f"cannot write {path}: {_reason(error)}; {consequence}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    # h5py quotes the system inside its own message.
    _, found, rest = str(error).partition("error message = '")
    return rest.partition("'")[0] if found else str(error)
