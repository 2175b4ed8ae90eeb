"""Boolean nodes updated one at a time: one node, drawn uniformly, per update (the field's asynchronous).

This is the general asynchronous scheme of Harvey and Bossomaier 1997 as in GINsim, BoolNet and PyBoolNet:
any node may be next, none need be. A unit of network time has as many updates as the network has nodes
(free inputs among them), so that each node is looked at once per unit in the mean, as in the other Boolean
methods. Where a node is given by rates, it flips if the rate of its flip is above 0. What is left of an
update's time at the end of a network step is kept.
"""

from __future__ import annotations

from typing import ClassVar

from tissue_sim.network.boolean.kind import BooleanKind

__all__ = ["BooleanAsynchronousKind"]


class BooleanAsynchronousKind(BooleanKind):
    """One node drawn at random per update, as many updates per unit of network time as nodes."""

    name: ClassVar[str] = "boolean_asynchronous"
    dynamics: ClassVar[str] = "asynchronous"
