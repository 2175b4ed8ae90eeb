"""Reading expressions and equations from text.

Text is only ever compared with our own grammar; limits hold before a tree is built, so hostile text costs
microseconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.event_parser import at_event, read_event
from tissue_sim.codegen.functions import CONSTANTS, FUNCTIONS, RESERVED
from tissue_sim.codegen.grammar import Grammar
from tissue_sim.codegen.lexer import tokens_of
from tissue_sim.codegen.reaction_text import ReactionLine, at_reaction, take_reaction
from tissue_sim.codegen.syntax import Call, Compare, Expression, Name, Number, Text
from tissue_sim.codegen.walk import calls_in, fold, names_in, nodes_in, rebuild, substitute
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from tissue_sim.codegen.event_parser import TextEvent
    from tissue_sim.codegen.lexer import Token

__all__ = [
    "LONGEST_EQUATIONS",
    "LONGEST_EXPRESSION",
    "Equation",
    "ReactionLine",
    "calls_in",
    "names_in",
    "nodes_in",
    "parse_equations",
    "parse_expression",
    "substitute",
]

LONGEST_EXPRESSION = 2000
"""Characters of one expression."""
LONGEST_EQUATIONS = 100_000
"""Characters of all equations of one network."""


@dataclass(frozen=True)
class Equation:
    """One line of a network's equations.

    Attributes
    ----------
    kind : str
        ``rate`` (``X' = ...``) or ``assignment`` (``y = ...``).
    name : str
    expression : Expression
        Offsets in it count from the beginning of the whole text.
    line : int
        From 1.
    offset : int
        Character of the whole text at which the name stands.
    """

    kind: str
    name: str
    expression: Expression
    line: int
    offset: int


def _check_constants(tree: Expression, offset: int) -> None:
    """Refuse parts without names that have no finite value: ``1/0``, ``9^9^9^9``, ``log(-1)``."""

    def combine(node: Expression, operands: list[float | None]) -> float | None:
        if isinstance(node, Number):
            return node.value
        if isinstance(node, (Name, Text)) or any(operand is None for operand in operands):
            return None
        if isinstance(node, Compare) and (isinstance(node.left, Text) or isinstance(node.right, Text)):
            return None
        known = isinstance(node, Call) and ".".join(node.function) in FUNCTIONS
        if isinstance(node, Call) and not (
            known and len(node.arguments) >= FUNCTIONS[node.function[0]].minimum
        ):
            return None
        numbers = [Number(operand) for operand in operands if operand is not None]
        value = evaluate(rebuild(node, numbers), lambda _: math.nan)
        if not (isinstance(value, float) and math.isfinite(value)):
            raise SettingsError("a part of the expression without names is not a finite number", offset)
        return value

    fold(tree, combine)


def _check_length(length: int, longest: int, offset: int, what: str) -> None:
    if length > longest:
        raise SettingsError(f"{what} is {length} characters long; at most {longest} are allowed", offset)


def parse_expression(text: str, offset: int = 0) -> Expression:
    """Return the syntax tree of an expression.

    Parameters
    ----------
    text : str
        For instance ``"k_s / (1 + (oxygen/K)^n)"``; at most 2000 characters, 50 deep, 1000 nodes.
    offset : int
        Where `text` begins in a longer text; added to all offsets.

    Raises
    ------
    SettingsError
        With message and the offset of the character that does not fit.
    """
    _check_length(len(text), LONGEST_EXPRESSION, offset, "the expression")
    grammar = Grammar(tokens_of(text, offset))
    if grammar.token.kind == "end":
        raise SettingsError("the expression is empty", offset)
    tree = grammar.expression()
    _check_constants(tree, offset)
    return tree


def _defined_name(grammar: Grammar) -> Token:
    """Take the name at the left of an equation."""
    token = grammar.take()
    if token.kind != "name" or "." in token.text or token.text in RESERVED:
        reason = ""
        if token.text in CONSTANTS or token.text in RESERVED:
            reason = f"; '{token.text}' is a reserved word"
        elif "." in token.text:
            reason = "; a name on the left has no dots"
        raise SettingsError(
            f"an equation reads X' = ... (a rate) or y = ... (an assignment){reason}", token.offset
        )
    return token


def _check_equals(grammar: Grammar, name: Token) -> None:
    if grammar.at("="):
        grammar.take()
        return
    advice = ""
    if grammar.at("/") and name.text.startswith("d"):
        advice = f"; instead of d{name.text[1:]}/dt = ... write {name.text[1:]}' = ..."
    elif grammar.at("=="):
        advice = "; a single = defines, == compares"
    raise SettingsError(f"expected '=' after '{name.text[:64]}'{advice}", grammar.token.offset)


def _equation(grammar: Grammar, text: str) -> Equation:
    name = _defined_name(grammar)
    kind = "assignment"
    if grammar.at("'"):
        grammar.take()
        kind = "rate"
    _check_equals(grammar, name)
    start = grammar.token.offset
    expression = grammar.expression()
    _check_length(grammar.token.offset - start, LONGEST_EXPRESSION, start, "the expression")
    _check_constants(expression, start)
    return Equation(kind, name.text, expression, text.count("\n", 0, name.offset) + 1, name.offset)


def _check_formula(tree: Expression, offset: int) -> None:
    if isinstance(tree, Text):
        raise SettingsError("text in quotes stands only beside == and !=", offset)
    _check_constants(tree, offset)


def _reaction(grammar: Grammar, text: str) -> ReactionLine:
    start = grammar.token.offset
    reaction = take_reaction(grammar, text)
    _check_length(grammar.token.offset - start, LONGEST_EXPRESSION, start, "the reaction")
    for rate in (reaction.rate, reaction.reverse):
        if rate is not None:
            _check_constants(rate, start)
    return reaction


def parse_equations(text: str, events: list[TextEvent] | None = None) -> list[Equation | ReactionLine]:
    """Return the equations and reactions of a text, one per line, in the order written.

    ``X' = ...`` is a rate, ``y = ...`` an assignment, ``A + 2 B -> C @ k*A*B^2`` a reaction (see
    `codegen.reaction_text`); ``#`` begins a comment; a line goes on in the next one inside brackets.

    Parameters
    ----------
    text : str
    events : list of TextEvent, optional
        Gets the events of the text; without it there may be none.

    Raises
    ------
    SettingsError
        With the offset in the whole text; also for a name that is defined twice and for no equation at all.
    """
    _check_length(len(text), LONGEST_EQUATIONS, 0, "the text of equations")
    grammar = Grammar(tokens_of(text, equations=True))
    equations: list[Equation | ReactionLine] = []
    defined: dict[str, int] = {}
    while grammar.token.kind != "end":
        if grammar.token.kind == "newline":
            grammar.take()
            continue
        if events is not None and at_event(grammar):
            line = text.count("\n", 0, grammar.token.offset) + 1
            events.append(read_event(grammar, line, _check_formula))
            continue
        equation = _reaction(grammar, text) if at_reaction(grammar) else _equation(grammar, text)
        if not equation.name:
            equations.append(equation)
            continue
        if equation.name in defined:
            raise SettingsError(
                f"'{equation.name}' is already defined in line {defined[equation.name]} of the equations",
                equation.offset,
            )
        defined[equation.name] = equation.line
        equations.append(equation)
    if not equations:
        raise SettingsError("there are no equations; write for instance X' = k - d*X")
    return equations
