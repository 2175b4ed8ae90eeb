"""What the stochastic kinds have in common: counts of molecules, changed by reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tissue_sim.codegen.drawn import Drawn
from tissue_sim.errors import SettingsError
from tissue_sim.kernels.network.status import BAD_DELAY, ENDLESS, NO_ROOM
from tissue_sim.kernels.stochastic.codes import BELOW_ZERO, KINDS, NEGATIVE, NOT_FINITE, TOO_MANY
from tissue_sim.network.checks import missing_parameter
from tissue_sim.network.events import set_by_events
from tissue_sim.network.holding import factor_name, free_name
from tissue_sim.network.initial import InitialValues
from tissue_sim.network.kind import Draws, Kind
from tissue_sim.network.rate_orders import rate_orders
from tissue_sim.network.reaction_network import ReactionNetwork, reaction_text
from tissue_sim.network.stochastic_holding import with_held_counts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tissue_sim.network.model import NetworkModel, Species
    from tissue_sim.network.settings import ToleranceSettings

    _Held = tuple[Species, np.ndarray, np.ndarray]

__all__ = ["StochasticKind"]

MEANINGS = {
    NEGATIVE: "the rate of reaction {} is negative; write a reversible reaction as two, each with a rate",
    NOT_FINITE: "the rate of reaction {} is not a finite number; check its formula and the values in it",
    TOO_MANY: "too many reactions within one network step, most of them {}; take shorter network steps, "
    "or method tau_leaping, chemical_langevin or ode",
}

BELOW = (
    "an event sets the count of '{}' below 0, or to what is no number; check what it sets, or use max(..., 0)"
)
OF_EVENTS = {
    NO_ROOM: "too many events wait for their execution; check delays and triggers",
    ENDLESS: "events of one instant trigger each other without end; check what they set",
    BAD_DELAY: "the delay of an event is negative or not a number",
}


class StochasticKind(Kind):
    """Base of the kinds that advance counts of molecules by reactions.

    **Units.** Rates are reactions per network time, taken as they are written: of ``2 A -> B`` with the
    propensity c A (A - 1)/2 that very formula is the rate. An amount is a count of molecules as it is. A
    concentration is a count over the volume of its compartment; where that volume is an input (the volume of
    the cell), molecules stay as the volume changes and the concentration follows. A reaction for which there
    are too few molecules does not happen, whatever its rate.

    **First values** are rounded to whole molecules, halves to even (not by `chemical_langevin`).

    **Inputs** are held over a network step, so that waiting times, which have no memory, may be drawn anew
    at its start; assigned variables follow the counts. At division every molecule goes to either cell by its
    share of the volume, unless `division` says otherwise; species that no reaction changes (genes,
    reservoirs) are copied. Of a gene that switches, all states need ``division: copy``.
    """

    counts: ClassVar[bool] = True
    partition: ClassVar[str] = "binomial"

    @classmethod
    def check(cls, model: NetworkModel) -> None:
        """See `Kind.check`."""
        ReactionNetwork(model, InitialValues(model), cls.name, cls.counts).check()

    def __init__(self, model: NetworkModel, tolerance: ToleranceSettings, number: int = 0) -> None:
        from tissue_sim.codegen.stochastic_kernels import StochasticKernels

        self.model = model
        self.initial = InitialValues(model, number)
        missing_parameter(model, self.initial)
        network = ReactionNetwork(model, self.initial, self.name, self.counts)
        network.check()
        self.shared = self.initial.shared
        self.system = network.system()
        self.names = self.system.names
        self.recorded = (
            *(species.name for species in model.species if species.recorded),
            *(assignment.name for assignment in model.assignments if assignment.recorded),
            *set_by_events(model),
        )
        self._counted = [model.species[i] for i in self.system.integrated]
        self._counted_names = {each.name for each in self._counted}
        self._diluted = [each for each in self._counted if network.used(each.per_amount) & set(model.inputs)]
        orders, multiplicities = rate_orders(
            self.system.reactions, [each.name for each in self._counted], model.definitions(), self.shared
        )
        self.kernels = StochasticKernels(
            self.system, self.name, orders, multiplicities, tolerance.leap, number
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
            values[places, column] = first.get(name, 0.0)
        values[places, len(self.names) :] = 0.0
        for event in self.model.events:
            values[places, self.system.places[f"trigger of {event.name}"]] = float(event.initial)
        self._check_first(values, places)
        self._to_whole(values, places, self._counted)
        self.kernels.begin(values, places, time, Drawn(key, cell_ids, tick))
        self._to_whole(values, places, self._counted)
        self.refresh(values, places, time)

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
        self._to_whole(values, places, [each for each in self._counted if each.name in names])

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
        if draws is None:
            raise ValueError(f"method {self.name} draws; give `draws`")
        held = list(self._held(values, places))
        self._take_inputs(values, places, inputs)
        self._put_back(values, held)
        used = self.kernels.first_draws(len(places))
        status = self.kernels.advance(
            values, places, duration, draws.key, draws.cell_ids, draws.tick, used, start
        )
        self._put_back(values, held)
        self.refresh(values, places, start + duration)
        return status

    def refresh(self, values: np.ndarray, places: np.ndarray, time: float) -> None:
        """See `Kind.refresh`; what is held is rounded as first values are."""
        self._round_held(values, places)
        self.kernels.assign(values, places, time)

    @classmethod
    def with_holds(cls, model: NetworkModel, held: Collection[str], scaled: Collection[str]) -> NetworkModel:
        """See `Kind.with_holds` and `network.stochastic_holding`."""
        return with_held_counts(model, held, scaled, InitialValues(model).shared)

    def hold(
        self, values: np.ndarray, places: np.ndarray, species: str, held: np.ndarray, factor: np.ndarray
    ) -> None:
        """See `Kind.hold`; values are rounded to whole molecules as first values are.

        Where the volume of the species is an input, what is held is its concentration, as given; rates see
        the nearest whole number of molecules.
        """
        known, free = self.system.places, np.isnan(held)
        for name, steering in ((free_name(species), free), (factor_name(species), factor)):
            if name in known:
                values[places, known[name]] = steering
        values[places[~free], known[species]] = held[~free]
        self._round_held(values, places)

    def _held(
        self, values: np.ndarray, places: np.ndarray
    ) -> Iterator[tuple[Species, np.ndarray, np.ndarray]]:
        """Yield (species, rows, values) of those that are held in some of the rows."""
        for species in self._counted:
            if species.name in self.system.free:
                free = values[places, self.system.places[self.system.free[species.name]]]
                rows = places[free == 0.0]
                if len(rows):
                    yield species, rows, values[rows, self.system.places[species.name]]

    def _put_back(self, values: np.ndarray, held: list[_Held]) -> None:
        for species, rows, kept in held:
            values[rows, self.system.places[species.name]] = kept

    def _round_held(self, values: np.ndarray, places: np.ndarray) -> None:
        for species, rows, _ in self._held(values, places):
            if species not in self._diluted:
                self._to_whole(values, rows, [species])

    def wider(self, width: int) -> int:
        """See `Kind.wider`: more slots for events that wait."""
        return self.system.layout.wider(width)

    def describe(self, code: int) -> str:
        """See `Kind.describe`."""
        if code % KINDS == BELOW_ZERO:
            return BELOW.format(self._counted[code // KINDS].name)
        meaning = OF_EVENTS.get(code) or MEANINGS.get(code % KINDS)
        if meaning is None:
            return f"failed with code {code}"
        return meaning.format(reaction_text(self.model, code // KINDS))

    def is_amount(self, species: str) -> bool:
        """Say whether a species is made of molecules that division shares out: reactions change it."""
        return species in self._counted_names

    def _take_inputs(self, values: np.ndarray, places: np.ndarray, inputs: Mapping[str, np.ndarray]) -> None:
        """Put inputs into the rows; where they are volumes, molecules stay and concentrations follow."""
        before = [self.unit_of(values, places, each.name) for each in self._diluted]
        for name in self.model.inputs:
            values[places, self.system.places[name]] = inputs[name]
        for species, unit in zip(self._diluted, before, strict=True):
            column = self.system.places[species.name]
            values[places, column] *= self.unit_of(values, places, species.name) / unit

    def _to_whole(self, values: np.ndarray, places: np.ndarray, counted: list[Species]) -> None:
        for species in counted if self.counts else ():
            unit, column = self.unit_of(values, places, species.name), self.system.places[species.name]
            values[places, column] = np.rint(values[places, column] / unit) * unit

    def _check_first(self, values: np.ndarray, places: np.ndarray) -> None:
        for column, name in enumerate(self.system.species):
            first = values[places, column]
            if not np.isfinite(first).all():
                raise SettingsError(f"species '{name}' has no finite initial value; give it under `initial`")
            if self.is_amount(name) and (first < 0.0).any():
                raise SettingsError(
                    f"species '{name}' starts at {first.min():g}; method {self.name} counts molecules: give "
                    "a number from 0 on, or a distribution with min=0"
                )
