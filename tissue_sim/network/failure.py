"""What is said of a cell whose network could not be advanced: when it happened, and by which species."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.kernels.network.status import NOT_FINITE, TOO_MANY_STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.codegen.syntax import Expression
    from tissue_sim.network.kind import Draws, Kind

__all__ = ["failure_text", "node_without_rate", "restless_species"]

HALVINGS = 40
"""The moment is found to 1e-12 of the step."""
AHEAD = 10.0 ** np.arange(-12, 1)
"""Parts of the time scale of a species by which its neighbourhood is looked at."""


def failure_text(
    kind: Kind,
    row: np.ndarray,
    code: int,
    *,
    start: float,
    duration: float,
    inputs: Mapping[str, np.ndarray],
    draws: Draws,
) -> str:
    """Return what happened in one cell: species, network time and what to do, as far as can be told.

    Parameters
    ----------
    row : float64[1, k]
        As the failed step left it: with the values at its start.
    code : int
        Of `Kind.advance`, for the same `start`, `duration`, `inputs` (float64[1] each) and `draws`.
    """
    name, time = kind.culprit(row, start, code), start
    if (
        name is not None and code != TOO_MANY_STEPS
    ):  # to find the moment would take as many steps over and over
        row, time = _last_good(kind, row, start, duration, inputs, draws)
        name = kind.culprit(row, time, code)
    said = f"species '{name}' at network time {time:g}: " if name else ""
    return said + kind.describe(code)


def _last_good(
    kind: Kind,
    row: np.ndarray,
    start: float,
    duration: float,
    inputs: Mapping[str, np.ndarray],
    draws: Draws,
) -> tuple[np.ndarray, float]:
    """Return the cell just before it fails, and when that is: shorter steps do the same up to there."""
    done, failed, place = 0.0, duration, np.zeros(1, dtype=np.int64)
    last = row
    for _ in range(HALVINGS):
        middle, tried = 0.5 * (done + failed), row.copy()
        code = kind.advance(tried, place, start=start, duration=middle, inputs=inputs, draws=draws)[0]
        if code:
            failed = middle
        else:
            done, last = middle, tried
    return last, start + done


def restless_species(kind: Kind, row: np.ndarray, time: float, code: int) -> str:
    """Return the species whose value or rate is, or soon becomes, no finite number, or that changes fastest.

    Parameters
    ----------
    row : float64[1, k]
    time : float
        Network time.
    """
    names, rates = kind.model.species_names, kind.model.rates()
    values = row[0, : len(names)]
    with np.errstate(all="ignore"):
        found = np.array([_value(kind, rate, row, time) for rate in rates])
        wrong = ~np.isfinite(values) | ~np.isfinite(found)
        if not wrong.any() and code == NOT_FINITE:
            wrong = _soon_wrong(kind, row, time, found)
        if wrong.any():
            return str(names[int(np.argmax(wrong))])
        relative = np.abs(found) / np.maximum(np.abs(values), np.finfo(np.float64).tiny)
    return str(names[int(np.argmax(np.where(found == 0.0, 0.0, relative)))])


def _soon_wrong(kind: Kind, row: np.ndarray, time: float, rates: np.ndarray) -> np.ndarray:
    """Say whose rate is no finite number a little further along the present rates, bool[n]."""
    number = len(rates)
    moving = rates != 0.0
    wrong = np.zeros(number, dtype=bool)
    if not moving.any():
        return wrong
    scale = float(np.min((np.abs(row[0, :number]) + 1.0)[moving] / np.abs(rates[moving])))
    for part in AHEAD:
        ahead = row.copy()
        ahead[0, :number] += part * scale * rates
        found = [_value(kind, rate, ahead, time + part * scale) for rate in kind.model.rates()]
        wrong = ~np.isfinite(found)
        if wrong.any():
            break
    return wrong


def node_without_rate(kind: Kind, row: np.ndarray, time: float) -> str:
    """Return the Boolean node the rate of whose next flip is negative or no finite number; '' if none is.

    The state may be that before the flip after which it is so: those of one flip more are looked at too.
    """
    places = [kind.names.index(node.name) for node in kind.model.nodes]
    states = [row, *(row.copy() for _ in places)]
    for state, place in zip(states[1:], places, strict=True):
        state[0, place] = 1.0 - state[0, place]
    with np.errstate(all="ignore"):
        for state in states:
            for node, place in zip(kind.model.nodes, places, strict=True):
                rate = _value(kind, node.down if state[0, place] else node.up, state, time)
                if not 0.0 <= rate < np.inf:
                    return node.name
    return ""


def _value(kind: Kind, formula: Expression, row: np.ndarray, time: float) -> float:
    def lookup(name: Any) -> np.ndarray | float:
        return kind.symbol(row, name.path[0], time)

    return float(np.ravel(np.asarray(evaluate(formula, lookup), dtype=np.float64))[0])
