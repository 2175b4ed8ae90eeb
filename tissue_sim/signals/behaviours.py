"""The behaviours that a cell type's exchange settings give its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.signals.settings import SaturatingUptake, unit_of
from tissue_sim.tissue.behaviours import Behaviour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.signals.settings import ExchangeSettings

__all__ = ["behaviours", "exchange_behaviours"]


def behaviours(
    exchange: Mapping[str, ExchangeSettings], units: Mapping[str, str]
) -> list[tuple[Behaviour, float]]:
    """List the behaviours of one cell type with their own values.

    Parameters
    ----------
    exchange : mapping of signal to ExchangeSettings
    units : mapping of signal to its unit; signals that are not declared give no behaviour

    Raises
    ------
    SettingsError
        If a value has the wrong dimension.
    """
    return [
        pair
        for signal, settings in exchange.items()
        if signal in units
        for pair in exchange_behaviours(signal, settings, units[signal])
    ]


def exchange_behaviours(signal: str, settings: ExchangeSettings, unit: str) -> list[tuple[Behaviour, float]]:
    """List the behaviours of one cell type towards one signal.

    `uptake` and `export` are there for every signal a type names, so that a rule or a network may raise them
    from 0; secretion needs a saturation, saturating uptake a maximum and a half value.
    """
    prefix = f"exchange.{signal}"
    given = settings.uptake
    linear = 0.0 if isinstance(given, SaturatingUptake) else given
    found = [
        (_behaviour(f"{prefix}.uptake", "1/min", f"linear uptake of {signal}"), linear),
        (
            Behaviour(f"{prefix}.export", unit_of(unit, "um^3/min"), description=f"{signal} given off"),
            settings.export.to(unit_of(unit, "um^3/min")) if settings.export is not None else 0.0,
        ),
    ]
    if settings.saturation is not None:
        found += [
            (
                _behaviour(f"{prefix}.secretion", "1/min", f"rate of secreting {signal}"),
                settings.secretion or 0.0,
            ),
            (
                _behaviour(f"{prefix}.saturation", unit, f"{signal} at which secretion ends"),
                settings.saturation.to(unit),
            ),
        ]
    if isinstance(given, SaturatingUptake):
        per_minute = unit_of(unit, "1/min")
        found += [
            (
                _behaviour(f"{prefix}.uptake.max", per_minute, f"largest uptake of {signal}"),
                given.max.to(per_minute),
            ),
            (_behaviour(f"{prefix}.uptake.half", unit, f"{signal} at half the uptake"), given.half.to(unit)),
        ]
    return found


def _behaviour(name: str, unit: str, description: str) -> Behaviour:
    return Behaviour(name, unit, minimum=0.0, description=description)
