"""How work is shared among threads."""

from __future__ import annotations

from tissue_sim.kernels.threads import threads_in_use

__all__ = ["parts"]


def parts() -> int:
    """Return into how many parts a sweep is cut; results do not depend on it."""
    threads = threads_in_use()
    return 1 if threads == 1 else 4 * threads
