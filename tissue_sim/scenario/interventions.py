"""From the `interventions:` of a scenario to what the process runs."""

from __future__ import annotations

import copy
import json
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.interventions.paths import leaves, place_of
from tissue_sim.interventions.plan import CellValue, HeldSpecies, Planned, SettingValue
from tissue_sim.network.holding import with_varying
from tissue_sim.network.kind import kinds
from tissue_sim.scenario.checks.behaviours import behaviours_of_type
from tissue_sim.scenario.schema import ScenarioSettings
from tissue_sim.signals.settings import FixedSettings, SignalSettings, SourceSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tissue_sim.interventions.paths import Place
    from tissue_sim.network.model import NetworkModel
    from tissue_sim.scenario.scenario import Scenario
    from tissue_sim.signals.process import SignalsProcess
    from tissue_sim.tissue.model import TissueModel

__all__ = ["SettingsReceiver", "exchanged_species", "models_with_interventions", "networks_reading", "plan"]

Effect = SettingValue | CellValue | HeldSpecies
_OF_SIGNALS = ("signals", "sources", "fixed")


def plan(scenario: Scenario) -> list[Planned]:
    """Return the interventions of a scenario that was checked."""
    tree = scenario.resolved()
    tree.pop("interventions", None)
    read = lru_cache(maxsize=None)(partial(_settings_with, tree))
    return [
        Planned(
            number,
            one.schedule,
            tuple(_effects(scenario, number, read)),
            None if one.where is None else one.where.tree,
            one.fraction,
        )
        for number, one in enumerate(scenario.settings.interventions)
    ]


def _settings_with(tree: Mapping[str, Any], path: str, value: str) -> ScenarioSettings:
    """Return the scenario with one key changed; the value as JSON, so that equal ones are read once."""
    return ScenarioSettings.model_validate(_with_value(tree, path, json.loads(value)))


def _effects(
    scenario: Scenario, number: int, read: Callable[[str, str], ScenarioSettings]
) -> Iterator[Effect]:
    one = scenario.settings.interventions[number]
    for name, hold in one.action.holds(one.given).items():
        _, network, species = name.split(".")
        yield HeldSpecies(network, species, hold)
    for path, value in one.action.sets(one.given).items():
        place = place_of(path)
        assert not isinstance(place, str)  # the checks refuse what cannot change
        if place.kind == "signal":
            yield SettingValue(path, value)
            continue
        yield from _numbers(scenario, read(path, json.dumps(value)), path, value, place)


def _numbers(
    scenario: Scenario, settings: ScenarioSettings, path: str, value: Any, place: Place
) -> Iterator[Effect]:
    """Yield what a path sets in the tissue and in cells, with the numbers of the changed `settings`."""
    if place.kind == "parameter":
        number = settings.parameters[place.name]
        yield SettingValue(path, number)
        for network in networks_reading(scenario.settings, scenario.models, place.name):
            yield CellValue(network, place.name, number)
    elif place.kind == "network":
        distribution = settings.networks[place.owner].parameters[place.name]
        yield CellValue(place.owner, place.name, distribution.parameters[0])
    else:
        units = {name: signal.unit for name, signal in settings.signals.items()}
        listed = behaviours_of_type(settings.cell_types[place.owner], units)
        own = {behaviour.name: number for behaviour, number in listed}
        cell_type = list(settings.cell_types).index(place.owner)
        for leaf in leaves(path, value):
            reached = place_of(leaf)
            assert not isinstance(reached, str)
            yield CellValue("", reached.name, own[reached.name], cell_type)


def networks_reading(
    settings: ScenarioSettings, models: Mapping[str, NetworkModel], parameter: str
) -> list[str]:
    """Return the networks whose equations read a parameter of the scenario."""
    return [
        name
        for name, network in settings.networks.items()
        if network.source == "equations"
        and name in models
        and parameter in models[name].parameter_names
        and parameter not in network.parameters
    ]


