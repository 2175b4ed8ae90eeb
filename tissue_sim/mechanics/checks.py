"""What can be said about mechanics only when the whole scenario is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tissue_sim.errors import Problem, SettingsError, did_you_mean
from tissue_sim.mechanics.affinity import affinity_problems
from tissue_sim.mechanics.settings import parse_drift
from tissue_sim.mechanics.stability import CLOSEST, stable_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tissue_sim.mechanics.settings import ContactSettings, MotilitySettings

__all__ = ["checks", "step_warnings"]


def checks(
    mechanics: Mapping[str, ContactSettings],
    motility: Mapping[str, MotilitySettings],
    units: Mapping[str, str],
) -> Iterator[Problem]:
    """Find mistakes between cell types and against the signals.

    Parameters
    ----------
    mechanics, motility : mapping of cell type to its settings
    units : mapping of signal to its unit

    Yields
    ------
    Problem
        Paths begin with the name of the cell type.
    """
    yield from _one_law(mechanics)
    yield from affinity_problems(mechanics, list(dict.fromkeys([*motility, *mechanics])))
    for cell_type, settings in motility.items():
        for key, signals in (("chemotaxis", settings.chemotaxis), ("drift", settings.drift)):
            for signal in signals:
                path = (cell_type, "motility", key, signal)
                if signal not in units:
                    known = f"declared are {', '.join(units)}" if units else "none are declared"
                    message = f"there is no signal '{signal}'; {known}{did_you_mean(signal, list(units))}"
                    yield Problem(path, message, on_key=True)
        for signal, value in settings.drift.items():
            if signal in units:
                try:
                    parse_drift(value, units[signal])
                except SettingsError as error:
                    yield Problem((cell_type, "motility", "drift", signal), error.message, error.offset)


def _one_law(mechanics: Mapping[str, ContactSettings]) -> Iterator[Problem]:
    """Find types whose law or integrator differs from that of the first type that has one."""
    with_law = [(name, settings) for name, settings in mechanics.items() if settings.law != "none"]
    for name, settings in with_law[1:]:
        first, model = with_law[0]
        if settings.law != model.law:
            yield Problem(
                (name, "mechanics", "law"),
                f"cell type '{name}' has the law {settings.law}, '{first}' has {model.law}; all cell types "
                "of a tissue share one law (a type may have `mechanics: none`)",
            )
            continue
        for key in ("integrator", "tolerance"):
            if getattr(settings, key, None) != getattr(model, key, None):
                yield Problem(
                    (name, "mechanics", key),
                    f"cell types '{first}' and '{name}' have different {key}s; the whole tissue has one",
                )
                break


def step_warnings(
    mechanics: Mapping[str, ContactSettings], radii: Mapping[str, float], dimensions: int, step: float
) -> Iterator[tuple[str, str]]:
    """Find cell types whose forces are too stiff for the mechanics step.

    Parameters
    ----------
    mechanics : mapping of cell type to its settings
    radii : mapping of cell type to the radius of its cells, um
    dimensions : int
        1, 2 or 3.
    step : float
        The mechanics step, min.

    Yields
    ------
    (cell type, message)
    """
    for name, settings in mechanics.items():
        limit = stable_step(settings, radii[name], dimensions)
        if limit == 0.0:
            yield (
                name,
                f"the {settings.law} law gives cells of type '{name}' (radius {radii[name]:.3g} um) no "
                f"finite speed at {CLOSEST:g} (R_i + R_j) or beyond; take smaller parameters",
            )
        elif step > limit:
            yield (
                name,
                f"the mechanics step of {step:g} min is unstable for packed cells of type '{name}' "
                f"({settings.law} law, radius {radii[name]:.3g} um): above about {limit:.2g} min they "
                f"jitter; set `steps: {{mechanics: {_rounded_down(limit):g} min}}` or shorter",
            )


def _rounded_down(number: float) -> float:
    """Return the largest number with one digit that is not above `number`."""
    unit = 10.0 ** math.floor(math.log10(number))
    return math.floor(number / unit) * unit
