"""`networks`: the models behind them, and their inputs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tissue_sim.errors import MissingExtraError, Problem, SettingsError
from tissue_sim.network.checks import checks
from tissue_sim.network.learned.given import given_of
from tissue_sim.network.learned.terms import LearnedError
from tissue_sim.network.reader import readers
from tissue_sim.tissue.names import check_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.network.settings import NetworkSettings
    from tissue_sim.scenario.checks.context import Context

__all__ = ["check_networks"]

_QUOTED = re.compile(r"'([A-Za-z][A-Za-z0-9_]*)'")
_GIVEN = ("inputs", "parameters", "initial")


def check_networks(context: Context, warnings: list[Problem]) -> Iterator[Problem]:
    """Read every network into the context; yield what is wrong with it and with its inputs.

    Notes of the readers, which the user should know, are added to `warnings`.
    """
    for name, settings in context.settings.networks.items():
        yield from _read(context, name, settings, warnings)
    yield from _divided_by_functions(context)
    names = context.names(None)
    for name, settings in context.settings.networks.items():
        for key, expression in settings.inputs.items():
            for message, offset in check_expression(expression.tree, names, network=name):
                yield Problem(("networks", name, "inputs", key), message, offset)


def _divided_by_functions(context: Context) -> Iterator[Problem]:
    """Yield species whose division is a function in cells without a class to have one."""
    for name, settings in context.settings.networks.items():
        carriers = [key for key, kind in context.settings.cell_types.items() if name in kind.networks]
        bare = [key for key in carriers if context.settings.cell_types[key].agent is None]
        for species, rule in settings.division.items():
            if rule == "function" and bare:
                yield Problem(
                    ("networks", name, "division", species),
                    "division 'function' is what at_division of the cells' class does, and cell type "
                    f"'{bare[0]}' has no class; name one, agent: MODULE.CLASS",
                )


def _read(
    context: Context, name: str, settings: NetworkSettings, warnings: list[Problem]
) -> Iterator[Problem]:
    path = ("networks", name, settings.source)
    contents = context.files.contents
    if any(file not in contents for file in settings.files):
        return
    if not (context.is_sound("networks", name) and context.is_sound("parameters")):
        return
    known = context.earlier
    if known is not None and known.settings.networks.get(name) == settings and name in known.models:
        context.models[name] = known.models[name]
        return
    given, problems = given_of(settings, contents, context.settings.parameters)
    if problems:
        yield from (replace(each, path=("networks", name, *each.path)) for each in problems)
        return
    file = settings.files[0] if settings.files else name
    content = contents[file] if settings.files else str(settings.equations).encode()
    try:
        model = readers()[settings.source].read(content, file, given)
    except SettingsError as error:
        yield _placed(error, name, path, settings)
        return
    except MissingExtraError as error:
        yield Problem(path, str(error))
        return
    problems = list(checks(settings, model))
    if problems:
        yield from (replace(each, path=("networks", name, *each.path)) for each in problems)
        return
    context.models[name] = model.with_time_unit(settings.time_unit)
    warnings += [Problem(path, f"network {name}: {note}") for note in model.notes]


def _placed(
    error: SettingsError, name: str, path: tuple[str, str, str], settings: NetworkSettings
) -> Problem:
    """Return the problem at the equation, or at the key of what the scenario gives that the error names."""
    if isinstance(error, LearnedError):
        return Problem(("networks", name, *error.path), error.message)
    match = _QUOTED.search(error.message)
    if error.offset == 0 and match is not None:
        for section in _GIVEN:
            if match[1] in getattr(settings, section):
                return Problem(("networks", name, section, match[1]), error.message, on_key=True)
    return Problem(path, error.message, error.offset if settings.source == "equations" else 0)
