"""PhysiCell's contact law: quadratic repulsion, weaker and longer-ranged quadratic adhesion.

v = repulsion max(0, 1 - d/s)^2 - adhesion max(0, 1 - d/(a s))^2, a = adhesion_distance. Pair constants are
geometric means, the adhesion distance of a pair is the mean. Ghaffarizadeh et al. 2018,
doi:10.1371/journal.pcbi.1005991; default values are those of PhysiCell 1.14.2 (cell_defaults).
"""

from __future__ import annotations

from tissue_sim.mechanics.law import Law, LawParameter

__all__ = ["LAW"]


def speed(d: float, s: float, repulsion: float, adhesion: float, adhesion_distance: float) -> float:
    """Return the speed apart, um/min."""
    ratio = d / s
    overlap = max(0.0, 1.0 - ratio)
    closeness = max(0.0, 1.0 - ratio / adhesion_distance)
    return repulsion * overlap * overlap - adhesion * closeness * closeness


def potential(d: float, s: float, repulsion: float, adhesion: float, adhesion_distance: float) -> float:
    """Return the potential, um^2/min."""
    overlap = max(0.0, 1.0 - d / s)
    closeness = max(0.0, 1.0 - d / (adhesion_distance * s))
    return repulsion * s / 3.0 * overlap**3 - adhesion * adhesion_distance * s / 3.0 * closeness**3


LAW = Law(
    name="physicell",
    parameters=(
        LawParameter("repulsion", "um/min", 10.0, "speed apart at full overlap", force_unit="nN"),
        LawParameter("adhesion", "um/min", 0.4, "speed together at full overlap", force_unit="nN"),
        LawParameter(
            "adhesion_distance", "1", 1.25, "distance, over R_i + R_j, at which adhesion ends", pair="mean",
            behaviour=False,
        ),
    ),
    speed=speed,
    potential=potential,
    reach="adhesion_distance",
    adhesion="adhesion",
    reference="doi:10.1371/journal.pcbi.1005991",
)  # fmt: skip
