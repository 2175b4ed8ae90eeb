"""What the intermediate form holds of a Boolean node, beside its species of the same name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tissue_sim.codegen.boolean_gates import Gates
from tissue_sim.codegen.simplify import simplify
from tissue_sim.codegen.syntax import Call, Expression, Number
from tissue_sim.codegen.walk import substitute
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["BooleanNode", "JointInitial", "without"]

ZERO, ONE = Number(0.0), Number(1.0)


@dataclass(frozen=True)
class BooleanNode:
    """A species whose value is 0 or 1 and changes by flips; its initial value is the probability of 1.

    Attributes
    ----------
    name : str
        Of the species.
    logic : Expression or None
        The value the node goes to: 1 where it is not 0.
    rate_up, rate_down : Expression or None
        Rate of the flip from 0 to 1 and from 1 to 0, per network time; None: 1 towards the value of `logic`,
        0 away from it.
    internal : bool
        Not written as a column.
    reference : bool or None
        The node's value in the state that distances are measured from, if it counts.
    """

    name: str
    logic: Expression | None = None
    rate_up: Expression | None = None
    rate_down: Expression | None = None
    internal: bool = False
    reference: bool | None = None

    @property
    def up(self) -> Expression:
        """Rate of the flip from 0 to 1."""
        if self.rate_up is not None:
            return self.rate_up
        return ZERO if self.logic is None else Call(("if",), (self.logic, ONE, ZERO))

    @property
    def down(self) -> Expression:
        """Rate of the flip from 1 to 0."""
        if self.rate_down is not None:
            return self.rate_down
        return ZERO if self.logic is None else Call(("if",), (self.logic, ZERO, ONE))

    def expressions(self) -> Iterator[Expression]:
        """Yield every formula of the node."""
        yield from (each for each in (self.logic, self.rate_up, self.rate_down) if each is not None)

    def rests(self, names: frozenset[str]) -> bool:
        """Say whether the node never flips, as a free input; `names` are all nodes of the network."""
        for rate, value in ((self.up, ZERO), (self.down, ONE)):
            gate = Gates(names).gate(simplify(substitute(rate, {(self.name,): value})))
            if gate is None or (gate.condition != ZERO and gate.value != ZERO):
                return False
        return True


@dataclass(frozen=True)
class JointInitial:
    """Initial values of several nodes drawn together.

    Attributes
    ----------
    names : tuple of str
    states : tuple of (tuple of bool, Expression)
        The values of `names`, and the weight of having them; probabilities are weights over their sum.
    """

    names: tuple[str, ...]
    states: tuple[tuple[tuple[bool, ...], Expression], ...]

    def __post_init__(self) -> None:
        if any(len(state) != len(self.names) for state, _ in self.states):
            raise SettingsError(f"the initial states of {', '.join(self.names)} need a value for each node")


def without(joint: tuple[JointInitial, ...], names: Collection[str]) -> tuple[JointInitial, ...]:
    """Return joint initial values of the other nodes: those named have values of their own now."""
    kept = []
    for group in joint:
        places = [i for i, name in enumerate(group.names) if name not in names]
        if places:
            states = tuple((tuple(state[i] for i in places), weight) for state, weight in group.states)
            kept.append(JointInitial(tuple(group.names[i] for i in places), states))
    return tuple(kept)
