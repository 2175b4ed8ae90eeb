"""The first states of Boolean nodes: probabilities become 0 or 1, together where nodes are given together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.errors import SettingsError
from tissue_sim.network.initial import PLACES_EACH
from tissue_sim.random_numbers import Purpose

if TYPE_CHECKING:
    from tissue_sim.network.boolean.node import JointInitial
    from tissue_sim.network.model import NetworkModel

__all__ = ["draw_states"]


def draw_states(
    model: NetworkModel,
    first: dict[str, np.ndarray],
    *,
    key: Any,
    cell_ids: np.ndarray,
    tick: int,
    number: int,
) -> dict[str, np.ndarray]:
    """Return the state of every node in new cells.

    Parameters
    ----------
    first : dict of name to float64[m]
        All first values; those of the nodes are probabilities.
    cell_ids : int64[m]
    number : int
        Place of the network among those of the tissue; it keeps their draws apart.

    Returns
    -------
    dict of name to float64[m]
        0 or 1.

    Raises
    ------
    SettingsError
        A value that is no probability, or weights that are none.
    """
    joint = {name for group in model.joint for name in group.names}
    states = {}
    for place, node in enumerate(model.nodes):
        if node.name in joint:
            continue
        probability = first[node.name]
        wrong = ~((probability >= 0.0) & (probability <= 1.0))
        if wrong.any():
            raise SettingsError(
                f"initial value of node '{node.name}' is {probability[wrong][0]:g}; it is the probability of "
                "1 at the start, from 0 to 1"
            )
        if ((probability == 0.0) | (probability == 1.0)).all():
            states[node.name] = probability.astype(np.float64)
            continue
        states[node.name] = (_uniform(key, cell_ids, tick, number, place) < probability).astype(np.float64)
    for place, group in enumerate(model.joint, start=len(model.nodes)):
        states |= _together(group, first, _uniform(key, cell_ids, tick, number, place))
    return states


def _uniform(key: Any, cell_ids: np.ndarray, tick: int, number: int, place: int) -> np.ndarray:
    from tissue_sim.kernels.philox import fill_uniform

    out = np.empty(len(cell_ids))
    ids = np.ascontiguousarray(cell_ids, dtype=np.int64)
    draw = number * PLACES_EACH + place
    fill_uniform(np.uint64(key), ids, int(tick), int(Purpose.BOOLEAN_INITIAL), draw, out)
    return out


def _together(
    group: JointInitial, first: dict[str, np.ndarray], uniform: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the states of a group, one row of its table for each cell."""
    weights = np.empty((len(group.states), len(uniform)))
    for row, (_, weight) in enumerate(group.states):
        weights[row] = evaluate(weight, lambda name: first[name.path[0]])
    total = weights.sum(axis=0)
    if not ((weights >= 0.0).all() and (total > 0.0).all() and np.isfinite(total).all()):
        raise SettingsError(
            f"the initial states of {', '.join(group.names)} need weights of 0 or more, not all 0"
        )
    reached = np.cumsum(weights, axis=0) > uniform * total
    chosen = np.argmax(reached, axis=0)
    table = np.array([state for state, _ in group.states], dtype=np.float64)
    return {name: table[chosen, column] for column, name in enumerate(group.names)}
