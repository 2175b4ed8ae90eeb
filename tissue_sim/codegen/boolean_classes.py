"""Flips of one rate in one class: a sum of rates is then a few counts of bits, with any number of nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tissue_sim.codegen.boolean_gates import FALSE
from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.walk import names_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.codegen.boolean_gates import Gate
    from tissue_sim.codegen.boolean_system import BooleanSystem
    from tissue_sim.codegen.syntax import Expression

__all__ = ["MOST_CLASSES", "RateClass", "rate_classes"]

MOST_CLASSES = 6
"""More different rates than this are summed node by node."""


@dataclass
class RateClass:
    """Flips that have the same rate wherever they may happen.

    Attributes
    ----------
    value : Expression
        The rate.
    up, down : set of int
        Nodes that flip at it from 0 to 1, and from 1 to 0.
    """

    value: Expression
    up: set[int] = field(default_factory=set)
    down: set[int] = field(default_factory=set)


def rate_classes(
    pairs: Sequence[tuple[Gate | None, Gate | None]], system: BooleanSystem
) -> list[RateClass] | None:
    """Return the classes of all flips; None where there are too many, or rates that are no gates.

    Rates of shared parameters are compared by their values, so that ``$u_A = 1`` and ``$u_B = 1`` are one
    class; flips at rate 0 are in none.
    """
    classes: dict[object, RateClass] = {}
    for i, pair in enumerate(pairs):
        for side, gate in enumerate(pair):
            if gate is None:
                return None
            key = _key(gate.value, system)
            if gate.condition == FALSE or key == 0.0:
                continue
            one = classes.setdefault(key, RateClass(gate.value))
            (one.down if side else one.up).add(i)
            if len(classes) > MOST_CLASSES:
                return None
    return list(classes.values()) or None


def _key(value: Expression, system: BooleanSystem) -> object:
    if all(name.path[0] in system.shared for name in names_in(value)):
        return float(evaluate(value, lambda name: system.shared[name.path[0]]))
    return value
