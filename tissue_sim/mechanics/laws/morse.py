"""The Morse potential: a well at d = s, steep inside, with an adhesive tail outside.

v = stiffness s/steepness e (e - 1), e = exp(-steepness (d/s - 1)), for d < cutoff s: the slope of the
potential stiffness s^2/(2 steepness^2) (e - 1)^2, so that `stiffness` is the spring rate at contact.
Morse 1929, doi:10.1103/PhysRev.34.57. Default stiffness as of the linear law; a steepness of 3 puts the
strongest adhesion at 1.23 s, and at the cutoff of 2 it has fallen to 19 % of that (assumed; steeper wells
need shorter steps when cells divide).
"""

from __future__ import annotations

import math

from tissue_sim.mechanics.law import Law, LawParameter

__all__ = ["LAW"]


def speed(d: float, s: float, stiffness: float, steepness: float, cutoff: float) -> float:
    """Return the speed apart, um/min."""
    if d >= cutoff * s:
        return 0.0
    e = math.exp(-steepness * (d / s - 1.0))
    return stiffness * s / steepness * e * (e - 1.0)


def potential(d: float, s: float, stiffness: float, steepness: float, cutoff: float) -> float:
    """Return the potential, um^2/min, shifted to end at 0."""
    if d >= cutoff * s:
        return 0.0
    e, end = math.exp(-steepness * (d / s - 1.0)), math.exp(-steepness * (cutoff - 1.0))
    return 0.5 * stiffness * (s / steepness) ** 2 * ((e - 1.0) ** 2 - (end - 1.0) ** 2)


LAW = Law(
    name="morse",
    parameters=(
        LawParameter("stiffness", "1/min", 0.25, "spring rate at contact", force_unit="nN/um"),
        LawParameter(
            "steepness",
            "1",
            3.0,
            "the width of the well, over R_i + R_j, is 1/steepness",
            pair="mean",
            behaviour=False,
            positive=True,
        ),
        LawParameter(
            "cutoff",
            "1",
            2.0,
            "distance, over R_i + R_j, at which adhesion ends",
            pair="mean",
            behaviour=False,
        ),
    ),
    speed=speed,
    potential=potential,
    reach="cutoff",
    reference="doi:10.1103/PhysRev.34.57",
)
