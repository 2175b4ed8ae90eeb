"""Expressions as one graph in which equal parts exist once, sorted by how often they change.

A part that depends on shared parameters alone is computed once per call of the kernel (`SHARED`), one that
depends on values a cell holds over the step (its own parameters, inputs) once per cell and step (`HELD`);
what depends on time or on the integrated species is computed at every stage (`MOVING`). Powers with whole and
half exponents become products and roots, divisions by what does not move become products.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Binary, Call, Expression, Name, Number
from tissue_sim.codegen.walk import children, fold, names_in, rebuild

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["HELD", "MOVING", "SHARED", "Graph"]

SHARED, HELD, MOVING = 0, 1, 2
LARGEST_EXPONENT = 24
NODE = "#"
DEEPEST = 20
"""Definitions entered from within one another; what lies deeper is added first, without recursion."""

_Key = tuple[object, ...]


class Graph:
    """Interned expression nodes.

    Attributes
    ----------
    trees : list of Expression
        One node each, whose operands are names ``("#", "12")`` of other nodes; leaves are themselves.
    levels : list of int
        SHARED, HELD or MOVING of each node.

    Parameters
    ----------
    level_of : callable
        Level of a leaf name.
    definitions : mapping of name to expression
        Names that stand for formulas; without cycles.
    constant : callable
        Value of a SHARED tree of leaves, used for exponents only, so that generated code does not change
        with other parameter values.
    """

    def __init__(
        self,
        level_of: Callable[[str], int],
        definitions: Mapping[str, Expression],
        constant: Callable[[Expression], float],
    ) -> None:
        self.trees: list[Expression] = []
        self.levels: list[int] = []
        self._level_of = level_of
        self._definitions = definitions
        self._constant = constant
        self._known: dict[_Key, int] = {}
        self._defined: dict[str, int] = {}
        self._depth = 0

    def add(self, expression: Expression) -> int:
        """Return the node of an expression, adding what is new."""
        return fold(expression, self._combine)

    def operands(self, node: int) -> tuple[int, ...]:
        """Return the nodes a node is made of."""
        return tuple(_node_of(child) for child in children(self.trees[node]))

    def plain_tree(self, node: int) -> Expression:
        """Return the tree of leaves below a node."""
        done: dict[int, Expression] = {}
        waiting = [node]
        while waiting:
            current = waiting[-1]
            missing = [child for child in self.operands(current) if child not in done]
            if missing:
                waiting.extend(missing)
                continue
            waiting.pop()
            if current not in done:
                tree = self.trees[current]
                done[current] = rebuild(tree, [done[child] for child in self.operands(current)])
        return done[node]

    def _combine(self, node: Expression, operands: list[int]) -> int:
        match node:
            case Name(path=(name,)) if name in self._definitions:
                return self._definition(name)
            case Binary(operator="^"):
                return self._power(*operands)
            case Call(function=("pow",)):
                return self._power(*operands)
            case Call(function=("hill",)):
                return self._hill(*operands)
            case Binary(operator="/"):
                return self._quotient(*operands)
            case Binary(operator=("+" | "-" | "*") as operator):
                return self._arithmetic(operator, *operands)
            case _:
                return self._intern(rebuild(node, [_reference(i) for i in operands]))

    def _definition(self, name: str) -> int:
        if name not in self._defined:
            names = [name] if self._depth < DEEPEST else self._needed_first(name)
            self._depth += 1
            for each in names:
                self._defined[each] = self.add(self._definitions[each])
            self._depth -= 1
        return self._defined[name]

    def _needed_first(self, name: str) -> list[str]:
        """Return the definitions a name needs that are not added yet, each before those that use it."""
        ordered: dict[str, None] = {}
        waiting = [name]
        while waiting:
            missing = [
                word
                for word in dict.fromkeys(map(str, names_in(self._definitions[waiting[-1]])))
                if word in self._definitions and word not in self._defined and word not in ordered
            ]
            if missing:
                waiting.extend(missing)
            else:
                ordered[waiting.pop()] = None
        return list(ordered)

    def _intern(self, tree: Expression) -> int:
        key = _key(tree)
        if key not in self._known:
            self._known[key] = len(self.trees)
            self.trees.append(tree)
            self.levels.append(self._level(tree))
        return self._known[key]

    def _level(self, tree: Expression) -> int:
        if isinstance(tree, Name):
            return self._level_of(tree.path[0])
        return max((self.levels[_node_of(child)] for child in children(tree)), default=SHARED)

    def number(self, value: float) -> int:
        """Return the node of a literal."""
        return self._intern(Number(value))

    def _value(self, node: int) -> float | None:
        tree = self.trees[node]
        return tree.value if isinstance(tree, Number) else None

    def _arithmetic(self, operator: str, left: int, right: int) -> int:
        a, b = self._value(left), self._value(right)
        if a is not None and b is not None:
            return self.number(a + b if operator == "+" else a - b if operator == "-" else a * b)
        if operator == "*":
            if a == 1.0:
                return right
            if b == 1.0:
                return left
            if left > right:
                left, right = right, left
        elif operator == "+":
            if a == 0.0:
                return right
            if left > right and b != 0.0:
                left, right = right, left
        if operator in "+-" and b == 0.0:
            return left
        return self._intern(Binary(operator, _reference(left), _reference(right)))

    def _quotient(self, left: int, right: int) -> int:
        if self._value(right) == 1.0:
            return left
        if self.levels[left] > self.levels[right] and self._value(right) is None:
            inverse = self._intern(Binary("/", _reference(self.number(1.0)), _reference(right)))
            return self._arithmetic("*", left, inverse)
        return self._intern(Binary("/", _reference(left), _reference(right)))

    def _exponent(self, node: int) -> float | None:
        if self.levels[node] != SHARED:
            return None
        value = self._constant(self.plain_tree(node))
        whole = math.isfinite(value) and (2.0 * value).is_integer() and abs(value) <= LARGEST_EXPONENT
        return value if whole else None

    def _power(self, base: int, exponent: int) -> int:
        value = self._exponent(exponent)
        if value is None:
            return self._intern(Binary("^", _reference(base), _reference(exponent)))
        if value < 0.0:
            return self._quotient(self.number(1.0), self._raised(base, -value))
        return self._raised(base, value)

    def _raised(self, base: int, exponent: float) -> int:
        """Return base^exponent, 2*exponent whole and not negative, by repeated squaring."""
        result = None
        if not exponent.is_integer():
            result = self._intern(Call(("sqrt",), (_reference(base),)))
        remaining, square = int(exponent), base
        while remaining:
            if remaining & 1:
                result = square if result is None else self._arithmetic("*", result, square)
            remaining >>= 1
            if remaining:
                square = self._arithmetic("*", square, square)
        return self.number(1.0) if result is None else result

    def _hill(self, x: int, half: int, exponent: int) -> int:
        """Return x^n/(K^n + x^n), spelled out where n is whole and fixed."""
        value = self._exponent(exponent)
        if value is None or not value.is_integer() or value <= 0.0:
            arguments = (_reference(x), _reference(half), _reference(exponent))
            return self._intern(Call(("hill",), arguments))
        clipped = self._intern(Call(("max",), (_reference(x), _reference(self.number(0.0)))))
        top = self._raised(clipped, value)
        bottom = self._arithmetic("+", self._raised(half, value), top)
        return self._quotient(top, bottom)


def _reference(node: int) -> Name:
    return Name((NODE, str(node)))


def _node_of(reference: Expression) -> int:
    if not isinstance(reference, Name) or reference.path[0] != NODE:
        raise TypeError(f"{reference} is no node of a graph")
    return int(reference.path[1])


def _key(tree: Expression) -> _Key:
    if isinstance(tree, Number):
        return ("number", repr(tree.value))
    return (type(tree).__name__, tree)
