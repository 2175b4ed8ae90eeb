"""Equations written in the scenario, one per line.

``X' = ...`` is the rate of a species, ``y = ...`` an assignment at all times, ``at(...)`` an event,
``A + 2 B -> C @ k*A*B^2`` a reaction with its rate (`codegen.reaction_text`): ``-> X @ k`` makes X from
nothing, ``X -> @ d*X`` takes it away, ``A <-> B @ k*A, l*B`` goes both ways, ``bind: A + B -> AB @ k*A*B``
has a name; others are called ``reaction_1``, ``reaction_2`` ... as they come, and the way back ``..._back``.
Methods ode, gillespie, tau_leaping and chemical_langevin advance reactions; only ode advances rates and
executes events. A species follows either its rate or reactions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tissue_sim.codegen.functions import FUNCTIONS
from tissue_sim.codegen.parser import ReactionLine, names_in, parse_equations
from tissue_sim.codegen.syntax import Number
from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.network.learned.terms import with_learned
from tissue_sim.network.model import (
    TIME,
    Assignment,
    NetworkModel,
    Parameter,
    RateRule,
    Reaction,
    Species,
)
from tissue_sim.network.reader import Given, Reader
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tissue_sim.codegen.event_parser import TextEvent
    from tissue_sim.codegen.parser import Equation
    from tissue_sim.codegen.syntax import Expression

__all__ = ["EquationsReader"]


class EquationsReader(Reader):
    """Reads the text of `equations:`; offsets of errors count in that text."""

    name: ClassVar[str] = "equations"

    def read(self, content: bytes, file_name: str, given: Given) -> NetworkModel:
        """Return the network; see `Reader.read`."""
        events: list[TextEvent] = []
        lines = parse_equations(content.decode("utf-8"), events)
        equations = [line for line in lines if not isinstance(line, ReactionLine)]
        written = [line for line in lines if isinstance(line, ReactionLine)]
        for line in lines:
            if line.name:
                _check_name(line, given)
        _check_functions(lines, events)
        species = _species(lines, given)
        reactions = _reactions(written, {*species, *_names(equations, given)})
        expressions = [e.expression for e in equations] + [r.rate for r in reactions]
        expressions += [formula for each in events for formula in each.event.expressions()]
        outputs = [output for term in given.learned for output in term.outputs]
        known = {*species, *_names(equations, given), *(r.name for r in reactions), *outputs, TIME}
        _check_names_used(expressions, known)
        _check_targets(events, species, given)
        used = {name.path[0] for expression in expressions for name in names_in(expression)}
        used |= {target for each in events for target, _ in each.targets}
        shared = {name: value for name, value in given.shared.items() if name in used}
        outputs = [output for term in given.learned for output in term.outputs]
        values = {
            **{name: Distribution("fixed", (value,)) for name, value in shared.items()},
            **given.parameters,
            **{name: Distribution.fixed(0.0) for name in outputs},  # what `with_learned` replaces
        }
        for name in given.inputs:
            values.pop(name, None)
        model = NetworkModel(
            name=file_name,
            species=tuple(Species(name, given.initial[name]) for name in species),
            parameters=tuple(Parameter(name, value) for name, value in values.items()),
            inputs=given.inputs,
            assignments=tuple(Assignment(e.name, e.expression) for e in equations if e.kind != "rate"),
            rate_rules=tuple(RateRule(e.name, e.expression) for e in equations if e.kind == "rate"),
            reactions=tuple(reactions),
            events=tuple(each.event for each in events),
        )
        return with_learned(model, given.learned)


def _names(equations: Sequence[Equation], given: Given) -> Iterator[str]:
    yield from (*given.parameters, *given.inputs, *given.shared)
    yield from (equation.name for equation in equations)


def _species(lines: Sequence[Equation | ReactionLine], given: Given) -> dict[str, int]:
    """Return the species in the order in which they first stand, with the offset there."""
    assigned = {line.name for line in lines if line.kind == "assignment"}
    rated = {line.name for line in lines if line.kind == "rate"}
    species: dict[str, int] = {}
    for line in lines:
        if not isinstance(line, ReactionLine):
            if line.kind == "rate":
                species.setdefault(line.name, line.offset)
            continue
        for _, each in (*line.left, *line.right):
            _check_reacting(each.path[0], each.offset, assigned, rated, given)
            species.setdefault(each.path[0], each.offset)
    for name, offset in species.items():
        if name not in given.initial:
            raise SettingsError(f"species '{name}' has no initial value; give it under `initial`", offset)
    return species


def _check_reacting(name: str, offset: int, assigned: set[str], rated: set[str], given: Given) -> None:
    """Refuse in a reaction what no reaction can change."""
    what = ""
    if name in rated:
        what = f"follows its rate {name}' = ...; a species follows either a rate or reactions"
    elif name in assigned:
        what = "is assigned by a formula, which no reaction can change"
    elif name in given.parameters or name in given.inputs or name == TIME:
        kind = "the time" if name == TIME else "a parameter" if name in given.parameters else "an input"
        what = f"is {kind}, which no reaction can change; it may stand in rates"
    elif "__" in name:
        what = "has a double underscore, which no name may have"
    if what:
        raise SettingsError(f"'{name}' {what}", offset)


def _reactions(written: Sequence[ReactionLine], taken: set[str]) -> list[Reaction]:
    """Return the reactions with names of their own and net changes."""
    taken = taken | {line.name for line in written}
    reactions = []
    for number, line in enumerate(written, start=1):
        name = line.name or _free(f"reaction_{number}", taken)
        changes: dict[str, float] = {}
        for sign, side in ((-1.0, line.left), (1.0, line.right)):
            for times, species in side:
                symbol = species.path[0]
                changes[symbol] = changes.get(symbol, 0.0) + sign * times
        net = {each: change for each, change in changes.items() if change}
        reactions.append(Reaction(name, line.rate, tuple((each, Number(net[each])) for each in net)))
        if line.reverse is not None:
            back = tuple((each, Number(-net[each])) for each in net)
            reactions.append(Reaction(_free(f"{name}_back", taken), line.reverse, back))
    return reactions


def _free(name: str, taken: set[str]) -> str:
    """Return the name, with an ending if it is taken."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free)
    return free


