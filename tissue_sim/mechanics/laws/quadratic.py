"""Piecewise quadratic repulsion and adhesion that balance exactly where two cells touch, at d = s.

v = repulsion max(0, 1 - d/r)^2 - adhesion max(0, 1 - d/(cutoff s))^2, with the range r of repulsion such that
v(s) = 0: s/r = 1 - (1 - 1/cutoff) sqrt(adhesion/repulsion). (In the physicell law r = s, and adhesive cells
overlap at rest.) Adhesion as strong as repulsion or stronger leaves no distance of rest: r is then the range
of adhesion. The "PWQ" force of Mathias et al. 2020, doi:10.1007/s11538-020-00810-2; the strengths are those
of PhysiCell 1.14.2, the cutoff of 1.5 is that of the other adhesive laws.
"""

from __future__ import annotations

import math

from tissue_sim.mechanics.law import Law, LawParameter

__all__ = ["LAW"]


def speed(d: float, s: float, repulsion: float, adhesion: float, cutoff: float) -> float:
    """Return the speed apart, um/min."""
    ratio = d / s
    strength = math.sqrt(adhesion / repulsion) if adhesion < repulsion else 1.0
    overlap = max(0.0, 1.0 - ratio * (1.0 - max(0.0, 1.0 - 1.0 / cutoff) * strength))
    closeness = max(0.0, 1.0 - ratio / cutoff)
    return repulsion * overlap * overlap - adhesion * closeness * closeness


def potential(d: float, s: float, repulsion: float, adhesion: float, cutoff: float) -> float:
    """Return the potential, um^2/min."""
    strength = math.sqrt(adhesion / repulsion) if adhesion < repulsion else 1.0
    inverse = (1.0 - max(0.0, 1.0 - 1.0 / cutoff) * strength) / s
    overlap = max(0.0, 1.0 - d * inverse)
    closeness = max(0.0, 1.0 - d / (cutoff * s))
    return repulsion / (3.0 * inverse) * overlap**3 - adhesion * cutoff * s / 3.0 * closeness**3


LAW = Law(
    name="quadratic",
    parameters=(
        LawParameter("repulsion", "um/min", 10.0, "speed apart at full overlap", force_unit="nN"),
        LawParameter("adhesion", "um/min", 0.4, "speed together at full overlap", force_unit="nN"),
        LawParameter(
            "cutoff",
            "1",
            1.5,
            "distance, over R_i + R_j, at which adhesion ends",
            pair="mean",
            behaviour=False,
        ),
    ),
    speed=speed,
    potential=potential,
    reach="cutoff",
    adhesion="adhesion",
    reference="doi:10.1007/s11538-020-00810-2",
)
