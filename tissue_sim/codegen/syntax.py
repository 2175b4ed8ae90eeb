"""The syntax tree of expressions and equations: plain immutable nodes.

Trees are built by `codegen.parser`, never by eval; all other modules of this package walk them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tissue_sim.codegen.feed_forward import FeedForward

__all__ = ["Applied", "Binary", "Call", "Compare", "Expression", "Logic", "Name", "Number", "Text", "Unary"]


@dataclass(frozen=True)
class Number:
    """A finite literal."""

    value: float


@dataclass(frozen=True)
class Text:
    """A quoted string; stands only beside == and !=."""

    value: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Name:
    """A dotted name: ``("signal", "oxygen")``, ``("time",)``, ``("other", "cell", "age")``.

    `offset` is the character of the text at which the name begins.
    """

    path: tuple[str, ...]
    offset: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """Return the dotted form."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Unary:
    """``-x`` or ``not x``; operator is ``-`` or ``not``."""

    operator: str
    operand: Expression


@dataclass(frozen=True)
class Binary:
    """Arithmetic; operator is one of ``+ - * / ^``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Compare:
    """Comparison; operator is one of ``< <= > >= == !=``; true is 1, false is 0."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Logic:
    """``and`` or ``or`` over two or more operands."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Call:
    """A function call: ``exp(x)``, ``contact.mean(theta, type=NAME, dead=true)``.

    `function` is the dotted name; `keywords` are (name, expression) pairs in the order written; a bare
    word such as ``true`` or a cell type's name is a `Name`.
    """

    function: tuple[str, ...]
    arguments: tuple[Expression, ...]
    keywords: tuple[tuple[str, Expression], ...] = ()
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Applied:
    """One output of a learned function of several arguments, or its slope by one of them.

    Attributes
    ----------
    function : FeedForward
    output : int
        Which of its outputs, from 0.
    arguments : tuple of Expression
        All its inputs.
    by : int or None
        The derivative of the output by this input in place of its value.
    """

    function: FeedForward
    output: int
    arguments: tuple[Expression, ...]
    by: int | None = None


Expression = Number | Text | Name | Unary | Binary | Compare | Logic | Call | Applied
