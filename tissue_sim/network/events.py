"""What the events of a network may be and set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import SettingsError, did_you_mean

if TYPE_CHECKING:
    from tissue_sim.network.kind import Kind
    from tissue_sim.network.model import NetworkModel

__all__ = ["check_events", "check_method", "set_by_events"]


def set_by_events(model: NetworkModel) -> tuple[str, ...]:
    """Return the parameters that events change, in the model's order."""
    targets = {each.name for event in model.events for each in event.assignments}
    return tuple(name for name in model.parameter_names if name in targets)


def check_events(model: NetworkModel) -> None:
    """Refuse events that set what is no species or parameter, or one of them twice.

    Raises
    ------
    SettingsError
        The message names the event and what it sets.
    """
    allowed = {*model.species_names, *model.parameter_names}
    for event in model.events:
        seen: set[str] = set()
        for name in (each.name for each in event.assignments):
            if name in seen:
                raise SettingsError(f"event '{event.name}' sets '{name}' twice")
            seen.add(name)
            if name in allowed:
                continue
            if name in model.inputs:
                reason = "which is an input; what the tissue gives cannot be set"
            elif name in model.symbols:
                reason = "which a formula determines at all times"
            else:
                reason = f"which the network does not know{did_you_mean(name, sorted(allowed))}"
            raise SettingsError(f"event '{event.name}' sets '{name}', {reason}")


def check_method(kind: type[Kind], model: NetworkModel) -> None:
    """Refuse a model that a kind cannot advance.

    Raises
    ------
    SettingsError
        The model has events and the kind does not execute them, or what `Kind.check` refuses.
    """
    if model.events and not kind.executes_events:
        raise SettingsError(
            f"method '{kind.name}' does not execute events, and the network has event "
            f"'{model.events[0].name}'; take a method that does, such as ode"
        )
    kind.check(model)
