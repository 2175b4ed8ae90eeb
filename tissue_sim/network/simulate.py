"""Advancing a network by itself, without a tissue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SettingsError, SimulationError, did_you_mean
from tissue_sim.network.advancing import advance_rows
from tissue_sim.network.failure import failure_text
from tissue_sim.network.fit import check_fit
from tissue_sim.network.kind import Draws, kinds
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
    method: str = "ode",
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
    method : str
        The kind, as a scenario names it.
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
    SettingsError
        Unknown method, or one that cannot advance this model.
    SimulationError
        The network cannot be advanced.
    """
    if method not in kinds():
        known = ", ".join(kinds())
        raise SettingsError(
            f"unknown method '{method}'; there are {known}{did_you_mean(method, list(kinds()))}"
        )
    given = inputs or {}
    model = with_inputs(model, tuple(name for name in given if name not in model.inputs))
    model = model.with_parameters(_distributions(parameters)).with_initial(_distributions(initial))
    check_fit(kinds()[method], model)
    kind = kinds()[method](model, tolerance or ToleranceSettings(), 0)
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
            values, codes = advance_rows(
                kind, values, places, start=before, duration=float(moment) - before, inputs=held,
                draws=Draws(np.uint64(seed), places + 1, i - 1),
            )  # fmt: skip
            if codes.any():
                bad = int(np.argmax(codes != 0))
                text = failure_text(
                    kind, values[bad : bad + 1], int(codes[bad]),
                    start=before, duration=float(moment) - before,
                    inputs={name: each[bad : bad + 1] for name, each in held.items()},
                    draws=Draws(np.uint64(seed), places[bad : bad + 1] + 1, i - 1),
                )  # fmt: skip
                raise SimulationError(
                    f"network '{model.name}', network time {before:g}: {text}", cell_id=bad + 1
                )
        for column, name in enumerate(names):
            out[:, i, column] = kind.symbol(values, name, float(moment))
    return Trajectories(grid, names, out)


def _distributions(values: Mapping[str, float | str | Distribution] | None) -> dict[str, Distribution]:
    return {name: parse_distribution(value) for name, value in (values or {}).items()}
