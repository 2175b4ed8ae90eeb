"""`measures` and `stop_when`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import Problem
from tissue_sim.tissue.names import check_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.scenario.checks.context import Context
    from tissue_sim.tissue.names import DeclaredNames

__all__ = ["check_formulas"]


def check_formulas(context: Context, names: DeclaredNames) -> Iterator[Problem]:
    """Yield names without a meaning in expressions over the whole tissue."""
    formulas = {("measures", name): one for name, one in context.settings.measures.items()}
    if context.settings.stop_when is not None:
        formulas |= {("stop_when",): context.settings.stop_when}  # type: ignore[dict-item]
    for path, formula in formulas.items():
        for message, offset in check_expression(formula.tree, names, aggregates=True):
            yield Problem(path, message, offset)
