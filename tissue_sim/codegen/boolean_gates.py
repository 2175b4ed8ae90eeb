"""Rates of Boolean nodes taken apart: a condition over bits and a value that stays within a step.

Nearly every rate in the field reads ``logic ? a : 0`` with numbers a. Written as (condition, value), its
condition is evaluated with whole words and its value only when a parameter changes. What cannot be written
so, such as ``0.5*A + 0.2*B``, is evaluated as it stands.
"""

from __future__ import annotations

from typing import NamedTuple

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.syntax import Binary, Call, Compare, Expression, Logic, Name, Number, Unary
from tissue_sim.codegen.walk import fold, rebuild

__all__ = ["FALSE", "HELD", "NUMERIC", "Gate", "Gates", "both", "either", "negated"]

HELD, NUMERIC = "held", "numeric"
"""First words of the names that stand for conditions on parameters, and on arithmetic of nodes."""

FALSE, TRUE = Number(0.0), Number(1.0)


class Gate(NamedTuple):
    """``value`` where ``condition`` holds, else 0.

    Attributes
    ----------
    condition : Expression
        ``and``, ``or``, ``not``, ``xor``, 0 and 1 over names of nodes, ``held.K`` and ``numeric.K``.
    value : Expression
        Without nodes.
    """

    condition: Expression
    value: Expression


class _Piece(NamedTuple):
    tree: Expression
    gate: Gate | None
    truth: Expression | None = None
    varies: bool = False
    logical: bool = False


class Gates:
    """Takes formulas apart, collecting the conditions that are evaluated as numbers.

    Attributes
    ----------
    held : list of Expression
        Conditions on what stays within a step; ``held.K`` is number K.
    numeric : list of Expression
        Conditions on arithmetic of nodes; ``numeric.K`` is number K.

    Parameters
    ----------
    nodes : set of str
        Names whose values are bits.
    """

    def __init__(self, nodes: frozenset[str]) -> None:
        self._nodes = nodes
        self.held: list[Expression] = []
        self.numeric: list[Expression] = []
        self._known: dict[tuple[str, Expression], Expression] = {}

    def gate(self, expression: Expression) -> Gate | None:
        """Return the formula as a gate, None where it is none."""
        return fold(expression, self._combine).gate

    def truth(self, expression: Expression) -> Expression:
        """Return the condition that the formula is not 0."""
        return self._truth(fold(expression, self._combine))

    def _truth(self, piece: _Piece) -> Expression:
        if piece.truth is not None:
            return piece.truth
        if isinstance(piece.tree, Number):
            return TRUE if piece.tree.value != 0.0 else FALSE
        kind, entries = (NUMERIC, self.numeric) if piece.varies else (HELD, self.held)
        if (kind, piece.tree) not in self._known:
            self._known[kind, piece.tree] = Name((kind, str(len(entries))))
            entries.append(piece.tree)
        return self._known[kind, piece.tree]

    def _combine(self, node: Expression, operands: list[_Piece]) -> _Piece:
        if isinstance(node, Name):
            if node.path[0] not in self._nodes:
                return _Piece(node, Gate(TRUE, node))
            return _Piece(node, Gate(node, TRUE), node, varies=True, logical=True)
        if not any(piece.varies for piece in operands):
            return _Piece(node, _constant_gate(node), logical=_is_bit(node))
        truth = self._truth_of(node, operands)
        logical = truth is not None and _is_bit(node, operands)
        if logical and truth is not None:
            return _Piece(node, Gate(truth, TRUE), truth, varies=True, logical=True)
        return _Piece(node, self._gate_of(node, operands), truth, varies=True)

    def _truth_of(self, node: Expression, operands: list[_Piece]) -> Expression | None:
        """Return the condition of a node in terms of bits, None where it takes arithmetic."""
        match node:
            case Logic(operator=operator):
                build = both if operator == "and" else either
                return build([self._truth(piece) for piece in operands])
            case Unary(operator="not"):
                return negated(self._truth(operands[0]))
            case Unary():
                return self._truth(operands[0])
            case Compare():
                return self._comparison(node, operands)
            case Call(function=("xor",)):
                return _exclusive([self._truth(piece) for piece in operands])
            case Call(function=("implies",)):
                return either([negated(self._truth(operands[0])), self._truth(operands[1])])
            case Call(function=("if",)) if all(piece.logical for piece in operands[1:]):
                return _choice(*(self._truth(piece) for piece in operands))
        return None

    def _comparison(self, node: Compare, operands: list[_Piece]) -> Expression | None:
        left, right = operands
        if left.logical and right.logical and node.operator in ("==", "!="):
            differ = _exclusive([self._truth(left), self._truth(right)])
            return differ if node.operator == "!=" else negated(differ)
        for place, (bit, number) in enumerate(((left, right), (right, left))):
            if bit.logical and bit.varies and isinstance(number.tree, Number):
                cases = [
                    evaluate(rebuild(node, [value, number.tree][:: 1 - 2 * place]), _no_name) != 0.0
                    for value in (FALSE, TRUE)
                ]
                if cases[0] == cases[1]:
                    return TRUE if cases[0] else FALSE
                return self._truth(bit) if cases[1] else negated(self._truth(bit))
        return None

    def _gate_of(self, node: Expression, operands: list[_Piece]) -> Gate | None:
        """Return a node with a number for a value as a gate."""
        match node:
            case Call(function=("if",)):
                return self._chosen(operands)
            case Binary(operator="*" | "/" as operator):
                left, right = operands[0].gate, operands[1].gate
                if left is None or right is None or (operator == "/" and operands[1].varies):
                    return None
                condition = both([left.condition, right.condition])
                if operator == "/":
                    condition = left.condition
                return Gate(condition, _times(operator, left.value, right.value))
        return None

    def _chosen(self, operands: list[_Piece]) -> Gate | None:
        condition, (yes, no) = operands[0], (operands[1].gate, operands[2].gate)
        if yes is None or no is None:
            return None
        truth = self._truth(condition)
        if no.condition == FALSE:
            return Gate(both([truth, yes.condition]), yes.value)
        if yes.condition == FALSE:
            return Gate(both([negated(truth), no.condition]), no.value)
        if yes.value == no.value:
            return Gate(_choice(truth, yes.condition, no.condition), yes.value)
        if condition.varies:
            return None
        value = Call(("if",), (condition.tree, yes.value, no.value))
        return Gate(_choice(truth, yes.condition, no.condition), value)


