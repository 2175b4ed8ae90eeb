"""Formulas in the order in which they can be evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.walk import names_in
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.syntax import Expression

__all__ = ["in_dependency_order"]


def in_dependency_order(formulas: Mapping[str, Expression], relation: str) -> tuple[str, ...]:
    """Return the names so that each comes after those its formula uses.

    Parameters
    ----------
    formulas : mapping of name to expression
        Names that are no key are taken as given.
    relation : str
        Words between the names of a cycle in the message.

    Raises
    ------
    SettingsError
        A formula depends on itself; the message names the whole cycle, the offset is that of a name in it.
    """
    needs = {
        name: {n.path[0]: n.offset for n in names_in(formula) if len(n.path) == 1 and n.path[0] in formulas}
        for name, formula in formulas.items()
    }
    order: list[str] = []
    done: set[str] = set()
    for start in formulas:
        _visit(start, needs, done, order, relation)
    return tuple(order)


def _visit(
    start: str, needs: Mapping[str, Mapping[str, int]], done: set[str], order: list[str], relation: str
) -> None:
    path: list[str] = []
    waiting = [(start, False)]
    while waiting:
        name, finished = waiting.pop()
        if finished:
            path.pop()
            done.add(name)
            order.append(name)
        elif name in path:
            cycle = [*path[path.index(name) :], name]
            raise SettingsError(f"a cycle: {f' {relation} '.join(cycle)}", needs[path[-1]][name])
        elif name not in done:
            path.append(name)
            waiting.append((name, True))
            waiting.extend((other, False) for other in reversed(list(needs[name])))