def models_with_interventions(scenario: Scenario, planned: Sequence[Planned]) -> dict[str, NetworkModel]:
    """Return the scenario's networks, made ready for what is done to them; others stay as they are."""
    models = dict(scenario.models)
    for name, model in models.items():
        effects = [effect for one in planned for effect in one.effects]
        varying = {e.name for e in effects if isinstance(e, CellValue) and e.network == name}
        holds = [e for e in effects if isinstance(e, HeldSpecies) and e.network == name]
        held = sorted({each.species for each in holds if each.hold.value is not None})
        scaled = sorted({each.species for each in holds if each.hold.value is None})
        changed = with_varying(model, varying) if varying else model
        if holds:
            kind = kinds()[scenario.settings.networks[name].method]
            changed = kind.with_holds(changed, held, scaled)
        models[name] = changed
    return models


def exchanged_species(scenario: Scenario) -> set[tuple[str, str]]:
    """Return (network, species) of what cells exchange with signals through their membranes."""
    exchange = [each for kind in scenario.settings.cell_types.values() for each in kind.exchange.values()]
    return {(e.membrane.network, e.membrane.species_name) for e in exchange if e.membrane is not None}


class SettingsReceiver:
    """Gives the tissue's own keys their values: parameters, and all of the signals.

    Parameters
    ----------
    scenario : Scenario
    signals : SignalsProcess or None
    """

    def __init__(self, scenario: Scenario, signals: SignalsProcess | None) -> None:
        tree = scenario.resolved()
        self._base = {key: tree[key] for key in _OF_SIGNALS if key in tree}
        self._current = self._base
        self._parameters = dict(scenario.settings.parameters)
        self._signals = signals

    def __call__(self, tissue: TissueModel, values: Sequence[SettingValue], *, impose: bool) -> None:
        """See `interventions.plan.Receiver`."""
        parameters, tree = dict(self._parameters), self._base
        for one in values:
            place = place_of(one.path)
            if not isinstance(place, str) and place.kind == "parameter":
                parameters[place.name] = one.value
            else:
                tree = _with_value(tree, one.path, one.value)
        moved = any(tissue.parameters.get(name) != value for name, value in parameters.items())
        tissue.parameters.update(parameters)
        try:
            self._change_signals(tree, impose=impose, parameters_moved=moved)
        except (ValidationError, SettingsError) as error:
            message = error.message if isinstance(error, SettingsError) else str(error.errors()[0]["msg"])
            names = ", ".join(dict.fromkeys(one.path for one in values))
            raise SimulationError(
                f"what is set at the same time does not go together ({names}): {message}",
                process="interventions",
                time=tissue.clock.time,
            ) from error
        self._current = tree

    def _change_signals(self, tree: Mapping[str, Any], *, impose: bool, parameters_moved: bool) -> None:
        if self._signals is None:
            return
        changed = {}
        for name, plain in tree["signals"].items():
            differs = _of_signal(tree, name) != _of_signal(self._current, name)
            if differs or parameters_moved:
                settings = SignalSettings.model_validate(plain)
                if differs or settings.reads_parameters:
                    changed[name] = settings
        if changed:
            self._signals.change(
                changed,
                [SourceSettings.model_validate(each) for each in tree.get("sources", ())],
                [FixedSettings.model_validate(each) for each in tree.get("fixed", ())],
                impose=impose,
            )


def _of_signal(tree: Mapping[str, Any], signal: str) -> list[Any]:
    """Return all that is said about a signal."""
    places = [each for key in ("sources", "fixed") for each in tree.get(key, ())]
    return [tree["signals"][signal], *(each for each in places if each["signal"] == signal)]


def _with_value(tree: Mapping[str, Any], path: str, value: Any) -> Any:
    """Return plain values with one replaced, as ``--set`` would; maps merge, null takes a key away."""
    new: Any = copy.deepcopy(tree)
    steps = path.split(".")
    node = new
    for step in steps[:-1]:
        if isinstance(node, list):
            node = node[int(step)]
        else:
            below = node.get(step)
            node[step] = below if isinstance(below, dict | list) else {}
            node = node[step]
    _lay(node, steps[-1], value)
    return new


def _lay(node: Any, key: str, value: Any) -> None:
    place: Any = int(key) if isinstance(node, list) else key
    below = node[place] if isinstance(node, list) else node.get(place)
    if isinstance(value, dict) and isinstance(below, dict):
        for step, one in value.items():
            _lay(below, step, one)
    elif value is None and isinstance(node, dict):
        node.pop(place, None)
    else:
        node[place] = copy.deepcopy(value)
