"""What is wrong with a cell type's cycle beyond the form of single values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tissue_sim.errors import Problem, did_you_mean
from tissue_sim.lifecycle.cycles.phases import PhaseCycle, PhaseSettings
from tissue_sim.lifecycle.settings import nuclear_fraction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["checks", "warnings"]

ROUNDING = 1e-6

Path = tuple[str | int, ...]


def checks(cell_type: Any, present: tuple[bool, bool, bool] = (True, True, True)) -> Iterator[Problem]:
    """Yield the problems of a cell type's lifecycle, paths relative to the cell type.

    Parameters
    ----------
    cell_type : object
        With the attributes of `settings.LifecycleSettings`.
    present : tuple of bool
        Which of the axes x, y, z the tissue has.
    """
    if nuclear_fraction(cell_type) > 1.0:
        yield Problem(
            ("nuclear_volume",),
            f"the nucleus ({cell_type.nuclear_volume:g} um^3) is larger than the cell "
            f"({cell_type.volume:g} um^3); give a smaller nuclear_volume or a larger volume",
        )
    cycle = cell_type.cycle
    if cycle is None:
        return
    if cycle.axis is not None and not any(
        part and there for part, there in zip(cycle.axis, present, strict=True)
    ):
        yield Problem(("cycle", "axis"), "this division axis lies along axes that the tissue does not have")
    if isinstance(cycle, PhaseCycle):
        yield from _phase_problems(cycle.phases)


def _phase_problems(phases: Mapping[str, PhaseSettings]) -> Iterator[Problem]:
    for name, phase in phases.items():
        path: Path = ("cycle", "phases", name)
        if phase.duration is None and phase.rate is None:
            yield Problem(
                path, f"phase {name} needs a duration or a rate (for instance `duration: 7 h`)", on_key=True
            )
        elif phase.duration is not None and phase.rate is not None:
            yield Problem(
                (*path, "rate"),
                f"phase {name} has both duration and rate; give one (a rate is an exponential duration "
                "that rules can steer)",
                on_key=True,
            )
        yield from _next_problems(path, phase, list(phases))
    yield from _loops_without_duration(phases)


def _next_problems(path: Path, phase: PhaseSettings, names: list[str]) -> Iterator[Problem]:
    if phase.next is None:
        return
    place = (*path, "next")
    if isinstance(phase.next, str):
        if phase.next not in names:
            yield Problem(place, _unknown(phase.next, names))
        return
    for each in phase.next:
        if each not in names:
            yield Problem((*place, each), _unknown(each, names), on_key=True)
    total = math.fsum(phase.next.values())
    if abs(total - 1.0) > ROUNDING:
        yield Problem(place, f"the probabilities of the next phase sum to {total:g}; they must sum to 1")


def _unknown(name: str, names: list[str]) -> str:
    return f"no phase '{name}'; known are {', '.join(names)}{did_you_mean(name, names)}"


def _successors(name: str, phases: Mapping[str, PhaseSettings]) -> list[str]:
    following = phases[name].next
    if following is None:
        names = list(phases)
        return [names[(names.index(name) + 1) % len(names)]]
    if isinstance(following, str):
        return [following] if following in phases else []
    return [each for each, chance in following.items() if chance > 0.0 and each in phases]


def _reachable(starts: list[str], graph: Mapping[str, list[str]]) -> set[str]:
    """Return the phases reached from `starts`, these included, along the edges of `graph`."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(graph[name])
    return found


def _loops_without_duration(phases: Mapping[str, PhaseSettings]) -> Iterator[Problem]:
    empty = [name for name, phase in phases.items() if _lasts_no_time(phase)]
    graph = {name: [each for each in _successors(name, phases) if each in empty] for name in empty}
    for name in empty:
        if name in _reachable(graph[name], graph):
            yield Problem(
                ("cycle", "phases", name, "duration"),
                f"phase {name} lasts 0 min and so do all phases from it back to it; give one a duration",
            )
            return


def _lasts_no_time(phase: PhaseSettings) -> bool:
    return phase.duration is not None and phase.duration.is_fixed and phase.duration.mean <= 0.0


def warnings(cell_type: Any) -> Iterator[Problem]:
    """Yield what is allowed but hardly meant, paths relative to the cell type."""
    cycle = cell_type.cycle
    if not isinstance(cycle, PhaseCycle):
        return
    phases, place = cycle.phases, ("cycle", "phases")
    dividing = [name for name, phase in phases.items() if phase.divides]
    if not dividing:
        yield Problem(place, "no phase has `divides: true`, so these cells never divide", on_key=True)
    elif all(phase.target_volume is None for phase in phases.values()):
        yield Problem(
            place,
            "division halves the target volume and no phase sets one, so cells get smaller with every "
            "division; give, for instance, the phase before `target_volume: 2`",
            on_key=True,
        )
    reached = _reachable([next(iter(phases))], {name: _successors(name, phases) for name in phases})
    for name in phases:
        if name not in reached:
            yield Problem((*place, name), f"phase {name} is never reached from the first phase", on_key=True)
