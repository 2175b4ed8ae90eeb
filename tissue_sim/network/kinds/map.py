"""Discrete maps: every period the values become a function of the values before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tissue_sim.errors import SettingsError
from tissue_sim.network import holding
from tissue_sim.network.checks import missing_parameter
from tissue_sim.network.failure import restless_species
from tissue_sim.network.initial import InitialValues
from tissue_sim.network.kind import Draws, Kind
from tissue_sim.network.map_holding import with_held_values
from tissue_sim.network.system import system_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tissue_sim.network.model import NetworkModel
    from tissue_sim.network.settings import ToleranceSettings

__all__ = ["MapKind"]

UNUSED = ("step_size", "stiff", "frozen")
TOO_MANY_STEPS, NOT_FINITE = 3, 4
MOST_STEPS = 1_000_000


class MapKind(Kind):
    """X <- f(X, inputs) at every whole multiple of the model's `period`, in network time.

    All cells take their steps at the same moments, whenever they were born; inputs are those of the network
    step in which a moment falls.
    """

    name: ClassVar[str] = "map"
    takes_learned: ClassVar[bool] = True

    def __init__(self, model: NetworkModel, tolerance: ToleranceSettings, number: int = 0) -> None:
        from tissue_sim.codegen.network_map import MapKernels

        del tolerance  # nothing is estimated
        self.check(model)
        self.model = model
        self.period = float(model.period or 0.0)
        self.initial = InitialValues(model, number)
        missing_parameter(model, self.initial)
        self.shared = self.initial.shared
        self.system = system_of(model, self.initial)
        self.names = self.system.names
        self.recorded = (
            *(species.name for species in model.species if species.recorded),
            *(assignment.name for assignment in model.assignments if assignment.recorded),
        )
        self.kernels = MapKernels(self.system)

    @classmethod
    def check(cls, model: NetworkModel) -> None:
        """Refuse models that give rates."""
        if model.period is None:
            raise SettingsError(
                "method map needs a learned network with `period`: X <- f(X) every period; "
                "rates are advanced by method: ode"
            )

    def start(
        self,
        values: np.ndarray,
        places: np.ndarray,
        cell_ids: np.ndarray,
        *,
        key: Any,
        tick: int,
        time: float,
        inputs: Mapping[str, np.ndarray],
    ) -> None:
        """See `Kind.start`."""
        first = self.initial.draw(key, cell_ids, tick, time, inputs)
        for column, name in enumerate(self.names):
            values[places, column] = 0.0 if name in UNUSED else first[name]

    def advance(
        self,
        values: np.ndarray,
        places: np.ndarray,
        *,
        start: float,
        duration: float,
        inputs: Mapping[str, np.ndarray],
        draws: Draws | None = None,  # noqa: ARG002 - nothing is drawn
    ) -> np.ndarray:
        """See `Kind.advance`."""
        for name in self.model.inputs:
            values[places, self.system.places[name]] = np.asarray(inputs[name])
        end = start + duration
        first, last = self._steps(start) + 1, self._steps(end)
        if last - first >= MOST_STEPS:
            return np.full(len(places), TOO_MANY_STEPS, dtype=np.int64)
        status = self.kernels.advance(values, places, first, last, self.period)
        self.refresh(values, places, end)
        return status

    def _steps(self, time: float) -> int:
        """Return how many steps are done at a time; one that rounding puts just behind it is."""
        return math.floor(time / self.period + 1e-9)

    def refresh(self, values: np.ndarray, places: np.ndarray, time: float) -> None:
        """See `Kind.refresh`."""
        self.kernels.assign(values, places, time)

    @classmethod
    def with_holds(cls, model: NetworkModel, held: Collection[str], scaled: Collection[str]) -> NetworkModel:
        """See `Kind.with_holds` and `network.map_holding`."""
        return with_held_values(model, held, scaled)

    def hold(
        self, values: np.ndarray, places: np.ndarray, species: str, held: np.ndarray, factor: np.ndarray
    ) -> None:
        """See `Kind.hold`; a mask and a factor in each row steer the next value."""
        holding.steer(self.system.places, values, places, species, held, factor)

    def describe(self, code: int) -> str:
        """See `Kind.describe`."""
        if code == NOT_FINITE:
            return "the next values are no finite numbers; check the initial values and the inputs' range"
        if code == TOO_MANY_STEPS:
            return f"more than {MOST_STEPS} steps of the map within one network step; take a longer period"
        return f"failed with code {code}"

    def culprit(self, row: np.ndarray, time: float, code: int) -> str:
        """See `Kind.culprit`."""
        return restless_species(self, row, time, code)

    def is_amount(self, species: str) -> bool:  # noqa: ARG002 - learned species are concentrations
        """See `Kind.is_amount`."""
        return False
