"""What the Boolean kinds share: rows of 0 and 1, first states, one kernel over all cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tissue_sim.codegen.boolean_system import FROZEN, PHASE, BooleanSystem
from tissue_sim.errors import SettingsError
from tissue_sim.network.boolean.first_states import draw_states
from tissue_sim.network.boolean.holding import factor_name, free_name, with_held_nodes
from tissue_sim.network.failure import node_without_rate
from tissue_sim.network.initial import InitialValues
from tissue_sim.network.kind import Draws, Kind
from tissue_sim.network.model import TIME
from tissue_sim.random_numbers import Purpose

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy as np

    from tissue_sim.network.model import NetworkModel
    from tissue_sim.network.settings import ToleranceSettings

__all__ = ["BooleanKind", "system_of"]

DRAWS_EACH = 1 << 40
"""Draw numbers set aside for each network in one step."""
ADVICE = "check the rates of its nodes, or set on_failure to freeze or apoptosis"
MEANINGS = {
    3: f"too many flips or updates in one network step, or flips without end at one time; {ADVICE}",
    4: f"the rate of a node is negative or no finite number; {ADVICE}",
}


def system_of(model: NetworkModel, initial: InitialValues) -> BooleanSystem:
    """Return what the generators take of a model."""
    return BooleanSystem(
        nodes=tuple(node.name for node in model.nodes),
        up=tuple(node.up for node in model.nodes),
        down=tuple(node.down for node in model.nodes),
        cell=(*model.inputs, *initial.per_cell),
        shared=initial.shared,
    )


class BooleanKind(Kind):
    """Base of the Boolean kinds; a subclass names its dynamics."""

    boolean: ClassVar[bool] = True
    dynamics: ClassVar[str] = ""

    def __init__(self, model: NetworkModel, tolerance: ToleranceSettings, number: int = 0) -> None:
        del tolerance  # every flip is exact
        from tissue_sim.codegen.boolean_kernels import BooleanKernels

        self.check(model)
        self.model = model
        self.initial = InitialValues(model, number)
        self.shared = self.initial.shared
        self.system = system_of(model, self.initial)
        self.names = self.system.names
        internal = {node.name for node in model.nodes if node.internal}
        self.recorded = tuple(name for name in self.system.nodes if name not in internal)
        self.whole = self.recorded
        self.kernels = BooleanKernels(self.system, self.dynamics)
        self._number = number

    @classmethod
    def check(cls, model: NetworkModel) -> None:
        """See `Kind.check`."""
        from tissue_sim.codegen.walk import names_in

        nodes = {node.name for node in model.nodes}
        for species in model.species:
            if species.name not in nodes:
                raise SettingsError(
                    f"method {cls.name} advances Boolean nodes, and '{species.name}' is none (it has no rule "
                    "of 0 and 1); take method ode, or a network from bnet or maboss"
                )
        if not nodes:
            raise SettingsError(f"method {cls.name} needs Boolean nodes, and the network has none")
        for node in model.nodes:
            for tree in node.expressions():
                if any(name.path[0] == TIME for name in names_in(tree)):
                    raise SettingsError(f"the rule of node '{node.name}' uses time, which is not supported")

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
        first = self.first_values(cell_ids, key, tick, time, inputs)
        for column, name in enumerate(self.names):
            values[places, column] = 0.0 if name in (FROZEN, PHASE) else first[name]

    def first_values(
        self, cell_ids: np.ndarray, key: Any, tick: int, time: float, inputs: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """See `Kind.first_values`; the nodes' states are drawn."""
        first = self.initial.draw(key, cell_ids, tick, time, inputs)
        return first | draw_states(
            self.model, first, key=key, cell_ids=cell_ids, tick=tick, number=self._number
        )

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
        """See `Kind.advance`; an input counts as on where it is not 0."""
        del start  # nothing depends on time
        if draws is None:
            raise TypeError(f"method {self.name} draws random numbers: give `draws`")
        for name in self.model.inputs:
            values[places, self.system.places[name]] = inputs[name]
        return self.kernels.advance(
            values,
            places,
            draws.cell_ids,
            duration,
            key=draws.key,
            tick=draws.tick,
            purpose=int(Purpose.BOOLEAN_UPDATE),
            first_draw=self._number * DRAWS_EACH,
        )

    @classmethod
    def with_holds(cls, model: NetworkModel, held: Collection[str], scaled: Collection[str]) -> NetworkModel:
        """Return the model in a form in which `hold` can act on some nodes.

        Raises
        ------
        SettingsError
            Scaling asked for where updates have no rates.
        """
        for name in scaled:
            if cls.dynamics != "continuous":
                raise SettingsError(
                    f"'{name}' has no rate to scale in a network of method {cls.name}; use knockout or clamp"
                )
        return with_held_nodes(model, held, scaled)

    def hold(
        self, values: np.ndarray, places: np.ndarray, species: str, held: np.ndarray, factor: np.ndarray
    ) -> None:
        """From now on hold a node in the rows `places` (int64[p]), or scale the rate at which it goes on.

        Parameters
        ----------
        held : float64[p]
            The value, on where it is not 0; NaN where the node is free.
        factor : float64[p]
            Of the rate, 1 where nothing is scaled.
        """
        known = self.system.places
        free = held != held  # NaN
        for name, steering in ((free_name(species), free), (factor_name(species), factor)):
            if name in known:
                values[places, known[name]] = steering
        values[places[~free], known[species]] = held[~free] != 0.0

    def describe(self, code: int) -> str:
        """See `Kind.describe`."""
        return MEANINGS.get(code, f"failed with code {code}")

    def culprit(self, row: np.ndarray, time: float, code: int) -> str:
        """See `Kind.culprit`."""
        del code
        return node_without_rate(self, row, time)

    def is_amount(self, species: str) -> bool:
        """See `Kind.is_amount`; a state of 0 or 1 is never split."""
        del species
        return False
