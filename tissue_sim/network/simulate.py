"""Advancing a network by itself, without a tissue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.syntax import Name
from tissue_sim.errors import SimulationError
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.scenario_values import with_inputs
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.tissue.distributions import Distribution, parse_distribution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.network.model import NetworkModel

__all__ = ["Trajectories", "simulate"]


class Trajectories:
    """Values over time.

    Attributes
    ----------
    times : float64[t], in the network's unit
    names : tuple of str
        Recorded values: species, then assigned variables, then what was asked for by name.
    values : float64[cells, t, names]
    """

    def __init__(self, times: np.ndarray, names: tuple[str, ...], values: np.ndarray) -> None:
        self.times = times
        self.names = names
        self.values = values

    def __getitem__(self, name: str) -> np.ndarray:
        """Return one value of all cells, float64[cells, t]."""
        values: np.ndarray = self.values[:, :, self.names.index(name)]
        return values


def simulate(
    model: NetworkModel,
    times: Sequence[float] | np.ndarray,
    *,
    parameters: Mapping[str, float | str | Distribution] | None = None,
    initial: Mapping[str, float | str | Distribution] | None = None,
    inputs: Mapping[str, float] | None = None,
    cells: int = 1,
    seed: int = 0,
    tolerance: ToleranceSettings | None = None,
    also: Sequence[str] = (),
) -> Trajectories:
    """Return what a network does in `cells` cells that differ by their draws only.

    Parameters
    ----------
    model : NetworkModel
    times : float64[t]
        Ascending, in the network's unit; the first is the start.
    parameters, initial : mapping of name to number or distribution
        Replace those of the model.
    inputs : mapping of name to value
        Constant inputs; all inputs of the model must be given.
    cells, seed : int
    tolerance : ToleranceSettings
    also : sequence of str
        Further symbols to record: parameters, reactions (their rate).

    Raises
    ------
    SimulationError
        The network cannot be advanced.
    """
    given = inputs or {}
    model = with_inputs(model, tuple(name for name in given if name not in model.inputs))
    model = model.with_parameters(_distributions(parameters)).with_initial(_distributions(initial))
    kind = OdeKind(model, tolerance or ToleranceSettings())
    grid = np.asarray(times, dtype=np.float64)
    values = np.zeros((cells, len(kind.names)))
    places = np.arange(cells)
    held = {name: np.full(cells, float(given[name])) for name in model.inputs}
    kind.start(values, places, places + 1, key=np.uint64(seed), tick=0, time=float(grid[0]), inputs=held)
    names = (*kind.recorded, *(name for name in also if name not in kind.recorded))
    out = np.empty((cells, len(grid), len(names)))
    kind.refresh(values, places, float(grid[0]))
    for i, moment in enumerate(grid):
        if i:
            before = float(grid[i - 1])
            codes = kind.advance(values, places, start=before, duration=float(moment) - before, inputs=held)
            if codes.any():
                bad = int(np.argmax(codes != 0))
                raise SimulationError(
                    f"network '{model.name}', network time {before:g}: {kind.describe(int(codes[bad]))}",
                    cell_id=bad + 1,
                )
        for column, name in enumerate(names):
            out[:, i, column] = _value(kind, name, values, float(moment))
    return Trajectories(grid, names, out)


def _distributions(values: Mapping[str, float | str | Distribution] | None) -> dict[str, Distribution]:
    return {name: parse_distribution(value) for name, value in (values or {}).items()}


def _value(kind: OdeKind, name: str, values: np.ndarray, time: float) -> np.ndarray | float:
    """Return one symbol in all cells: from the rows, or by its formula."""
    definitions = kind.model.definitions()

    def lookup(each: Name) -> np.ndarray | float:
        symbol = each.path[0]
        if symbol in kind.system.places:
            column: np.ndarray = values[:, kind.system.places[symbol]]
            return column
        if symbol in kind.system.shared:
            return kind.system.shared[symbol]
        return time if symbol == "time" else evaluate(definitions[symbol], lookup)

    return lookup(Name((name,)))
