"""Events of a network as source: watched by the integrator, executed between its steps.

What the integrators do with it stands in `codegen.event_text`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tissue_sim.codegen import event_text
from tissue_sim.codegen.chunks import kernel_source
from tissue_sim.codegen.event_conditions import conditions_of, gap_of, has_waves
from tissue_sim.codegen.syntax import Expression, Number
from tissue_sim.random_numbers import Purpose

if TYPE_CHECKING:
    from tissue_sim.codegen.ode_system import OdeSystem
    from tissue_sim.codegen.program import Program

__all__ = ["EventParts", "event_parts", "settling_parts"]

NAN = Number(float("nan"))
ZERO = Number(0.0)
ONE = Number(1.0)


class EventParts(NamedTuple):
    """What the source of an integrator gets for the events of its system; nothing without events.

    Attributes
    ----------
    kernels : str
        What evaluates formulas of events; made before what a cell holds is.
    functions : str
        Between ``hold`` and the integrator.
    loop : str
        After the integrator, in place of the loop over cells.
    insertions : dict of mark to text
        For the integrator's text.
    """

    kernels: str
    functions: str
    loop: str
    insertions: dict[str, str]


def event_parts(system: OdeSystem, program: Program, loop: str, ends: str, before: str = "") -> EventParts:
    """Return the parts for a system.

    Parameters
    ----------
    loop : str
        The loop over cells of systems without events.
    ends : str
        Values and slopes at the start of a step and at its end, arguments of ``judge``.
    before : str
        A line that makes them.
    """
    if not system.events:
        marks = dict.fromkeys(("watched", "crossed", "choose", "judged", "forget"), "")
        return EventParts("", "", loop, {**marks, "ok": "OK"})
    insertions = {
        "watched": ", bracket, seen, point",
        "crossed": "\n    crossed = False",
        "choose": (event_text.SLOWLY if has_waves(system) else "") + event_text.CHOOSE,
        "judged": event_text.JUDGED.format(ends=ends, before=f"\n            {before}" if before else ""),
        "forget": event_text.FORGET,
        "ok": "(CROSSED if crossed else OK)",
    }
    return EventParts(
        _event_kernels(system, program),
        event_text.HEADER + _tables(system) + event_text.SETTLE + event_text.JUDGE,
        event_text.LOOP.format(step_place=system.places["step_size"]) + event_text.BEGIN,
        insertions,
    )


def settling_parts(system: OdeSystem, program: Program) -> EventParts:
    """Return what triggers and executes the events of a system that no integrator watches."""
    functions = event_text.HEADER + _tables(system) + event_text.SETTLE
    return EventParts(_event_kernels(system, program), functions, event_text.BEGIN, {})


def _event_kernels(system: OdeSystem, program: Program) -> str:
    """Return the kernels that evaluate conditions, delays, priorities, values and factors.

    They take the arguments of `rates_into_source`: ``look_at`` fills float64[2 c], all conditions (triggers
    first) and then their gaps; ``event_values`` priorities and delays of all events and all values;
    ``event_factors`` all factors.
    """
    conditions = conditions_of(system)
    assignments = [each for event in system.events for each in event.assignments]
    values = [event.priority or NAN for event in system.events]
    values += [event.delay or ZERO for event in system.events]
    values += [each.value for each in assignments]
    return "".join(
        _kernel(program, name, expressions)
        for name, expressions in (
            ("look_at", [*conditions, *(gap_of(condition) for condition in conditions)]),
            ("event_values", values),
            ("event_factors", [each.factor for each in assignments]),
        )
    )


def _kernel(program: Program, name: str, expressions: list[Expression]) -> str:
    statements = program.statements(expressions)
    lines = statements.stored([f"out[{i}]" for i in range(len(statements.results))])
    return kernel_source(name, "t, y, held, constants, out", lines)


def _tables(system: OdeSystem) -> str:
    """Return what is known of the events beforehand, as arrays."""
    assignments = [each for event in system.events for each in event.assignments]
    first_values = [0]
    for event in system.events:
        first_values.append(first_values[-1] + len(event.assignments))
    layout = system.layout
    return event_text.TABLES.format(
        places=list(system.integrated),
        events=len(system.events),
        conditions=len(conditions_of(system)),
        flags=layout.flags,
        first=layout.first,
        slot=layout.slot,
        first_values=first_values,
        targets=[system.places[each.name] for each in assignments],
        factored=[int(any(each.factor != ONE for each in event.assignments)) for event in system.events],
        persistent=[int(event.persistent) for event in system.events],
        at_trigger=[int(event.values_at_trigger) for event in system.events],
        purpose=int(Purpose.EVENT_ORDER),
    )
