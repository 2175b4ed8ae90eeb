"""The base of all boundary conditions and how they are found by name."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.signals import boundaries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.signals.solver.faces import FaceCoefficients

__all__ = ["Boundary", "boundary", "registered"]

_REGISTERED: dict[str, type[Boundary]] = {}


class Boundary(ABC):
    """What holds at one face; a subclass with a `name` registers itself.

    Attributes
    ----------
    name : str
        The key in the scenario.
    quantities : dict of str to str
        Numbers it needs and their units; ``{unit}`` stands for the signal's own unit. Where the only one
        has the boundary's own name, the scenario gives it alone (``{value: 38}``).
    wraps : bool
        The face joins the opposite one; only on periodic axes.
    """

    name: ClassVar[str] = ""
    quantities: ClassVar[dict[str, str]] = {}
    wraps: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        if cls.name:
            _REGISTERED[cls.name] = cls

    @classmethod
    def units(cls, unit: str) -> dict[str, str]:
        """Return the unit of every number it needs, for a signal in `unit`."""
        own = "" if unit == "1" else unit
        units = {key: text.replace("{unit}", own) for key, text in cls.quantities.items()}
        return {key: text.removeprefix("*") or "1" for key, text in units.items()}

    @staticmethod
    @abstractmethod
    def coefficients(numbers: Mapping[str, float], diffusion: float, spacing: float) -> FaceCoefficients:
        """Return what stands beyond the face.

        Parameters
        ----------
        numbers : dict of str to float
            The `quantities`, in their units.
        diffusion : float
            D of the signal, um^2/min.
        spacing : float
            Voxel edge across the face, um.
        """


def registered() -> dict[str, type[Boundary]]:
    """Return every boundary condition by name, after importing the files of the folder."""
    for module in pkgutil.iter_modules(boundaries.__path__):
        importlib.import_module(f"{boundaries.__name__}.{module.name}")
    return dict(sorted(_REGISTERED.items()))


def boundary(name: str) -> type[Boundary]:
    """Return the boundary condition called `name`.

    Raises
    ------
    SettingsError
        No file of the folder registers that name.
    """
    known = registered()
    if name not in known:
        raise SettingsError(
            f"no boundary '{name}'; known are {', '.join(known)}{did_you_mean(name, list(known))}"
        )
    return known[name]