def both(operands: list[Expression]) -> Expression:
    """Return the conjunction, constants folded."""
    return _joined("and", operands, FALSE, TRUE)


def either(operands: list[Expression]) -> Expression:
    """Return the disjunction, constants folded."""
    return _joined("or", operands, TRUE, FALSE)


def negated(operand: Expression) -> Expression:
    """Return the negation, constants and double negations folded."""
    match operand:
        case Number(value=value):
            return TRUE if value == 0.0 else FALSE
        case Unary(operator="not", operand=inner):
            return inner
    return Unary("not", operand)


def _joined(operator: str, operands: list[Expression], decides: Number, neutral: Number) -> Expression:
    if decides in operands:
        return decides
    rest = tuple(operand for operand in operands if operand != neutral)
    if not rest:
        return neutral
    return rest[0] if len(rest) == 1 else Logic(operator, rest)


def _exclusive(operands: list[Expression]) -> Expression:
    flipped = sum(1 for operand in operands if operand == TRUE) % 2 == 1
    rest = tuple(operand for operand in operands if not isinstance(operand, Number))
    result: Expression = FALSE
    if rest:
        result = rest[0] if len(rest) == 1 else Call(("xor",), rest)
    return negated(result) if flipped else result


def _choice(condition: Expression, yes: Expression, no: Expression) -> Expression:
    if isinstance(condition, Number):
        return yes if condition != FALSE else no
    return either([both([condition, yes]), both([negated(condition), no])])


def _constant_gate(node: Expression) -> Gate:
    return Gate(FALSE if node == FALSE else TRUE, node)


def _times(operator: str, left: Expression, right: Expression) -> Expression:
    if right == TRUE:
        return left
    return right if operator == "*" and left == TRUE else Binary(operator, left, right)


def _is_bit(node: Expression, operands: list[_Piece] | None = None) -> bool:
    """Say whether a node's value is 0 or 1 whatever its operands are."""
    match node:
        case Number(value=value):
            return value in (0.0, 1.0)
        case Logic() | Compare() | Unary(operator="not") | Call(function=("xor",) | ("implies",)):
            return True
        case Call(function=("if",)) if operands is not None:
            return all(piece.logical for piece in operands[1:])
    return False


def _no_name(name: Name) -> float:
    raise KeyError(str(name))
