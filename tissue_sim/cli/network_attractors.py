"""Attractors of a Boolean network as a table."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tissue_sim.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from tissue_sim.cli.network_model import Opened

__all__ = ["attractor_table"]

MOST_SHOWN = 16
"""States of one attractor that are written out."""


def attractor_table(opened: Opened) -> pd.DataFrame:
    """Return one row per attractor: dynamics, free inputs, size, basin, and its states as digits.

    Raises
    ------
    UsageError
        This version has no Boolean networks, or the network is none.
    """
    import pandas as pd

    try:
        search: Any = importlib.import_module("tissue_sim.network.boolean.attractors")
    except ModuleNotFoundError as error:
        raise UsageError("--attractors: Boolean networks come with a later version") from error
    if not getattr(opened.model, "nodes", ()):
        raise UsageError("--attractors: the network has no Boolean nodes; see --steady-states")
    rows = []
    for dynamics in ("synchronous", "asynchronous"):
        found = search.attractors(opened.model, dynamics, inputs=opened.inputs)
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
