"""How work is shared among threads."""

from __future__ import annotations

from tissue_sim.kernels.signals.threads import number_of_threads

__all__ = ["parts"]


def parts() -> int:
    """Return into how many parts a sweep is cut; results do not depend on it."""
    threads = number_of_threads()
    return 1 if threads == 1 else 4 * threads
