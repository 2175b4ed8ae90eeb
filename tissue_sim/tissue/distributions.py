"""Distributions of a scenario: ``normal(mean, sd, min=0)`` and the like, or a plain number.

Values outside ``min=`` and ``max=`` are drawn again. Drawing is a pure function of seed, cell, tick, purpose
and draw (`kernels.distributions`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic_core import CoreSchema

from tissue_sim.errors import SettingsError
from tissue_sim.tissue.distribution_ranges import mass_and_moment
from tissue_sim.tissue.distribution_text import FORMS, read_distribution
from tissue_sim.units import LONGEST_QUANTITY, NUMBER, UNIT, parse_quantity, validated_by

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = ["ENCODED_LENGTH", "FORMS", "Distribution", "DistributionIn", "parse_distribution"]

KINDS = ("fixed", "normal", "lognormal", "uniform", "exponential", "erlang", "choice")
"""In the order of the codes in `kernels.distributions`."""

ENCODED_LENGTH = 16
"""Length of `Distribution.encoded`."""
_FIRST_PARAMETER = 4
MOST_CHOICES = ENCODED_LENGTH - _FIRST_PARAMETER
LARGEST_SHAPE = 1000
LEAST_CHANCE = 0.01
LONGEST_TEXT = 300


@dataclass(frozen=True)
class Distribution:
    """What a number is drawn from.

    Attributes
    ----------
    kind : str
        ``fixed``, ``normal``, ``lognormal``, ``uniform``, ``exponential``, ``erlang`` or ``choice``.
    parameters : tuple of float
        As written, in the default unit of the value.
    minimum, maximum : float
        Values outside are drawn again.

    Raises
    ------
    SettingsError
        Parameters that make no distribution, or a range with a chance below 1 %.
    """

    kind: str
    parameters: tuple[float, ...]
    minimum: float = -math.inf
    maximum: float = math.inf

    def __post_init__(self) -> None:
        message = _fault(self.kind, self.parameters)
        if message:
            raise SettingsError(message)
        if self.minimum > self.maximum:
            raise SettingsError(f"min={self.minimum:g} is larger than max={self.maximum:g}")
        chance = mass_and_moment(self.kind, self.parameters, self.minimum, self.maximum)[0]
        if not chance >= LEAST_CHANCE:
            raise SettingsError(
                f"only {100 * chance:.2g} % of the values of {self} lie in its range "
                f"({self.minimum:g} to {self.maximum:g}); at least {100 * LEAST_CHANCE:g} % are needed"
            )

    def __str__(self) -> str:
        """Return the form of the scenario file."""
        numbers = [f"{parameter:.15g}" for parameter in self.parameters]
        if self.kind == "fixed":
            return numbers[0]
        numbers += [f"min={self.minimum:.15g}"] if math.isfinite(self.minimum) else []
        numbers += [f"max={self.maximum:.15g}"] if math.isfinite(self.maximum) else []
        return f"{self.kind}({', '.join(numbers)})"

    @classmethod
    def fixed(cls, value: float) -> Distribution:
        """Return the distribution that is always `value`."""
        return cls("fixed", (float(value),))

    @property
    def is_fixed(self) -> bool:
        """Whether every draw gives the same number."""
        return self.kind == "fixed"

    @property
    def mean(self) -> float:
        """Mean of the values drawn, with regard to the range."""
        if self.is_fixed:
            return self.parameters[0]
        mass, moment = mass_and_moment(self.kind, self.parameters, self.minimum, self.maximum)
        return moment / mass

    def encoded(self) -> np.ndarray:
        """Return the row that `kernels.distributions.draw` takes, float64[16]."""
        row = np.zeros(ENCODED_LENGTH)
        row[0] = KINDS.index(self.kind)
        row[1:_FIRST_PARAMETER] = self.minimum, self.maximum, len(self.parameters)
        row[_FIRST_PARAMETER : _FIRST_PARAMETER + len(self.parameters)] = self.parameters
        return row

    def sample(self, key: Any, cell_ids: np.ndarray, tick: int, purpose: int, draw: int = 0) -> np.ndarray:
        """Return one value per cell, float64[m].

        Parameters
        ----------
        key : int or uint64
            The seed.
        cell_ids : int64[m]
        tick, purpose, draw : int
            What the values are for; equal arguments give equal values.
        """
        from tissue_sim.kernels.distributions import sample_many

        ids = np.ascontiguousarray(cell_ids, dtype=np.int64)
        values = np.empty(len(ids))
        sample_many(self.encoded(), np.uint64(key), ids, int(tick), int(purpose), int(draw), values)
        return values


def _fault(kind: str, numbers: tuple[float, ...]) -> str:
    """Return what is wrong with the parameters, or an empty text."""
    if not all(math.isfinite(number) for number in numbers):
        return f"the numbers of {kind}() must be finite"
    match kind, numbers:
        case "choice", _:
            return "" if 1 <= len(numbers) <= MOST_CHOICES else f"choice() takes 1 to {MOST_CHOICES} values"
        case "fixed", (_,):
            return ""
        case "normal", (_, sd):
            return "" if sd >= 0.0 else f"sd is {sd:g}; allowed is 0 or more"
        case "lognormal", (median, sigma):
            ok = median > 0.0 and 0.0 <= sigma <= 20.0
            return "" if ok else "the median must be above 0 and the sigma of the log between 0 and 20"
        case "uniform", (low, high):
            return "" if low <= high else f"low is {low:g}, above high, {high:g}"
        case "exponential", (mean,):
            return "" if mean > 0.0 else f"the mean is {mean:g}; it must be above 0"
        case "erlang", (mean, shape):
            whole = float(shape).is_integer() and 1 <= shape <= LARGEST_SHAPE
            return "" if whole and mean > 0.0 else f"mean must be above 0, shape whole, 1 to {LARGEST_SHAPE}"
    return f"write {FORMS.get(kind, kind)}, found {len(numbers)} number{'s' * (len(numbers) != 1)}"


def parse_distribution(value: Any, unit: str = "1") -> Distribution:
    """Return the distribution a value of the scenario stands for.

    Parameters
    ----------
    value : Distribution, float, int or str
        A number or quantity (``fixed``), or text such as ``"normal(1, 0.25, min=0)"`` with numbers in `unit`.
    unit : str
        Default unit of the value.

    Raises
    ------
    SettingsError
        With the offset of what does not fit.
    """
    if isinstance(value, Distribution):
        return value
    if isinstance(value, str) and ("(" in value or value.strip() in FORMS):
        if len(value) > LONGEST_TEXT:
            raise SettingsError(f"a distribution is at most {LONGEST_TEXT} characters long")
        return Distribution(*read_distribution(value, unit))
    return Distribution.fixed(parse_quantity(value, unit))


@dataclass(frozen=True)
class DistributionIn:
    """Annotation for a pydantic field: a number, quantity or distribution in `unit`.

    Values that the field does not allow are refused where they are written down (a number, an end of
    ``uniform``, a value of ``choice``) and drawn again where only the tail of a distribution reaches them.

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

    def parse(self, value: Any) -> Distribution:
        """Return the distribution within the bounds; raise SettingsError where it cannot be."""
        found = parse_distribution(value, self.unit)
        if found.kind in ("fixed", "uniform", "choice"):
            self._check(found)
        exclusive = math.nextafter(self.above, math.inf) if math.isfinite(self.above) else self.above
        low = max(found.minimum, self.minimum, exclusive)
        high = min(found.maximum, self.maximum)
        return replace(found, minimum=low, maximum=high) if not found.is_fixed else found

    def _check(self, found: Distribution) -> None:
        written = [max(found.minimum, min(found.maximum, number)) for number in found.parameters]
        smallest, largest = min(written), max(written)
        if smallest < self.minimum:
            raise SettingsError(f"{smallest:g} is too small; allowed is {self.minimum:g} or more")
        if largest > self.maximum:
            raise SettingsError(f"{largest:g} is too large; allowed is {self.maximum:g} or less")
        if smallest < self.above or (smallest == self.above and found.kind != "uniform"):
            raise SettingsError(f"{smallest:g} is too small; allowed is more than {self.above:g}")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `parse`."""
        return validated_by(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        number: dict[str, Any] = {"type": "number"}
        if math.isfinite(self.minimum):
            number["minimum"] = self.minimum
        if math.isfinite(self.maximum):
            number["maximum"] = self.maximum
        if math.isfinite(self.above):
            number["exclusiveMinimum"] = self.above
        quantity = {"type": "string", "pattern": rf"^{NUMBER} ?({UNIT})?$", "maxLength": LONGEST_QUANTITY}
        drawn = {
            "type": "string",
            "pattern": rf"^({'|'.join(FORMS)})\(.*\)$",
            "maxLength": LONGEST_TEXT,
        }
        return {
            "anyOf": [number, quantity, drawn],
            "description": f"in {self.unit}, text with a unit, or a distribution: normal(mean, sd, min=0)",
        }
