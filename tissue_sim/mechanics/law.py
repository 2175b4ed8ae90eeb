"""What a contact law declares about itself, and how the built-in laws are found."""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tissue_sim.errors import SettingsError
from tissue_sim.tissue.settings import NAME_PATTERN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Law", "LawParameter", "laws"]

PAIRS = ("geometric", "mean")


@dataclass(frozen=True)
class LawParameter:
    """One number of a law, 0 or more (`positive`: more than 0).

    Attributes
    ----------
    name : str
        Key in the scenario and argument of the law.
    unit : str
        For instance ``um/min``, ``1/min`` or ``1``.
    default : float
        In `unit`; the source stands in the law's file.
    description : str
        One line.
    pair : str
        How the values of two cells combine: ``geometric`` (root of the product) or ``mean``.
    force_unit : str
        Built-in laws: unit in which it may be given instead where ``drag`` is; empty where it is no force.
    behaviour : bool
        It is a behaviour ``mechanics.NAME`` that rules and networks may change from cell to cell.
    positive : bool
        The law divides by it: 0 is refused. For parameters that are no behaviour, which rules set to 0.
    """

    name: str
    unit: str
    default: float
    description: str
    pair: str = "geometric"
    force_unit: str = ""
    behaviour: bool = True
    positive: bool = False


@dataclass(frozen=True)
class Law:
    """A contact law.

    Attributes
    ----------
    name : str
        As in ``mechanics: {law: NAME}``; a built-in law's file is called so too.
    parameters : tuple of LawParameter
        In the order of the arguments of `speed` after d and s.
    speed : callable
        ``(d, s, *parameters)``: speed of either cell along the line of centres, um/min, apart > 0, for
        centres d apart and radii that sum to s, um; 0 out of reach. Plain Python that may use ``math``; it
        is compiled into the pair loop.
    potential : callable or None
        ``(d, s, *parameters)``, um^2/min, with speed = -d(potential)/dd, 0 out of reach.
    reach : str
        The parameter that says at which d/s the law ends; empty where it ends at 1.
    adhesion : str
        The parameter that ``affinity`` between cell types multiplies; empty where it multiplies the speed of
        pairs that are pulled together.
    curvature : bool
        `speed` is that of two cells of radius s/2, and in general proportional to the root of the reduced
        radius R_i R_j / s, as in the contact of round elastic bodies: the pair loop multiplies it by
        2 sqrt(R_i R_j) / s.
    reference : str
        Where it was published.

    Raises
    ------
    SettingsError
        If what it declares does not fit together.
    """

    name: str
    parameters: tuple[LawParameter, ...]
    speed: Callable[..., float]
    potential: Callable[..., float] | None = None
    reach: str = ""
    reference: str = ""
    adhesion: str = ""
    curvature: bool = False

    def __post_init__(self) -> None:
        """Check the declaration."""
        for name in (self.name, *self._names):
            if not re.fullmatch(NAME_PATTERN, name):
                raise SettingsError(f"law '{self.name}': '{name}' is not a name; write letters and digits")
        arguments = list(inspect.signature(self.speed).parameters)
        if arguments[2:] != self._names or len(arguments) < 2:
            raise SettingsError(
                f"law '{self.name}': its speed takes ({', '.join(arguments)}); it must take d, s and the "
                f"declared parameters in their order ({', '.join(self._names) or 'none'})"
            )
        for one in self.parameters:
            if one.pair not in PAIRS:
                raise SettingsError(
                    f"law '{self.name}': parameter '{one.name}' combines by '{one.pair}'; "
                    f"allowed are {', '.join(PAIRS)}"
                )
            if not (math.isfinite(one.default) and one.default >= 0.0):
                raise SettingsError(
                    f"law '{self.name}': the default of '{one.name}' is {one.default}; allowed is 0 or more"
                )
            if one.positive and (one.default == 0.0 or one.behaviour):
                raise SettingsError(
                    f"law '{self.name}': '{one.name}' is positive, so its default is more than 0 and it is "
                    "declared with behaviour=False: rules and `mechanics: none` set behaviours to 0"
                )
        self._check_reach()
        if self.adhesion and self.adhesion not in self._names:
            raise SettingsError(
                f"law '{self.name}': its adhesion is '{self.adhesion}', which must be one of its parameters "
                f"({', '.join(self._names) or 'none'})"
            )

    def _check_reach(self) -> None:
        if not self.reach:
            return
        ending = [one for one in self.parameters if one.name == self.reach]
        if not ending or ending[0].behaviour:
            raise SettingsError(
                f"law '{self.name}': its reach is '{self.reach}', which must be one of its parameters, "
                "declared with behaviour=False: who touches whom is looked up before cells change it"
            )

    @property
    def _names(self) -> list[str]:
        return [one.name for one in self.parameters]

    def reach_of(self, values: Mapping[str, float]) -> float:
        """Return the d/s at which the law ends, at least 1."""
        return max(1.0, values[self.reach]) if self.reach else 1.0


@cache
def laws() -> dict[str, Law]:
    """Return all laws by name: every module in ``mechanics/laws`` has one called ``LAW``."""
    folder = importlib.import_module("tissue_sim.mechanics.laws")
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return {name: importlib.import_module(f"{folder.__name__}.{name}").LAW for name in names}
