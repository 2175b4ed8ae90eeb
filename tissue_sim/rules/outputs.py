"""Network outputs at run time: what replaces a behaviour's own value in the cells that carry the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.tissue.expression_settings import ParsedExpression
from tissue_sim.tissue.output_settings import expressions_of, values_of

if TYPE_CHECKING:
    from tissue_sim.codegen.syntax import Expression
    from tissue_sim.tissue.model import TissueModel
    from tissue_sim.tissue.output_settings import WhenOutput

__all__ = ["OutputEffect", "effect_of"]


@dataclass(frozen=True)
class OutputEffect:
    """One network's output to one behaviour.

    Attributes
    ----------
    network : str
    trees : tuple of Expression
        The output's value, or its conditions.
    values : tuple of float
        Values while the conditions hold, in the behaviour's unit; none where the output is an expression.
    """

    network: str
    trees: tuple[Expression, ...]
    values: tuple[float, ...] = ()

    def applied(self, tissue: TissueModel, rows: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Return the values of cells that carry the network.

        Parameters
        ----------
        rows : int64[m]
        own : float64[m]
            The behaviour's own values.
        """
        if not self.values:
            return tissue.evaluate(self.trees[0], rows=rows, network=self.network)
        given, open_ = own.copy(), np.ones(len(rows), dtype=bool)
        for tree, value in zip(self.trees, self.values, strict=True):
            truth = tissue.evaluate(tree, rows=rows, network=self.network)
            holds = open_ & (truth != 0.0) & ~np.isnan(truth)
            given[holds] = value
            open_ &= ~holds
        return given


def effect_of(
    network: str, output: ParsedExpression | WhenOutput | list[WhenOutput], unit: str
) -> OutputEffect:
    """Return the effect of an output of the scenario on a behaviour in `unit`."""
    trees = tuple(expression.tree for _, expression in expressions_of(output))
    return OutputEffect(network, trees, tuple(value.to(unit) for _, value in values_of(output)))
