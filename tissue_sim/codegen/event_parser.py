"""Events among equations, on lines of their own: ``at(condition, target = value, ..., delay = value)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tissue_sim.codegen.event import Event, EventAssignment
from tissue_sim.codegen.functions import RESERVED
from tissue_sim.codegen.grammar import Grammar
from tissue_sim.codegen.lexer import Token
from tissue_sim.codegen.syntax import Expression, Number
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["TextEvent", "at_event", "read_event"]

WORD = "at"
FORMULAS = ("delay", "priority")
SWITCHES = ("persistent", "initial", "values_at_trigger")
FORM = f"an event reads at(condition, target = value, ...); further words in it are {', '.join(FORMULAS)}"


class TextEvent(NamedTuple):
    """An event and where in the text each target stands."""

    event: Event
    targets: tuple[tuple[str, int], ...]


def at_event(grammar: Grammar) -> bool:
    """Say whether the next line is an event."""
    return grammar.token.kind == "name" and grammar.at(WORD) and _follows(grammar, "(")


def _follows(grammar: Grammar, text: str) -> bool:
    return grammar.tokens[grammar.place + 1].text == text


def read_event(grammar: Grammar, line: int, check: Callable[[Expression, int], None]) -> TextEvent:
    """Take an event; its name is ``line 3``, which no name of a network can be.

    Parameters
    ----------
    line : int
        Of the text, from 1.
    check : callable
        Is given each formula and its offset.

    Raises
    ------
    SettingsError
        With the offset of what does not fit.
    """
    opening = grammar.take()
    parts = list(_parts(grammar, opening))
    trigger, *rest = parts
    condition = _formula(trigger, check)
    assignments: list[EventAssignment] = []
    targets: list[tuple[str, int]] = []
    formulas: dict[str, Expression] = {}
    switches: dict[str, bool] = {}
    for part in rest:
        name = part[0]
        if name.kind != "name" or "." in name.text or name.text in RESERVED or part[1].text != "=":
            raise SettingsError(f"expected 'target = value'; {FORM}", name.offset)
        value = _formula(part[2:], check)
        if name.text in formulas or name.text in switches:
            raise SettingsError(f"'{name.text}' stands twice in an event", name.offset)
        if name.text in FORMULAS:
            formulas[name.text] = value
        elif name.text in SWITCHES:
            switches[name.text] = _switch(name, value)
        else:
            assignments.append(EventAssignment(name.text, value))
            targets.append((name.text, name.offset))
    if not targets:
        raise SettingsError(f"the event sets nothing; {FORM}", opening.offset)
    event = Event(f"line {line}", condition, tuple(assignments), **formulas, **switches)  # type: ignore[arg-type]
    return TextEvent(event, tuple(targets))


def _switch(name: Token, value: Expression) -> bool:
    if value not in (Number(0.0), Number(1.0)):
        raise SettingsError(f"{name.text} = takes true or false", name.offset)
    return value == Number(1.0)


def _formula(tokens: Sequence[Token], check: Callable[[Expression, int], None]) -> Expression:
    tree = Grammar(tokens).expression()
    check(tree, tokens[0].offset)
    return tree


def _parts(grammar: Grammar, opening: Token) -> Iterator[list[Token]]:
    """Yield what stands between the commas of the outermost brackets, each closed by an end token."""
    grammar.take()
    depth = 0
    part: list[Token] = []
    while True:
        token = grammar.take()
        if token.kind in ("end", "newline"):
            raise SettingsError("'(' is never closed", opening.offset + len(WORD))
        if depth == 0 and token.text in (",", ")"):
            yield [*part, Token("end", "", token.offset)]
            part = []
            if token.text == ")":
                break
            continue
        depth += (token.text == "(") - (token.text == ")")
        part.append(token)
    if grammar.token.kind not in ("end", "newline"):
        raise SettingsError("an event stands on a line of its own", grammar.token.offset)
