"""Expressions as fields of settings models."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic_core import CoreSchema

from tissue_sim.codegen.parser import LONGEST_EXPRESSION, parse_expression
from tissue_sim.codegen.syntax import Expression
from tissue_sim.errors import SettingsError
from tissue_sim.units import parse_quantity, validated_by

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = ["ExpressionField", "ParsedExpression", "parsed"]


@dataclass(frozen=True)
class ParsedExpression:
    """An expression as written and as a tree.

    Attributes
    ----------
    text : str
    tree : Expression
        Its offsets count from the beginning of `text`.
    """

    text: str
    tree: Expression = field(repr=False, compare=False)

    def __deepcopy__(self, memo: object) -> ParsedExpression:
        """Return itself: nothing in it changes."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Store the text only; the tree of a long sum is too deep to store."""
        return parsed, (self.text,)


def parsed(value: Any) -> ParsedExpression:
    """Return a value of the scenario as an expression.

    Parameters
    ----------
    value : ParsedExpression, str, int or float

    Raises
    ------
    SettingsError
        With the offset of what does not fit.
    """
    if isinstance(value, ParsedExpression):
        return value
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise SettingsError(f"expected an expression such as 'a*(b + 2)', found {value!r:.40}")
    text = value if isinstance(value, str) else repr(parse_quantity(value, "1"))
    return ParsedExpression(text, parse_expression(text))


class _ExpressionAnnotation:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `parsed`."""
        return validated_by(parsed)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        text = {"type": "string", "minLength": 1, "maxLength": LONGEST_EXPRESSION}
        return {"anyOf": [{"type": "number"}, text], "description": "an expression"}


ExpressionField = Annotated[ParsedExpression, _ExpressionAnnotation]
"""Annotation for a pydantic field; its value is a `ParsedExpression`."""
