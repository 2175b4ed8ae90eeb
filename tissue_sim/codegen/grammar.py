"""The grammar of expressions: from tokens to the syntax tree by operator precedence.

From loosest to tightest: ``or``, ``and``, ``not``, comparisons (never chained), ``+ -``, ``* /``, ``-x``,
``^`` (to the right, so -2^2 is -4 and 2^3^2 is 512). Nothing here knows Python's own grammar, so words like
``lambda`` are ordinary names and no text is ever compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.functions import AGGREGATES, CONSTANTS, CONTACT_FUNCTIONS, FUNCTIONS, RESERVED
from tissue_sim.codegen.syntax import Binary, Call, Compare, Expression, Logic, Name, Number, Text, Unary
from tissue_sim.errors import SettingsError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.codegen.lexer import Token

__all__ = ["DEEPEST", "MOST_NODES", "Grammar"]

DEEPEST = 50
"""Brackets, signs and powers inside each other."""
MOST_NODES = 1000
"""Numbers, names and operators in one expression."""

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _POWER = range(1, 9)
_BINDING = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), _COMPARE),
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    "^": _POWER,
}
_CALLABLE = (*FUNCTIONS, *AGGREGATES, *CONTACT_FUNCTIONS)
_KEYWORDS = {"type": "the name of a cell type", "dead": "true or false"}


def _shown(token: Token) -> str:
    if token.kind in ("end", "newline"):
        return "the end"
    return f"'{token.text[:40]}'"


class Grammar:
    """Reads expressions from a list of tokens, one after the other.

    Attributes
    ----------
    tokens : sequence of Token
    place : int
        Index of the next token.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens, self.place = tokens, 0
        self._nodes = self._depth = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """Return the next token and move on."""
        token = self.tokens[self.place]
        self.place += 1
        return token

    def at(self, text: str) -> bool:
        """Say whether the next token is this symbol or word."""
        return self.token.text == text and self.token.kind in ("symbol", "name", "prime")

    def expression(self, until: str = "") -> Expression:
        """Return the next expression; what follows it must be the end, a newline or the symbol `until`.

        Raises
        ------
        SettingsError
            With the offset of the token that does not fit.
        """
        self._nodes = self._depth = 0
        tree = self._operators(_OR)
        if self.token.kind not in ("end", "newline") and not self.at(until):
            raise self._unexpected(self.token)
        if isinstance(tree, Text):
            raise self._lonely_text(tree)
        return tree

    def _unexpected(self, token: Token) -> SettingsError:
        if token.text == ")":
            return SettingsError("')' without a '(' before it", token.offset)
        if token.text == "=":
            return SettingsError("unexpected '='; use == to compare", token.offset)
        if token.text == ",":
            return SettingsError(
                "unexpected ','; commas stand only between the arguments of a function", token.offset
            )
        word = token.text.lower()
        advice = f"did you mean '{word}'?" if word in RESERVED else "is an operator such as * missing?"
        return SettingsError(f"unexpected {_shown(token)}; {advice}", token.offset)

    @staticmethod
    def _lonely_text(text: Text) -> SettingsError:
        return SettingsError("text in quotes stands only beside == and !=", text.offset)

    def _count(self, token: Token) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise SettingsError(
                f"the expression has more than {MOST_NODES} numbers, names and operators", token.offset
            )

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise SettingsError(f"the expression is nested more than {DEEPEST} deep", token.offset)

    def _operators(self, loosest: int) -> Expression:
        """Return operands joined by operators that bind at least as tightly as `loosest`."""
        left = self._operand(loosest)
        compared = False
        while self.token.kind in ("symbol", "name") and _BINDING.get(self.token.text, 0) >= loosest:
            operator = self.take()
            binding = _BINDING[operator.text]
            self._count(operator)
            if binding == _COMPARE:
                if compared:
                    raise SettingsError(
                        f"comparisons are not chained; write 'a {operator.text} b and b {operator.text} c'",
                        operator.offset,
                    )
                compared = True
            left = self._join(left, operator, self._right(operator, binding))
        return left

    def _right(self, operator: Token, binding: int) -> Expression:
        if binding != _POWER:
            return self._operators(binding + 1)
        self._deeper(operator)
        exponent = self._operators(_SIGN)
        self._depth -= 1
        return exponent

    def _join(self, left: Expression, operator: Token, right: Expression) -> Expression:
        texts = [side for side in (left, right) if isinstance(side, Text)]
        if operator.text in ("==", "!=") and texts:
            if not any(isinstance(side, Name) for side in (left, right)):
                raise SettingsError(
                    "text in quotes is compared only with a name like cell.type", texts[0].offset
                )
            texts = []
        if texts:
            raise self._lonely_text(texts[0])
        if operator.text in ("and", "or"):
            merged = isinstance(left, Logic) and left.operator == operator.text
            operands = left.operands if merged and isinstance(left, Logic) else (left,)
            return Logic(operator.text, (*operands, right))
        if _BINDING[operator.text] == _COMPARE:
            return Compare(operator.text, left, right)
        return Binary(operator.text, left, right)

    def _operand(self, loosest: int) -> Expression:
        token = self.take()
        self._count(token)
        if token.kind == "number":
            return self._number(token)
        if token.kind == "text":
            return Text(token.text[1:-1], token.offset)
        if token.text in ("-", "+"):
            return self._signed(token)
        if token.text == "(":
            return self._bracket(token)
        if token.kind == "name":
            if token.text == "not":
                return self._negation(token, loosest)
            if token.text not in ("and", "or"):
                return self._call(token) if self.at("(") else self._name(token)
        if token.kind in ("end", "newline"):
            raise SettingsError("the expression ends where a number, a name or '(' is expected", token.offset)
        raise SettingsError(f"expected a number, a name or '(', found {_shown(token)}", token.offset)

    @staticmethod
    def _number(token: Token) -> Number:
        value = float(token.text)
        if value == float("inf"):
            raise SettingsError(f"{token.text[:40]} is not a finite number", token.offset)
        return Number(value)

    @staticmethod
    def _name(token: Token) -> Expression:
        if token.text in CONSTANTS:
            return Number(CONSTANTS[token.text])
        return Name(tuple(token.text.split(".")), token.offset)

    def _signed(self, token: Token) -> Expression:
        self._deeper(token)
        operand = self._operators(_SIGN)
        self._depth -= 1
        if isinstance(operand, Text):
            raise self._lonely_text(operand)
        if token.text == "+":
            return operand
        return Number(-operand.value) if isinstance(operand, Number) else Unary("-", operand)

    def _negation(self, token: Token, loosest: int) -> Expression:
        if loosest > _NOT:
            raise SettingsError("put brackets around 'not ...' here", token.offset)
        self._deeper(token)
        operand = self._operators(_NOT)
        self._depth -= 1
        if isinstance(operand, Text):
            raise self._lonely_text(operand)
        return Unary("not", operand)

    def _bracket(self, token: Token) -> Expression:
        self._deeper(token)
        inner = self._operators(_OR)
        self._close(token)
        self._depth -= 1
        return inner

    def _close(self, opening: Token) -> None:
        if self.token.kind in ("end", "newline"):
            raise SettingsError("'(' is never closed", opening.offset)
        if not self.at(")"):
            raise self._unexpected(self.token)
        self.take()

    def _call(self, token: Token) -> Expression:
        if token.text not in _CALLABLE:
            raise SettingsError(
                f"unknown function '{token.text[:64]}' (products are written with *, "
                "`tissue-sim schema --expressions` lists the functions)"
                f"{did_you_mean(token.text, _CALLABLE)}",
                token.offset,
            )
        opening = self.take()
        self._deeper(opening)
        arguments, keywords = self._arguments(token)
        self._close(opening)
        self._depth -= 1
        self._check_number(token, len(arguments))
        if token.text == "pow":
            return Binary("^", arguments[0], arguments[1])
        return Call(tuple(token.text.split(".")), tuple(arguments), tuple(keywords), token.offset)

    def _arguments(self, function: Token) -> tuple[list[Expression], list[tuple[str, Expression]]]:
        arguments: list[Expression] = []
        keywords: list[tuple[str, Expression]] = []
        while not self.at(")"):
            if self.token.kind == "name" and self.tokens[self.place + 1].text == "=":
                keywords.append(self._keyword(function, [name for name, _ in keywords]))
            else:
                argument = self._operators(_OR)
                if isinstance(argument, Text):
                    raise self._lonely_text(argument)
                if keywords:
                    raise SettingsError("values stand before keywords like type=", self.token.offset)
                arguments.append(argument)
            if not self.at(","):
                break
            self.take()
        return arguments, keywords

    def _keyword(self, function: Token, before: list[str]) -> tuple[str, Expression]:
        name, _ = self.take(), self.take()
        if function.text not in CONTACT_FUNCTIONS or name.text not in _KEYWORDS or name.text in before:
            raise SettingsError(
                f"{function.text}() takes no {'second ' if name.text in before else ''}"
                f"keyword '{name.text[:64]}'; type= and dead= go with contact.mean, contact.sum and "
                "contact.count (use == to compare)",
                name.offset,
            )
        value = self.take()
        self._count(value)
        known = value.text in ("true", "false") if name.text == "dead" else "." not in value.text
        if value.kind != "name" or not known:
            raise SettingsError(f"{name.text}= takes {_KEYWORDS[name.text]}", value.offset)
        return name.text, Name((value.text,), value.offset)

    @staticmethod
    def _check_number(token: Token, number: int) -> None:
        entry = FUNCTIONS.get(token.text)
        if token.text in AGGREGATES or token.text in CONTACT_FUNCTIONS:
            of_all = token.text == "contact.count" and number == 0
            if number == 1 or of_all or (entry is not None and number > 1):
                return
            raise SettingsError(f"{token.text}() takes 1 argument, found {number}", token.offset)
        if entry is None or number < entry.minimum or (entry.maximum is not None and number > entry.maximum):
            takes = entry.takes() if entry else ""
            raise SettingsError(f"{token.text}() takes {takes}, found {number}", token.offset)
