"""The rates of reactions at given values, without compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.evaluation import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.syntax import Name
    from tissue_sim.signals.reactions.reactions import Reactions

__all__ = ["rates_now"]


def rates_now(reactions: Reactions, known: Mapping[str, np.ndarray | float]) -> dict[str, np.ndarray | float]:
    """Return d(signal)/dt of every signal that reactions change, unit/min.

    Parameters
    ----------
    reactions : Reactions
    known : mapping of name to float or float64[n]
        Signals, parameters, coordinates and time.
    """
    definitions = reactions.definitions

    def lookup(name: Name) -> np.ndarray | float:
        word = str(name)
        return evaluate(definitions[word], lookup) if word in definitions else known[word]

    with np.errstate(all="ignore"):
        return {name: evaluate(rate, lookup) for name, rate in reactions.rates.items()}
