"""The text of `reactions:` in the grammar of a network's equations, with signals for species.

``u' = ...`` adds to d(u)/dt, ``A + B -> C @ k*A*B`` is a reaction with its rate (`codegen.reaction_text`),
``y = ...`` names a formula. A signal may have both rates and reactions: all that is said of it adds up.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tissue_sim.codegen.functions import FUNCTIONS
from tissue_sim.codegen.parser import ReactionLine, calls_in, names_in, parse_equations
from tissue_sim.codegen.simplify import add, multiply
from tissue_sim.codegen.syntax import Expression, Name, Number
from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.signals.reactions.cycles import check_no_cycle
from tissue_sim.signals.reactions.reactions import PLACES, TIME, Reactions
from tissue_sim.signals.settings import PHYSICELL, PrescribedMode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tissue_sim.codegen.parser import Equation
    from tissue_sim.signals.settings import SignalSettings

    Line = Equation | ReactionLine

__all__ = ["changes_of", "read_reactions"]

ZERO = Number(0.0)


def read_reactions(
    text: str, signals: Mapping[str, SignalSettings], parameters: Collection[str]
) -> Reactions:
    """Return the reactions of a text.

    Parameters
    ----------
    text : str
    signals : mapping of signal to SignalSettings
    parameters : collection of str
        Names of the scenario's parameters.

    Raises
    ------
    SettingsError
        What is wrong, with its offset in the text.
    """
    modes = tuple((name, _mode(each)) for name, each in signals.items())
    found = _read_or_error(text, modes, tuple(parameters))
    if isinstance(found, SettingsError):
        raise SettingsError(found.message, found.offset)
    return found


def _mode(signal: SignalSettings) -> str:
    if isinstance(signal.mode, PrescribedMode):
        return "prescribed"
    return signal.precision if (signal.mode, signal.precision) == ("transient", "float32") else signal.mode


@lru_cache(maxsize=8)
def _read_or_error(
    text: str, modes: tuple[tuple[str, str], ...], parameters: tuple[str, ...]
) -> Reactions | SettingsError:
    """Read a text once: every value that interventions set is checked in a scenario of its own."""
    try:
        return _read(parse_equations(text), dict(modes), frozenset(parameters))
    except SettingsError as error:
        return error


def _read(lines: Sequence[Line], signals: Mapping[str, str], parameters: Collection[str]) -> Reactions:
    """Return the reactions; `signals` are names with their modes."""
    for line in lines:
        _check_left(line, signals, parameters)
    definitions, terms = _terms(lines, {*signals, *parameters, *PLACES, TIME})
    formulas = [*definitions.values(), *(term for name in terms for term in terms[name])]
    used = _names_used(formulas, signals, parameters, definitions)
    check_no_cycle(definitions)
    rates = {name: _sum(terms[name]) for name in signals if name in terms}
    rates = {name: rate for name, rate in rates.items() if rate != ZERO}
    return Reactions(
        rates=rates,
        definitions=definitions,
        read=tuple(name for name in signals if name in used and name not in rates),
        places=tuple(name for name in PLACES if name in used),
        parameters=tuple(sorted(name for name in parameters if name in used)),
    )


def changes_of(line: ReactionLine) -> dict[str, float]:
    """Return signal -> what one reaction from left to right adds to it; 0 where it is needed only."""
    changes: dict[str, float] = {}
    for sign, side in ((-1.0, line.left), (1.0, line.right)):
        for times, name in side:
            changes[name.path[0]] = changes.get(name.path[0], 0.0) + sign * times
    return changes


def _terms(
    lines: Sequence[Line], taken: set[str]
) -> tuple[dict[str, Expression], dict[str, list[Expression]]]:
    """Return the named formulas, and of every signal what adds up to its rate."""
    definitions: dict[str, Expression] = {}
    terms: dict[str, list[Expression]] = {}
    taken = taken | {line.name for line in lines}
    for line in lines:
        if isinstance(line, ReactionLine):
            name = line.name or _free(f"reaction_{line.line}", taken)
            both = [(name, line.rate, 1.0)]
            if line.reverse is not None:
                both.append((_free(f"{name}_back", taken), line.reverse, -1.0))
            for own, rate, sign in both:
                definitions[own] = rate
                for signal, change in changes_of(line).items():
                    if change:
                        terms.setdefault(signal, []).append(multiply(Number(sign * change), Name((own,))))
        elif line.kind == "rate":
            terms.setdefault(line.name, []).append(line.expression)
        else:
            definitions[line.name] = line.expression
    return definitions, terms


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free)
    return free


def _sum(terms: list[Expression]) -> Expression:
    total: Expression = ZERO
    for term in terms:
        total = add(total, term)
    return total


def _check_left(line: Line, signals: Mapping[str, str], parameters: Collection[str]) -> None:
    """Refuse what reactions cannot change, and names that mean something else already."""
    if isinstance(line, ReactionLine):
        for _, each in (*line.left, *line.right):
            _check_changed(each.path[0], each.offset, signals)
    elif line.kind == "rate":
        _check_changed(line.name, line.offset, signals)
        return
    if line.name:
        _check_new(line.name, line.offset, signals, parameters)


def _check_changed(name: str, offset: int, signals: Mapping[str, str]) -> None:
    if name not in signals:
        listed = ", ".join(signals) or "none"
        hint = did_you_mean(name, list(signals))
        raise SettingsError(f"no signal '{name[:60]}'; declared are {listed}{hint}", offset)
    if signals[name] == "steady":
        raise SettingsError(
            f"'{name}' is steady, which no reaction can change; give it mode: transient (rates may read it)",
            offset,
        )
    if signals[name] == PHYSICELL:
        raise SettingsError(f"'{name}' has mode {PHYSICELL}, which has no reactions; use transient", offset)
    if signals[name] == "float32":
        raise SettingsError(
            f"'{name}' is kept in single precision, which no reaction can change; leave out its precision "
            "(rates may read it)",
            offset,
        )
    if signals[name] == "prescribed":
        raise SettingsError(
            f"'{name}' is prescribed by a formula, which no reaction can change; rates may read it", offset
        )


def _check_new(name: str, offset: int, signals: Collection[str], parameters: Collection[str]) -> None:
    what = ""
    if name in signals:
        what = f"is a signal; its rate is {name}' = ..."
    elif name in parameters:
        what = "is already a parameter"
    elif name in (*PLACES, TIME):
        what = "is the time" if name == TIME else "is a coordinate of the voxel"
        what += " and cannot be defined"
    elif "__" in name:
        what = "has a double underscore, which no name may have"
    if what:
        raise SettingsError(f"'{name[:60]}' {what}", offset)


def _names_used(
    formulas: Sequence[Expression],
    signals: Collection[str],
    parameters: Collection[str],
    definitions: Mapping[str, Expression],
) -> set[str]:
    """Return the names in formulas; refuse those that mean nothing or two things, and calls of cells."""
    known = [*signals, *parameters, *definitions, *PLACES, TIME]
    used = set()
    for formula in formulas:
        for call in calls_in(formula):
            word = ".".join(call.function)
            if word not in FUNCTIONS or len(call.arguments) < FUNCTIONS[word].minimum:
                raise SettingsError(f"{word}() is of cells and cannot stand in reactions", call.offset)
        for name in names_in(formula):
            word = str(name)
            if word not in known:
                raise _unknown(name, known, signals)
            if word in signals and word in parameters:
                raise SettingsError(
                    f"'{word}' is a signal and a parameter; give one of them another name", name.offset
                )
            used.add(word)
    return used


def _unknown(name: Name, known: list[str], signals: Collection[str]) -> SettingsError:
    word = str(name)
    if name.path[0] == "signal" and name.path[-1] in signals and len(name.path) == 2:
        return SettingsError(
            f"signals stand by their own names in reactions: write {name.path[1]}", name.offset
        )
    listed = ", ".join(signals) or "none"
    return SettingsError(
        f"unknown name '{word[:60]}'; known are signals ({listed}), parameters, assigned variables, x, y, z "
        f"and time{did_you_mean(word, known)}",
        name.offset,
    )
