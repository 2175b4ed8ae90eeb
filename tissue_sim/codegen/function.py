"""What an entry of the table of functions is, and how derivatives are put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.simplify import add, multiply
from tissue_sim.codegen.syntax import Call, Expression, Number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Slope = Callable[[Sequence[Expression], Sequence[Expression]], Expression]
    """Derivative of a call from its arguments and their derivatives."""

__all__ = ["Function", "by_partials", "call", "one_argument"]


@dataclass(frozen=True)
class Function:
    """A function that expressions may call.

    Attributes
    ----------
    name : str
    minimum : int
        Fewest arguments.
    maximum : int or None
        Most arguments; None for any number.
    description : str
        One line, with the formula where the name does not say it.
    numpy : callable
        float64 arrays or floats -> float64 array or float; NaN in gives NaN out.
    source : str or callable
        Scalar Python for numba. A format string with ``{0}``, ``{1}`` for the arguments as numbers and
        ``{truth0}``, ``{truth1}`` for them as conditions, each used once at most, or a function of the two
        lists (numbers, truths). It must read as one operand (a call, or in brackets).
    slope : callable or None
        (arguments, their derivatives) -> derivative; None where there is none to write.
    """

    name: str
    minimum: int
    maximum: int | None
    description: str
    numpy: Callable[..., Any]
    source: str | Callable[[Sequence[str], Sequence[str]], str]
    slope: Slope | None = None

    def source_of(self, numbers: Sequence[str], truths: Sequence[str]) -> str:
        """Return the call as scalar Python, from its arguments as numbers and as conditions."""
        if callable(self.source):
            return self.source(numbers, truths)
        return self.source.format(*numbers, **{f"truth{i}": text for i, text in enumerate(truths)})

    def takes(self) -> str:
        """Return how many arguments it takes, in words."""
        if self.maximum is None:
            return f"{self.minimum} or more arguments"
        if self.maximum == self.minimum:
            return f"{self.minimum} argument{'s' if self.minimum > 1 else ''}"
        return f"{self.minimum} to {self.maximum} arguments"


def call(name: str, *arguments: Expression) -> Call:
    """Return a call of a function of the table."""
    return Call((name,), arguments)


def by_partials(*partials: Callable[..., Expression]) -> Slope:
    """Return the chain rule: each of `partials` gives the derivative by one argument, from all of them."""

    def slope(arguments: Sequence[Expression], slopes: Sequence[Expression]) -> Expression:
        total: Expression = Number(0.0)
        for partial, inner in zip(partials, slopes, strict=True):
            if inner != Number(0.0):
                total = add(total, multiply(partial(*arguments), inner))
        return total

    return slope


def one_argument(
    name: str, description: str, numpy: Callable[..., Any], source: str, partial: Callable[..., Expression]
) -> Function:
    """Return the entry of a function of one argument with the derivative `partial`."""
    return Function(name, 1, 1, description, numpy, source, by_partials(partial))
