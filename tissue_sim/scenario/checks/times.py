"""`steps`, `duration` and `record.every`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tissue_sim.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.scenario.checks.context import Context
    from tissue_sim.scenario.schema import ScenarioSettings

__all__ = ["check_times", "steps_in_use", "with_fitting_steps"]

_ROUNDING = 1e-9
MOST_TICKS = 2**32 - 1
"""A tick is a 32-bit word of the random numbers' counter."""


def steps_in_use(settings: ScenarioSettings) -> dict[str, float]:
    """Return the steps that matter: those written, and those of processes there are."""
    steps, types = settings.steps, settings.cell_types.values()
    used = {
        "signals": bool(settings.signals),
        "mechanics": any(
            kind.mechanics.law != "none" or "motility" in kind.model_fields_set for kind in types
        ),
        "network": bool(settings.networks),
        "lifecycle": True,
    }
    return {
        name: getattr(steps, name)
        for name, needed in used.items()
        if needed or name in steps.model_fields_set
    }


def with_fitting_steps(settings: Any) -> Any:
    """Return the settings with the step of every process that is not there set to the base tick."""
    used = steps_in_use(settings)
    base = min(used.values())
    idle = {name: base for name in type(settings.steps).model_fields if name not in used}
    return settings.model_copy(update={"steps": settings.steps.model_copy(update=idle)})


def check_times(context: Context) -> Iterator[Problem]:
    """Yield steps that are no whole multiples of the smallest one, and runs of too many ticks."""
    settings = context.settings
    if not context.is_sound("steps"):
        return
    used = steps_in_use(settings)
    base_name = min(used, key=lambda name: used[name])
    base = used[base_name]
    for name, step in used.items():
        ratio = step / base
        if abs(ratio - round(ratio)) <= _ROUNDING * ratio:
            continue
        below, above = math.floor(ratio) * base, math.ceil(ratio) * base
        given = name if name in settings.steps.model_fields_set else base_name
        of_default = "" if given == name else f" (the default of {name})"
        message = (
            f"the step of {name}, {step:g} min{of_default}, is no whole multiple of the smallest step, "
            f"{base:g} min of {base_name}; {name} could be {below:.10g} or {above:.10g} min"
        )
        yield Problem(("steps", given), message)
    if context.is_sound("duration") and settings.duration / base > MOST_TICKS:
        yield Problem(
            ("duration",),
            f"{settings.duration / base:.3g} steps of {base:g} min; at most {MOST_TICKS} are allowed",
        )
