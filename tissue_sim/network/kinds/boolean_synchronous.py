"""Boolean nodes updated all at once, once per unit of network time.

The scheme of Kauffman 1969 (doi:10.1016/0022-5193(69)90015-0). Every node takes the value its rule has in
the state before the update. Where a node is given by rates, it flips if the rate of its flip is above 0. What
is left of a unit at the end of a network step is kept.
"""

from __future__ import annotations

from typing import ClassVar

from tissue_sim.network.boolean.kind import BooleanKind

__all__ = ["BooleanSynchronousKind"]


class BooleanSynchronousKind(BooleanKind):
    """All nodes at once, once per unit of network time."""

    name: ClassVar[str] = "boolean_synchronous"
    dynamics: ClassVar[str] = "synchronous"
