"""How many threads the kernels use; results are the same for any number."""

from __future__ import annotations

import numba

import tissue_sim.kernels.compile  # noqa: F401 - sets how idle threads wait, before the first call starts them

__all__ = ["most_threads", "threads_in_use", "use_threads"]


def most_threads() -> int:
    """Return the largest number of threads that can be used."""
    return int(numba.config.NUMBA_NUM_THREADS)


def threads_in_use() -> int:
    """Return the number of threads in use; only how work is shared may depend on it, never a result."""
    return int(numba.get_num_threads())


def use_threads(number: int) -> None:
    """Use `number` threads from now on in this process."""
    numba.set_num_threads(number)
