"""Units of a network's time."""

from __future__ import annotations

from tissue_sim.units import conversion_factor, split_quantity

__all__ = ["minutes_per_unit"]


def minutes_per_unit(unit: str | None) -> float:
    """Return how many minutes one unit of network time is; min where none is declared.

    Parameters
    ----------
    unit : str or None
        ``s``, ``h``, or a multiple such as ``"300.0 s"``.
    """
    if unit is None:
        return 1.0
    if unit[0].isdigit():
        number, name = split_quantity(unit, "min")
        return number * conversion_factor(name or "min", "min")
    return conversion_factor(unit, "min")
