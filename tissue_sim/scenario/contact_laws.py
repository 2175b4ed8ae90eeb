"""Contact laws from extensions, put into the settings of the cell types when the tissue is built."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tissue_sim.codegen.pair_loop import check_law
from tissue_sim.errors import Problem, ScenarioError, SettingsError, warn
from tissue_sim.mechanics.checks import step_warnings
from tissue_sim.mechanics.own_law import OwnLawMechanics, resolved, values_problem
from tissue_sim.mechanics.settings import NoMechanics
from tissue_sim.mechanics.stability import StabilityWarning
from tissue_sim.rules.checks import check_targets
from tissue_sim.scenario.checks.behaviours import behaviours_of_type
from tissue_sim.scenario.checks.processes import under
from tissue_sim.scenario.checks.rules import unknown_output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tissue_sim.mechanics.settings import ContactSettings
    from tissue_sim.scenario.extensions import Extensions
    from tissue_sim.scenario.scenario import Scenario

__all__ = ["contact_settings"]


def contact_settings(scenario: Scenario, extensions: Extensions | None) -> dict[str, ContactSettings]:
    """Return the contact settings of every cell type, each with its law.

    Parameters
    ----------
    scenario : Scenario
    extensions : Extensions or None
        None where no user code may run: cell types with a law of their own then exert no forces.

    Raises
    ------
    ScenarioError
        With everything that could not be known before the law was: parameters and behaviours it does not
        have, and whether it can be compiled.
    """
    settings = {name: kind.mechanics for name, kind in scenario.settings.cell_types.items()}
    own = {name: given for name, given in settings.items() if isinstance(given, OwnLawMechanics)}
    if extensions is None:
        return settings | {
            name: NoMechanics(law="none", contact_distance=given.contact_distance)
            for name, given in own.items()
        }
    if not own:
        return settings
    problems: list[Problem] = []
    for name, given in own.items():
        law = extensions.law(name)
        try:
            settings[name] = resolved(given, law)
        except ScenarioError as error:
            problems += [under(one, "cell_types", name, "mechanics") for one in error.problems]
    if not problems:
        problems = list(_problems(scenario, extensions, settings, next(iter(own))))
    if problems:
        # Types that are `like` another say the same at the same place.
        raise ScenarioError(list(dict.fromkeys(scenario.located(one) for one in problems)))
    _warn_of_steps(scenario, {name: settings[name] for name in own})
    return settings


def _problems(
    scenario: Scenario, extensions: Extensions, settings: Mapping[str, ContactSettings], first: str
) -> Iterator[Problem]:
    """Yield what is wrong with the law of a tissue, whose first cell type with a law is `first`."""
    given, law = settings[first], settings[first].contact_law
    assert law is not None
    where = f"{extensions.file_of(given.law)}: the law {given.law}"
    path = ("cell_types", first, "mechanics", "law")
    try:
        check_law(law.speed, len(law.parameters), stem=law.name)
    except SettingsError as error:
        yield Problem(path, f"{where}: {error.message}")
        return
    alone = any(each.law == "none" for each in settings.values())
    for name, each in settings.items():
        wrong = values_problem(each, beside_none=alone)
        if wrong:
            yield Problem(("cell_types", name, "mechanics", "law"), f"{where} {wrong}")
    yield from _unknown_behaviours(scenario, settings)


def _unknown_behaviours(scenario: Scenario, settings: Mapping[str, ContactSettings]) -> Iterator[Problem]:
    """Yield rules and outputs to behaviours that the law turned out not to have."""
    types = scenario.settings.cell_types
    signals = {name: signal.unit for name, signal in scenario.settings.signals.items()}
    known: dict[str, dict[str, str]] = {}
    for name, kind in types.items():
        complete = kind.model_copy(update={"mechanics": settings[name]})
        known[name] = {one.name: one.unit for one, _ in behaviours_of_type(complete, signals)}
        for problem in check_targets(kind.rules, known[name]):
            yield under(problem, "cell_types", name, "rules")
    for network, model in scenario.settings.networks.items():
        carriers = [name for name, kind in types.items() if network in kind.networks]
        together = {behaviour for name in carriers for behaviour in known[name]}
        for behaviour in model.outputs if carriers else ():
            if behaviour not in together:
                yield unknown_output(network, behaviour, together)


def _warn_of_steps(scenario: Scenario, settings: Mapping[str, ContactSettings]) -> None:
    """Warn of steps too long for the law, as `check` does for the built-in ones."""
    types = scenario.settings.cell_types
    radii = {name: math.cbrt(3.0 * types[name].volume / (4.0 * math.pi)) for name in settings}
    step = scenario.settings.steps.mechanics
    for _, message in step_warnings(settings, radii, scenario.domain.dimensions, step):
        warn(message, StabilityWarning)
