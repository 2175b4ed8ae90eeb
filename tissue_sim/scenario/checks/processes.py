"""The processes' own checks of their settings, put to the scenario's paths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tissue_sim.errors import Problem
from tissue_sim.lifecycle import checks as lifecycle_checks
from tissue_sim.mechanics import checks as mechanics_checks
from tissue_sim.mechanics.further_checks import further_problems, further_warnings
from tissue_sim.signals import checks as signal_checks
from tissue_sim.signals.check_physicell import physicell_warnings
from tissue_sim.signals.check_places import places_warnings
from tissue_sim.signals.reactions.checks import check_reactions, reaction_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.scenario.checks.context import Context

__all__ = ["check_processes", "process_warnings", "under"]


def under(problem: Problem, *prefix: str | int) -> Problem:
    """Return a problem with its path below another."""
    return Problem((*prefix, *problem.path), problem.message, problem.offset, problem.on_key)


def check_processes(context: Context) -> Iterator[Problem]:
    """Yield what signals, mechanics and lifecycle find."""
    types = context.settings.cell_types
    wrong = context.wrongly_declared("signals")
    for problem in _signals(context):
        if not _names_one_of(context, problem, wrong):
            yield problem
    text = context.settings.reactions
    if text is not None and not wrong and context.is_sound("parameters"):
        yield from check_reactions(text, context.settings.signals, context.settings.parameters)
    mechanics = {name: kind.mechanics for name, kind in types.items() if context.is_sound("cell_types", name)}
    motility = {name: kind.motility for name, kind in types.items()}
    for problem in mechanics_checks.checks(mechanics, motility, context.units):
        if problem.path[-1] not in wrong:
            yield under(problem, "cell_types")
    for problem in further_problems(mechanics, context.declared("cell_types")):
        yield under(problem, "cell_types")
    present = context.domain.present if context.domain is not None else (True, True, True)
    for name, kind in types.items():
        if context.is_sound("cell_types", name):
            yield from (under(one, "cell_types", name) for one in lifecycle_checks.checks(kind, present))


def _signals(context: Context) -> Iterator[Problem]:
    settings = context.settings
    return signal_checks.checks(
        settings.signals,
        {name: kind.exchange for name, kind in settings.cell_types.items()},
        settings.sources,
        settings.fixed,
        grid=context.domain.grid if context.domain is not None else None,
        parameters=settings.parameters,
        networks=context.species(),
        carriers={name: kind.networks for name, kind in settings.cell_types.items()},
        masks=context.masks,
    )


def _names_one_of(context: Context, problem: Problem, names: frozenset[str]) -> bool:
    """Say whether a problem is that a signal is unknown whose own settings were wrong."""
    path = problem.path
    if path[0] == "cell_types":
        return len(path) > 3 and path[3] in names
    if path[0] in ("sources", "fixed") and isinstance(path[1], int):
        return getattr(context.settings, path[0])[path[1]].signal in names
    return False


def process_warnings(context: Context) -> Iterator[Problem]:
    """Yield what is allowed but may not be meant."""
    settings = context.settings
    if settings.reactions is not None:
        yield from reaction_warnings(settings.reactions, settings.signals, settings.parameters)
    for name, kind in settings.cell_types.items():
        yield from (under(one, "cell_types", name) for one in lifecycle_checks.warnings(kind))
    radii = {
        name: math.cbrt(3.0 * kind.volume / (4.0 * math.pi)) for name, kind in settings.cell_types.items()
    }
    dimensions = context.domain.dimensions if context.domain is not None else 3
    # Types that move alike need to be looked at once only.
    alike = {(str(kind.mechanics), kind.volume): name for name, kind in reversed(settings.cell_types.items())}
    mechanics = {name: settings.cell_types[name].mechanics for name in alike.values()}
    for name, message in mechanics_checks.step_warnings(
        mechanics, radii, dimensions, settings.steps.mechanics
    ):
        yield Problem(("cell_types", name), message, on_key=True)
    for problem in further_warnings(
        mechanics, settings.basement_membranes, radii, dimensions, settings.steps.mechanics
    ):
        yield under(problem, "cell_types")
    yield from _unbiased_chemotaxis(context)
    yield from physicell_warnings(settings.signals)
    grid = context.domain.grid if context.domain is not None else None
    yield from places_warnings(settings.signals, settings.fixed, grid, context.masks)


def _unbiased_chemotaxis(context: Context) -> Iterator[Problem]:
    """Yield chemotaxis that nothing lets act: the weights only say where to, the bias how much."""
    settings = context.settings
    steered = any("motility.bias" in network.outputs for network in settings.networks.values())
    for name, kind in settings.cell_types.items():
        motility = kind.motility
        weights = any(motility.chemotaxis.values())
        by_rule = any(rule.behaviour == "motility.bias" for rule in kind.rules)
        if weights and motility.bias == 0.0 and not (steered or by_rule or kind.agent):
            yield Problem(
                ("cell_types", name, "motility", "chemotaxis"),
                "chemotaxis has no effect while motility.bias is 0 (0 is a random walk, 1 goes straight up "
                "the gradient); set a bias, by a rule or an output if you like",
                on_key=True,
            )
