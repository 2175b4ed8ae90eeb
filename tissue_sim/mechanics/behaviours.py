"""The behaviours that mechanics reads, with the values a cell type's settings give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.mechanics.further_behaviours import further_behaviours
from tissue_sim.mechanics.settings import drift_unit, parse_drift
from tissue_sim.tissue.behaviours import Behaviour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.mechanics.settings import ContactSettings, MotilitySettings

__all__ = ["BIAS", "DIFFUSIVITY", "PERSISTENCE", "SPEED", "behaviours"]

SPEED, PERSISTENCE, BIAS = "motility.speed", "motility.persistence", "motility.bias"
DIFFUSIVITY = "motility.diffusivity"


def behaviours(
    mechanics: ContactSettings, motility: MotilitySettings, units: Mapping[str, str] | None = None
) -> list[tuple[Behaviour, float]]:
    """Return every behaviour of a cell type with its own value.

    Parameters
    ----------
    mechanics : ContactSettings
    motility : MotilitySettings
    units : mapping of signal to its unit
        Chemotaxis and drift along signals that are not declared give no behaviour.

    Raises
    ------
    SettingsError
        If a drift has the wrong dimension.
    """
    units = units or {}
    law = mechanics.contact_law
    listed = [
        (
            Behaviour(
                f"mechanics.{one.name}",
                one.unit,
                minimum=0.0,
                description=f"{law.name} law: {one.description}",
            ),
            mechanics.parameters[one.name],
        )
        for one in (law.parameters if law else ())
        if one.behaviour and law
    ]
    listed += further_behaviours(mechanics)
    listed += [
        (Behaviour(SPEED, "um/min", minimum=0.0, description="speed of crawling"), motility.speed),
        (
            Behaviour(PERSISTENCE, "min", minimum=0.0, description="mean time between new directions"),
            motility.persistence,
        ),
        (Behaviour(BIAS, "1", 0.0, 1.0, "weight of chemotaxis in a new direction"), motility.bias),
        (
            Behaviour(DIFFUSIVITY, "um^2/min", minimum=0.0, description="diffusivity of Brownian motion"),
            motility.diffusivity,
        ),
    ]
    for signal, weight in motility.chemotaxis.items():
        if signal in units:
            described = f"weight of the gradient of {signal} in the direction"
            listed.append((Behaviour(f"motility.chemotaxis.{signal}", "1", description=described), weight))
    for signal, value in motility.drift.items():
        if signal in units:
            unit, described = drift_unit(units[signal]), f"velocity per gradient of {signal}"
            listed.append(
                (
                    Behaviour(f"motility.drift.{signal}", unit, description=described),
                    parse_drift(value, units[signal]),
                )
            )
    return listed
