"""The first values of a network in new cells: draws, then formulas in the order of their needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.syntax import Expression
from tissue_sim.codegen.walk import names_in
from tissue_sim.network.events import set_by_events
from tissue_sim.network.model import TIME
from tissue_sim.network.ordering import in_dependency_order
from tissue_sim.random_numbers import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.network.model import NetworkModel
    from tissue_sim.tissue.distributions import Distribution

__all__ = ["InitialValues"]

PLACES_EACH = 1 << 16
"""Draw numbers set aside for each network."""


class InitialValues:
    """How a network's species and parameters begin.

    Attributes
    ----------
    per_cell : tuple of str
        Parameters whose value differs from cell to cell or that events change, in the model's order.
    shared : dict of name to value
        The other parameters.

    Parameters
    ----------
    model : NetworkModel
    number : int
        Place of the network among those of the tissue; it keeps their draws apart.

    Raises
    ------
    SettingsError
        First values that depend on each other in a circle.
    """

    def __init__(self, model: NetworkModel, number: int = 0) -> None:
        self._model = model
        self._first_draw = number * PLACES_EACH
        self._formulas: dict[str, Expression] = dict(model.definitions())
        self._draws: dict[str, tuple[Distribution, Purpose, int]] = {}
        for purpose, items in (
            (Purpose.NETWORK_PARAMETER, [(p.name, p.value) for p in model.parameters]),
            (Purpose.NETWORK_INITIAL, [(s.name, s.initial) for s in model.species]),
        ):
            for place, (name, value) in enumerate(items):
                if isinstance(value, Expression):
                    self._formulas[name] = value
                else:
                    self._draws[name] = (value, purpose, place)
        self._order = in_dependency_order(self._formulas, "starts from")
        varying = self._varying()
        varying |= set(set_by_events(model))
        self.per_cell = tuple(p.name for p in model.parameters if p.name in varying)
        self.shared = self._shared()

    def _varying(self) -> set[str]:
        varying = {*self._model.inputs, TIME}
        varying |= {name for name, (draw, _, _) in self._draws.items() if not draw.is_fixed}
        varying |= {parameter.name for parameter in self._model.parameters if parameter.varies}
        for name in self._order:
            if any(each.path[0] in varying for each in names_in(self._formulas[name])):
                varying.add(name)
        return varying

    def _shared(self) -> dict[str, float]:
        """Return the parameters that are the same for all cells; nothing is drawn."""
        names = [name for name in self._model.parameter_names if name not in self.per_cell]
        values: dict[str, Any] = {
            name: draw.parameters[0] for name, (draw, _, _) in self._draws.items() if draw.is_fixed
        }
        for name in self._order:
            if all(each.path[0] in values for each in names_in(self._formulas[name])):
                values[name] = evaluate(self._formulas[name], lambda each: values[each.path[0]])
        return {name: float(values[name]) for name in names}

    def draw(
        self, key: Any, cell_ids: np.ndarray, tick: int, time: float, inputs: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Return every symbol's first value in new cells.

        Parameters
        ----------
        key : uint64
            The seed.
        cell_ids : int64[m]
        tick : int
            Clock tick of the draw.
        time : float
            In network units.
        inputs : mapping of name to float64[m]

        Returns
        -------
        dict of name to float64[m]
            Species, parameters, inputs, assigned variables and reactions.
        """
        number = len(cell_ids)
        values = {name: np.broadcast_to(given, number) for name, given in inputs.items()}
        values[TIME] = np.full(number, time)
        for name, (distribution, purpose, place) in self._draws.items():
            if distribution.is_fixed:
                values[name] = np.full(number, distribution.parameters[0])
            else:
                values[name] = distribution.sample(key, cell_ids, tick, purpose, self._first_draw + place)
        for name in self._order:
            value = evaluate(self._formulas[name], lambda each: values[each.path[0]])
            values[name] = np.broadcast_to(np.asarray(value, dtype=np.float64), number)
        return values
