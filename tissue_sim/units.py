"""Quantities with units: numbers in the default units (um, min) or text with a unit.

`Quantity` is the annotation settings models use; `Length`, `Time` and the others below are its common
forms. Text is matched in full against a bounded pattern before pint sees the unit (pint evaluates
``9**9**9**9 um`` for ever).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pint

NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
FACTOR = r"[A-Za-zµ]{1,16}(?:\^-?[1-9])?"
UNIT = rf"(?:(?:1|{FACTOR})(?:[*/]{FACTOR})*|(?:/{FACTOR})+)"
LONGEST_QUANTITY = 64
PREFIXES = frozenset({"femto", "pico", "nano", "micro", "milli", "centi", "kilo", "mega"})
UNPREFIXED = frozenset({"minute", "hour", "day", "week", "month", "year", "micron"})

_NUMBER = re.compile(NUMBER)
_QUANTITY = re.compile(rf"({NUMBER}) ?({UNIT})?")
_UNIT = re.compile(UNIT)


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry:
    import pint

    try:
        # Its definitions are parsed once and kept in the user's cache: 0.4 s of every later start.
        registry = pint.UnitRegistry(cache_folder=":auto:")
    except OSError:
        registry = pint.UnitRegistry(cache_folder=None)
    registry.define("molar = mole / liter = M")
    return registry


@lru_cache(maxsize=1024)
def conversion_factor(unit: str, target: str) -> float:
    """Return how many `target` one `unit` is.

    Raises
    ------
    SettingsError
        If a unit is unknown or the dimensions differ.
    """
    if unit == target:
        return 1.0
    return float(_parsed(unit).to(_parsed(target).units).magnitude / _parsed(target).magnitude)


@lru_cache(maxsize=1024)
def _parsed(unit: str) -> Any:
    import pint

    if len(unit) > LONGEST_QUANTITY or not _UNIT.fullmatch(unit):
        raise SettingsError(f"'{unit[:40]}' is not a unit; write one like um, 1/min, um^2/min")
    text = "1" + unit if unit.startswith("/") else unit
    for word in re.findall(r"[A-Za-zµ]+", unit):
        _refuse_odd_prefix(word)
    try:
        return _registry().Quantity(1.0, text.replace("^", "**"))
    except (pint.errors.UndefinedUnitError, pint.errors.DefinitionSyntaxError) as error:
        raise SettingsError(f"unknown unit '{unit}'; write one like um, h, 1/min, mmHg") from error
    except Exception as error:
        raise SettingsError(f"'{unit}' is not a usable unit ({error})") from error


def _refuse_odd_prefix(word: str) -> None:
    """Refuse what only a slip makes a unit: to pint ``hh`` is a hectohour."""
    readings = _registry().parse_unit_name(word)
    if any(not prefix for prefix, _, _ in readings):
        return
    for prefix, base, _ in readings[:1]:
        if prefix not in PREFIXES or base in UNPREFIXED:
            raise SettingsError(f"'{word}' would be a {prefix}{base}; write the plain unit")


def is_unit(text: str) -> bool:
    """Say whether `text` names a unit that pint knows."""
    try:
        _parsed(text)
    except SettingsError:
        return False
    return True


def same_dimension(unit: str, target: str) -> bool:
    """Say whether two known units measure the same kind of thing."""
    return bool(_parsed(unit).dimensionality == _parsed(target).dimensionality)


def parse_quantity(value: float | int | str, unit: str) -> float:
    """Return `value` as a finite number in `unit`.

    Parameters
    ----------
    value : float, int or str
        A number, taken in `unit`; or text such as ``"48 h"``.
    unit : str
        The unit wanted, for instance ``"min"``.

    Raises
    ------
    SettingsError
        Not a quantity, wrong dimension, unknown unit, or not finite.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise SettingsError(f"expected a number in {unit} or text with a unit, found {value!r:.40}")
    if isinstance(value, (int, float)):
        try:
            number, own_unit = float(value), None
        except OverflowError:
            number, own_unit = math.inf, None
    else:
        number, own_unit = split_quantity(value, unit)
    if not math.isfinite(number):
        raise SettingsError(f"{value!r:.40} is not a finite number")
    if own_unit is None:
        return number
    return number * _factor_for(value, own_unit, unit)


def split_quantity(text: str, unit: str) -> tuple[float, str | None]:
    """Split ``"5 mmHg/min"`` into its number and unit (None where no unit stands)."""
    match = _QUANTITY.fullmatch(text) if len(text) <= LONGEST_QUANTITY else None
    if match is None:
        raise SettingsError(
            f"'{text[:40]}' is not a quantity; write a number in {unit}, or a number and a unit"
        )
    return float(match[1]), match[2]


