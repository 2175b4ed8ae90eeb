"""Whether a kind and a model go together: Boolean nodes with Boolean kinds, all else with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from tissue_sim.network.kind import Kind
    from tissue_sim.network.model import NetworkModel

__all__ = ["check_fit"]


def check_fit(kind: type[Kind], model: NetworkModel) -> None:
    """Refuse Boolean nodes where the kind does not advance them, then what the kind itself refuses."""
    if model.nodes and not kind.boolean:
        raise SettingsError(
            f"method {kind.name} cannot advance Boolean nodes such as '{model.nodes[0].name}'; take "
            "boolean_continuous, boolean_synchronous or boolean_asynchronous"
        )
    kind.check(model)
