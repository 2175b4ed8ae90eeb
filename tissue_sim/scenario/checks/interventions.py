"""`interventions`: whether what they name exists, can change during a run, and gets values that fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tissue_sim.errors import Problem, did_you_mean
from tissue_sim.interventions.checks import check_times
from tissue_sim.interventions.paths import CHANGEABLE, behaviour_of, leaves, path_of_behaviour, place_of
from tissue_sim.scenario.checks.behaviours import behaviours_of
from tissue_sim.scenario.checks.context import Context
from tissue_sim.scenario.checks.processes import check_processes, under
from tissue_sim.scenario.checks.species_names import wrong_species
from tissue_sim.scenario.checks.times import steps_in_use
from tissue_sim.scenario.merge import merged
from tissue_sim.scenario.positions import Entry, MapNode, find
from tissue_sim.scenario.validation import Validated, validate
from tissue_sim.tissue.names import check_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.interventions.paths import Place
    from tissue_sim.interventions.settings import InterventionBase
    from tissue_sim.scenario.positions import Node, Path

__all__ = ["check_interventions", "intervention_warnings"]

_MOST_WORK = 20_000
"""Values set times signals and cell types: each value is checked in a scenario of its own."""
_WORDS = {
    "signals": "signal",
    "networks": "network",
    "cell_types": "cell type",
    "parameters": "parameter",
}


def check_interventions(context: Context) -> Iterator[Problem]:
    """Yield what is wrong with interventions whose single values are right."""
    settings = context.settings
    tick = min(steps_in_use(settings).values())
    changes = _Changes(context)
    number_set = sum(len(one.action.sets(one.given)) for one in settings.interventions)
    if number_set * (len(settings.signals) + len(settings.cell_types)) > _MOST_WORK:
        message = f"{number_set} values set are too many in this scenario; let `every` repeat them"
        yield Problem(("interventions",), message)
        return
    for number, one in enumerate(context.settings.interventions):
        prefix = ("interventions", number)
        yield from (under(problem, *prefix) for problem in check_times(one, tick))
        if one.where is not None:
            for message, offset in check_expression(one.where.tree, context.names()):
                yield Problem((*prefix, "where"), message, offset)
        action, given = one.action, one.given
        for name, hold in action.holds(given).items():
            path = (*prefix, action.name, *action.place(given, name))
            message = wrong_species(context, name, hold)
            if message:
                yield Problem(path, message, on_key=isinstance(given, dict))
        for name, value in action.sets(given).items():
            path = (*prefix, action.name, *action.place(given, name))
            yield from _of_setting(context, changes, one, path, name, value)


def intervention_warnings(context: Context) -> Iterator[Problem]:
    """Yield interventions that are allowed and do nothing."""
    for number, one in enumerate(context.settings.interventions):
        if one.at > context.settings.duration:
            message = f"it never acts: the run ends at {context.settings.duration:g} min"
            yield Problem(("interventions", number, "at"), message)
        if one.fraction == 0.0:
            yield Problem(("interventions", number, "fraction"), "it acts in no cell: the fraction is 0")
        for path in one.action.sets(one.given):
            place = place_of(path)
            network = "" if isinstance(place, str) else _network_that_sets(context, place)
            if network:
                message = f"live cells do not follow it: the network {network} sets this behaviour"
                yield Problem(("interventions", number, one.action.name, path), message, on_key=True)


def _network_that_sets(context: Context, place: Place) -> str:
    """Return the network whose output replaces a behaviour's own value, empty where there is none."""
    if place.kind != "behaviour":
        return ""
    carried = context.settings.cell_types[place.owner].networks
    return next((each for each in carried if place.name in context.settings.networks[each].outputs), "")


# --- keys of the file -------------------------------------------------------------------------------


def _of_setting(
    context: Context, changes: _Changes, one: InterventionBase, path: Path, name: str, value: Any
) -> Iterator[Problem]:
    place = place_of(name)
    if isinstance(place, str):
        alike = [each for each in _changeable_paths(context) if each.count(".") == name.count(".")]
        what = f"; {place}" if place else did_you_mean(name, alike) or f"; what can is {CHANGEABLE}"
        yield Problem(path, f"'{name[:80]}' cannot change during a run{what}", on_key=True)
        return
    if value in ({}, []):
        yield Problem(path, f"nothing stands here, so '{name}' would not change; write what to set")
        return
    choosing = [key for key in ("where", "fraction") if key in one.model_fields_set]
    if choosing and not place.of_cells:
        message = f"'{name}' belongs to the whole tissue, so {' and '.join(choosing)} cannot choose cells"
        yield Problem(path, message, on_key=True)
        return
    message = _undeclared(context, name, place, value)
    if message:
        hint = did_you_mean(name, _changeable_paths(context))
        yield Problem(path, message + hint, on_key=True)
        return
    yield from changes.problems(path, name, place, value)


def _undeclared(context: Context, name: str, place: Place, value: Any) -> str:
    """Return what is not declared on a path, empty where everything is."""
    section, key = name.split(".")[:2]
    if section in _WORDS:
        known = context.declared(section)
        if key not in known:
            listed = ", ".join(known) or "none"
            return f"no {_WORDS[section]} is called '{key[:60]}'; declared are {listed}"
    else:
        number = len(getattr(context.settings, section))
        if not (key.isascii() and key.isdigit()) or int(key) >= number:
            listed = f"its items are numbered 0 to {number - 1}" if number else "there are none"
            return f"{section} is a list; {listed}, found '{key[:40]}'"
    if place.kind == "network":
        return _no_parameter(context, place)
    return _no_behaviour(context, name, place, value) if place.kind == "behaviour" else ""


