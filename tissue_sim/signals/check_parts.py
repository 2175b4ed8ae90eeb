"""Small checks that several checks of signals share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.errors import Problem, SettingsError, did_you_mean
from tissue_sim.tissue.names import DeclaredNames, check_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tissue_sim.tissue.domain import Grid
    from tissue_sim.units import SignalQuantity

    Path = tuple[str | int, ...]

__all__ = ["attempt", "check_formula", "check_quantity", "unknown_signal"]


def attempt(path: Path, action: Callable[[], Any]) -> Iterator[Problem]:
    """Yield what an action that raises SettingsError complains about."""
    try:
        action()
    except SettingsError as error:
        yield Problem(path, error.message, error.offset)


def check_quantity(
    path: Path, quantity: SignalQuantity, unit: str, *, at_least: float | None = None
) -> Iterator[Problem]:
    """Yield what is wrong with a quantity that is to be in `unit`."""
    try:
        number = quantity.to(unit)
    except SettingsError as error:
        yield Problem(path, error.message, error.offset)
        return
    if at_least is not None and number < at_least:
        yield Problem(path, f"{quantity.value} is too small; allowed is {at_least:g} or more")


def check_formula(
    path: Path,
    formula: Any,
    grid: Grid | None,
    parameters: Mapping[str, float],
    *,
    time: float | None,
    where: np.ndarray | None = None,
) -> Iterator[Problem]:
    """Yield what is wrong with a field's formula and its values at the start; `initial` has no `time`.

    `where` are the voxels that count, bool (nz, ny, nx); all without it.
    """
    from tissue_sim.signals.prescribed import COORDINATES, field_of_formula

    names = DeclaredNames(parameters=frozenset(parameters))
    found = list(check_expression(formula, names, local=COORDINATES, contacts=False))
    for message, offset in found:
        yield Problem(path, message, offset)
    if found or grid is None:
        return
    try:
        values = field_of_formula(formula, grid, parameters, time, where)
    except SettingsError as error:
        yield Problem(path, error.message, error.offset)
        return
    if time is None and values.min(initial=np.inf) < 0.0:
        lowest = int(values.argmin())  # `initial` has no `where`
        text = f"the formula falls to {values.flat[lowest]:g} in {grid.voxel_text(lowest)}"
        yield Problem(path, f"{text}; allowed is 0 or more")


def unknown_signal(path: Path, name: str, signals: Mapping[str, Any], *, on_key: bool = False) -> Problem:
    """Return the problem of a signal's name that is not declared."""
    known = ", ".join(signals) or "none"
    return Problem(
        path, f"no signal '{name}'; declared are {known}{did_you_mean(name, list(signals))}", on_key=on_key
    )
