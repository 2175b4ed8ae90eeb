"""What a network is made of: species, parameters, assigned variables, rates and reactions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Expression, Number

if TYPE_CHECKING:
    from tissue_sim.tissue.distributions import Distribution

__all__ = ["ONE", "Assignment", "Parameter", "RateRule", "Reaction", "Species"]

ONE = Number(1.0)


@dataclass(frozen=True)
class Species:
    """A variable that changes with time.

    Attributes
    ----------
    name : str
    initial : Expression or Distribution
        Value at the start; an expression may use parameters, inputs, other species and assigned variables.
    amount : bool
        The value is an amount (it halves when a cell's volume halves), not a concentration.
    per_amount : Expression
        What a change by one unit of substance adds to the value: 1 for amounts, 1/volume for concentrations,
        times a conversion factor.
    scale : float
        Size of the unit of the value, by which the absolute tolerance is multiplied.
    recorded : bool
        Written as a column; False for helpers a reader made up.
    """

    name: str
    initial: Expression | Distribution
    amount: bool = False
    per_amount: Expression = ONE
    scale: float = 1.0
    recorded: bool = True


@dataclass(frozen=True)
class Parameter:
    """A value that only events and interventions change; an expression is taken once, at the start.

    `varies` says that every cell has a value of its own, which interventions may change.
    """

    name: str
    value: Expression | Distribution
    unit: str = ""
    varies: bool = False


@dataclass(frozen=True)
class Assignment:
    """A variable given by a formula at all times."""

    name: str
    expression: Expression
    recorded: bool = True


@dataclass(frozen=True)
class RateRule:
    """dX/dt of a species, in units of the network's time."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Reaction:
    """A process that changes several species at once.

    Attributes
    ----------
    name : str
    rate : Expression
        Substance per network time.
    changes : tuple of (species name, coefficient)
        Products positive, reactants negative; each species once.
    """

    name: str
    rate: Expression
    changes: tuple[tuple[str, Expression], ...]
