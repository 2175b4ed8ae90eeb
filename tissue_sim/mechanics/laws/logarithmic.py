"""The law of Osborne et al. 2017: logarithmic repulsion, adhesion that fades exponentially.

v = -stiffness s log(d/s) for d < s, and -stiffness (d - s) exp(-5 (d - s)/s) from there to d = cutoff s.
doi:10.1371/journal.pcbi.1005387, eq. 7; decay 5, cutoff 1.5 and stiffness 50 per hour are that paper's
values.
"""

from __future__ import annotations

import math

from tissue_sim.mechanics.law import Law, LawParameter

__all__ = ["LAW"]


def speed(d: float, s: float, stiffness: float, cutoff: float) -> float:
    """Return the speed apart, um/min."""
    if d < s:
        return -stiffness * s * math.log(d / s)
    if d < cutoff * s:
        return -stiffness * (d - s) * math.exp(-5.0 * (d - s) / s)
    return 0.0


def potential(d: float, s: float, stiffness: float, cutoff: float) -> float:
    """Return the potential, um^2/min."""

    def pulled(y: float) -> float:
        return (y * s / 5.0 + s * s / 25.0) * math.exp(-5.0 * y / s)

    if d >= cutoff * s and d >= s:
        return 0.0
    energy = pulled(max(0.0, (cutoff - 1.0) * s)) - pulled(max(0.0, d - s))
    if d < s:
        energy += s * (s - d + d * math.log(d / s))
    return stiffness * energy


LAW = Law(
    name="logarithmic",
    parameters=(
        LawParameter("stiffness", "1/min", 50.0 / 60.0, "spring rate at contact", force_unit="nN/um"),
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
    reference="doi:10.1371/journal.pcbi.1005387",
)
