"""Boolean nodes in continuous time: a Markov chain of single flips (MaBoSS, doi:10.1186/1752-0509-6-116).

A node that is 0 flips at its ``rate_up``, a node that is 1 at its ``rate_down``; the next flip comes after an
exponential time with the sum of all rates, and is that of node i with a probability in proportion to its
rate (Gillespie 1977, doi:10.1021/j100540a008). Exact: no step size stands in it, and as waiting has no
memory, a step that ends before the next flip loses nothing.
"""

from __future__ import annotations

from typing import ClassVar

from tissue_sim.network.boolean.kind import BooleanKind

__all__ = ["BooleanContinuousKind"]


class BooleanContinuousKind(BooleanKind):
    """Single flips at random times with given rates."""

    name: ClassVar[str] = "boolean_continuous"
    dynamics: ClassVar[str] = "continuous"
