"""Kinds that cannot advance learned functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Applied
from tissue_sim.codegen.walk import nodes_in
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from tissue_sim.network.kind import Kind
    from tissue_sim.network.model import NetworkModel

__all__ = ["has_learned", "refuse_learned"]


def has_learned(model: NetworkModel) -> bool:
    """Say whether a formula of the model applies a learned function."""
    formulas = [*model.definitions().values(), *(rule.expression for rule in model.rate_rules)]
    return any(isinstance(node, Applied) for formula in formulas for node in nodes_in(formula))


def refuse_learned(kind: type[Kind], model: NetworkModel) -> None:
    """Refuse a model with learned functions, or with next values for rates, that a kind does not take.

    Raises
    ------
    SettingsError
    """
    if model.period is not None and kind.name != "map":
        raise SettingsError(f"method {kind.name} does not take `period`; allowed is method: map")
    if not kind.takes_learned and has_learned(model):
        raise SettingsError(
            f"method {kind.name} cannot advance a network with learned functions; allowed are ode and map"
        )
