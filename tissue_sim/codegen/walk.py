"""Walking expression trees without recursion, so that long sums do not exhaust the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tissue_sim.codegen.syntax import Applied, Binary, Call, Compare, Expression, Logic, Name, Unary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["calls_in", "children", "fold", "names_in", "nodes_in", "rebuild", "substitute"]

Result = TypeVar("Result")


def children(expression: Expression) -> tuple[Expression, ...]:
    """Return the direct operands of a node, in the order written; keyword values come last."""
    match expression:
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Logic(operands=operands):
            return operands
        case Call(arguments=arguments, keywords=keywords):
            return (*arguments, *(value for _, value in keywords))
        case Applied(arguments=arguments):
            return arguments
        case _:
            return ()


def rebuild(expression: Expression, operands: Sequence[Expression]) -> Expression:
    """Return the node with other operands, in the order of `children`."""
    match expression:
        case Unary(operator=operator):
            return Unary(operator, operands[0])
        case Binary(operator=operator):
            return Binary(operator, operands[0], operands[1])
        case Compare(operator=operator):
            return Compare(operator, operands[0], operands[1])
        case Logic(operator=operator):
            return Logic(operator, tuple(operands))
        case Call(function=function, arguments=arguments, keywords=keywords, offset=offset):
            positional = len(arguments)
            named = zip((name for name, _ in keywords), operands[positional:], strict=True)
            return Call(function, tuple(operands[:positional]), tuple(named), offset)
        case Applied(function=applied, output=output, by=by):
            return Applied(applied, output, tuple(operands), by)
        case _:
            return expression


def fold(
    expression: Expression,
    combine: Callable[[Expression, list[Result]], Result],
    descend: Callable[[Expression], bool] | None = None,
) -> Result:
    """Return `combine` of the root, given the results of its operands, from the leaves up.

    Parameters
    ----------
    combine : callable
        Takes a node and the list of its operands' results.
    descend : callable, optional
        Nodes for which it returns False are combined with an empty list instead of their operands' results.
    """
    results: list[Result] = []
    waiting: list[tuple[Expression, int]] = [(expression, -1)]
    while waiting:
        node, number = waiting.pop()
        if number < 0:
            operands = children(node) if descend is None or descend(node) else ()
            waiting.append((node, len(operands)))
            waiting.extend((operand, -1) for operand in reversed(operands))
        else:
            taken = results[len(results) - number :]
            del results[len(results) - number :]
            results.append(combine(node, taken))
    return results[0]


def nodes_in(expression: Expression) -> Iterator[Expression]:
    """Yield every node, each before its operands, from left to right."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def names_in(expression: Expression) -> list[Name]:
    """Return every name in the order written, repeated where it occurs repeatedly; keyword values too."""
    return [node for node in nodes_in(expression) if isinstance(node, Name)]


def calls_in(expression: Expression) -> list[Call]:
    """Return every call in the order written."""
    return [node for node in nodes_in(expression) if isinstance(node, Call)]


def substitute(expression: Expression, mapping: Mapping[tuple[str, ...], Expression]) -> Expression:
    """Return the tree with names replaced by trees; what is put in is not searched again.

    Parameters
    ----------
    mapping : mapping of path to expression
        For instance ``{("k",): Number(2.0)}``.
    """

    def combine(node: Expression, operands: list[Expression]) -> Expression:
        if isinstance(node, Name):
            return mapping.get(node.path, node)
        return rebuild(node, operands)

    return fold(expression, combine)
