"""What is wrong with an intervention by itself: its times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.interventions.settings import InterventionBase

__all__ = ["check_times"]

ROUNDING = 1e-9


def check_times(settings: InterventionBase, tick: float) -> Iterator[Problem]:
    """Yield problems, paths relative to the intervention.

    Parameters
    ----------
    settings : InterventionSettings
    tick : float
        Length of a tick of the clock, min.
    """
    for key, value in (("for", settings.length), ("every", settings.every)):
        if value is not None and value < tick * (1.0 - ROUNDING):
            yield Problem((key,), f"`{key}` is {value:g} min, less than a tick of {tick:g} min")
    if settings.until is not None and settings.every is None:
        yield Problem(
            ("until",),
            "`until` says how long `every` goes on, and there is no `every`; how long one lasts is `for`",
            on_key=True,
        )
    elif settings.until is not None and settings.until < settings.at:
        yield Problem(("until",), f"`until` ({settings.until:g} min) is before `at` ({settings.at:g} min)")
    every, length = settings.every, settings.length
    if every is not None and length is not None and length > every * (1.0 + ROUNDING):
        yield Problem(
            ("for",),
            f"`for` ({length:g} min) is longer than `every` ({every:g} min): it would begin anew before it "
            "has ended",
        )
