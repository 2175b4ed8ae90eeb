"""One cell's network as a flow: from a row of values to the row some time later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.network.analysis.rate_function import RateFunction, at_means
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.settings import ToleranceSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.network.model import NetworkModel

__all__ = ["Flow"]

SMALLEST_SCALE = 1e-300


class Flow:
    """Integrates one cell by the compiled kernels, at any tolerance.

    Attributes
    ----------
    species : tuple of str
        The n species with a rate.

    Parameters
    ----------
    model : NetworkModel
        Parameters and initial values that are distributions stand at their mean.
    inputs : mapping of name to value
        Held constant.

    Raises
    ------
    SettingsError
        Rates that depend on time, values that are missing.
    """

    def __init__(self, model: NetworkModel, inputs: Mapping[str, float] | None = None) -> None:
        self._model = at_means(model)
        self._inputs = {name: np.full(1, value) for name, value in (inputs or {}).items()}
        self._function = function = RateFunction(self._model, inputs)
        if function.depends_on_time:
            raise SettingsError("the rates depend on time; a forced network has no period of its own")
        self.species = function.names
        if not self.species:
            raise SettingsError("no species has a rate; nothing changes")
        unset = [name for name in self.species if not np.isfinite(function.values[name])]
        if unset:
            raise SettingsError(f"{', '.join(unset)} have no first value")
        self.use_tolerance(1e-6, None)

    def use_tolerance(self, relative: float, scale: np.ndarray | None) -> None:
        """Integrate at a relative tolerance; errors below it times `scale` (float64[n]) are passed over."""
        absolute: float | dict[str, float] = 1e-9
        if scale is not None:
            sizes = np.maximum(relative * 1e-2 * scale, SMALLEST_SCALE)
            absolute = dict(zip(self.species, sizes.tolist(), strict=True))
        tolerance = ToleranceSettings.model_construct(relative=relative, absolute=absolute)
        self._kind = OdeKind(self._model, tolerance)
        self._places = np.array([self._kind.system.places[name] for name in self.species])

    def with_inputs(self, inputs: Mapping[str, float]) -> Flow:
        """Return the flow at other inputs."""
        other = object.__new__(Flow)
        other.__dict__.update(self.__dict__)
        other._inputs = {name: np.full(1, value) for name, value in inputs.items()}
        other._function = self._function.with_values(inputs)
        return other

    def rates(self, states: np.ndarray) -> np.ndarray:
        """Return the rates at states, float64[..., n]."""
        return self._function.rates(states)

    def first_row(self) -> np.ndarray:
        """Return the row of values at the start, float64[1, k]."""
        values = np.zeros((1, len(self._kind.names)))
        one = np.ones(1, dtype=np.int64)
        self._kind.start(
            values, np.zeros(1, dtype=np.int64), one, key=np.uint64(0), tick=0, time=0.0, inputs=self._inputs
        )
        return values

    def state(self, row: np.ndarray) -> np.ndarray:
        """Return the species of a row, float64[n]."""
        found: np.ndarray = row[0, self._places]
        return found

    def after(self, row: np.ndarray, duration: float) -> np.ndarray:
        """Return the row some time later.

        Raises
        ------
        SimulationError
            The integrator gave up.
        """
        later = row.copy()
        codes = self._kind.advance(
            later, np.zeros(1, dtype=np.int64), start=0.0, duration=duration, inputs=self._inputs
        )
        if codes[0]:
            raise SimulationError(f"network '{self._model.name}': {self._kind.describe(int(codes[0]))}")
        return later
