"""Attractors of a Boolean network as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from tissue_sim.cli.network_model import Opened
    from tissue_sim.tissue.distributions import Distribution

__all__ = ["attractor_table"]

MOST_SHOWN = 16
"""States of one attractor that are written out."""


def attractor_table(opened: Opened) -> pd.DataFrame:
    """Return one row per attractor: dynamics, free inputs, size, basin, and its states as digits.

    Free inputs that were given a value have that value only.

    Raises
    ------
    UsageError
        The network has no Boolean nodes.
    """
    import pandas as pd

    from tissue_sim.network.boolean.attractors import attractors

    if not opened.model.nodes:
        raise UsageError("--attractors: the network has no Boolean nodes; see --steady-states")
    given = {name: _number(name, each) for name, each in opened.given.items() if _is_node(opened, name)}
    rows = []
    for dynamics in ("synchronous", "asynchronous"):
        found = attractors(opened.model, dynamics, inputs=opened.inputs | given)
        for each in found.found:
            states = ["".join(str(int(bit)) for bit in state) for state in each.states[:MOST_SHOWN]]
            more = f" and {each.size - MOST_SHOWN} more" if each.size > MOST_SHOWN else ""
            rows.append(
                {
                    "dynamics": dynamics,
                    "inputs": " ".join(f"{name}={int(value)}" for name, value in each.inputs.items()),
                    "size": each.size,
                    "basin": each.basin,
                    ",".join(found.variables): " ".join(states) + more,
                }
            )
    return pd.DataFrame(rows)


def _is_node(opened: Opened, name: str) -> bool:
    return any(node.name == name for node in opened.model.nodes)


def _number(name: str, value: Distribution) -> float:
    if not value.is_fixed:
        raise UsageError(f"--set {name}: for --attractors an input is 0 or 1")
    return value.mean
