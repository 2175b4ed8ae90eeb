"""How long a step of mechanics may be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tissue_sim.errors import TissueSimWarning
from tissue_sim.mechanics.integrator import integrators

if TYPE_CHECKING:
    from tissue_sim.mechanics.settings import ContactSettings

__all__ = ["CLOSEST", "StabilityWarning", "stable_step"]

CLOSEST = 0.8
"""Smallest d/s looked at: packed cells are rarely nearer."""
SAMPLES = 400


class StabilityWarning(TissueSimWarning):
    """Cells move so far in one step that the result is not to be trusted."""


def stable_step(settings: ContactSettings, radius: float, dimensions: int) -> float:
    """Estimate the longest stable step of a packed tissue, min.

    A cell among z equal neighbours of spring rate k moves on a lattice whose stiffest mode relaxes at the
    rate 2 k z / dimensions: 4 k on a line (z = 2), 6 k in a sheet (z = 6), 8 k in a dense packing (z = 12).
    An integrator is stable up to its `stability` over that rate: 2 for Euler's and Heun's methods, 1 for
    that of Adams and Bashforth; the adaptive one divides its steps by itself. k is the largest slope of the
    law from d = 0.8 s to its reach.

    Parameters
    ----------
    settings : ContactSettings
    radius : float
        um.
    dimensions : int
        1, 2 or 3.

    Returns
    -------
    float
        inf where there are no forces or steps are divided, 0 where the law gives no finite numbers.
    """
    law = settings.contact_law
    if law is None or radius <= 0.0:
        return math.inf
    values = tuple(settings.parameters.values())
    s = 2.0 * radius
    width = (law.reach_of(settings.parameters) - CLOSEST) / SAMPLES
    slopes = []
    try:
        for k in range(SAMPLES):
            left, right = s * (CLOSEST + k * width), s * (CLOSEST + (k + 1) * width * (1.0 - 1e-9))
            # A law may jump at its end; what is asked for is its slope on the way there.
            if law.speed(right, s, *values) != 0.0:
                slopes.append((law.speed(left, s, *values) - law.speed(right, s, *values)) / (right - left))
    except (ArithmeticError, ValueError):
        return 0.0
    if not all(map(math.isfinite, slopes)):
        return 0.0
    stiffest = max((abs(slope) for slope in slopes), default=0.0)
    stability = integrators()[getattr(settings, "integrator", "euler")].stability
    return stability / ((2.0 * dimensions + 2.0) * stiffest) if stiffest > 0.0 else math.inf
