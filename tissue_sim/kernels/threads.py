"""How many threads the kernels use; results are the same for any number."""

from __future__ import annotations

import numba

__all__ = ["most_threads", "use_threads"]


def most_threads() -> int:
    """Return the largest number of threads that can be used."""
    return int(numba.config.NUMBA_NUM_THREADS)


def use_threads(number: int) -> None:
    """Use `number` threads from now on in this process."""
    numba.set_num_threads(number)
