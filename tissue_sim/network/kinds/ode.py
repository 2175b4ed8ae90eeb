"""Ordinary differential equations: an explicit and a stiff error-controlled method, chosen for each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tissue_sim.codegen.drawn import Drawn
from tissue_sim.codegen.ode_system import KEPT, OdeSystem
from tissue_sim.codegen.syntax import Number
from tissue_sim.errors import SettingsError
from tissue_sim.kernels.network.status import NOT_FINITE, STEP_UNDERFLOW, TOO_MANY_STEPS
from tissue_sim.network import holding
from tissue_sim.network.checks import missing_parameter
from tissue_sim.network.events import set_by_events
from tissue_sim.network.failure import restless_species
from tissue_sim.network.initial import InitialValues
from tissue_sim.network.kind import Draws, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tissue_sim.network.model import NetworkModel
    from tissue_sim.network.settings import ToleranceSettings

__all__ = ["OdeKind"]

DRAWS_EACH = 1 << 40
"""Draw numbers set aside for each network; the second half is for the first moment."""
JUMP = 0.1
"""Relative change of an input from which on the first step is estimated anew."""
DEFAULT_ABSOLUTE = 1e-9
ZERO = Number(0.0)
ADVICE = "check the rates and initial values, or set on_failure to freeze or apoptosis"
MEANINGS = {
    2: f"the step size fell below rounding error; {ADVICE}",
    3: f"too many steps within one network step; take a looser tolerance, {ADVICE}",
    4: f"values or rates are no longer finite numbers; {ADVICE}",
    5: "too many events wait for their execution; check delays and triggers",
    6: "events of one instant trigger each other without end; check what they set",
    7: "the delay of an event is negative or not a number",
}
OF_SPECIES = (STEP_UNDERFLOW, TOO_MANY_STEPS, NOT_FINITE)
"""Failures of integration; the others are those of events."""


class OdeKind(Kind):
    """dX/dt = rates, integrated in each cell with its own step size."""

    name: ClassVar[str] = "ode"
    executes_events: ClassVar[bool] = True
    takes_learned: ClassVar[bool] = True

    def __init__(self, model: NetworkModel, tolerance: ToleranceSettings, number: int = 0) -> None:
        from tissue_sim.codegen.network_kernels import OdeKernels

        self.model = model
        self.initial = InitialValues(model, number)
        missing_parameter(model, self.initial)
        self.shared = self.initial.shared
        self.system = OdeSystem(
            species=model.species_names,
            rates=model.rates(),
            assigned=model.assigned_names,
            cell=(*model.inputs, *self.initial.per_cell),
            shared=self.initial.shared,
            definitions=model.definitions(),
            events=model.events,
        )
        self._first_draw = number * DRAWS_EACH
        self.names = self.system.names
        self.recorded = (
            *(species.name for species in model.species if species.recorded),
            *(assignment.name for assignment in model.assignments if assignment.recorded),
            *set_by_events(model),
        )
        self._amounts = {each.name for each in model.species if each.amount}
        self._inputs = [self.system.places[name] for name in model.inputs]
        places = self.system.places
        self._may_be_held = [
            (places[name], places[holding.free_name(name)])
            for name in model.species_names
            if holding.free_name(name) in places
        ]
        self.kernels = OdeKernels(self.system, _absolute(model, tolerance), tolerance.relative)

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
            values[places, column] = first.get(name, 0.0) if name not in KEPT else 0.0
        values[places, len(self.names) :] = 0.0
        for event in self.model.events:
            values[places, self.system.places[f"trigger of {event.name}"]] = float(event.initial)
        begun = Drawn(key, cell_ids, tick, self._first_draw + DRAWS_EACH // 2)
        self.kernels.begin(values, places, time, begun)
        self._check_first(values, places)

    def restart(
        self,
        values: np.ndarray,
        places: np.ndarray,
        cell_ids: np.ndarray,
        names: tuple[str, ...],
        *,
        key: Any,
        tick: int,
        time: float,
    ) -> None:
        """See `Kind.restart`."""
        super().restart(values, places, cell_ids, names, key=key, tick=tick, time=time)
        values[places, self.system.places["step_size"]] = 0.0

    def advance(
        self,
        values: np.ndarray,
        places: np.ndarray,
        *,
        start: float,
        duration: float,
        inputs: Mapping[str, np.ndarray],
        draws: Draws | None = None,
    ) -> np.ndarray:
        """See `Kind.advance`."""
        self._take_inputs(values, places, inputs)
        drawn = None if draws is None else Drawn(draws.key, draws.cell_ids, draws.tick, self._first_draw)
        held = list(self._held(values, places))
        status = self.kernels.advance(values, places, start, duration, drawn=drawn)
        for column, rows, kept in held:
            values[rows, column] = kept
        self.refresh(values, places, start + duration)
        return status

    def _take_inputs(self, values: np.ndarray, places: np.ndarray, inputs: Mapping[str, np.ndarray]) -> None:
        jumped = np.zeros(len(places), dtype=bool)
        for name, column in zip(self.model.inputs, self._inputs, strict=True):
            before, now = values[places, column], np.asarray(inputs[name])
            jumped |= np.abs(now - before) > JUMP * np.maximum(np.abs(now), np.abs(before))
            values[places, column] = now
        values[places[jumped], self.system.places["step_size"]] = 0.0

    def _held(self, values: np.ndarray, places: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Yield (column, rows, values) of held species: the stiff method keeps them to rounding only."""
        for column, free in self._may_be_held:
            rows = places[values[places, free] == 0.0]
            if len(rows):
                yield column, rows, values[rows, column]

    def refresh(self, values: np.ndarray, places: np.ndarray, time: float) -> None:
        """See `Kind.refresh`."""
        self.kernels.assign(values, places, time)

    def wider(self, width: int) -> int:
        """See `Kind.wider`: more slots for events that wait."""
        return self.system.layout.wider(width)

    @classmethod
    def with_holds(cls, model: NetworkModel, held: Collection[str], scaled: Collection[str]) -> NetworkModel:
        """See `Kind.with_holds` and `network.holding`."""
        resting = {n for n, rate in zip(model.species_names, model.rates(), strict=True) if rate == ZERO}
        for name in scaled:
            if name in resting:
                raise SettingsError(
                    f"'{name}' has no production: the network itself does not change it; use clamp"
                )
        return holding.with_holds(model, held, scaled)

    def hold(
        self, values: np.ndarray, places: np.ndarray, species: str, held: np.ndarray, factor: np.ndarray
    ) -> None:
        """See `Kind.hold`; a mask and a factor in each row steer the rate."""
        holding.steer(self.system.places, values, places, species, held, factor)

    def changed(self, values: np.ndarray, places: np.ndarray, time: float) -> None:
        """See `Kind.changed`; the first step is estimated anew, as after a jump of an input."""
        values[places, self.system.places["step_size"]] = 0.0
        self.refresh(values, places, time)

    def describe(self, code: int) -> str:
        """See `Kind.describe`."""
        return MEANINGS.get(code, f"failed with code {code}")

    def culprit(self, row: np.ndarray, time: float, code: int) -> str | None:
        """See `Kind.culprit`."""
        return restless_species(self, row, time, code) if code in OF_SPECIES else None

    def is_amount(self, species: str) -> bool:
        """See `Kind.is_amount`."""
        return species in self._amounts

    def _check_first(self, values: np.ndarray, places: np.ndarray) -> None:
        number = len(self.system.species)
        wrong = ~np.isfinite(values[places][:, :number]).all(axis=0)
        if wrong.any():
            name = self.system.species[int(np.argmax(wrong))]
            raise SettingsError(f"species '{name}' has no finite initial value; give it under `initial`")


def _absolute(model: NetworkModel, tolerance: ToleranceSettings) -> np.ndarray:
    """Return the absolute tolerance of each species, float64[n]; a number holds for concentrations."""
    given = tolerance.absolute
    if isinstance(given, dict):
        unknown = [name for name in given if name not in model.species_names]
        if unknown:
            raise SettingsError(f"tolerance: the network has no species '{unknown[0]}'")
        return np.array([given.get(s.name, DEFAULT_ABSOLUTE * s.scale) for s in model.species])
    return np.array([given * species.scale for species in model.species])
