"""A linear spring: v = stiffness (s - d) for d < cutoff s.

With a cutoff of 1 (the default) it only repels; with more, cells within the cutoff are also pulled together.
Meineke et al. 2001, doi:10.1046/j.0960-7722.2001.00216.x; default stiffness 15 per hour, as in Chaste's
GeneralisedLinearSpringForce with a damping constant of 1.
"""

from __future__ import annotations

from tissue_sim.mechanics.law import Law, LawParameter

__all__ = ["LAW"]


def speed(d: float, s: float, stiffness: float, cutoff: float) -> float:
    """Return the speed apart, um/min."""
    return stiffness * (s - d) if d < cutoff * s else 0.0


def potential(d: float, s: float, stiffness: float, cutoff: float) -> float:
    """Return the potential, um^2/min."""
    end = (cutoff - 1.0) * s
    return 0.5 * stiffness * ((s - d) ** 2 - end * end) if d < cutoff * s else 0.0


LAW = Law(
    name="linear",
    parameters=(
        LawParameter("stiffness", "1/min", 0.25, "spring rate", force_unit="nN/um"),
        LawParameter(
            "cutoff",
            "1",
            1.0,
            "distance, over R_i + R_j, at which the spring ends",
            pair="mean",
            behaviour=False,
        ),
    ),
    speed=speed,
    potential=potential,
    reach="cutoff",
    reference="doi:10.1046/j.0960-7722.2001.00216.x",
)
