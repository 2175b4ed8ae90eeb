"""Refusing formulas that depend on themselves."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from tissue_sim.codegen.walk import names_in
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.syntax import Expression

__all__ = ["check_no_cycle"]


def check_no_cycle(formulas: Mapping[str, Expression]) -> None:
    """Refuse formulas that use each other in a circle.

    Raises
    ------
    SettingsError
        The message names the circle, the offset is that of a name in it.
    """
    needs = {
        name: {str(each): each.offset for each in names_in(formula) if str(each) in formulas}
        for name, formula in formulas.items()
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        # Each name of the circle is used by the one after it.
        circle = list(reversed(error.args[1]))
        raise SettingsError(f"a cycle: {' depends on '.join(circle)}", needs[circle[0]][circle[1]]) from None