def _factor_for(value: Any, own_unit: str, unit: str) -> float:
    import pint

    try:
        return conversion_factor(own_unit, unit)
    except pint.errors.DimensionalityError as error:
        raise SettingsError(f"'{value}' has the wrong dimension; expected a quantity in {unit}") from error


def validated_by(parse: Callable[[Any], Any]) -> CoreSchema:
    """Return the schema of a pydantic field whose value is ``parse(value)``.

    A `SettingsError` becomes pydantic's own error and keeps the offset at which it stands.
    """

    def validate(value: Any) -> Any:
        try:
            return parse(value)
        except SettingsError as error:
            raise PydanticCustomError(
                "value", "{message}", {"message": error.message, "offset": error.offset}
            ) from error

    return core_schema.no_info_plain_validator_function(validate)


@dataclass(frozen=True)
class Quantity:
    """Annotation for a pydantic field: a quantity in `unit`, checked against its bounds.

    Attributes
    ----------
    unit : str
        Default unit of the field.
    minimum, maximum : float
        Inclusive bounds in `unit`.
    above : float
        Exclusive lower bound in `unit`.
    """

    unit: str
    minimum: float = -math.inf
    maximum: float = math.inf
    above: float = -math.inf

    def parse(self, value: Any) -> float:
        """Return the number in `unit`; raise SettingsError outside the bounds."""
        number = parse_quantity(value, self.unit)
        if number < self.minimum:
            raise SettingsError(f"{value} is too small; allowed is {self.minimum:g} or more")
        if number > self.maximum:
            raise SettingsError(f"{value} is too large; allowed is {self.maximum:g} or less")
        if number <= self.above:
            raise SettingsError(f"{value} is too small; allowed is more than {self.above:g}")
        return number

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `parse`."""
        return validated_by(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        pattern = rf"^{NUMBER} ?({UNIT})?$"
        number: dict[str, Any] = {"type": "number"}
        if math.isfinite(self.minimum):
            number["minimum"] = self.minimum
        if math.isfinite(self.maximum):
            number["maximum"] = self.maximum
        if math.isfinite(self.above):
            number["exclusiveMinimum"] = self.above
        text = {"type": "string", "pattern": pattern, "maxLength": LONGEST_QUANTITY}
        return {"anyOf": [number, text], "description": f"in {self.unit}, or text with a unit"}


@dataclass(frozen=True)
class SignalQuantity:
    """A quantity whose unit depends on a signal's own unit; resolved once that is known.

    Attributes
    ----------
    value : float or str
        As written.
    """

    value: float | str

    def to(self, unit: str) -> float:
        """Return the number in `unit`, for instance ``signal.unit + "/min"``."""
        return parse_quantity(self.value, unit)

    @classmethod
    def _parse(cls, value: Any) -> SignalQuantity:
        if isinstance(value, SignalQuantity):
            return value
        own = split_quantity(value, "the signal's unit")[1] if isinstance(value, str) else None
        parse_quantity(value, own or "1")
        return cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the form only: finite number, or NUMBER UNIT."""
        return validated_by(cls._parse)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        text = {
            "type": "string",
            "pattern": rf"^{NUMBER} ?({UNIT})?$",
            "maxLength": LONGEST_QUANTITY,
        }
        return {"anyOf": [{"type": "number"}, text], "description": "in the signal's own unit"}


Number = Annotated[float, Quantity("1")]
NonNegative = Annotated[float, Quantity("1", minimum=0.0)]
Positive = Annotated[float, Quantity("1", above=0.0)]
Fraction = Annotated[float, Quantity("1", minimum=0.0, maximum=1.0)]
Coordinate = Annotated[float, Quantity("um")]
Length = Annotated[float, Quantity("um", minimum=0.0)]
PositiveLength = Annotated[float, Quantity("um", above=0.0)]
Volume = Annotated[float, Quantity("um^3", minimum=0.0)]
PositiveVolume = Annotated[float, Quantity("um^3", above=0.0)]
Time = Annotated[float, Quantity("min", minimum=0.0)]
PositiveTime = Annotated[float, Quantity("min", above=0.0)]
Rate = Annotated[float, Quantity("1/min", minimum=0.0)]
Speed = Annotated[float, Quantity("um/min", minimum=0.0)]
VolumeRate = Annotated[float, Quantity("um^3/min", minimum=0.0)]
