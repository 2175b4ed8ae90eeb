"""What a run of a scenario would do, in words: the text of ``tissue-sim check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.scenario.checks.times import steps_in_use
from tissue_sim.scenario.placement import number_of_cells
from tissue_sim.tissue.columns import BUILT_IN_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.scenario.scenario import Scenario
    from tissue_sim.scenario.schema import ScenarioSettings

__all__ = ["describe"]

_ARRAYS_PER_SIGNAL = 12
"""Fields of the size of the grid that a signal needs while it is solved, its own included."""
_NEIGHBOURS_PER_CELL = 30
_UNITS = (("d", 1440.0), ("h", 60.0), ("min", 1.0), ("s", 1.0 / 60.0))


def describe(scenario: Scenario) -> str:
    """Return the order and steps of processes, cells, grid, memory and warnings, several lines."""
    settings = scenario.settings
    parts = [
        (settings.title or str(scenario.path), _summary(scenario)),
        ("order of a step", _order(scenario)),
        ("cells at the start", _cells(scenario)),
        ("space", _space(scenario)),
    ]
    if scenario.settings.interventions:
        parts.append(("interventions", _interventions(scenario)))
    if scenario.files:
        named = [
            f"{name}  sha256 {scenario.hashes[name][:16]}  {len(scenario.files[name])} bytes"
            for name in scenario.files
        ]
        parts.append(("files", iter(named)))
    if scenario.warnings:
        parts.append(("warnings", iter(scenario.warnings)))
    lines: list[str] = []
    for title, entries in parts:
        lines += [title, *(f"  {entry}" for entry in entries)]
    return "\n".join(lines) + "\n"


def minutes(value: float) -> str:
    """Return a time in the unit that reads best."""
    for unit, length in _UNITS:
        number = value / length
        if (
            (number >= 1.0 or unit == "s")
            and abs(number - round(number, 2)) < 1e-9 * number
            and (unit != "d" or number >= 3)
        ):
            return f"{number:g} {unit}"
    return f"{value:g} min"


def _base_step(scenario: Scenario) -> float:
    return min(steps_in_use(scenario.settings).values())


def _summary(scenario: Scenario) -> Iterator[str]:
    settings = scenario.settings
    base = _base_step(scenario)
    ticks = -int(-(settings.duration / base - 1e-9) // 1)
    yield f"duration {minutes(settings.duration)}, {ticks} ticks of {minutes(base)}, seed {settings.seed}"
    every = settings.record.every
    yield (
        f"recorded every {minutes(every)}, at the start and the end"
        if every
        else "recorded at the start and the end"
    )
    if settings.stop_when is not None:
        yield f"stops when {settings.stop_when.text}"
    for name, measure in settings.measures.items():
        yield f"measure {name} = {measure.text}"
    if settings.extensions:
        yield f"runs Python from {', '.join(settings.extensions)}: needs --allow-code"


def _order(scenario: Scenario) -> Iterator[str]:
    settings, steps = scenario.settings, scenario.settings.steps
    types = settings.cell_types

    def line(name: str, step: str, what: str) -> str:
        return f"{name:10} every {step:20} {what}".rstrip()

    if settings.networks:
        listed = [_network(scenario, name) for name in settings.networks]
        yield line("networks", minutes(steps.network), "; ".join(listed))
    rules = sum(len(kind.rules) for kind in types.values())
    outputs = sum(len(network.outputs) for network in settings.networks.values())
    if rules or outputs:
        when = [minutes(steps.network)] if settings.networks else []
        when = list(dict.fromkeys([*when, minutes(steps.lifecycle)]))
        yield line(
            "rules", " and ".join(when), f"{_count(rules, 'rule')}, {_count(outputs, 'network output')}"
        )
    cycles = [f"{name}: {kind.cycle.model if kind.cycle else 'no'} cycle" for name, kind in types.items()]
    yield line("lifecycle", minutes(steps.lifecycle), ", ".join(cycles))
    agents = {kind.agent for kind in types.values() if kind.agent}
    if agents:
        yield line("hooks", minutes(steps.lifecycle), ", ".join(sorted(agents)))
    laws = {kind.mechanics.law for kind in types.values()} - {"none"}
    forces = [", ".join(sorted(laws)) or "no forces", *_further_forces(scenario)]
    yield line("mechanics", minutes(steps.mechanics), "; ".join(forces))
    if settings.signals:
        listed = [f"{name} ({signal.unit}, {_mode(signal)})" for name, signal in settings.signals.items()]
        reacting = _reacting(settings)
        yield line("signals", minutes(steps.signals), ", ".join(listed) + reacting)


def _further_forces(scenario: Scenario) -> Iterator[str]:
    types, membranes = scenario.settings.cell_types, scenario.settings.basement_membranes
    attaching = [name for name, kind in types.items() if kind.mechanics.attachments is not None]
    if attaching:
        yield f"attachments of {', '.join(attaching)}"
    if membranes:
        yield f"basement membranes: {', '.join(membrane.shape.name for membrane in membranes)}"


def _interventions(scenario: Scenario) -> Iterator[str]:
    for one in scenario.settings.interventions:
        when = f"at {minutes(one.at)}"
        if one.every is not None:
            when += f", every {minutes(one.every)}"
            when += "" if one.until is None else f" until {minutes(one.until)}"
        if one.length is not None:
            when += f", for {minutes(one.length)}"
        which = "" if one.where is None else f" where {one.where.text}"
        which += "" if one.fraction == 1.0 else f", in {one.fraction:g} of the cells"
        yield f"{when}: {one.action.words(one.given)}{which}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _mode(signal: object) -> str:
    mode = getattr(signal, "mode", "")
    return mode if isinstance(mode, str) else "prescribed"


def _reacting(settings: ScenarioSettings) -> str:
    if settings.reactions is None:
        return ""
    from tissue_sim.signals.reactions.reading import read_reactions

    found = read_reactions(settings.reactions, settings.signals, settings.parameters)
    return f"; reactions of {', '.join(found.rates) or 'none'}"


def _network(scenario: Scenario, name: str) -> str:
    settings, model = scenario.settings, scenario.models.get(name)
    carriers = [kind for kind, given in settings.cell_types.items() if name in given.networks]
    size = f", {len(model.species_names)} species" if model is not None else ""
    return f"{name} ({settings.networks[name].method}{size}) in {', '.join(carriers) or 'no cell type'}"


def _numbers(scenario: Scenario) -> dict[str, int]:
    from tissue_sim.scenario.placement import place_item

    numbers = dict.fromkeys(scenario.settings.cell_types, 0)
    for place, item in enumerate(scenario.settings.initial):
        volume = scenario.settings.cell_types[item.type].volume
        number = number_of_cells(item, scenario.domain, volume)
        if number is None or (item.packing != "random" and number < 1_000_000):
            columns = (*scenario.settings.columns, "volume")
            number = len(place_item(item, place, scenario.domain, volume, scenario.files, columns, 0)[0])
        numbers[item.type] += number
    return numbers


def _cells(scenario: Scenario) -> Iterator[str]:
    for name, number in _numbers(scenario).items():
        yield f"{number:8} {name}"


def _space(scenario: Scenario) -> Iterator[str]:
    domain = scenario.domain
    present = [axis for axis in range(3) if domain.present[axis]]
    size = " x ".join(f"{domain.size[axis]:g}" for axis in present)
    kinds = [domain.boundary[axis] for axis in present]
    edges = (
        kinds[0] if len(set(kinds)) == 1 else ", ".join(f"{'xyz'[a]} {domain.boundary[a]}" for a in present)
    )
    yield f"{size} um, {len(present)}-D, {edges}"
    voxels = 0
    if domain.grid is not None:
        nz, ny, nx = domain.grid.shape
        voxels = nx * ny * nz
        edge = " x ".join(f"{domain.grid.spacing[axis]:g}" for axis in present)
        yield f"grid of {' x '.join(str((nx, ny, nz)[axis]) for axis in present)} voxels, {edge} um each"
    yield f"memory about {_memory(scenario, voxels):.3g} MB at the start, more as cells divide"


def _memory(scenario: Scenario, voxels: int) -> float:
    """Return an estimate in MB."""
    import numpy as np

    settings = scenario.settings
    per_cell = sum(np.dtype(one.dtype).itemsize * max(1, sum(one.shape)) for one in BUILT_IN_COLUMNS)
    per_cell += 8 * len(settings.columns) + 8 * 24 + 8 * _NEIGHBOURS_PER_CELL
    numbers = _numbers(scenario)
    total = float(sum(numbers.values()) * per_cell)
    for kind, given in settings.cell_types.items():
        for network in given.networks:
            model = scenario.models.get(network)
            total += numbers[kind] * 8 * (len(model.species_names) + 8 if model is not None else 8)
    return (total + 8.0 * voxels * _ARRAYS_PER_SIGNAL * len(settings.signals)) / 1e6
