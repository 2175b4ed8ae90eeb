"""What a contact law declares about itself, and how the laws are found."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Law", "Parameter", "laws"]


@dataclass(frozen=True)
class Parameter:
    """One number of a law.

    Attributes
    ----------
    name : str
        Key in the scenario and argument of the law.
    unit : str
        ``um/min``, ``1/min`` or ``1``.
    default : float
        In `unit`; the source stands in the law's file.
    description : str
        One line.
    pair : str
        How the values of two cells combine: ``geometric`` (root of the product) or ``mean``.
    force_unit : str
        Unit in which it may be given instead where ``drag`` is; empty where it is no force.
    behaviour : bool
        It is a behaviour ``mechanics.NAME`` that rules and networks may change from cell to cell.
    """

    name: str
    unit: str
    default: float
    description: str
    pair: str = "geometric"
    force_unit: str = ""
    behaviour: bool = True


@dataclass(frozen=True)
class Law:
    """A contact law.

    Attributes
    ----------
    name : str
        As in ``mechanics: {law: NAME}``; also the name of its file.
    parameters : tuple of Parameter
        In the order of the arguments of `speed` after d and s.
    speed : callable
        ``(d, s, *parameters)``: speed of either cell along the line of centres, um/min, apart > 0, for
        centres d apart and radii that sum to s, um. Plain Python that may use ``math``; it is compiled into
        the pair loop.
    potential : callable or None
        ``(d, s, *parameters)``, um^2/min, with speed = -d(potential)/dd, 0 out of reach.
    reach : str
        The parameter that says at which d/s the law ends; empty where it ends at 1.
    reference : str
        Where it was published.
    """

    name: str
    parameters: tuple[Parameter, ...]
    speed: Callable[..., float]
    potential: Callable[..., float] | None = None
    reach: str = ""
    reference: str = ""

    def reach_of(self, values: Mapping[str, float]) -> float:
        """Return the d/s at which the law ends, at least 1."""
        return max(1.0, values[self.reach]) if self.reach else 1.0


@cache
def laws() -> dict[str, Law]:
    """Return all laws by name: every module in ``mechanics/laws`` has one called ``LAW``."""
    folder = importlib.import_module("tissue_sim.mechanics.laws")
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return {name: importlib.import_module(f"{folder.__name__}.{name}").LAW for name in names}
