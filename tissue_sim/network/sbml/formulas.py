"""MathML as libsbml gives it -> our expression trees; function definitions are inlined."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.syntax import Binary, Call, Compare, Expression, Logic, Name, Number, Unary
from tissue_sim.codegen.walk import nodes_in, substitute
from tissue_sim.errors import SettingsError
from tissue_sim.network.model import TIME, sum_of
from tissue_sim.network.sbml.operators import CALLS, COMPARISONS, CONSTANTS, REFUSED, kind_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Formulas"]

MOST_NODES = 20_000
LONG = 64
"""Sums and products with more operands are balanced trees: nested to one side they would be too deep."""
BOUND = "bound"
NOT_A_NUMBER = Number(math.nan)


class Formulas:
    """Translates the formulas of one SBML model.

    Parameters
    ----------
    file_name : str
        For messages.
    resolve : callable
        (id, where) -> tree of a symbol of the model; raises for unknown ids.
    rate_of : callable
        id -> tree of d(symbol)/dt.
    """

    def __init__(
        self,
        file_name: str,
        resolve: Callable[[str, str], Expression],
        rate_of: Callable[[str, str], Expression],
    ) -> None:
        self._file_name = file_name
        self._resolve = resolve
        self._rate_of = rate_of
        self._functions: dict[str, tuple[tuple[str, ...], Any]] = {}
        self._bodies: dict[str, Expression] = {}
        self._open: list[str] = []
        self._kinds = kind_names()

    def define(self, identifier: str, node: Any) -> None:
        """Remember a function definition (a lambda); one without a formula can only be left uncalled."""
        if node is None or node.getNumChildren() == 0:
            return
        last = node.getNumChildren() - 1
        arguments = tuple(node.getChild(i).getName() for i in range(last))
        self._functions[identifier] = (arguments, node.getChild(last))

    def tree(self, node: Any, where: str, local: Mapping[str, Expression] | None = None) -> Expression:
        """Return the tree of a formula.

        Parameters
        ----------
        node : libsbml.ASTNode or None
        where : str
            What the formula belongs to, for messages: ``reaction 'R1'``.
        local : mapping of id to tree
            Symbols that hide those of the model: local parameters.
        """
        if node is None:
            raise SettingsError(f"{self._file_name}: {where} has no formula")
        tree = self._tree(node, where, local or {})
        if sum(1 for _ in nodes_in(tree)) > MOST_NODES:
            raise SettingsError(f"{self._file_name}: the formula of {where} is too large")
        return tree

    def _tree(self, node: Any, where: str, local: Mapping[str, Expression]) -> Expression:
        kind = self._kinds.get(node.getType(), "")
        if kind in REFUSED:
            raise SettingsError(f"{self._file_name}: {where} uses {REFUSED[kind]}")
        if kind == "FUNCTION":
            return self._user_function(node, where, local)
        if kind == "FUNCTION_RATE_OF":
            name = node.getChild(0).getName()
            return Number(0.0) if name in local else self._rate_of(name, where)
        if node.isNumber():
            return Number(_number(node, kind))
        if kind in CONSTANTS:
            return Number(CONSTANTS[kind])
        if kind == "NAME_AVOGADRO":
            return Number(float(node.getReal()))
        if kind == "NAME_TIME":
            return Name((TIME,))
        if kind == "NAME":
            name = node.getName()
            return local[name] if name in local else self._resolve(name, where)
        operands = [self._tree(each, where, local) for each in self._operands(node, kind)]
        return self._operation(kind, operands, where)

    def _operands(self, node: Any, kind: str) -> list[Any]:
        """Return the operands; libsbml nests long sums and products to the left, here they are one list."""
        last: list[Any] = []
        first = node
        while kind in ("PLUS", "TIMES") and first.getNumChildren() == 2:
            inner = first.getChild(0)
            if self._kinds.get(inner.getType(), "") != kind:
                break
            last.append(first.getChild(1))
            first = inner
        if len(last) < LONG:
            last, first = [], node
        return [*(first.getChild(i) for i in range(first.getNumChildren())), *reversed(last)]

    def _operation(self, kind: str, operands: list[Expression], where: str) -> Expression:
        if kind in COMPARISONS:
            return _chain(COMPARISONS[kind], operands)
        if kind in CALLS:
            name = CALLS[kind]
            if name in ("min", "max") and len(operands) == 1:
                return operands[0]
            return Call((name,), tuple(operands))
        special = _SPECIAL.get(kind)
        if special is None or (len(operands) == 0 and kind not in _EMPTY):
            raise SettingsError(f"{self._file_name}: {where} uses {kind or 'something'}, which is not known")
        return special(operands)

    def _user_function(self, node: Any, where: str, local: Mapping[str, Expression]) -> Expression:
        name = node.getName()
        if name not in self._functions:
            raise SettingsError(f"{self._file_name}: {where} calls '{name}', which no function defines")
        arguments, _ = self._functions[name]
        if node.getNumChildren() != len(arguments):
            raise SettingsError(
                f"{self._file_name}: {where} calls '{name}' with {node.getNumChildren()} arguments; "
                f"it takes {len(arguments)}"
            )
        given = [self._tree(node.getChild(i), where, local) for i in range(len(arguments))]
        body = self._body(name)
        tree = substitute(body, {(BOUND, a): value for a, value in zip(arguments, given, strict=True)})
        if sum(1 for _ in nodes_in(tree)) > MOST_NODES:
            raise SettingsError(
                f"{self._file_name}: the formula of {where} is too large when '{name}' is put in"
            )
        return tree

    def _body(self, name: str) -> Expression:
        if name in self._open:
            raise SettingsError(f"{self._file_name}: function '{name}' calls itself")
        if name not in self._bodies:
            arguments, node = self._functions[name]
            self._open.append(name)
            bound = {argument: Name((BOUND, argument)) for argument in arguments}
            self._bodies[name] = self.tree(node, f"function '{name}'", bound)
            self._open.pop()
        return self._bodies[name]


def _number(node: Any, kind: str) -> float:
    if kind == "INTEGER":
        return float(node.getInteger())
    if kind == "RATIONAL":
        return float(node.getNumerator()) / float(node.getDenominator())
    if kind == "REAL_E":
        return float(node.getMantissa()) * 10.0 ** int(node.getExponent())
    return float(node.getReal())


def _chain(operator: str, operands: list[Expression]) -> Expression:
    """Return a < b and b < c for lt(a, b, c)."""
    pairs = [Compare(operator, a, b) for a, b in pairwise(operands)]
    if not pairs:
        return Number(1.0)
    return pairs[0] if len(pairs) == 1 else Logic("and", tuple(pairs))


def _product(operands: list[Expression]) -> Expression:
    if not operands:
        return Number(1.0)
    if len(operands) > LONG:  # balanced, so that it is not deep
        middle = len(operands) // 2
        return Binary("*", _product(operands[:middle]), _product(operands[middle:]))
    result = operands[0]
    for operand in operands[1:]:
        result = Binary("*", result, operand)
    return result


def _minus(operands: list[Expression]) -> Expression:
    return Unary("-", operands[0]) if len(operands) == 1 else Binary("-", operands[0], operands[1])


def _logarithm(operands: list[Expression]) -> Expression:
    """log(base, x)."""
    if len(operands) == 1 or operands[0] == Number(10.0):
        return Call(("log10",), (operands[-1],))
    return Binary("/", Call(("ln",), (operands[1],)), Call(("ln",), (operands[0],)))


def _root(operands: list[Expression]) -> Expression:
    """root(degree, x)."""
    if len(operands) == 1 or operands[0] == Number(2.0):
        return Call(("sqrt",), (operands[-1],))
    return Call(("root",), (operands[1], operands[0]))


def _piecewise(operands: list[Expression]) -> Expression:
    if len(operands) == 1:
        return operands[0]
    closed = operands if len(operands) % 2 else [*operands, NOT_A_NUMBER]
    return Call(("piecewise",), tuple(closed))


def _exclusive(operands: list[Expression]) -> Expression:
    if not operands:
        return Number(0.0)
    if len(operands) == 1:
        return Compare("!=", operands[0], Number(0.0))
    return Call(("xor",), tuple(operands))


def _logic(operator: str, empty: float) -> Callable[[list[Expression]], Expression]:
    def build(operands: list[Expression]) -> Expression:
        if not operands:
            return Number(empty)
        if len(operands) == 1:
            return Compare("!=", operands[0], Number(0.0))
        return Logic(operator, tuple(operands))

    return build


_SPECIAL: Mapping[str, Callable[[list[Expression]], Expression]] = {
    "PLUS": sum_of,
    "TIMES": _product,
    "MINUS": _minus,
    "DIVIDE": lambda operands: Binary("/", operands[0], operands[1]),
    "POWER": lambda operands: Binary("^", operands[0], operands[1]),
    "FUNCTION_POWER": lambda operands: Binary("^", operands[0], operands[1]),
    "FUNCTION_LOG": _logarithm,
    "FUNCTION_ROOT": _root,
    "FUNCTION_PIECEWISE": _piecewise,
    "LOGICAL_AND": _logic("and", 1.0),
    "LOGICAL_OR": _logic("or", 0.0),
    "LOGICAL_XOR": _exclusive,
    "LOGICAL_NOT": lambda operands: Unary("not", operands[0]),
}
_EMPTY = frozenset({"PLUS", "TIMES", "LOGICAL_AND", "LOGICAL_OR", "LOGICAL_XOR"})
