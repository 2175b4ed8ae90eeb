"""Sources that belong to places, not to cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.walk import names_in
from tissue_sim.errors import SettingsError
from tissue_sim.signals.prescribed import field_of_formula
from tissue_sim.signals.regions import voxels_in
from tissue_sim.signals.settings import unit_of
from tissue_sim.units import SignalQuantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.codegen.syntax import Expression
    from tissue_sim.signals.settings import SourceSettings
    from tissue_sim.tissue.domain import Grid

__all__ = ["PlacedSources"]


class PlacedSources:
    """What the sources of one signal give and take, at any time.

    Parameters
    ----------
    signal, unit : str
    sources : sequence of SourceSettings
        Of all signals; those of others are passed over.
    grid : Grid

    Attributes
    ----------
    changing : bool
        Some rate is a formula of time.
    """

    def __init__(self, signal: str, unit: str, sources: Sequence[SourceSettings], grid: Grid) -> None:
        self._grid = grid
        per_minute = unit_of(unit, "1/min")
        self._entries: list[tuple[int, np.ndarray, float | Expression]] = [
            (
                number,
                voxels_in(each.region, grid),
                each.rate.to(per_minute) if isinstance(each.rate, SignalQuantity) else each.rate.tree,
            )
            for number, each in enumerate(sources)
            if each.signal == signal
        ]
        formulas = [rate for *_, rate in self._entries if not isinstance(rate, float)]
        self._names = sorted({str(name) for formula in formulas for name in names_in(formula)})
        self.changing = "time" in self._names
        self._last: tuple[float, ...] | None = None

    def moved(self, time: float, parameters: Mapping[str, float]) -> bool:
        """Say whether the rates may differ from those that `rates` returned last."""
        now = self._of_now(time, parameters)
        return now != self._last

    def rates(
        self, time: float, parameters: Mapping[str, float]
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return what is given and taken at a time.

        Returns
        -------
        production, removal : float64 (nz, ny, nx), unit/min, both >= 0
            Removal (of order zero) takes at most what a voxel holds; None where there is none. A voxel of
            several sources gets the sum of the positive rates as production, of the negative ones as removal.

        Raises
        ------
        SettingsError
            A formula has no finite value in some voxel; the message names source and voxel.
        """
        self._last = self._of_now(time, parameters)
        production, removal = np.zeros(self._grid.shape), np.zeros(self._grid.shape)
        for number, voxels, rate in self._entries:
            if isinstance(rate, float):
                values: np.ndarray = np.full(np.count_nonzero(voxels), rate)
            else:
                try:
                    values = field_of_formula(rate, self._grid, parameters, time, where=voxels)
                except SettingsError as error:
                    raise SettingsError(f"sources.{number}.rate: {error.message}", error.offset) from None
            production[voxels] += np.maximum(values, 0.0)
            removal[voxels] += np.maximum(-values, 0.0)
        return production if production.any() else None, removal if removal.any() else None

    def _of_now(self, time: float, parameters: Mapping[str, float]) -> tuple[float, ...]:
        known = {**parameters, "time": time}
        return tuple(known[name] for name in self._names if name in known)
