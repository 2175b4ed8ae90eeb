"""What a network does to a behaviour: an expression, or values that hold while a condition does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Discriminator, Field, Tag

from tissue_sim.tissue.expression_settings import ExpressionField, ParsedExpression
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import SignalQuantity

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Output", "WhenOutput", "expressions_of", "values_of"]


class WhenOutput(Settings):
    """A value of a behaviour that holds while a condition does, else the behaviour's own value."""

    when: ExpressionField = Field(description="a node of the network, or a condition on its species")
    value: SignalQuantity = Field(description="in the behaviour's unit")


def _form(value: Any) -> str:
    if isinstance(value, dict | WhenOutput):
        return "condition"
    return "conditions" if isinstance(value, list | tuple) else "expression"


Output = Annotated[
    Annotated[ExpressionField, Tag("expression")]
    | Annotated[WhenOutput, Tag("condition")]
    | Annotated[list[WhenOutput], Tag("conditions")],
    Discriminator(_form),
]
"""Annotation for a pydantic field: an expression, ``{when:, value:}``, or a list of these: of those whose
condition holds the first one acts."""


def expressions_of(
    output: ParsedExpression | WhenOutput | list[WhenOutput],
) -> Iterator[tuple[tuple[str | int, ...], ParsedExpression]]:
    """Yield (path below the output's key, expression)."""
    if isinstance(output, ParsedExpression):
        yield (), output
    elif isinstance(output, WhenOutput):
        yield ("when",), output.when
    else:
        yield from (((number, "when"), each.when) for number, each in enumerate(output))


def values_of(
    output: ParsedExpression | WhenOutput | list[WhenOutput],
) -> Iterator[tuple[tuple[str | int, ...], SignalQuantity]]:
    """Yield (path below the output's key, value) of conditions."""
    if isinstance(output, WhenOutput):
        yield ("value",), output.value
    elif not isinstance(output, ParsedExpression):
        yield from (((number, "value"), each.value) for number, each in enumerate(output))
