"""From expressions to statements: parts that are shared, held per cell, or computed at each stage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.graph import HELD, MOVING, NODE, SHARED, Graph
from tissue_sim.codegen.learned_code import LearnedCode
from tissue_sim.codegen.source import source_of
from tissue_sim.codegen.syntax import Applied, Expression, Name, Number
from tissue_sim.codegen.walk import children, rebuild

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tissue_sim.codegen.learned_code import Application
    from tissue_sim.codegen.ode_system import OdeSystem

__all__ = ["Program", "Statements"]

DEEPEST_TEXT = 12


class Statements:
    """Straight-line code: ``lines`` to run in order and the text of each ``result``."""

    def __init__(self, lines: list[str], results: list[str]) -> None:
        self.lines = lines
        self.results = results

    def stored(self, targets: Sequence[str]) -> list[str]:
        """Return the lines with each result stored in its target, as soon as it is known."""
        waiting: dict[str, list[str]] = {}
        for target, result in zip(targets, self.results, strict=True):
            waiting.setdefault(result, []).append(target)
        stored = []
        for line in self.lines:
            variable = line.split(" = ", 1)[0]
            stored += [line, *(f"{target} = {variable}" for target in waiting.pop(variable, ()))]
        return [*stored, *(f"{target} = {text}" for text, each in waiting.items() for target in each)]


class Program:
    """All formulas of a system in one graph, and the tables of what is computed beforehand.

    Attributes
    ----------
    constants : list of Expression
        Trees of shared parameters; their values are the kernel's `constants`, float64[c].

    Parameters
    ----------
    system : OdeSystem
    """

    def __init__(self, system: OdeSystem) -> None:
        self.system = system
        self._integrated = {system.species[i]: k for k, i in enumerate(system.integrated)}
        self.graph = Graph(self._level_of, system.definitions, self._shared_value)
        self.constants: list[Expression] = []
        self._constant_places: dict[int, int] = {}
        self._held_nodes: dict[int, int] = {}
        self._learned = LearnedCode()

    def _level_of(self, name: str) -> int:
        if name in self.system.shared:
            return SHARED
        return MOVING if name == "time" or name in self._integrated else HELD

    def _shared_value(self, tree: Expression) -> float:
        return shared_value(tree, self.system)

    def statements(self, expressions: Iterable[Expression]) -> Statements:
        """Return the code of formulas at one moment; what is held is read from ``held``."""
        roots = [self.graph.add(expression) for expression in expressions]
        return self._emit(roots, MOVING)

    def held_statements(self) -> Statements:
        """Return the code that fills ``held`` from ``row``; call it after all `statements`."""
        return self._emit(list(self._held_nodes), HELD)

    @property
    def held_size(self) -> int:
        """Number of values held per cell; those that learned functions work on come last."""
        return len(self._held_nodes) + self._learned.work_size

    def constant_values(self) -> np.ndarray:
        """Return the kernels' `constants`: shared values, a spare 0, weights of learned functions."""
        shared = [shared_value(tree, self.system) for tree in self.constants]
        return np.concatenate([shared, [0.0], *self._learned.weights()])

    def learned_source(self) -> str:
        """Return what a module needs beside its code, empty without learned functions; call it last."""
        return self._learned.source(work=len(self._held_nodes), weights=len(self.constants) + 1)

    def _outside(self, node: int, level: int) -> str | None:
        """Return how a node is read that is not computed at this level, None if it is."""
        tree = self.graph.trees[node]
        if isinstance(tree, Number) and math.isfinite(tree.value):
            return None
        if self.graph.levels[node] == SHARED:
            place = self._constant_places.setdefault(node, len(self._constant_places))
            if place == len(self.constants):
                self.constants.append(self.graph.plain_tree(node))
            return f"constants[{place}]"
        if self.graph.levels[node] == HELD and level == MOVING:
            return f"held[{self._held_nodes.setdefault(node, len(self._held_nodes))}]"
        if isinstance(tree, Name):
            return self._leaf(tree.path[0])
        return None

    def _leaf(self, name: str) -> str:
        if name == "time":
            return "t"
        if name in self._integrated:
            return f"y{self._integrated[name]}"
        return f"row[{self.system.places[name]}]"

    def _emit(self, roots: list[int], level: int) -> Statements:
        texts = {}
        uses: dict[int, int] = {}
        waiting, seen = list(roots), set(roots)
        while waiting:
            node = waiting.pop()
            outside = self._outside(node, level)
            if outside is not None:
                texts[node] = outside
                continue
            for child in self.graph.operands(node):
                uses[child] = uses.get(child, 0) + 1
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
        return self._write(sorted(seen - set(texts)), texts, uses, roots)

    def _write(
        self, nodes: list[int], texts: dict[int, str], uses: dict[int, int], roots: list[int]
    ) -> Statements:
        """Write nodes in order; those used once stand inside the formula that uses them."""
        lines: list[str] = []
        trees: dict[int, Expression] = {}
        applied: set[Application] = set()
        depths: dict[int, int] = {}
        wanted = set(roots)

        def text(name: Name) -> str:
            return texts[int(name.path[1])]

        for node in nodes:
            operands = self.graph.operands(node)
            tree = self.graph.trees[node]
            inlined = [Name((NODE, str(child))) if child in texts else trees[child] for child in operands]
            if isinstance(tree, Applied):
                arguments = [source_of(each, text) for each in inlined]
                call, texts[node] = self._learned.call(tree, arguments, applied)
                lines += call
                continue
            full = rebuild(tree, inlined) if children(tree) else tree
            depth = 1 + max((depths.get(child, 0) for child in operands), default=0)
            shared = node in wanted or uses.get(node, 0) > 1 or depth > DEEPEST_TEXT
            if isinstance(tree, Number) or not shared:
                trees[node], depths[node] = full, depth
                continue
            texts[node] = f"v{node}"
            lines.append(f"v{node} = {source_of(full, text)}")
        results = [texts[root] if root in texts else source_of(trees[root], text) for root in roots]
        return Statements(lines, results)


def shared_value(tree: Expression, system: OdeSystem) -> float:
    """Return the value of a formula of shared parameters alone."""
    from tissue_sim.codegen.evaluation import evaluate

    return float(evaluate(tree, lambda name: system.shared[name.path[0]]))
