"""Mistakes in the settings of signals that only show beside the rest of the scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import Problem, did_you_mean
from tissue_sim.signals.check_diffusion import checked_diffusion, lowest_at
from tissue_sim.signals.check_parts import attempt, check_formula, check_quantity, unknown_signal
from tissue_sim.signals.check_physicell import check_physicell
from tissue_sim.signals.check_places import check_places
from tissue_sim.signals.settings import PrescribedMode, SaturatingUptake, unit_of
from tissue_sim.tissue.domain import FACES
from tissue_sim.units import SignalQuantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tissue_sim.signals.face_settings import FaceCondition
    from tissue_sim.signals.settings import ExchangeSettings, FixedSettings, SignalSettings, SourceSettings
    from tissue_sim.tissue.domain import Grid

    Path = tuple[str | int, ...]

__all__ = ["checks"]

AXES = "xyz"


def checks(
    signals: Mapping[str, SignalSettings],
    exchange: Mapping[str, Mapping[str, ExchangeSettings]],
    sources: Sequence[SourceSettings],
    fixed: Sequence[FixedSettings],
    *,
    grid: Grid | None,
    parameters: Mapping[str, float],
    networks: Mapping[str, Sequence[str] | None],
    carriers: Mapping[str, Sequence[str]],
    masks: Mapping[str, np.ndarray],
) -> Iterator[Problem]:
    """Yield every mistake; paths are those of the scenario, from its top.

    Parameters
    ----------
    signals : mapping of signal to SignalSettings
    exchange : mapping of cell type to (mapping of signal to ExchangeSettings)
    sources, fixed : as in the scenario
    grid : Grid or None
        None where the domain has no spacing (a mistake with signals, or the domain is itself wrong).
    parameters : mapping of str to float
    networks : mapping of network to its species, None where they are not known
    carriers : mapping of cell type to the names of its networks
    masks : mapping of file name to array
        Those that could be read.
    """
    for name, signal in signals.items():
        yield from _signal(("signals", name), signal, grid, parameters, masks)
        if signal.mode == "steady" and not _held(name, signal, exchange, fixed, grid):
            yield Problem(
                ("signals", name, "mode"),
                f"{name} has no steady state: give it decay, uptake, a voxel or a face with a value",
            )
    for cell_type, by_signal in exchange.items():
        for name, settings in by_signal.items():
            path = ("cell_types", cell_type, "exchange", name)
            if name not in signals:
                yield unknown_signal(path, name, signals, on_key=True)
                continue
            yield from _exchange(path, name, settings, signals[name])
            if settings.membrane is not None:
                at = (*path, "membrane")
                yield from _membrane(
                    at, settings, signals[name], networks, carriers.get(cell_type, ()), cell_type
                )
    yield from check_places(signals, sources, fixed, grid, masks, parameters)
    yield from check_physicell(signals, exchange, sources, grid)


def _signal(
    path: Path,
    signal: SignalSettings,
    grid: Grid | None,
    parameters: Mapping[str, float],
    files: Mapping[str, np.ndarray],
) -> Iterator[Problem]:
    if isinstance(signal.mode, PrescribedMode):
        formula = signal.mode.prescribed.tree
        yield from check_formula((*path, "mode", "prescribed"), formula, grid, parameters, time=0.0)
        return
    at = (*path, "initial")
    if isinstance(signal.initial, SignalQuantity):
        yield from check_quantity(at, signal.initial, signal.unit, at_least=0.0)
    else:
        yield from check_formula(at, signal.initial.tree, grid, parameters, time=None)
    diffusion, problems = checked_diffusion((*path, "diffusion"), signal.diffusion, grid, parameters, files)
    yield from problems
    yield from _boundary((*path, "boundary"), signal, grid, diffusion)


def _boundary(
    path: Path, signal: SignalSettings, grid: Grid | None, diffusion: float | np.ndarray | None
) -> Iterator[Problem]:
    for face in ("default", *FACES):
        condition: FaceCondition | None = getattr(signal.boundary, face)
        if condition is None:
            continue
        if grid is not None:
            yield from _face_and_axis((*path, face), face, condition, grid)
        yield from _face_numbers((*path, face), condition, signal, lowest_at(face, diffusion))


def _face_and_axis(path: Path, face: str, condition: FaceCondition, grid: Grid) -> Iterator[Problem]:
    from tissue_sim.signals.boundaries.boundary import boundary

    wraps = boundary(condition.kind).wraps
    if face == "default":
        wrong = [AXES[i] for i in range(3) if grid.present[i] and grid.periodic[i] is False]
        if wraps and wrong:
            yield Problem(path, f"the axes {', '.join(wrong)} are not periodic; set `domain.boundary` first")
        return
    axis = FACES.index(face) // 2
    if not grid.present[axis]:
        yield Problem(path, f"the tissue has no {AXES[axis]} axis, so it has no face {face}", on_key=True)
    elif grid.periodic[axis] and not wraps:
        yield Problem(
            path, f"the {AXES[axis]} axis is periodic; leave {face} out, or make it wall or open in `domain`"
        )
    elif wraps and not grid.periodic[axis]:
        yield Problem(path, f"the {AXES[axis]} axis is not periodic; set `domain.boundary` first")


def _face_numbers(
    path: Path, condition: FaceCondition, signal: SignalSettings, diffusion: float
) -> Iterator[Problem]:
    from tissue_sim.signals.boundaries.boundary import boundary

    kind = boundary(condition.kind)
    units, sound = kind.units(signal.unit), True
    for key, quantity in condition.numbers.items():
        at = (*path, condition.kind) if condition.alone else (*path, condition.kind, key)
        lowest = 0.0 if key in ("value", "permeability") else None
        for problem in check_quantity(at, quantity, units[key], at_least=lowest):
            sound = False
            yield problem
    if sound:
        numbers = condition.resolved(signal.unit)
        yield from attempt(path, lambda: kind.coefficients(numbers, diffusion, 1.0))


def _held(
    name: str,
    signal: SignalSettings,
    exchange: Mapping[str, Mapping[str, ExchangeSettings]],
    fixed: Sequence[FixedSettings],
    grid: Grid | None,
) -> bool:
    """Say whether anything may hold a steady signal; cells that might take it up count."""
    faces = [
        signal.boundary.of(face)
        for i, face in enumerate(FACES)
        if grid is None or (grid.present[i // 2] and not grid.periodic[i // 2])
    ]
    holding = any(face is not None and face.kind not in ("flux", "periodic") for face in faces)
    cells = [by_signal[name] for by_signal in exchange.values() if name in by_signal]
    return bool(holding or signal.decay > 0.0 or cells or any(entry.signal == name for entry in fixed))


def _exchange(path: Path, name: str, settings: ExchangeSettings, signal: SignalSettings) -> Iterator[Problem]:
    if isinstance(signal.mode, PrescribedMode):
        yield Problem(path, f"{name} is prescribed by a formula; cells cannot exchange it", on_key=True)
        return
    unit = signal.unit
    if settings.saturation is not None:
        yield from check_quantity((*path, "saturation"), settings.saturation, unit, at_least=0.0)
    if settings.export is not None:
        yield from check_quantity((*path, "export"), settings.export, unit_of(unit, "um^3/min"))
    if isinstance(settings.uptake, SaturatingUptake):
        yield from check_quantity(
            (*path, "uptake", "max"), settings.uptake.max, unit_of(unit, "1/min"), at_least=0.0
        )
        yield from check_quantity((*path, "uptake", "half"), settings.uptake.half, unit, at_least=0.0)


def _membrane(
    path: Path,
    settings: ExchangeSettings,
    signal: SignalSettings,
    networks: Mapping[str, Sequence[str] | None],
    carried: Sequence[str],
    cell_type: str,
) -> Iterator[Problem]:
    membrane = settings.membrane
    assert membrane is not None
    at, network, species = (*path, "species"), membrane.network, membrane.species_name
    if signal.mode != "transient":
        yield Problem(path, "a membrane fills and empties in time; it needs `mode: transient`")
    if network not in networks:
        known = ", ".join(networks) or "none"
        hint = did_you_mean(network, list(networks))
        yield Problem(at, f"no network '{network}'; declared are {known}{hint}", len("network."))
        return
    if network not in carried:
        yield Problem(
            at, f"cell type '{cell_type}' does not carry the network '{network}'; add it to `networks`"
        )
    names = networks[network]
    if names is not None and species not in names:
        hint = did_you_mean(species, list(names))
        offset = len(f"network.{network}.")
        yield Problem(
            at, f"network '{network}' has no species '{species}'; it has {', '.join(names)}{hint}", offset
        )
