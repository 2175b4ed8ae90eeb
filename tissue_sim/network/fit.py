"""Whether a kind and a model go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import SettingsError
from tissue_sim.network.learned.refusal import refuse_learned

if TYPE_CHECKING:
    from tissue_sim.network.kind import Kind
    from tissue_sim.network.model import NetworkModel

__all__ = ["check_fit"]


def check_fit(kind: type[Kind], model: NetworkModel) -> None:
    """Refuse a model that a kind cannot advance.

    Raises
    ------
    SettingsError
        The model has Boolean nodes and the kind is not Boolean, events and the kind executes none, learned
        functions and the kind takes none, or what `Kind.check` refuses.
    """
    if model.nodes and not kind.boolean:
        raise SettingsError(
            f"method {kind.name} cannot advance Boolean nodes such as '{model.nodes[0].name}'; take "
            "boolean_continuous, boolean_synchronous or boolean_asynchronous"
        )
    if model.events and not kind.executes_events:
        raise SettingsError(
            f"method '{kind.name}' does not execute events, and the network has event "
            f"'{model.events[0].name}'; take a method that does, such as ode"
        )
    refuse_learned(kind, model)
    kind.check(model)
