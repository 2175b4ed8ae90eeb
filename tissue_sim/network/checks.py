"""What is wrong with a network's settings that only its model can tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tissue_sim.errors import Problem, SettingsError, did_you_mean
from tissue_sim.network.initial import InitialValues
from tissue_sim.network.kind import kinds
from tissue_sim.network.learned.refusal import refuse_learned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.network.model import NetworkModel
    from tissue_sim.network.settings import NetworkSettings

__all__ = ["checks"]


def checks(settings: NetworkSettings, model: NetworkModel) -> Iterator[Problem]:
    """Yield problems, paths relative to the network: unknown species, first values that cannot be had.

    Parameters
    ----------
    settings : NetworkSettings
    model : NetworkModel
        As the reader returned it.
    """
    yield from _unknown_species(settings, model)
    try:
        refuse_learned(kinds()[settings.method], model)
        kinds()[settings.method].check(model)
    except SettingsError as error:
        yield Problem(("method",), error.message)
    try:
        initial = InitialValues(model)
        missing_parameter(model, initial)
    except SettingsError as error:
        yield Problem(
            (settings.source,), error.message, error.offset if settings.source == "equations" else 0
        )


def _unknown_species(settings: NetworkSettings, model: NetworkModel) -> Iterator[Problem]:
    tables: list[tuple[tuple[str, ...], list[str]]] = [(("division",), list(settings.division))]
    if isinstance(settings.tolerance.absolute, dict):
        tables.append((("tolerance", "absolute"), list(settings.tolerance.absolute)))
    for path, names in tables:
        for name in names:
            if name not in model.species_names:
                hint = did_you_mean(name, model.species_names)
                yield Problem((*path, name), f"the network has no species '{name}'{hint}", on_key=True)


def missing_parameter(model: NetworkModel, initial: InitialValues) -> None:
    """Refuse a parameter without a value (SBML may leave it open) that a formula uses."""
    from tissue_sim.codegen.walk import names_in

    missing = {name for name, value in initial.shared.items() if math.isnan(value)}
    if not missing:
        return
    formulas = {**model.definitions(), **dict(zip(model.species_names, model.rates(), strict=True))}
    for user, formula in formulas.items():
        for name in names_in(formula):
            if name.path[0] in missing:
                raise SettingsError(
                    f"parameter '{name}' has no value, and the formula of '{user}' uses it; "
                    "give it under `parameters`"
                )