def _no_parameter(context: Context, place: Place) -> str:
    model = context.models.get(place.owner)
    if model is None:
        return ""
    if place.name not in model.parameter_names:
        listed = ", ".join(model.parameter_names) or "none"
        return f"the network {place.owner} has no parameter '{place.name[:60]}'; it has {listed}"
    settings = context.settings
    if place.name in settings.parameters and place.name not in settings.networks[place.owner].parameters:
        return f"'{place.name}' is a parameter of the scenario; write parameters.{place.name}"
    return ""


def _no_behaviour(context: Context, name: str, place: Place, value: Any) -> str:
    own = behaviours_of(context, place.owner)
    if own is None:
        return ""
    for leaf in leaves(name, value):
        if behaviour_of(leaf.split(".")[2:]) not in own:
            listed = ", ".join(path_of_behaviour(place.owner, each) for each in own)
            return f"'{leaf[:80]}' is no behaviour, and of a cell type only those can change: {listed}"
    return ""


def _changeable_paths(context: Context) -> list[str]:
    """Return the paths of the file that can change, for suggestions."""
    root = context.validated.root
    known = [f"parameters.{name}" for name in context.declared("parameters")]
    for name in context.declared("signals"):
        node = find(root, ("signals", name))
        known += [
            path for path in _paths_below(node, f"signals.{name}") if not isinstance(place_of(path), str)
        ]
        known += [f"signals.{name}.decay", f"signals.{name}.diffusion"]
    known += [f"sources.{number}.rate" for number in range(len(context.settings.sources))]
    known += [f"fixed.{number}.value" for number in range(len(context.settings.fixed))]
    for network, model in context.models.items():
        known += [f"networks.{network}.parameters.{name}" for name in model.parameter_names]
    for name in context.settings.cell_types:
        known += [path_of_behaviour(name, each) for each in behaviours_of(context, name) or ()]
    return known


def _paths_below(node: Node | None, path: str) -> list[str]:
    if not isinstance(node, MapNode):
        return [path]
    return [one for key, entry in node.entries.items() for one in _paths_below(entry.node, f"{path}.{key}")]


class _Changes:
    """The scenario with one key changed, checked like the scenario itself."""

    def __init__(self, context: Context) -> None:
        self._context = context
        root = context.validated.root
        assert isinstance(root, MapNode)
        entries = {key: one for key, one in root.entries.items() if key not in ("interventions", "short")}
        self._root = replace(root, entries=entries)
        self._known: set[str] | None = None
        self._done: dict[str, list[Problem]] = {}

    def problems(self, path: Path, name: str, place: Place, value: Any) -> Iterator[Problem]:
        """Yield what is wrong with the changed scenario that was not wrong before, at `path`."""
        key = f"{name}={value!r}"
        if key not in self._done:
            self._done[key] = list(self._problems(path, name, place, value))
        for one in self._done[key]:
            yield Problem((*path, *one.path), one.message, one.offset)

    def _problems(self, path: Path, name: str, place: Place, value: Any) -> Iterator[Problem]:
        if self._known is None:
            # Without any change: what is wrong already was said.
            self._known = {problem.message for problem in self._found(self._root)[1]}
        steps = name.split(".")
        leaf = find(self._context.validated.root, path)
        assert leaf is not None
        node = leaf
        for step in reversed(steps):
            node = MapNode(leaf.source, leaf.start, leaf.end, {step: Entry(leaf.source, leaf.start, node)})
        validated, found = self._found(merged(self._root, node))
        for problem in found:
            if problem.message in self._known:
                continue
            inside = tuple(str(step) for step in problem.path[: len(steps)]) == tuple(steps)
            rest = problem.path[len(steps) :] if inside else ()
            yield Problem(rest, problem.message, problem.offset if inside else 0)
        if not found:
            message = self._of_numbers(validated.settings, name, place, value)
            if message:
                yield Problem((), message)

    def _found(self, root: Node) -> tuple[Validated, list[Problem]]:
        validated = validate(type(self._context.settings), root, {})
        problems = list(validated.problems)
        if validated.settings is not None and not problems:
            changed = Context(
                validated.settings, validated, self._context.files, self._context.domain,
                self._context.models, self._context.masks,
            )  # fmt: skip
            problems += check_processes(changed)
        return validated, problems

    def _of_numbers(self, settings: Any, name: str, place: Place, value: Any) -> str:
        """Return what is wrong with a value that is right in the file, yet cannot be set in single cells."""
        if place.kind == "network" and not settings.networks[place.owner].parameters[place.name].is_fixed:
            return "a distribution draws once, when a cell is made; set a number"
        if place.kind == "behaviour":
            before = behaviours_of(self._context, place.owner)
            after = behaviours_of(replace(self._context, settings=settings), place.owner)
            if before is not None and after is not None and before.keys() != after.keys():
                return f"'{name}' would become {value!r:.40}, which is of another kind than before"
        return ""