def _check_name(line: Equation | ReactionLine, given: Given) -> None:
    """Refuse a left side, or a reaction's name, that means something else already."""
    name, offset = line.name, line.offset
    if name == TIME:
        raise SettingsError("'time' is the time and cannot be defined", offset)
    if "__" in name:
        raise SettingsError(f"'{name}' has a double underscore, which no name may have", offset)
    for table, what in ((given.parameters, "parameter"), (given.inputs, "input")):
        if name in table:
            raise SettingsError(f"'{name}' is already {'an' if what[0] == 'i' else 'a'} {what}", offset)
    for term in given.learned:
        if name in term.outputs:
            raise SettingsError(f"'{name}' is already an output of the learned term '{term.name}'", offset)


def _check_functions(lines: Sequence[Equation | ReactionLine], events: Sequence[TextEvent]) -> None:
    """Refuse what is called as a function is: ``sin*X`` is more likely a slip than a value of that name."""
    places = [(line.name, line.offset) for line in lines]
    formulas = [formula for each in events for formula in each.event.expressions()]
    for line in lines:
        if isinstance(line, ReactionLine):
            formulas += [rate for rate in (line.rate, line.reverse) if rate is not None]
            places += [(str(each), each.offset) for _, each in (*line.left, *line.right)]
        else:
            formulas.append(line.expression)
    places += [(str(each), each.offset) for one in formulas for each in names_in(one)]
    for name, offset in places:
        if name in FUNCTIONS:
            raise SettingsError(
                f"'{name}' is a function, {name}(...), and nothing else can have its name", offset
            )


def _check_names_used(expressions: Sequence[Expression], known: set[str]) -> None:
    for expression in expressions:
        for name in names_in(expression):
            if len(name.path) > 1:
                raise SettingsError(
                    f"'{name}' cannot stand in equations; give it a name under `inputs`", name.offset
                )
            if name.path[0] not in known:
                raise SettingsError(
                    f"unknown name '{name}'; known are species, assigned variables, parameters, inputs and "
                    f"time{did_you_mean(str(name), sorted(known))}",
                    name.offset,
                )


def _check_targets(events: Sequence[TextEvent], species: Collection[str], given: Given) -> None:
    """Refuse events that set what is no species or parameter, at its place in the text."""
    allowed = {*species, *given.parameters, *given.shared} - set(given.inputs)
    for name, offset in (target for each in events for target in each.targets):
        if name not in allowed:
            hint = did_you_mean(name, sorted(allowed))
            raise SettingsError(
                f"an event sets species and parameters, and '{name}' is neither{hint}", offset
            )
