"""How many threads the compiled loops may use now."""

from __future__ import annotations

from numba import get_num_threads

__all__ = ["number_of_threads"]


def number_of_threads() -> int:
    """Return the number of threads; only how work is shared depends on it, never a result."""
    return int(get_num_threads())
