"""Quantities at run time: every dotted name a formula or an agent may use, for all cells at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import ColumnError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from tissue_sim.tissue.block import Block
    from tissue_sim.tissue.model import TissueModel

__all__ = ["Quantities"]


class Quantities:
    """Looks quantities up by path."""

    def __init__(self, tissue: TissueModel) -> None:
        self._tissue = tissue
        self._providers: dict[str, Callable[[tuple[str, ...]], np.ndarray]] = {
            "signal": self._signal,
            "network": self._network,
            "cell": self._column,
        }

    def value(self, name: str) -> np.ndarray:
        """Return one quantity for every cell, float64[n] (or (n, 3) for a vector column).

        Raises
        ------
        ColumnError
            If there is no such quantity.
        """
        return self.of(tuple(name.split(".")))

    def of(self, path: tuple[str, ...]) -> np.ndarray:
        """Return the quantity of a path such as ``("signal", "oxygen")``."""
        tissue = self._tissue
        if path[0] in self._providers and len(path) > 1:
            return self._providers[path[0]](path)
        name = ".".join(path)
        if name == "time":
            return np.full(tissue.population.size, tissue.clock.time)
        if name in tissue.parameters:
            return np.full(tissue.population.size, tissue.parameters[name])
        if name in tissue.behaviours:
            return tissue.behaviours.effective(name).copy()
        return self._column(("cell", name))

    def set(self, name: str, rows: np.ndarray, values: np.ndarray) -> None:
        """Set a column, a behaviour's own value or a network species for cells in `rows`."""
        tissue = self._tissue
        path = tuple(name.split("."))
        if path[0] == "network" and len(path) == 3:
            block = self._block(path)
            places = block.places_of(rows)
            if (places < 0).any():
                raise ColumnError(f"not every one of these cells carries the network '{path[1]}'")
            block.values[places, block.index(path[2])] = values
            return
        if path[0] == "signal":
            raise ColumnError(f"'{name}' belongs to the grid; change it by secretion, uptake or export")
        column = name if name in tissue.behaviours else name.removeprefix("cell.")
        if column in ("cell_id", "parent_id", "type", "state", "phase", "radius", "age"):
            raise ColumnError(f"'{column}' is kept by the tissue and cannot be set")
        tissue.population[column][rows] = values
        if column == "volume":
            tissue.population["radius"][rows] = np.cbrt(3.0 * np.asarray(values) / (4.0 * np.pi))

    def _signal(self, path: tuple[str, ...]) -> np.ndarray:
        tissue = self._tissue
        if path[1] not in tissue.fields:
            raise ColumnError(f"no signal '{path[1]}'{did_you_mean(path[1], list(tissue.fields))}")
        if len(path) == 3 and path[2] == "gradient":
            return np.asarray(np.sqrt((tissue.gradient(path[1]) ** 2).sum(axis=1)))
        if len(path) != 2:
            raise ColumnError(f"'{'.'.join(path)}' is no quantity of a signal; known: NAME, NAME.gradient")
        return np.asarray(tissue.fields[path[1]].ravel()[tissue.voxels()], dtype=np.float64)

    def _block(self, path: tuple[str, ...]) -> Block:
        tissue = self._tissue
        if path[1] not in tissue.blocks:
            raise ColumnError(f"no network '{path[1]}'{did_you_mean(path[1], list(tissue.blocks))}")
        block = tissue.blocks[path[1]]
        if len(path) != 3 or path[2] not in block:
            hint = did_you_mean(path[-1], block.names)
            raise ColumnError(f"network '{path[1]}' has no '{'.'.join(path[2:])}'{hint}")
        return block

    def _network(self, path: tuple[str, ...]) -> np.ndarray:
        return self._block(path).quantity(path[2], self._tissue.population.size)

    def _column(self, path: tuple[str, ...]) -> np.ndarray:
        return np.array(self._tissue.population[".".join(path[1:])], dtype=np.float64)
