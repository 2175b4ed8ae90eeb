"""Reading rules: one sentence each, as a field of a cell type's settings."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic_core import CoreSchema

from tissue_sim.codegen.parser import parse_expression
from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.rules.rule import DECREASES, INCREASES, Rule
from tissue_sim.tissue.expression_settings import ParsedExpression
from tissue_sim.units import SignalQuantity, parse_quantity, split_quantity, validated_by

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = ["RuleField", "parse_rule"]

FORM = (
    "a rule reads SOURCE increases|decreases BEHAVIOUR to VALUE with half_max VALUE[, hill N]"
    "[, also when dead]"
)
LONGEST_RULE = 2000
LARGEST_HILL = 100.0

_PIECES = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z][A-Za-z0-9_.]*|[()]|.", re.DOTALL)
_WORDS = re.compile(r",|[^\s,]+")
_BEHAVIOUR = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")


class _Word(NamedTuple):
    text: str
    offset: int


class _Sentence:
    """The words after the source, taken one after the other."""

    def __init__(self, text: str, start: int) -> None:
        self._words = [_Word(match[0], match.start()) for match in _WORDS.finditer(text, start)]
        self._words.append(_Word("", len(text)))
        self._place = 0

    def peek(self, further: int = 0) -> str:
        """Return the text of a coming word, empty at the end."""
        return self._words[min(self._place + further, len(self._words) - 1)].text

    def take(self) -> _Word:
        """Return the next word and move on; the end is an empty word."""
        word = self._words[self._place]
        self._place = min(self._place + 1, len(self._words) - 1)
        return word

    def expect(self, wanted: str) -> None:
        """Take a certain word; raise SettingsError for another."""
        word = self.take()
        if word.text != wanted:
            raise SettingsError(
                f"expected '{wanted}', {_found(word)}{did_you_mean(word.text, [wanted])}; {FORM}", word.offset
            )

    def quantity(self, ends: tuple[str, ...]) -> tuple[SignalQuantity, int]:
        """Take a number with or without a unit, up to one of the words `ends`."""
        number = self.take()
        if number.text in ("", ",", *ends):
            raise SettingsError(f"expected a number, {_found(number)}; {FORM}", number.offset)
        text = number.text
        if self.peek() in ("hill", "also"):
            raise SettingsError(f"a comma is missing before '{self.peek()}'; {FORM}", self.take().offset)
        if self.peek() not in ends and self.peek(1) in ends:
            text = f"{text} {self.take().text}"
        try:
            return _quantity(text), number.offset
        except SettingsError as error:
            raise SettingsError(error.message, number.offset) from error


def _found(word: _Word) -> str:
    return f"found '{word.text[:40]}'" if word.text else "found the end"


def _quantity(text: str) -> SignalQuantity:
    """Return a finite number or number with a unit; which unit fits is known later."""
    number, unit = split_quantity(text, "the unit of the quantity")
    parse_quantity(text, unit or "1")
    return SignalQuantity(number if unit is None else text)


def _direction(text: str) -> tuple[str, int, int]:
    """Return ``increases`` or ``decreases`` and where it begins and ends, outside brackets and quotes."""
    depth = 0
    words: list[_Word] = []
    for match in _PIECES.finditer(text):
        depth += (match[0] == "(") - (match[0] == ")")
        if depth > 0:
            continue
        if match[0] in (INCREASES, DECREASES):
            return match[0], match.start(), match.end()
        words.append(_Word(match[0], match.start()))
    for word in words:
        near = did_you_mean(word.text, (INCREASES, DECREASES)) if len(word.text) > 4 else ""
        if near:
            raise SettingsError(
                f"expected 'increases' or 'decreases', {_found(word)}{near}; {FORM}", word.offset
            )
    raise SettingsError(f"neither 'increases' nor 'decreases' is found; {FORM}")


def _positive(value: float, what: str, largest: float, offset: int) -> float:
    if not 0.0 < value <= largest:
        limit = f" and at most {largest:g}" if math.isfinite(largest) else ""
        raise SettingsError(f"{what} is {value:g}; it must be above 0{limit}", offset)
    return value


def _hill(sentence: _Sentence) -> float:
    word = sentence.take()
    try:
        value = parse_quantity(word.text, "1")
    except SettingsError as error:
        raise SettingsError(f"expected a number after 'hill', {_found(word)}", word.offset) from error
    return _positive(value, "hill", LARGEST_HILL, word.offset)


def _options(sentence: _Sentence) -> tuple[float, bool]:
    """Read ``[, hill N][, also when dead]`` up to the end."""
    hill: float | None = None
    also_when_dead = False
    while sentence.peek():
        sentence.expect(",")
        word = sentence.take()
        if word.text == "hill" and hill is None:
            hill = _hill(sentence)
        elif word.text == "also" and not also_when_dead:
            sentence.expect("when")
            sentence.expect("dead")
            also_when_dead = True
        else:
            hint = did_you_mean(word.text, ("hill", "also"))
            raise SettingsError(
                f"expected 'hill' or 'also when dead' (each once), {_found(word)}{hint}", word.offset
            )
    return 1.0 if hill is None else hill, also_when_dead


def parse_rule(text: str) -> Rule:
    """Return the rule a sentence states.

    Parameters
    ----------
    text : str
        For instance ``"signal.oxygen decreases death.necrosis.rate to 0 with half_max 3.75, hill 8"``.

    Raises
    ------
    SettingsError
        With the offset of the word that does not fit, and what is expected there.
    """
    if len(text) > LONGEST_RULE:
        raise SettingsError(f"the rule is {len(text)} characters long; at most {LONGEST_RULE} are allowed")
    direction, begin, end = _direction(text)
    source_text = text[:begin].rstrip()
    if not source_text.strip():
        raise SettingsError(f"the source is missing before '{direction}'; {FORM}", begin)
    source = ParsedExpression(source_text, parse_expression(source_text))
    sentence = _Sentence(text, end)
    behaviour = sentence.take()
    if not _BEHAVIOUR.fullmatch(behaviour.text) or behaviour.text == "to":
        raise SettingsError(
            f"expected a behaviour such as cycle.rate, {_found(behaviour)}; {FORM}", behaviour.offset
        )
    sentence.expect("to")
    to, to_offset = sentence.quantity(("with",))
    sentence.expect("with")
    sentence.expect("half_max")
    half_max, half_max_offset = sentence.quantity((",", ""))
    number = (
        half_max.value if isinstance(half_max.value, float) else split_quantity(str(half_max.value), "")[0]
    )
    _positive(number, "half_max", math.inf, half_max_offset)
    hill, also_when_dead = _options(sentence)
    return Rule(
        text,
        source,
        direction,
        behaviour.text,
        to,
        half_max,
        hill,
        also_when_dead,
        behaviour.offset,
        to_offset,
        half_max_offset,
    )


def _rule(value: Any) -> Rule:
    if isinstance(value, Rule):
        return value
    if not isinstance(value, str):
        raise SettingsError(f"expected a sentence, found {value!r:.40}; {FORM}")
    return parse_rule(value)


class _RuleAnnotation:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `parse_rule`."""
        return validated_by(_rule)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        return {
            "type": "string",
            "maxLength": LONGEST_RULE,
            "pattern": r"\s(increases|decreases)\s.+\sto\s.+\swith\s+half_max\s",
            "description": FORM,
        }


RuleField = Annotated[Rule, _RuleAnnotation]
"""Annotation for a pydantic field; its value is a `Rule`."""
