"""Attractors of a Boolean network, exact: by looking at every state, for every value of its free inputs.

Synchronous: all nodes at once; the attractors are fixed points and cycles. Asynchronous: one node at a time;
they are the terminal strongly connected components of the graph of states, fixed points or complex. A node
given by rates may flip where the rate of its flip is above 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.network.initial import InitialValues
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tissue_sim.network.model import NetworkModel

__all__ = ["MOST_VARIABLES", "Attractor", "Attractors", "attractors"]

MOST_VARIABLES = 20
"""Nodes that may change; each doubles the time and the memory."""
MOST_NODES = 28
"""Variables and free inputs together; each doubles the time."""
MOST_ATTRACTORS = 1 << 16
"""Attractors that are listed for one value of the free inputs; the number itself is always exact."""


@dataclass(frozen=True)
class Attractor:
    """A set of states that the network does not leave.

    Attributes
    ----------
    inputs : mapping of name to bool
        The free inputs.
    states : bool[k, n]
        A cycle in its order, a complex attractor in ascending order; nodes as in `Attractors.variables`.
    basin : int or None
        States that lead to it, its own included; None for asynchronous dynamics, where a state may lead to
        several.
    """

    inputs: Mapping[str, bool]
    states: np.ndarray
    basin: int | None

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.states)


@dataclass(frozen=True)
class Attractors:
    """All attractors.

    Attributes
    ----------
    variables, free_inputs : tuple of str
        Nodes that may change, and those that never do.
    found : tuple of Attractor
    """

    variables: tuple[str, ...]
    free_inputs: tuple[str, ...]
    found: tuple[Attractor, ...]

    @property
    def fixed_points(self) -> tuple[Attractor, ...]:
        """Those of one state."""
        return tuple(each for each in self.found if each.size == 1)

    @property
    def complex(self) -> tuple[Attractor, ...]:
        """Cycles, or complex attractors: those of several states."""
        return tuple(each for each in self.found if each.size > 1)


def attractors(
    model: NetworkModel,
    dynamics: Literal["synchronous", "asynchronous"] = "synchronous",
    *,
    parameters: Mapping[str, float] | None = None,
    inputs: Mapping[str, float] | None = None,
) -> Attractors:
    """Return every attractor of a network.

    Parameters
    ----------
    model : NetworkModel
        Of Boolean nodes.
    dynamics : str
    parameters : mapping of name to value
        Replace those of the model.
    inputs : mapping of name to value
        For every input of the model that is no node; of the free inputs, those that are to have one value
        (0 or 1) only.

    Raises
    ------
    SettingsError
        More than `MOST_VARIABLES` variables, no Boolean network, parameters that differ from cell to cell, an
        input without a value, a rate that is negative or not finite.
    """
    if dynamics not in ("synchronous", "asynchronous"):
        raise SettingsError(f"dynamics '{dynamics}' are unknown; there are synchronous and asynchronous")
    return _Search(_prepared(model, parameters or {}), inputs or {}).run(dynamics)


def _prepared(model: NetworkModel, parameters: Mapping[str, float]) -> NetworkModel:
    """Return the model with free inputs behind the variables, so that these are the low bits of a state."""
    from tissue_sim.network.kinds.boolean_synchronous import BooleanSynchronousKind

    BooleanSynchronousKind.check(model)
    names = frozenset(node.name for node in model.nodes)
    model = model.with_parameters({name: Distribution.fixed(value) for name, value in parameters.items()})
    nodes = sorted(model.nodes, key=lambda node: node.rests(names))
    return replace(model, nodes=tuple(nodes))


class _Search:
    def __init__(self, model: NetworkModel, inputs: Mapping[str, float]) -> None:
        from tissue_sim.codegen.boolean_kernels import BooleanKernels
        from tissue_sim.network.boolean.kind import system_of

        names = frozenset(node.name for node in model.nodes)
        self.variables = tuple(node.name for node in model.nodes if not node.rests(names))
        self.free = tuple(node.name for node in model.nodes[len(self.variables) :])
        self._held = self._held_inputs(model, inputs)
        self._check_size()
        initial = InitialValues(model)
        system = system_of(model, initial)
        drawn = [name for name in initial.per_cell if name not in model.inputs]
        if drawn:
            raise SettingsError(f"parameter '{drawn[0]}' differs from cell to cell; give it one value")
        self._row = np.zeros((1, len(system.names)))
        for name in model.inputs:
            if name not in inputs:
                raise SettingsError(f"input '{name}' needs a value")
            self._row[0, system.places[name]] = inputs[name]
        self._kernels = BooleanKernels(system, "synchronous")

    def _held_inputs(self, model: NetworkModel, inputs: Mapping[str, float]) -> dict[str, bool]:
        """Return the free inputs that have one value."""
        for name, value in inputs.items():
            if name in self.variables:
                raise SettingsError(f"'{name}' follows a rule, and attractors do not depend on first values")
            if name not in model.inputs and name not in self.free:
                known = [*model.inputs, *self.free]
                raise SettingsError(f"there is no input '{name}'{did_you_mean(name, known)}")
            if name in self.free and value not in (0.0, 1.0):
                raise SettingsError(f"the free input '{name}' is 0 or 1; found {value:g}")
        return {name: bool(value) for name, value in inputs.items() if name in self.free}

    def _check_size(self) -> None:
        free = len(self.free) - len(self._held)
        if len(self.variables) > MOST_VARIABLES or len(self.variables) + free > MOST_NODES:
            raise SettingsError(
                f"the network has {len(self.variables)} variables and {free} free inputs; "
                f"attractors are found exactly up to {MOST_VARIABLES} variables, {MOST_NODES} with inputs: "
                "hold nodes at one value, or leave out nodes that feed back on nothing"
            )

    def _numbers(self) -> Iterator[int]:
        """Yield all values of the free inputs as the bits of a number, lowest first."""
        places = [i for i, name in enumerate(self.free) if name not in self._held]
        held = sum(1 << i for i, name in enumerate(self.free) if self._held.get(name))
        for number in range(1 << len(places)):
            yield held + sum(1 << place for i, place in enumerate(places) if number >> i & 1)

    def run(self, dynamics: str) -> Attractors:
        """Return the attractors of all values of the free inputs."""
        count = 1 << len(self.variables)
        search = _synchronous if dynamics == "synchronous" else _asynchronous
        found: list[Attractor] = []
        for number in self._numbers():
            code, flips = self._kernels.possible_flips(self._row, number * count, count)
            if code:
                raise SettingsError("the rate of a node is negative or no finite number in some state")
            held = {name: bool(number >> i & 1) for i, name in enumerate(self.free)}
            for states, basin in search(flips & (count - 1)):
                bits = (states[:, np.newaxis] >> np.arange(len(self.variables))) & 1
                found.append(Attractor(held, bits.astype(bool), basin))
        return Attractors(self.variables, self.free, tuple(found))


def _refuse_too_many(number: int) -> None:
    if number > MOST_ATTRACTORS:
        raise SettingsError(
            f"the network has {number} attractors for one value of its inputs; at most {MOST_ATTRACTORS} "
            "are listed"
        )


def _synchronous(flips: np.ndarray) -> list[tuple[np.ndarray, int | None]]:
    """Return (states in order, basin) of every cycle."""
    from tissue_sim.kernels.network.attractors import synchronous_cycles

    label = np.empty(len(flips), dtype=np.int32)
    sizes, first, length = (np.zeros(min(len(flips), MOST_ATTRACTORS), dtype=np.int64) for _ in range(3))
    number = int(synchronous_cycles(flips, label, sizes, first, length))
    _refuse_too_many(number)
    result: list[tuple[np.ndarray, int | None]] = []
    for k in range(number):
        states = np.empty(length[k], dtype=np.int64)
        state = int(first[k])
        for i in range(len(states)):
            states[i] = state
            state ^= int(flips[state])
        result.append((states, int(sizes[k])))
    return result


def _asynchronous(flips: np.ndarray) -> list[tuple[np.ndarray, int | None]]:
    """Return (states, None) of every terminal component."""
    from tissue_sim.kernels.network.attractors import states_of, terminal_components

    component = np.empty(len(flips), dtype=np.int32)
    work = np.empty((4, len(flips)), dtype=np.int32)
    stack = np.empty(len(flips), dtype=np.int64)
    sizes, first = (np.zeros(min(len(flips), MOST_ATTRACTORS), dtype=np.int64) for _ in range(2))
    number = int(terminal_components(flips, component, work, stack, sizes, first))
    _refuse_too_many(number)
    result: list[tuple[np.ndarray, int | None]] = []
    for k in range(number):
        states = first[k : k + 1].copy()
        if sizes[k] > 1:
            states = np.empty(sizes[k], dtype=np.int64)
            states_of(component, k, states)
        result.append((states, None))
    return result
