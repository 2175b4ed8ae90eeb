"""What an integrator of the cells' motion is, and how those in ``mechanics/integrators`` are found."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from tissue_sim.mechanics.motion import Motion
    from tissue_sim.tissue.model import TissueModel

__all__ = ["Integrator", "integrators"]


class Integrator:
    """Base of the integrators of dx/dt = forces(x) + active velocity, the latter held over a step.

    Parameters
    ----------
    tissue : TissueModel
        An integrator that keeps something for each cell declares a column.
    tolerance : float or None
        um; what the scenario asks for.

    Attributes
    ----------
    stability : float
        A mode that decays at the rate L stays bounded for steps up to stability / L.
    """

    stability: ClassVar[float]

    def __init__(self, tissue: TissueModel, tolerance: float | None) -> None:  # noqa: ARG002 - for those with columns
        self.tolerance = tolerance

    def velocity(self, motion: Motion) -> np.ndarray:
        """Return the velocity at which cells go straight to where the step ends, float64[n, 3], um/min."""
        raise NotImplementedError

    def counters(self) -> dict[str, int]:
        """Return what is worth counting, in words."""
        return {}

    def state(self) -> dict[str, np.ndarray]:
        """Return what is needed beyond columns to go on with the same bits."""
        return {}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""


@cache
def integrators() -> dict[str, type[Integrator]]:
    """Return all integrators by name: every module in ``mechanics/integrators`` has one."""
    folder = importlib.import_module("tissue_sim.mechanics.integrators")
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return {name: importlib.import_module(f"{folder.__name__}.{name}").INTEGRATOR for name in names}
