"""The unit of time an SBML model declares."""

from __future__ import annotations

from typing import Any

from tissue_sim.network.model import SET_TIME_UNIT

__all__ = ["time_unit"]

NONE_DECLARED = f"the file declares no unit of time; it is taken as min {SET_TIME_UNIT}"
SECONDS = {1.0: "s", 60.0: "min", 3600.0: "h", 86400.0: "day", 1e-3: "ms", 604800.0: "week"}


def time_unit(model: Any, level: int) -> tuple[str | None, str | None]:
    """Return (unit text, note): the unit as this package writes it, None if none is declared.

    Level 2 redefines the unit ``time``; Level 3 names one in ``timeUnits``. A unit that is no time (the model
    may be dimensionless) is reported as not declared.
    """
    if level == 2:
        identifier = "time"
        if model.getUnitDefinition(identifier) is None:
            return None, NONE_DECLARED
    else:
        if not model.isSetTimeUnits():
            return None, NONE_DECLARED
        identifier = model.getTimeUnits()
        if identifier == "second":
            return "s", None
    definition = model.getUnitDefinition(identifier)
    seconds = _seconds(definition) if definition is not None else None
    if seconds is None:
        return (
            None,
            f"the file's unit of time ('{identifier}') is no time; it is taken as min {SET_TIME_UNIT}",
        )
    for size, unit in SECONDS.items():
        if abs(seconds - size) <= 1e-9 * size:
            return unit, None
    return f"{seconds!r} s", f"the file's unit of time is {seconds:g} s"


def _seconds(definition: Any) -> float | None:
    """Return how many seconds the unit is; None if it is no plain unit of time."""
    import libsbml

    size, found = 1.0, False
    for i in range(definition.getNumUnits()):
        unit = definition.getUnit(i)
        exponent = unit.getExponentAsDouble()
        size *= (unit.getMultiplier() * 10.0 ** unit.getScale()) ** exponent
        if unit.getKind() == libsbml.UNIT_KIND_SECOND:
            if exponent != 1.0 or found:
                return None
            found = True
        elif unit.getKind() != libsbml.UNIT_KIND_DIMENSIONLESS:
            return None
    return size if found and size > 0.0 else None
