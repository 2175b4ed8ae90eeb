"""The rates of a network and their exact Jacobian as functions of its values, for many points at once."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.graph import MOVING, NODE, Graph
from tissue_sim.codegen.jacobian import Derivatives
from tissue_sim.codegen.syntax import Applied, Expression, Name
from tissue_sim.codegen.walk import children
from tissue_sim.errors import SettingsError
from tissue_sim.network.analysis.linear_terms import coefficients
from tissue_sim.network.initial import InitialValues
from tissue_sim.network.model import TIME
from tissue_sim.network.system import system_of
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.network.model import NetworkModel

__all__ = ["RateFunction", "at_means"]


def at_means(model: NetworkModel) -> NetworkModel:
    """Return the model with every distribution replaced by its mean."""

    def mean(value: Expression | Distribution) -> Expression | Distribution:
        return Distribution.fixed(value.mean) if isinstance(value, Distribution) else value

    return replace(
        model,
        species=tuple(replace(each, initial=mean(each.initial)) for each in model.species),
        parameters=tuple(replace(each, value=mean(each.value)) for each in model.parameters),
    )


class RateFunction:
    """dX/dt of the species that have a rate; what is drawn per cell stands at its mean.

    Attributes
    ----------
    species : tuple of str
        All species.
    names : tuple of str
        The n species with a rate, in the model's order.
    start : float64[n]
        Their first values; NaN where there are none.
    values : dict of name to value
        Every symbol's first value; those that no rate changes keep it.
    depends_on_time : bool

    Parameters
    ----------
    model : NetworkModel
    inputs : mapping of name to value
        All inputs of the model.

    Raises
    ------
    SettingsError
        Inputs, parameters or initial values without a value.
    """

    def __init__(self, model: NetworkModel, inputs: Mapping[str, float] | None = None) -> None:
        if model.period is not None:
            raise SettingsError("a discrete map has no rates; give a network of rates")
        for part, what in (("events", "events"), ("nodes", "Boolean nodes")):
            if getattr(model, part, ()):
                raise SettingsError(f"the network has {what}, which this analysis does not take into account")
        given = inputs or {}
        missing = [name for name in model.inputs if name not in given]
        if missing:
            raise SettingsError(f"the inputs {', '.join(missing)} need values")
        initial = InitialValues(at_means(model))
        self._system = system = system_of(model, initial)
        first = initial.draw(
            np.uint64(0),
            np.ones(1, dtype=np.int64),
            0,
            0.0,
            {name: np.full(1, given[name]) for name in given},
        )
        self.values = {name: float(value[0]) for name, value in first.items()}
        self.species = system.species
        self.names = tuple(system.species[place] for place in system.integrated)
        self.start = np.array([self.values[name] for name in self.names])
        self._derivatives = Derivatives(system)
        entries = self._derivatives.entries()
        self._places = list(entries)
        self._graph = Graph(lambda _: MOVING, self._derivatives.system().definitions, _number)
        self._rates = [self._graph.add(system.rates[place]) for place in system.integrated]
        self._rate_nodes = self._below(self._rates)
        self._entries = [self._graph.add(tree) for tree in entries.values()]
        self._all_nodes = self._below(self._entries)
        leaves = {self._leaf(node) for node in self._rate_nodes}
        self.depends_on_time = TIME in leaves
        at_rest = leaves - {*self.names, ""}
        unset = sorted(name for name in at_rest if math.isnan(self.values.get(name, 0.0)))
        if unset:
            raise SettingsError(f"{', '.join(unset)} have no value, and rates use them")

    def terms(self) -> np.ndarray:
        """Return the coefficients of the terms that the rates are sums of, float64[n, terms]."""
        system = self._system
        rates = [system.rates[place] for place in system.integrated]
        return coefficients(rates, system.definitions, frozenset({*self.names, TIME}), self.values)

    def _leaf(self, node: int) -> str:
        tree = self._graph.trees[node]
        return tree.path[0] if isinstance(tree, Name) else ""

    def _below(self, roots: Sequence[int]) -> list[int]:
        """Return the nodes that roots are made of, operands first."""
        seen, waiting = set(roots), list(roots)
        while waiting:
            for child in self._graph.operands(waiting.pop()):
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
        return sorted(seen)

    def with_values(self, changed: Mapping[str, float]) -> RateFunction:
        """Return the function at other values of parameters, whatever follows from them left as it is."""
        other = object.__new__(RateFunction)
        other.__dict__.update(self.__dict__)
        other.values = {**self.values, **changed}
        return other

    def starting_at(self, start: np.ndarray) -> RateFunction:
        """Return the function with other first values, float64[n]."""
        other = self.with_values(dict(zip(self.names, start.tolist(), strict=True)))
        other.start = start
        return other

    def rates(self, x: np.ndarray) -> np.ndarray:
        """Return dX/dt at points x (float64[..., n]), float64[..., n]."""
        found = self._run(x, self._rate_nodes)
        return self._columns(x, [found[node] for node in self._rates])

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        """Return d rate i / d X_j at points x (float64[..., n]), float64[..., n, n]."""
        number = len(self.names)
        found = self._run(x, self._all_nodes)
        matrix = np.zeros((*x.shape[:-1], number, number))
        for (i, j), node in zip(self._places, self._entries, strict=True):
            matrix[..., i, j] = found[node]
        return matrix

    def _columns(self, x: np.ndarray, values: Sequence[Any]) -> np.ndarray:
        out = np.empty((*x.shape[:-1], len(values)))
        for column, value in enumerate(values):
            out[..., column] = value
        return out

    def _run(self, x: np.ndarray, nodes: Sequence[int]) -> dict[int, Any]:
        """Return the value of each node."""
        place = {name: i for i, name in enumerate(self.names)}
        found: dict[int, Any] = {}
        applied: dict[tuple[object, ...], np.ndarray] = {}

        def lookup(name: Name) -> Any:
            if name.path[0] == NODE:
                return found[int(name.path[1])]
            symbol = name.path[0]
            return x[..., place[symbol]] if symbol in place else self.values[symbol]

        with np.errstate(all="ignore"):
            for node in nodes:
                tree = self._graph.trees[node]
                if not isinstance(tree, Applied):
                    found[node] = evaluate(tree, lookup)
                    continue
                key = (tree.function, tree.by is None, tree.arguments)
                if key not in applied:
                    arguments = [evaluate(each, lookup) for each in children(tree)]
                    function = tree.function
                    whole = function.value if tree.by is None else function.slopes
                    applied[key] = whole(arguments)
                found[node] = applied[key][tree.output if tree.by is None else (tree.output, tree.by)]
        return found


def _number(tree: Expression) -> float:
    return float(evaluate(tree, lambda _: math.nan))
